"""Rules, in the table's form, of functions that PyTorch has and NumPy has not. The compiler does not know them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from adcompiler.ir.nodes import Primitive
from adcompiler.rules.rule import Rule

Array = np.ndarray[Any, Any]


def _rule(name: str, function: Callable[..., Any], *pullbacks: Any, static: Mapping[str, Any] | None = None) -> Rule:
    signature = inspect.signature(function)
    operands = tuple(signature.parameters)[: len(pullbacks)]
    return Rule(
        Primitive(name), function, "vjp", operands, static=static or {}, pullbacks=pullbacks, signature=signature
    )


def _median(x: Array) -> Array:
    """The lower of the two in the middle."""
    flat = np.sort(x, axis=None)
    return np.asarray(flat[(flat.size - 1) // 2])


def _median_bar(g: Any, y: Any, x: Any) -> Any:
    """Equal values share evenly."""
    chosen = np.equal(x, y)
    return g / np.sum(chosen) * np.where(chosen, 1.0, 0.0)


def _xlogy(x: Array, y: Array) -> Array:
    return np.where(np.equal(x, 0) & ~np.isnan(y), 0, x * np.log(y)).astype(np.result_type(x, y))


def _xlogy_left_bar(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Zero where the value is zero for every `b > 0`: at `a = 0`, `b <= 0`."""
    return np.where(np.logical_and(np.equal(a, 0), np.less_equal(b, 0)), 0, g * np.log(b))


MEDIAN = _rule("median", _median, _median_bar)
XLOGY = _rule("xlogy", _xlogy, _xlogy_left_bar, lambda g, y, a, b: g * a / b)
