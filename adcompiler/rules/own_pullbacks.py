"""Pullbacks of users' own rules: written into the code where they are formulas, called by it where they are not.

Apart from `rules.own_functions`, which says what has a rule: pullbacks of the table are trusted to be formulas that
give the right shape, and users' are looked at.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from adcompiler.errors import DifferentiationError
from adcompiler.ir.nodes import Named, Primitive
from adcompiler.ir.types import Type
from adcompiler.rules.inference import opaque_shape_type
from adcompiler.rules.rule import REQUIRED, Pullback, Rule
from adcompiler.rules.symbolic import Symbolic, atom_of
from adcompiler.rules.table import RULES, rule_of


def with_defaults(given: Pullback | None, static: Mapping[str, Any]) -> Any:
    """A user's pullback or pushforward, which is told all static parameters; the table leaves out the defaults."""
    defaults = {name: value for name, value in static.items() if value is not REQUIRED}
    if given is None or not defaults:
        return given

    @functools.wraps(given)
    def told(*arguments: Any, **keywords: Any) -> Any:
        return given(*arguments, **{**defaults, **keywords})

    told.__adcompiler_wrapped__ = given  # type: ignore[attr-defined]
    return told


def own_pullback(
    function: Callable[..., Any], pullback: Pullback, operands: Sequence[str], position: int, kind: str
) -> Pullback:
    """A user's pullback as the table has them: on symbolic values it writes equations, its own or one that calls it."""
    operand = operands[position]

    @functools.wraps(pullback)
    def checked(g: Any, y: Any, *operands: Any, **static: Any) -> Any:
        whole = np.shape(operands[position])
        bar = pullback(g, y, *operands, **static)
        if bar is None:
            return np.zeros(whole)
        if isinstance(bar, list | tuple):
            bar = np.asarray(bar)
        allowed = np.broadcast_shapes(np.shape(y), whole) if kind == "elementwise" else whole
        try:
            fits = np.broadcast_shapes(np.shape(bar), allowed) == allowed
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"the pullback of `{name_of(function)}` for `{operand}` returned the shape {np.shape(bar)}, where "
                f"`{operand}` has the shape {whole}"
            )
        return bar if kind == "elementwise" or np.shape(bar) == whole else np.broadcast_to(bar, whole)

    name = f"{name_of(function).strip('<>')}_{operand}_pullback"
    checked.__name__ = checked.__qualname__ = name
    checked.__adcompiler_wrapped__ = pullback  # type: ignore[attr-defined]  # what second derivatives read
    place = Named(name, None, checked)

    def infer(g: Type, y: Type, *operands: Type, **_: Any) -> tuple[Type, ...]:
        x = operands[position]
        if kind == "elementwise":
            return opaque_shape_type()
        return (Type("array" if x.kind == "array" else "unknown", None, x.shape),)

    primitive = Primitive(unused_name(name), name, infer, named=lambda: place)
    RULES[primitive.name] = Rule(primitive, checked, "nondifferentiable", (), signature=inspect.Signature())

    @functools.wraps(pullback)
    def written(g: Any, y: Any, *operands: Any, **static: Any) -> Any:
        values = (g, y, *operands)
        builder = next((value.builder for value in values if isinstance(value, Symbolic)), None)
        if builder is None:
            return checked(g, y, *operands, **static)
        has_objects = any(isinstance(value, Named) for value in values)  # which are looked into when it runs
        if not has_objects and _is_formula(getattr(pullback, "__adcompiler_wrapped__", pullback)):
            checkpoint = builder.checkpoint()
            try:
                bar = pullback(g, y, *operands, **static)
            except DifferentiationError:
                raise
            except Exception:  # it needs values, or functions without rules
                builder.roll_back(checkpoint)
            else:
                if bar is None or isinstance(bar, Symbolic | np.ndarray | np.generic | int | float | complex):
                    return bar
                builder.roll_back(checkpoint)
        atoms = [atom_of(value, builder) for value in values]
        return Symbolic(builder.emit(primitive, *atoms, **static), builder)

    return written


_ASKING = frozenset(("isinstance", "type", "hasattr", "getattr", "callable", "issubclass"))


def _is_formula(function: Callable[..., Any]) -> bool:
    """Whether a function does the same to symbolic values as to arrays: it asks for no types, and catches nothing."""
    if not isinstance(function, FunctionType):
        return False
    code = function.__code__
    if code.co_exceptiontable or any(hasattr(constant, "co_code") for constant in code.co_consts):
        return False
    if _ASKING & set(code.co_names):
        return False
    try:
        free = inspect.getclosurevars(function)
    except ValueError:  # it mentions what is not defined yet
        return False
    mentioned = (*free.globals.values(), *free.nonlocals.values())
    plain = (ModuleType, int, float, complex, np.ndarray, np.generic, np.ufunc)
    return all(isinstance(value, plain) or rule_of(value) is not None for value in mentioned)


def unused_name(path: str) -> str:
    """A name for a primitive: functions of one name may be several, as in a notebook."""
    name = f"own.{path}"
    return next(found for n in itertools.count(1) if (found := name if n == 1 else f"{name}_{n}") not in RULES)


def name_of(function: Any) -> str:
    return str(getattr(function, "__name__", function))
