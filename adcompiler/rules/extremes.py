"""Maxima and minima: equal extreme elements share the cotangent evenly, as in PyTorch's `amax`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Type
from adcompiler.rules.creation import zeros_of
from adcompiler.rules.inference import reduction_type, same_shape_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.reductions import AT, AXIS, beside, kept_dtype
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.symbolic import known_shape
from adcompiler.rules.table import nondifferentiable, vjp

function: Callable[..., Any]  # in the loops below

tied_shares = overridable(runtime.tied_shares)

nondifferentiable(
    tied_shares,
    operands=2,
    static={"axis": None},
    infer=same_shape_type,
    aliases=(runtime.tied_shares,),
    at=((np.array([1.0, 3.0, 3.0]), 3.0),),
)


def _add_at_extremes(x_bar, g, x, y, axis=None):
    return runtime.add_at_extremes(np.array(x_bar), g, x, y, axis=axis)


add_at_extremes = overridable(_add_at_extremes)


def _updated_type(x_bar: Type, *_: Type, axis: Any = None) -> tuple[Type, ...]:
    return (x_bar,)


vjp(
    add_at_extremes,
    lambda h, z, x_bar, g, x, y, axis=None: h,
    lambda h, z, x_bar, g, x, y, axis=None: unbroadcast(h * tied_shares(x, y, axis=axis), np.shape(g)),
    None,
    None,
    jvp=(
        lambda x_bar_dot, z, x_bar, g, x, y, axis=None: x_bar_dot,
        lambda g_dot, z, x_bar, g, x, y, axis=None: add_at_extremes(zeros_of(x_bar), g_dot, x, y, axis=axis),
        None,
        None,
    ),
    static={"axis": None},
    infer=_updated_type,
    name="add_at_extremes",
    spelling="add_at_extremes",
    updates=True,
    aliases=(runtime.add_at_extremes,),
    at=(
        ((3,), 0.5, np.array([1, 3, 3], np.float32), np.float32(3)),
        ((2, 3), (1, 3), np.array([[1, 3, 3], [0, 3, 7]], np.float32), np.array([[1, 3, 7]], np.float32), {"axis": 0}),
    ),
)


def _extreme_bar(g, y, a, axis=None, keepdims=False, initial=None):
    """Written as an update of zeros: where there is a cotangent already, a pass makes it an update of that."""
    g, y = beside(g, axis, keepdims), beside(y, axis, keepdims)
    if known_shape(a) == ():
        return g * tied_shares(a, y, axis=axis)
    return add_at_extremes(zeros_of(a), g, a, y, axis=axis)


def _extreme_dot(x_dot, y, a, axis=None, keepdims=False, initial=None):
    shares = tied_shares(a, beside(y, axis, keepdims), axis=axis)
    return np.sum(x_dot * shares, axis=axis, keepdims=keepdims)


def _shares_of_range(a, axis):
    high, low = np.max(a, axis=axis, keepdims=True), np.min(a, axis=axis, keepdims=True)
    return tied_shares(a, high, axis=axis) - tied_shares(a, low, axis=axis)


for function, aliases in ((np.max, (np.amax,)), (np.min, (np.amin,)), (np.nanmax, ()), (np.nanmin, ())):
    vjp(
        function,
        _extreme_bar,
        jvp=_extreme_dot,
        static={**AXIS, "initial": None},
        infer=reduction_type(kept_dtype),
        aliases=aliases,
        method=None if function in (np.nanmax, np.nanmin) else function.__name__,
        at=(*AT, ((2, 3), {"axis": 0, "initial": 0.25})),
    )
vjp(
    np.ptp,
    lambda g, y, a, axis=None, keepdims=False: beside(g, axis, keepdims) * _shares_of_range(a, axis),
    jvp=lambda x_dot, y, a, axis=None, keepdims=False: np.sum(
        x_dot * _shares_of_range(a, axis), axis=axis, keepdims=keepdims
    ),
    static=AXIS,
    infer=reduction_type(kept_dtype),
    at=AT,
)
