"""Rules, in the table's form, of functions that PyTorch has and NumPy has not. The compiler does not know them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from adcompiler.ir.nodes import Primitive
from adcompiler.rules.table import RULES, Rule

Array = np.ndarray[Any, Any]


def _rule(name: str, function: Callable[..., Any], *pullbacks: Any, static: Mapping[str, Any] | None = None) -> Rule:
    signature = inspect.signature(function)
    operands = tuple(signature.parameters)[: len(pullbacks)]
    return Rule(
        Primitive(name), function, "vjp", operands, static=static or {}, pullbacks=pullbacks, signature=signature
    )


def _relu(x: Array) -> Array:
    result: Array = np.where(np.isnan(x), x, np.maximum(x, 0))
    return result


def _sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))  # at most one: no overflow
    result: Array = np.where(x >= 0, 1 / (1 + small), small / (1 + small))
    return result


def _softmax(x: Array, *, axis: int) -> Array:
    weights = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    result: Array = weights / np.sum(weights, axis=axis, keepdims=True)
    return result


def _log_softmax(x: Array, *, axis: int) -> Array:
    shifted = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    result: Array = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return result


def _logsumexp(x: Array, *, axis: tuple[int, ...], keepdims: bool) -> Array:
    largest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    largest = np.where(np.isfinite(largest), largest, 0)
    total = np.log(np.sum(np.exp(x - largest), axis=axis, keepdims=True)) + largest
    result: Array = total if keepdims else np.squeeze(total, axis)
    return result


def _kept_axes(value: Any, axis: Any, keepdims: bool) -> Any:
    return value if keepdims else np.expand_dims(value, axis)


def _logsumexp_bar(g: Any, y: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
    return _kept_axes(g, axis, keepdims) * np.exp(x - _kept_axes(y, axis, keepdims))


def _softmax_bar(g: Any, y: Any, x: Any, *, axis: int) -> Any:
    return y * (g - np.sum(g * y, axis=axis, keepdims=True))


def _log_softmax_bar(g: Any, y: Any, x: Any, *, axis: int) -> Any:
    return g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)


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


_erf = np.vectorize(math.erf, otypes=[float])

ERF = _rule("erf", lambda x: _erf(x).astype(x.dtype), RULES["math.erf"].pullbacks[0])
RELU = _rule("relu", _relu, lambda g, y, x: np.where(np.greater(y, 0), g, 0))
SIGMOID = _rule("sigmoid", _sigmoid, lambda g, y, x: g * (1 - y) * y)
SOFTMAX = _rule("softmax", _softmax, _softmax_bar, static={"axis": None})
LOG_SOFTMAX = _rule("log_softmax", _log_softmax, _log_softmax_bar, static={"axis": None})
LOGSUMEXP = _rule("logsumexp", _logsumexp, _logsumexp_bar, static={"axis": None, "keepdims": False})
MEDIAN = _rule("median", _median, _median_bar)
XLOGY = _rule("xlogy", _xlogy, _xlogy_left_bar, lambda g, y, a, b: g * a / b)
