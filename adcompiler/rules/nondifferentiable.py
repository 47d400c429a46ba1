"""Functions whose derivative is zero wherever it exists: comparisons, logic, rounding, positions, counts."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.types import BOOL, Type, array
from adcompiler.rules.inference import (
    arithmetic_type,
    bitwise_type,
    comparison_type,
    elementwise_type,
    kept_type,
    logic_type,
    named_shape,
    opaque_shape_type,
    reduction_type,
    value_type,
)
from adcompiler.rules.table import nondifferentiable

function: Callable[..., Any]  # in the loops below

# Comparisons and logic

_PAIRS = ((2.0, -3.0), (1.0, 1.0))

for function, python_operator in (
    (np.less, operator.lt),
    (np.less_equal, operator.le),
    (np.greater, operator.gt),
    (np.greater_equal, operator.ge),
    (np.equal, operator.eq),
    (np.not_equal, operator.ne),
):
    nondifferentiable(function, infer=comparison_type, aliases=(python_operator,), at=_PAIRS)

for function in (np.logical_and, np.logical_or, np.logical_xor):
    nondifferentiable(function, infer=logic_type, at=_PAIRS)
for function in (np.logical_not, np.isnan, np.isfinite, np.isinf, np.signbit):
    nondifferentiable(function, infer=logic_type, at=(0.0, 1.5, np.ones(3)))
for function in (np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.left_shift, np.right_shift):
    nondifferentiable(function, infer=bitwise_type, at=((5, 3),))
nondifferentiable(np.invert, infer=arithmetic_type, at=(5,))
nondifferentiable(
    np.isclose, operands=2, infer=logic_type, static={"rtol": 1e-5, "atol": 1e-8, "equal_nan": False}, at=_PAIRS
)


def _truth_type(*_: Type, **__: object) -> tuple[Type, ...]:
    return (BOOL,)


nondifferentiable(
    np.allclose, operands=2, infer=_truth_type, static={"rtol": 1e-5, "atol": 1e-8, "equal_nan": False}, at=_PAIRS
)
nondifferentiable(np.array_equal, operands=2, infer=_truth_type, static={"equal_nan": False}, at=_PAIRS)

# Rounding

for function in (np.floor, np.ceil, np.trunc):
    nondifferentiable(function, infer=kept_type, at=(1.5, -2.5))
nondifferentiable(np.rint, infer=elementwise_type, at=(1.5, -2.5))
if hasattr(np, "fix"):  # deprecated since NumPy 2.5: a call warns, so it is tested at no point
    nondifferentiable(np.fix, infer=kept_type)
nondifferentiable(np.sign, infer=kept_type, at=(1.5, 0.0))
nondifferentiable(np.round, infer=kept_type, static={"decimals": 0}, aliases=(np.around,), method="round", at=(1.55,))

# Reductions to positions, counts and truths

_AXES = (np.arange(6.0).reshape(2, 3), (np.ones((2, 3)), {"axis": 1}))
_KEEPING = (*_AXES, (np.ones((2, 3)), {"axis": -1, "keepdims": True}))

for function in (np.any, np.all):
    nondifferentiable(
        function,
        infer=reduction_type(lambda _: "bool"),
        static={"axis": None, "keepdims": False},
        method=function.__name__,
        at=_KEEPING,
    )
for function in (np.argmax, np.argmin, np.count_nonzero):
    nondifferentiable(
        function,
        infer=reduction_type(lambda _: "int64"),
        static={"axis": None, "keepdims": False},
        method=None if function is np.count_nonzero else function.__name__,
        at=_KEEPING,
    )


def _argsort_type(x: Type, *, axis: int | None = -1, kind: str | None = None) -> tuple[Type, ...]:
    if axis is None:
        return (Type("array", "int64", named_shape("ravel", x.shape)),) if x.rank is None else opaque_shape_type()
    return (array("int64", x.shape),)


nondifferentiable(
    np.argsort,
    infer=_argsort_type,
    static={"axis": -1, "kind": None},
    method="argsort",
    at=(np.array([3.0, 1.0, 2.0]),),
)


def _searchsorted_type(a: Type, v: Type) -> tuple[Type, ...]:
    return (value_type("int64", v.shape),)


nondifferentiable(
    np.searchsorted, operands=2, infer=_searchsorted_type, static={"side": "left"}, at=((np.arange(4.0), 1.5),)
)
