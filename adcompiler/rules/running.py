"""Sums, products and extremes so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import FLOAT, INT, Type, array
from adcompiler.rules.inference import DATA_DEPENDENT, common_dtype, element_count, same_shape_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.reductions import makes_integers, sum_dtype
from adcompiler.rules.table import linear, nondifferentiable, vjp
from adcompiler.rules.taking import scatter_along_axis

function: Callable[..., Any]  # in the loops below

_AT = (
    ((3,),),
    ((2, 3),),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1}),
    ((2, 1, 3), {"axis": 1}),
    ((2, 3), {"axis": 1, "dtype": "float64"}),
)


def _running_type(a: Type, *, axis: int | None = None, dtype: str | None = None) -> tuple[Type, ...]:
    dtype = dtype or sum_dtype(a)
    if axis is not None:
        return (array(dtype, a.shape),)
    count = element_count(a.shape) if isinstance(a.shape, tuple) else None
    return (array(dtype, (DATA_DEPENDENT if count is None else count,)),)


def _cumsum_bar(g, y, a, axis=None, dtype=None):
    """Each element is in the sums from its own place on."""
    if makes_integers(dtype):
        return None
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(g))), np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


linear(np.cumsum, _cumsum_bar, static={"axis": None, "dtype": None}, infer=_running_type, method="cumsum", at=_AT)

# Recurrences, of which running products are one

recurrence, delayed = overridable(runtime.recurrence), overridable(runtime.delayed)


def _backwards(g, a, axis):
    """The transpose of `recurrence`: the solution of s[k] = g[k] + a[k + 1] s[k + 1]."""
    factors = delayed(np.flip(a, axis), axis=axis)
    return np.flip(recurrence(np.flip(g, axis), factors, axis=axis), axis)


vjp(
    recurrence,
    lambda h, y, b, a, axis=-1: _backwards(h, a, axis),
    lambda h, y, b, a, axis=-1: _backwards(h, a, axis) * delayed(y, axis=axis),
    jvp=(
        lambda b_dot, y, b, a, axis=-1: recurrence(b_dot, a, axis=axis),
        lambda a_dot, y, b, a, axis=-1: recurrence(a_dot * delayed(y, axis=axis), a, axis=axis),
    ),
    static={"axis": -1},
    infer=same_shape_type,
    aliases=(runtime.recurrence,),
    at=(((4,), (4,)), ((3, 2), (3, 2), {"axis": 0}), ((2, 0), (2, 0))),
)
vjp(
    delayed,
    lambda h, y, x, axis=-1, by=1, fill=0: delayed(h, axis=axis, by=-by),
    jvp=lambda x_dot, y, x, axis=-1, by=1, fill=0: delayed(x_dot, axis=axis, by=by),
    static={"axis": -1, "by": 1, "fill": 0},
    infer=same_shape_type,
    aliases=(runtime.delayed,),
    at=(((4,),), ((3, 2), {"axis": 0, "by": -1}), ((3, 2), {"fill": 1})),
)


def _cumprod_bar(g, y, a, axis=None, dtype=None):
    """The product before an element times the cotangents of the products after, right also where elements are zero."""
    if makes_integers(dtype):
        return None
    if axis is None:
        return np.reshape(_cumprod_bar(g, y, np.reshape(a, -1), axis=-1), np.shape(a))
    return delayed(y, axis=axis, fill=1) * _backwards(g, a, axis)


def _cumprod_dot(x_dot, y, a, axis=None, dtype=None):
    """From y[k] = a[k] y[k - 1]."""
    if axis is None:
        return _cumprod_dot(np.reshape(x_dot, -1), y, np.reshape(a, -1), axis=-1)
    return recurrence(x_dot * delayed(y, axis=axis, fill=1), a, axis=axis)


vjp(
    np.cumprod,
    _cumprod_bar,
    jvp=_cumprod_dot,
    static={"axis": None, "dtype": None},
    infer=_running_type,
    method="cumprod",
    at=(*_AT, (np.array([2.0, 0.0, 3.0]),), (np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.5]]), {"axis": 1})),
)

# Extremes so far. Of equal ones the last counts, as in PyTorch's `cummax`.

extreme_so_far = overridable(runtime.extreme_so_far)

nondifferentiable(
    extreme_so_far,
    operands=2,
    static={"axis": 0},
    infer=lambda x, *_, **__: (array("int64", x.shape),),
    aliases=(runtime.extreme_so_far,),
    at=((np.array([1.0, 3.0, 3.0, 2.0]), np.array([1.0, 3.0, 3.0, 3.0])),),
)


def _so_far_bar(g, y, a, axis=0):
    return scatter_along_axis(g, extreme_so_far(a, y, axis=axis), np.shape(a), axis=axis)


def _so_far_dot(x_dot, y, a, axis=0):
    return np.take_along_axis(x_dot, extreme_so_far(a, y, axis=axis), axis)


for ufunc in (np.maximum, np.minimum):
    vjp(
        ufunc.accumulate,
        _so_far_bar,
        jvp=_so_far_dot,
        static={"axis": 0},
        infer=same_shape_type,
        name=f"{ufunc.__name__}.accumulate",
        spelling=f"np.{ufunc.__name__}.accumulate",
        signature=lambda array, axis=0: None,
        at=(((5,),), ((3, 4),), ((3, 4), {"axis": -1}), ((2, 0), {"axis": 1})),
    )

# Angles without jumps: whole periods are added, which do not change with them


def _unwrap_type(p: Type, *, period: float = 2 * np.pi, **_: Any) -> tuple[Type, ...]:
    return (array(common_dtype(p, INT if isinstance(period, int) else FLOAT), p.shape),)


vjp(
    np.unwrap,
    lambda g, y, p, discont=None, axis=-1, period=None: g,
    jvp=lambda p_dot, y, p, discont=None, axis=-1, period=None: p_dot,
    static={"discont": None, "axis": -1, "period": 2 * np.pi},
    infer=_unwrap_type,
    at=(
        *((np.array([0.3, 3.0, 6.0, 0.2]),), (np.array([[0.3, 1.0], [5.0, 1.5]]), {"axis": 0})),
        *((np.array([0.1, 0.9, 0.2]), {"period": 1.0}), (np.array([0.1, 4.0, 0.2]), {"discont": 3.5}), ((0,),)),
    ),
)
