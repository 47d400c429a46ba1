"""How SciPy's special functions enter the table: their spelling, their types, and what is refused of them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from adcompiler.errors import MissingRuleError
from adcompiler.ir.types import Type
from adcompiler.rules.inference import common_dtype, elementwise_type, loop_type
from adcompiler.rules.rule import Pullback, Rule
from adcompiler.rules.table import elementwise, vjp


def special(function: Callable[..., Any], *applied: Pullback | None, at: Iterable[Any], **options: Any) -> Rule:
    """Register a function of `scipy.special` by its partials, each applied to `g`; see `elementwise`."""
    infer = loop_type(function) if isinstance(function, np.ufunc) else float_type
    given: dict[str, Any] = {"infer": infer, "spelling": f"scipy.special.{function.__name__}", **options}
    return elementwise(function, *applied, at=at, **given)


def refused(parameter: str, function: Callable[..., Any]) -> Pullback:
    """In the place of a partial that has no sound formula: asking for it is an error."""

    def partial(*_: Any, **__: Any) -> Any:
        raise MissingRuleError(
            f"the derivative of `scipy.special.{function.__name__}` with respect to {parameter} is not known",
            hint="hold it constant: differentiate with respect to the other arguments",
        )

    partial.is_refused = True  # type: ignore[attr-defined]  # for the tests, which leave it out
    return partial


def float_type(*types: Type, **_: Any) -> tuple[Type, ...]:
    """That of our own functions: the common dtype of the operands and a Python number, so that no integer results."""
    return elementwise_type(*types, dtype=common_dtype(*types, _PYTHON_FLOAT))


_PYTHON_FLOAT = Type("scalar", "float64", weak=True)


def of_numbers(function: np.ufunc) -> Callable[..., Any]:
    """The same function, in a rule: of Python numbers it makes Python numbers, which do not widen what they meet."""

    def value(*operands: Any) -> Any:
        result = function(*operands)
        return float(result) if all(isinstance(operand, int | float) for operand in operands) else result

    return value


def several(function: np.ufunc, *slopes: Callable[..., Any], at: Iterable[float], **options: Any) -> Rule:
    """Register a function of one operand with several results: a slope `(y, x)` for each of these."""

    def bar(g: Any, y: Any, x: Any) -> Any:
        parts = [part * slope(y, x) for part, slope in zip(g, slopes, strict=True) if part is not None]
        return functools.reduce(operator.add, parts)

    def dot(x_dot: Any, y: Any, x: Any) -> Any:
        return tuple(x_dot * slope(y, x) for slope in slopes)

    points = tuple((point,) for point in at)
    spelling = f"scipy.special.{function.__name__}"
    return vjp(function, bar, jvp=dot, at=points, infer=loop_type(function), spelling=spelling, **options)
