"""Primitives of the language rather than of NumPy: tuples, shapes, copies.

Their functions compute on arrays and numbers what generated code prints with a syntax of its own.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.nodes import Equation, InferTypes
from adcompiler.ir.structure import Packing, packing_of
from adcompiler.ir.types import BOOL, INT, OPAQUE, RANGE, Type, Unranked, array, scalar
from adcompiler.rules.inference import UNKNOWN_SHAPE, element_count, real_dtype, same_type, value_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear, nondifferentiable, vjp

# Tuples and ranges


def _make_tuple(*items, packing=None):
    return items if packing is None else packing.pack(items)


def _item(sequence, *, index):
    packing = packing_of(sequence)
    return sequence[index] if packing is None or packing.keys is None else packing.parts(sequence)[index]


make_tuple, item = overridable(_make_tuple), overridable(_item)


def _range(start, stop, step):
    return builtins.range(start, stop, step)


def make_tuple_type(*items: Type, packing: Packing | None = None) -> tuple[Type, ...]:
    """A tuple of these, or another structure of known length."""
    return (Type("tuple", elements=items, packing=packing),)


def packing_parameter(packing: Packing | None) -> dict[str, Any]:
    """The static parameter of `make_tuple` for what is no plain tuple."""
    return {} if packing is None or packing == Packing(tuple) else {"packing": packing}


def item_type(sequence: Type, *, index: int) -> tuple[Type, ...]:
    """One element of a tuple; an axis length, if the tuple is a shape of unknown length."""
    if sequence.kind == "tuple" and sequence.elements:
        return (sequence.elements[index],)
    if sequence.kind == "tuple":
        return (INT,)
    return (sequence.elements[0],) if sequence.kind in ("list", "range") else (OPAQUE,)


vjp(
    make_tuple,
    lambda g, y, *items, number, packing=None: item(g, index=number),
    jvp=lambda x_dot, y, *items, number, packing=None: make_tuple(
        *(x_dot if other == number else np.zeros_like(item) for other, item in enumerate(items))
    ),
    infer=make_tuple_type,
    static={"packing": None},
    at=(((2,), (2,)),),
    name="make_tuple",
    spelling="",
)


def _item_bar(g, y, sequence, *, index):
    """A tuple's cotangent is a tuple, zero elsewhere; the transform writes the elements one by one."""
    return make_tuple(*(g if number == index else np.zeros_like(item) for number, item in enumerate(sequence)))


linear(item, _item_bar, static={"index": REQUIRED}, infer=item_type, name="item", spelling="")

nondifferentiable(_range, operands=3, infer=lambda *_: (RANGE,), name="range", spelling="range")

# Shapes


def shape_type(x: Type) -> tuple[Type, ...]:
    """A tuple of integers that know what they are the lengths of."""
    if isinstance(x.shape, Unranked):
        return (Type("tuple", shape=x.shape),)
    return (Type("tuple", elements=tuple(scalar("int64", weak=True, extent=dim) for dim in x.shape)),)


def axis_length_type(x: Type, *, axis: int) -> tuple[Type, ...]:
    """An integer that is a length."""
    if isinstance(x.shape, tuple) and -len(x.shape) <= axis < len(x.shape):
        return (scalar("int64", weak=True, extent=x.shape[axis]),)
    return (INT,)


def len_type(x: Type) -> tuple[Type, ...]:
    """The length of a tuple or of the first axis."""
    if x.kind == "tuple" and isinstance(x.shape, tuple):
        return (scalar("int64", weak=True, extent=len(x.elements)),)
    return axis_length_type(x, axis=0) if x.is_numeric else (INT,)


def size_type(x: Type) -> tuple[Type, ...]:
    """The number of elements, which is a length where all axes but one have length one."""
    count = element_count(x.shape) if isinstance(x.shape, tuple) else None
    return (scalar("int64", weak=True, extent=count),)


def _ndim_type(x: Type) -> tuple[Type, ...]:
    return (scalar("int64", weak=True, extent=x.rank),)


def _axis_length(x, *, axis):
    return np.shape(x)[axis]


def _length(x):
    return len(x)


shape = nondifferentiable(np.shape, infer=shape_type).function
size = nondifferentiable(np.size, infer=size_type).function
nondifferentiable(np.ndim, infer=_ndim_type)
axis_length, length = overridable(_axis_length), overridable(_length)
nondifferentiable(len, infer=len_type, aliases=(length,))

nondifferentiable(axis_length, static={"axis": REQUIRED}, infer=axis_length_type, name="axis_length", spelling="")

# Copies and conversions

cast_like = overridable(runtime.cast_like)


