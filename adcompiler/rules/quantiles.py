"""Medians, quantiles and percentiles: each is a weighted sum of the elements at its place and around it.

Of equal elements the first ones count; the weights do not change but for jumps where elements change places.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.errors import UnknownTypeError
from adcompiler.ir.types import Shape, Type, Unranked, array
from adcompiler.rules.inference import UNKNOWN_SHAPE, common_dtype, reduced_shape, reduction_type, value_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.reductions import beside, mean_dtype
from adcompiler.rules.symbolic import is_empty
from adcompiler.rules.table import nondifferentiable, vjp

quantile_weights, quantile_slopes = overridable(runtime.quantile_weights), overridable(runtime.quantile_slopes)


def _without_ranks(g, a, q, **_):
    raise UnknownTypeError("how many quantiles these are is not known", hint="give types")


def _weights_type(a: Type, q: Type, **_: Any) -> tuple[Type, ...]:
    dtype = "float64" if a.dtype is not None and np.dtype(a.dtype).kind in "iub" else a.dtype
    return (array(dtype, _beside_shape(q.shape, a.shape)),)


def _beside_shape(first: Shape, second: Shape) -> Shape:
    if isinstance(first, Unranked) or isinstance(second, Unranked):
        return second if first == () else UNKNOWN_SHAPE
    return (*first, *second)


_PLACING = {"axis": None, "method": "linear", "skip_nan": False}

nondifferentiable(
    quantile_slopes,
    operands=2,
    static=_PLACING,
    infer=_weights_type,
    aliases=(runtime.quantile_slopes,),
    at=((np.array([3.0, 1.0, 2.0]), 0.3),),
)


def _along(a, q, axis):
    """The axes along which quantiles are taken, behind those of `q`; None for all where there are none of these."""
    ahead = np.ndim(q)
    if axis is None:
        return tuple(range(-np.ndim(a), 0)) if ahead else None
    along = axis if isinstance(axis, tuple) else (axis,)
    along = tuple(n if n < 0 else n + ahead for n in along)
    return along if len(along) > 1 else along[0]


def _weights_bar(g, y, a, q, axis=None, method="linear", skip_nan=False):
    changes = g * quantile_slopes(a, q, axis=axis, method=method, skip_nan=skip_nan)
    return np.sum(changes, axis=tuple(range(-np.ndim(a), 0)) if np.ndim(q) else None)


def _weights_dot(q_dot, y, a, q, axis=None, method="linear", skip_nan=False):
    slopes = quantile_slopes(a, q, axis=axis, method=method, skip_nan=skip_nan)
    return (np.expand_dims(q_dot, tuple(range(-np.ndim(a), 0))) if np.ndim(q) else q_dot) * slopes


vjp(
    quantile_weights,
    None,
    _weights_bar,
    jvp=(None, _weights_dot),
    at_run_time=(None, _without_ranks),
    static=_PLACING,
    infer=_weights_type,
    aliases=(runtime.quantile_weights,),
    at=((np.array([3.0, 1.0, 2.0]), 0.3), (np.array([[3.0, 1.0, 2.0]]), np.array([0.3, 0.6]), {"axis": 1})),
)


def _quantile_type(a: Type, q: Type, *, axis: Any = None, keepdims: bool = False, method: str = "linear"):
    integral = a.dtype is None or np.dtype(a.dtype).kind in "iub"
    dtype = None if integral and method != "linear" else common_dtype(replace(a, dtype=mean_dtype(a)), q)
    shape = reduced_shape(a.shape, axis, keepdims)
    return (value_type(dtype, _beside_shape(q.shape, shape)),)


def _present_quantile_type(a: Type, q: Type, *, axis: Any = None, keepdims: bool = False, method: str = "linear"):
    """Of an empty array NumPy takes the mean instead, once, however many quantiles are asked for."""
    if isinstance(a.shape, tuple) and 0 in a.shape:
        return (value_type(mean_dtype(a), reduced_shape(a.shape, axis, keepdims)),)
    return _quantile_type(a, q, axis=axis, keepdims=keepdims, method=method)


def _register(function: Any, scale: float, skip_nan: bool) -> None:
    def weights(a, q, axis, method):
        return quantile_weights(
            a, q if scale == 1 else np.divide(q, scale), axis=axis, method=method, skip_nan=skip_nan
        )

    def spread(g, a, q, axis, keepdims):
        along = _along(a, q, axis)
        return g if keepdims or along is None else np.expand_dims(g, along)

    def bar(g, y, a, q, axis=None, method="linear", keepdims=False):
        if skip_nan and is_empty(a):
            return np.zeros_like(a)
        terms = spread(g, a, q, axis, keepdims) * weights(a, q, axis, method)
        return np.sum(terms, axis=tuple(range(np.ndim(q)))) if np.ndim(q) else terms

    def q_bar(g, y, a, q, axis=None, method="linear", keepdims=False):
        if skip_nan and is_empty(a):
            return np.zeros_like(q)
        terms = spread(g, a, q, axis, keepdims) * slopes(a, q, axis, method)
        return np.sum(terms, axis=tuple(range(-np.ndim(a), 0)) if np.ndim(q) else None)

    def slopes(a, q, axis, method):
        """The differences of elements by which a quantile changes, without the infinite ones that do not count."""
        q = q if scale == 1 else np.divide(q, scale)
        steps = quantile_slopes(a, q, axis=axis, method=method, skip_nan=skip_nan)
        return np.where(np.equal(steps, 0), 0, a) * steps / scale

    def dot(a_dot, y, a, q, axis=None, method="linear", keepdims=False):
        if skip_nan and is_empty(a):
            return np.zeros_like(y)
        along = _along(a, q, axis)
        return np.sum(a_dot * weights(a, q, axis, method), axis=along, keepdims=keepdims)

    def q_dot(q_dot, y, a, q, axis=None, method="linear", keepdims=False):
        if skip_nan and is_empty(a):
            return np.zeros_like(y)
        along = _along(a, q, axis)
        moved = np.expand_dims(q_dot, tuple(range(-np.ndim(a), 0))) if np.ndim(q) else q_dot
        return np.sum(moved * slopes(a, q, axis, method), axis=along, keepdims=keepdims)

    low, high = 0.3 * scale, 0.8 * scale
    vjp(
        function,
        bar,
        q_bar,
        jvp=(dot, q_dot),
        at_run_time=(_without_ranks, _without_ranks),
        static={"axis": None, "keepdims": False, "method": "linear"},
        infer=_present_quantile_type if skip_nan else _quantile_type,
        at=(
            ((5,), low),
            ((), low),
            ((2, 3), low, {"axis": 0}),
            ((2, 3), high, {"axis": -1, "keepdims": True}),
            ((2, 3, 4), low, {"axis": (0, 2)}),
            ((2, 3, 4), np.array([low, high]), {"axis": (2, 0)}),
            ((2, 3), np.array([[low], [high]]), {"axis": 1, "keepdims": True}),
            ((5,), np.array([low, high])),
            *(((7,), low, {"method": method}) for method in ("weibull", "hazen", "median_unbiased", "midpoint")),
            *(((7,), low, {"method": method}) for method in ("normal_unbiased", "lower", "nearest", "inverted_cdf")),
            *(((2, 7), low, {"method": method, "axis": 1}) for method in ("interpolated_inverted_cdf", "higher")),
        ),
    )


_register(np.quantile, 1, skip_nan=False)
_register(np.percentile, 100, skip_nan=False)
_register(np.nanquantile, 1, skip_nan=True)
_register(np.nanpercentile, 100, skip_nan=True)

function: Any
for function, skipping in ((np.median, False), (np.nanmedian, True)):

    def _median_bar(g, y, a, axis=None, keepdims=False, skip_nan=skipping):
        return beside(g, axis, keepdims) * quantile_weights(a, 0.5, axis=axis, skip_nan=skip_nan)

    def _median_dot(a_dot, y, a, axis=None, keepdims=False, skip_nan=skipping):
        return np.sum(a_dot * quantile_weights(a, 0.5, axis=axis, skip_nan=skip_nan), axis=axis, keepdims=keepdims)

    vjp(
        function,
        _median_bar,
        jvp=_median_dot,
        static={"axis": None, "keepdims": False},
        infer=reduction_type(mean_dtype),
        at=(
            ((5,),),
            ((4,),),
            ((),),
            ((2, 3), {"axis": 0}),
            ((2, 3), {"axis": -1, "keepdims": True}),
            ((2, 3, 4), {"axis": (2, 0)}),
        ),
    )
