"""Sums, means, products, extremes, variances; running sums and sorting.

The cotangent of a reduction is uniform along the reduced axes: pullbacks return it narrow, and it is broadcast where a
full array is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Type, Unranked, array
from adcompiler.rules.creation import eye
from adcompiler.rules.inference import DATA_DEPENDENT, element_count, real_dtype, reduction_type, same_shape_type
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import linear, nondifferentiable, overridable, vjp

function: Callable[..., Any]  # in the loops below

AXIS = {"axis": None, "keepdims": False}

_AT = (
    ((3,),),
    ((),),
    ((2, 3),),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1, "keepdims": True}),
    ((2, 3), {"keepdims": True}),
    ((2, 3, 4), {"axis": (0, 2)}),
    ((2, 3, 4), {"axis": (-1, 0), "keepdims": True}),
)


def beside(reduced, axis, keepdims):
    """A reduced value with the reduced axes put back, so that it broadcasts against the operand."""
    return reduced if axis is None or keepdims else np.expand_dims(reduced, axis)


def _count(x, axis):
    """How many elements go into each result."""
    if axis is None:
        return np.size(x)
    first, *others = axis if isinstance(axis, tuple) else (axis,)
    count = axis_length(x, axis=first)
    for other in others:
        count = count * axis_length(x, axis=other)
    return count


def _sum_dtype(x: Type) -> str | None:
    return "int64" if x.dtype is not None and np.dtype(x.dtype).kind in "ib" else x.dtype


def _kept_dtype(x: Type) -> str | None:
    return x.dtype


def _mean_dtype(x: Type) -> str | None:
    return "float64" if x.dtype is not None and np.dtype(x.dtype).kind in "iub" else x.dtype


def _spread_dtype(x: Type) -> str | None:
    return real_dtype(_mean_dtype(x))


# Sums and means

linear(
    np.sum,
    lambda g, y, a, axis=None, keepdims=False: beside(g, axis, keepdims),
    static=AXIS,
    infer=reduction_type(_sum_dtype),
    method="sum",
    at=_AT,
)
linear(
    np.mean,
    lambda g, y, a, axis=None, keepdims=False: beside(g, axis, keepdims) / _count(a, axis),
    static=AXIS,
    infer=reduction_type(_mean_dtype),
    method="mean",
    at=_AT,
)


def _centred(a, axis):
    return a - np.mean(a, axis=axis, keepdims=True)


def _freedom(x, axis, ddof):
    """What a sum of squares is divided by."""
    count = _count(x, axis)
    return count - ddof if ddof else count


def _var_bar(g, y, a, axis=None, ddof=0, keepdims=False):
    """From v = Σ (a - m)² / (n - ddof); the mean contributes nothing, since Σ (a - m) = 0."""
    return 2 * beside(g, axis, keepdims) * _centred(a, axis) / _freedom(a, axis, ddof)


def _std_bar(g, y, a, axis=None, ddof=0, keepdims=False):
    """Of equal values it is 0."""
    spread = np.where(np.equal(y, 0), 1, y)
    return beside(g / spread, axis, keepdims) * _centred(a, axis) / _freedom(a, axis, ddof)


bar: Callable[..., Any]
for function, bar in ((np.var, _var_bar), (np.std, _std_bar)):
    vjp(
        function,
        bar,
        static={**AXIS, "ddof": 0},
        infer=reduction_type(_spread_dtype),
        method=function.__name__,
        at=(*(point for point in _AT if point != ((),)), ((2, 3), {"axis": 1, "ddof": 1})),
    )

# Products


def _others_bar(h, y, x, axis=None):
    """Each row of `masked` is `x` with one element replaced by 1: `y` is the product of each row."""
    if axis is None:
        flat = np.reshape(x, -1)
        return np.reshape(_others_bar(np.reshape(h, -1), None, flat, axis=0), np.shape(x))
    rows, bars = np.expand_dims(np.moveaxis(x, axis, -1), -2), np.expand_dims(np.moveaxis(h, axis, -1), -1)
    diagonal = eye(axis_length(x, axis=axis), dtype="bool")
    masked = np.where(diagonal, 1, rows)
    each = np.where(diagonal, 0, bars * product_of_others(masked, axis=-1))
    return np.moveaxis(np.sum(each, axis=-2), -1, axis)


product_of_others = overridable(runtime.product_of_others)

vjp(
    product_of_others,
    _others_bar,
    static={"axis": None},
    infer=same_shape_type,
    aliases=(runtime.product_of_others,),
    at=(((3,),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": -1})),
)


def _others(a, axis):
    """The product of all other elements along one axis or several: first along one, then of the others' products."""
    if not isinstance(axis, tuple):
        return product_of_others(a, axis=axis)
    first, *rest = axis
    others = product_of_others(a, axis=first)
    return others * _others(np.prod(a, axis=first, keepdims=True), tuple(rest)) if rest else others


vjp(
    np.prod,
    lambda g, y, a, axis=None, keepdims=False: beside(g, axis, keepdims) * _others(a, axis),
    static=AXIS,
    infer=reduction_type(_sum_dtype),
    method="prod",
    at=_AT,
)

# Extremes

tied_shares = overridable(runtime.tied_shares)

nondifferentiable(
    tied_shares,
    operands=2,
    static={"axis": None},
    infer=same_shape_type,
    aliases=(runtime.tied_shares,),
    at=((np.array([1.0, 3.0, 3.0]), 3.0),),
)


def _extreme_bar(g, y, a, axis=None, keepdims=False):
    """Equal extreme elements share the cotangent evenly, as in PyTorch's `amax`."""
    return beside(g, axis, keepdims) * tied_shares(a, beside(y, axis, keepdims), axis=axis)


def _spread_bar(g, y, a, axis=None, keepdims=False):
    high, low = np.max(a, axis=axis, keepdims=True), np.min(a, axis=axis, keepdims=True)
    shares = tied_shares(a, high, axis=axis) - tied_shares(a, low, axis=axis)
    return beside(g, axis, keepdims) * shares


for function, other in ((np.max, np.amax), (np.min, np.amin)):
    vjp(
        function,
        _extreme_bar,
        static=AXIS,
        infer=reduction_type(_kept_dtype),
        aliases=(other,),
        method=function.__name__,
        at=_AT,
    )
vjp(np.ptp, _spread_bar, static=AXIS, infer=reduction_type(_kept_dtype), at=_AT)

# Running sums


def _running_type(a: Type, *, axis: int | None = None) -> tuple[Type, ...]:
    if axis is not None:
        return (array(_sum_dtype(a), a.shape),)
    count = None if isinstance(a.shape, Unranked) else element_count(a.shape)
    return (array(_sum_dtype(a), (DATA_DEPENDENT if count is None else count,)),)


def _cumsum_bar(g, y, a, axis=None):
    """Each element is in the sums from its own place on."""
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(g))), np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


linear(
    np.cumsum,
    _cumsum_bar,
    static={"axis": None},
    infer=_running_type,
    method="cumsum",
    at=(((3,),), ((2, 3),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": -1})),
)