def copy_type(x: Type, **_: Any) -> tuple[Type, ...]:
    """The copy of an array is an array; that of a number may be either."""
    return (x if x.kind == "array" else Type("unknown", x.dtype, x.shape),)


def _at_least_one_axis(x: Type) -> tuple[Type, ...]:
    """An array, which a number becomes with one element."""
    return (array(x.dtype, (1,) if x.shape == () else x.shape if x.rank is not None else UNKNOWN_SHAPE),)


def astype_type(x: Type, *, dtype: str) -> tuple[Type, ...]:
    """The operand with another dtype: a NumPy scalar or an array, as before."""
    return (Type(x.kind, dtype, x.shape),)


def _astype(x, *, dtype):
    return x.astype(dtype) if isinstance(x, (np.ndarray, np.generic)) else np.dtype(dtype).type(x)


astype = overridable(_astype)


def _astype_bar(g, y, x, *, dtype):
    """A cotangent has the dtype of its own primal value."""
    if np.dtype(dtype).kind not in "fc":
        return np.zeros_like(x)
    own = x.dtype if hasattr(x, "dtype") else np.result_type(x)
    if np.dtype(dtype).kind == "c" and own.kind != "c":
        g = np.real(g)
        dtype = real_dtype(dtype)
    return g if own == dtype else astype(g, dtype=own.name)


def _astype_dot(x_dot, y, x, *, dtype):
    return astype(x_dot, dtype=dtype) if np.dtype(dtype).kind in "fc" else np.zeros_like(y)


def _cast_like_type(g: Type, x: Type) -> tuple[Type, ...]:
    return (Type(g.kind, x.dtype, g.shape),)


linear(
    cast_like,
    lambda h, y, g, x: cast_like(h, g),
    None,
    infer=_cast_like_type,
    aliases=(runtime.cast_like,),
    views=True,
    at=(((2, 3), np.zeros((2, 3))),),
)

vjp(
    astype,
    _astype_bar,
    jvp=_astype_dot,
    at_run_time=(lambda g, x, *, dtype: cast_like(g, x),),
    static={"dtype": REQUIRED},
    signature=lambda x, dtype: None,
    infer=astype_type,
    name="astype",
    spelling="",
    method="astype",
    at=(((2, 3), {"dtype": "float64"}),),
)


def _number_type(dtype: str) -> InferTypes:
    """`np.float32(x)`: a scalar of a number, an array of an array."""
    return lambda x: (value_type(dtype, x.shape),)


def _number_bar(dtype: str) -> Callable[..., Any]:
    return lambda g, y, x: _astype_bar(g, y, x, dtype=dtype)


for number in (np.float64, np.float32, np.complex128, np.complex64):
    linear(
        number,
        _number_bar(number.__name__),
        at_run_time=(cast_like,),
        infer=_number_type(number.__name__),
        signature=lambda x, /: None,
        views=True,
        at=(((2, 3),), (0.5,)) if number in (np.float64, np.complex128) else (),
    )

for integer in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
    nondifferentiable(integer, infer=_number_type(integer.__name__), signature=lambda x, /: None, at=(2.5, np.ones(3)))

linear(
    np.copy,
    lambda g, y, a: g,
    infer=copy_type,
    signature=lambda a, order="K", subok=False: None,
    ignored=("order", "subok"),
    method="copy",
    at=(((2, 3),), ((),)),
)
linear(
    np.asarray,
    lambda g, y, a, order=None: g,
    infer=copy_type,
    static={"order": None},
    signature=lambda a, order=None: None,
    aliases=(np.asanyarray,),
    views=True,
    at=(((2, 3),), ((),), ((2, 3), {"order": "F"})),
)
linear(
    np.ascontiguousarray,
    lambda g, y, a: np.reshape(g, np.shape(a)),
    infer=_at_least_one_axis,
    signature=lambda a: None,
    views=True,
    at=(((2, 3),), ((),)),
)


def _stop_gradient(x):
    return x


stop_gradient = overridable(_stop_gradient)

nondifferentiable(stop_gradient, infer=same_type, name="stop_gradient", spelling="", views=True)

nondifferentiable(operator.not_, infer=lambda _: (BOOL,), name="not", spelling="")

SHAPE_QUERIES = frozenset(("shape", "size", "len", "axis_length", "ndim"))
"""Primitives that read an array's shape and none of its elements."""


def has_several_results(equation: Equation) -> bool:
    """Whether this is a call of a function of the table that returns a tuple, as `np.linalg.slogdet`."""
    primitive = equation.primitive
    return (
        len(equation.outputs) == 1
        and equation.outputs[0].type.kind == "tuple"
        and bool(primitive.spelling)
        and primitive.name not in SHAPE_QUERIES
        and not equation.regions
    )
