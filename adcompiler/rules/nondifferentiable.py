"""Functions whose derivative is zero wherever it exists: comparisons, logic, rounding, positions, counts."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.errors import UnknownTypeError
from adcompiler.ir.dims import OPEN_FOR_ALL, Dim
from adcompiler.ir.types import BOOL, Type, array
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    UNKNOWN_SHAPE,
    arithmetic_type,
    bitwise_type,
    broadcast_type,
    comparison_type,
    element_count,
    elementwise_type,
    kept_type,
    length_from,
    logic_type,
    reduction_type,
    shape_from,
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
for function in (
    *(np.logical_not, np.isnan, np.isfinite, np.isinf, np.signbit),
    *(np.isneginf, np.isposinf, np.iscomplex),
):
    nondifferentiable(function, infer=logic_type, at=(0.0, 1.5, np.ones(3)))
nondifferentiable(np.isreal, infer=comparison_type, at=(0.0, 1.5, np.ones(3)))
for function in (np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.left_shift, np.right_shift):
    nondifferentiable(function, infer=bitwise_type, at=((5, 3),))
nondifferentiable(np.invert, infer=arithmetic_type, at=(5,))
for function in (np.gcd, np.lcm):
    nondifferentiable(function, infer=kept_type, at=((6, 4), (np.array([6, 9]), 3)))
nondifferentiable(np.bitwise_count, infer=lambda x: (broadcast_type((x,), "uint8"),), at=(5,))
nondifferentiable(
    np.isclose, operands=2, infer=logic_type, static={"rtol": 1e-5, "atol": 1e-8, "equal_nan": False}, at=_PAIRS
)


def _truth_type(*_: Type, **__: object) -> tuple[Type, ...]:
    return (BOOL,)


nondifferentiable(
    np.allclose, operands=2, infer=_truth_type, static={"rtol": 1e-5, "atol": 1e-8, "equal_nan": False}, at=_PAIRS
)
nondifferentiable(np.array_equal, operands=2, infer=_truth_type, static={"equal_nan": False}, at=_PAIRS)
nondifferentiable(np.array_equiv, operands=2, infer=_truth_type, at=_PAIRS)
for function in (np.iscomplexobj, np.isrealobj):
    nondifferentiable(function, infer=_truth_type, at=(1.5, np.ones(3)))
nondifferentiable(
    np.isin,
    operands=2,
    infer=lambda element, *_, **__: (array("bool", element.shape),),
    static={"assume_unique": False, "invert": False, "kind": None},
    at=((np.arange(3.0), np.array([1.0, 5.0])),),
)

# Rounding

for function in (np.floor, np.ceil, np.trunc):
    nondifferentiable(function, infer=kept_type, at=(1.5, -2.5))
nondifferentiable(np.rint, infer=elementwise_type, at=(1.5, -2.5))
if hasattr(np, "fix"):  # deprecated since NumPy 2.5: a call warns, so it is tested at no point
    nondifferentiable(np.fix, infer=kept_type)
nondifferentiable(np.sign, infer=kept_type, at=(1.5, 0.0))
nondifferentiable(
    np.round,
    infer=lambda x, decimals=0: kept_type(x),
    static={"decimals": 0},
    aliases=(np.around,),
    method="round",
    at=(1.55, (1.55, {"decimals": 1})),
)

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
for function in (np.argmax, np.argmin, np.count_nonzero, np.nanargmax, np.nanargmin):
    nondifferentiable(
        function,
        infer=reduction_type(lambda _: "int64"),
        static={"axis": None, "keepdims": False},
        method=function.__name__ if function in (np.argmax, np.argmin) else None,
        at=_KEEPING,
    )


# Orders and positions


def _flat_length(x: Type) -> Dim:
    count = element_count(x.shape) if isinstance(x.shape, tuple) else None
    return DATA_DEPENDENT if count is None else count


def _order_type(x: Type, *_: Type, axis: int | None = -1, **__: Any) -> tuple[Type, ...]:
    return (array("int64", (_flat_length(x),) if axis is None else x.shape),)


nondifferentiable(
    np.argsort,
    infer=_order_type,
    static={"axis": -1, "kind": None, "stable": None},
    method="argsort",
    at=(np.array([3.0, 1.0, 2.0]), (np.ones((2, 3)), {"axis": None}), (np.ones((2, 3)), {"axis": 0})),
)
nondifferentiable(
    np.argpartition,
    operands=2,
    infer=_order_type,
    static={"axis": -1, "kind": "introselect"},
    method="argpartition",
    at=((np.array([3.0, 1.0, 2.0]), 1), (np.ones((2, 3)), 0, {"axis": None})),
)
nondifferentiable(
    np.lexsort,
    infer=lambda keys, **_: (Type("array", "int64", UNKNOWN_SHAPE),),
    static={"axis": -1},
    signature=lambda keys, axis=-1: None,
    at=(np.array([[3.0, 1.0, 2.0], [1.0, 1.0, 0.0]]),),
)


def _searchsorted_type(a: Type, v: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    return (value_type("int64", v.shape),)


nondifferentiable(
    np.searchsorted,
    operands=2,
    infer=_searchsorted_type,
    static={"side": "left"},
    method="searchsorted",
    at=((np.arange(4.0), 1.5), (np.arange(4.0), np.array([0.5, 2.0]), {"side": "right"})),
)
nondifferentiable(
    np.digitize,
    operands=2,
    infer=lambda x, bins, **_: (value_type("int64", x.shape),),
    static={"right": False},
    at=((1.5, np.arange(4.0)), (np.array([0.5, 2.0]), np.arange(4.0), {"right": True})),
)


def _places_type(a: Type) -> tuple[Type, ...]:
    return (array("int64", (DATA_DEPENDENT,)),)


def _nonzero_type(a: Type) -> tuple[Type, ...]:
    if not isinstance(a.shape, tuple):
        raise UnknownTypeError("how many arrays `np.nonzero` returns is not known", hint="give types")
    return (Type("tuple", elements=(array("int64", (OPEN_FOR_ALL,)),) * len(a.shape)),)


def _argwhere_type(a: Type) -> tuple[Type, ...]:
    return (array("int64", (DATA_DEPENDENT, DATA_DEPENDENT if a.rank is None else a.rank)),)


_SPARSE = (np.array([[0.0, 1.0, 0.0], [2.0, 0.0, 3.0]]), np.array([0.0, 1.0]))

nondifferentiable(np.flatnonzero, infer=_places_type, at=_SPARSE)
nondifferentiable(np.argwhere, infer=_argwhere_type, at=_SPARSE)
nondifferentiable(np.nonzero, infer=_nonzero_type, method="nonzero", at=_SPARSE)


def _unravel_type(indices: Type, shape: Type, **_: Any) -> tuple[Type, ...]:
    dims = shape_from(shape)
    if not isinstance(dims, tuple):
        raise UnknownTypeError("how many positions `np.unravel_index` returns is not known", hint="give types")
    return (Type("tuple", elements=(value_type("int64", indices.shape),) * len(dims)),)


nondifferentiable(
    np.unravel_index,
    operands=2,
    infer=_unravel_type,
    static={"order": "C"},
    signature=lambda indices, shape, order="C": None,
    at=((4, (2, 3)), (np.array([4, 1]), (2, 3))),
)

# Windows of signals, of a given length


def _of_length(M): ...  # noqa: N803  (NumPy's name)


for function in (np.bartlett, np.blackman, np.hamming, np.hanning):
    nondifferentiable(function, infer=lambda n: (array("float64", (length_from(n),)),), signature=_of_length, at=(5,))
