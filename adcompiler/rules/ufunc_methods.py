"""Methods of ufuncs that are no other function of NumPy's: `np.logaddexp.reduce`, `np.add.reduceat`.

Those that are some other function, or that go from row to row, are definitions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import DATA_DEPENDENT, UNKNOWN_SHAPE, float_dtype, reduction_type, shape_from
from adcompiler.rules.overriding import overridable
from adcompiler.rules.reductions import beside, sum_dtype
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear, nondifferentiable, vjp

ufunc: np.ufunc  # in the loops below

# The logarithm of a sum of exponentials, whose partials are the terms' shares


def _log_sum_type(a: Type, *, axis: Any = 0, keepdims: bool = False) -> tuple[Type, ...]:
    return reduction_type(lambda x: float_dtype(x.dtype))(a, axis=axis, keepdims=keepdims)


for ufunc, exp in ((np.logaddexp, np.exp), (np.logaddexp2, np.exp2)):

    def _log_sum_bar(g, y, array, axis=0, keepdims=False, exp=exp):
        return beside(g, axis, keepdims) * exp(array - beside(y, axis, keepdims))

    def _log_sum_dot(x_dot, y, array, axis=0, keepdims=False, exp=exp):
        return np.sum(x_dot * exp(array - beside(y, axis, keepdims)), axis=axis, keepdims=keepdims)

    vjp(
        ufunc.reduce,
        _log_sum_bar,
        jvp=_log_sum_dot,
        static={"axis": 0, "keepdims": False},
        infer=_log_sum_type,
        name=f"{ufunc.__name__}.reduce",
        spelling=f"np.{ufunc.__name__}.reduce",
        signature=lambda array, axis=0, keepdims=False: None,
        at=(
            ((3,),),
            ((2, 3),),
            ((2, 3), {"axis": None}),
            ((2, 3), {"axis": -1, "keepdims": True}),
            ((2, 3, 2), {"axis": (0, 2)}),
        ),
    )

# Sums of parts


def _parts_type(a: Type, indices: Type, *, axis: int = 0) -> tuple[Type, ...]:
    length: Dim = indices.shape[0] if isinstance(indices.shape, tuple) and indices.shape else DATA_DEPENDENT
    if not isinstance(a.shape, tuple):
        return (array(sum_dtype(a), UNKNOWN_SHAPE),)
    place = axis % len(a.shape)
    return (array(sum_dtype(a), (*a.shape[:place], length, *a.shape[place + 1 :])),)


def _spread_parts_type(g: Type, indices: Type, shape: Type, *, axis: int) -> tuple[Type, ...]:
    return (array(g.dtype, shape_from(shape)),)


spread_parts = overridable(runtime.spread_parts)

_INDICES = np.array([0, 2, 1, 1])

linear(
    spread_parts,
    lambda h, y, g, indices, shape, *, axis: np.add.reduceat(h, indices, axis),
    None,
    None,
    static={"axis": REQUIRED},
    infer=_spread_parts_type,
    aliases=(runtime.spread_parts,),
    at=(((4,), _INDICES, (3,), {"axis": 0}), ((2, 4), _INDICES, (2, 5), {"axis": 1})),
)
linear(
    np.add.reduceat,
    lambda g, y, array, indices, axis=0: spread_parts(g, indices, np.shape(array), axis=axis),
    None,
    static={"axis": 0},
    infer=_parts_type,
    name="add.reduceat",
    spelling="np.add.reduceat",
    signature=lambda array, indices, axis=0: None,
    at=(((3,), _INDICES), ((5, 2), _INDICES), ((2, 5), _INDICES, {"axis": -1})),
)

# Bits and truths

for ufunc in (np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.logical_xor, np.gcd, np.lcm):
    nondifferentiable(
        ufunc.reduce,
        static={"axis": 0, "keepdims": False},
        name=f"{ufunc.__name__}.reduce",
        spelling=f"np.{ufunc.__name__}.reduce",
        signature=lambda array, axis=0, keepdims=False: None,
        at=(np.array([6, 4, 2]), (np.array([[6, 4], [3, 9]]), {"axis": 1})),
    )
for ufunc in (
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.logical_and,
    np.logical_or,
    np.logical_xor,
    np.gcd,
    np.lcm,
):
    nondifferentiable(
        ufunc.accumulate,
        static={"axis": 0},
        name=f"{ufunc.__name__}.accumulate",
        spelling=f"np.{ufunc.__name__}.accumulate",
        signature=lambda array, axis=0: None,
        at=(np.array([6, 4, 2]),),
    )
