"""Functions of several arrays that make one: each gets its own part of the cotangent back."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Shape, Type, Unranked, array, broadcast_shapes, scalar
from adcompiler.rules.creation import zeros_of
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    UNKNOWN_SHAPE,
    element_count,
    named_shape,
    normal_axes,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.structure import axis_length, make_tuple
from adcompiler.rules.table import linear, vjp


def joined_dtype(*types: Type) -> str | None:
    """The dtype of an array made of these; here Python numbers count as what they are, not as weak."""
    if any(type.dtype is None for type in types):
        return None
    return np.result_type(*(np.dtype(type.dtype) for type in types)).name


def _joined(dims: list[Dim]) -> Dim:
    total: Dim = 0
    for dim in dims:
        total = total + dim
    return total


def along(axis: int, entry: Any) -> tuple[Any, ...]:
    """The index that is `entry` on an axis and takes all of the others."""
    if axis >= 0:
        return (*[slice(None)] * axis, entry)
    return (Ellipsis, entry, *[slice(None)] * (-axis - 1))


# concatenate


def concatenate_type(*arrays: Type, axis: int | None = 0, dtype: str | None = None) -> tuple[Type, ...]:
    """One array, as long along `axis` as all together."""
    dtype = dtype or joined_dtype(*arrays)
    if axis is None:
        counts = [element_count(x.shape) if isinstance(x.shape, tuple) else None for x in arrays]
        return (array(dtype, (_joined([DATA_DEPENDENT if count is None else count for count in counts]),)),)
    shapes = [x.shape for x in arrays if isinstance(x.shape, tuple)]
    if not shapes:
        return (array(dtype, named_shape("concatenate", *(x.shape for x in arrays), axis=axis)),)
    (place,) = normal_axes(axis, len(shapes[0]))
    complete = len(shapes) == len(arrays)
    dims = list(shapes[0])
    dims[place] = _joined([shape[place] for shape in shapes]) if complete else DATA_DEPENDENT
    return (array(dtype, tuple(dims)),)


def _concatenate_bar(g, y, *arrays, number, axis=0, dtype=None):
    """The stretch of `g` that begins where the arrays before it end."""
    if axis is None:
        return np.reshape(g[_stretch([np.size(x) for x in arrays], number)], np.shape(arrays[number]))
    return g[along(axis, _stretch([axis_length(x, axis=axis) for x in arrays], number))]


def _joined_dot(function):
    """The tangent of one array, joined with zeros in the place of the others."""

    def dot(x_dot, y, *arrays, number, **static):
        given = [x_dot if other == number else zeros_of(x, x_dot) for other, x in enumerate(arrays)]
        return function(given, **static)

    return dot


def _stretch(lengths: list[Any], number: int) -> slice:
    start = sum(lengths[1:number], lengths[0]) if number else None
    stop = lengths[0] if start is None else start + lengths[number]
    return slice(start, None if number == len(lengths) - 1 else stop)


_ROWS = ((2, 3), (1, 3), (4, 3))

vjp(
    np.concatenate,
    _concatenate_bar,
    jvp=_joined_dot(np.concatenate),
    packs=True,
    static={"axis": 0, "dtype": None},
    infer=concatenate_type,
    signature=lambda arrays, /, axis=0, *, dtype=None, casting="same_kind": None,
    ignored=("casting",),
    at=(
        _ROWS,
        ((2,), (3,)),
        ((2, 3), (2, 1), {"axis": 1}),
        ((2, 3), (2, 1), {"axis": -1}),
        ((2, 3), (4,), {"axis": None}),
        ((2, 0), (2, 1), {"axis": 1}),
    ),
)

# stack


def stack_type(*arrays: Type, axis: int = 0, dtype: str | None = None) -> tuple[Type, ...]:
    """A new axis as long as there are arrays."""
    dtype = dtype or joined_dtype(*arrays)
    dims = next((x.shape for x in arrays if isinstance(x.shape, tuple)), None)
    if dims is None:
        return (array(dtype, named_shape("stack", arrays[0].shape, axis=axis, count=len(arrays))),)
    (place,) = normal_axes(axis, len(dims) + 1)
    return (array(dtype, (*dims[:place], len(arrays), *dims[place:])),)


vjp(
    np.stack,
    lambda g, y, *arrays, number, axis=0, dtype=None: g[along(axis, number)],
    jvp=_joined_dot(np.stack),
    packs=True,
    static={"axis": 0, "dtype": None},
    infer=stack_type,
    signature=lambda arrays, axis=0, *, dtype=None, casting="same_kind": None,
    ignored=("casting",),
    at=(((2, 3), (2, 3)), ((), ()), ((2, 3), (2, 3), {"axis": 1}), ((2, 3), (2, 3), {"axis": -1})),
)

# hstack, vstack, column_stack: which axis joins depends on the rank


def _hstack_bar(g, y, *arrays, number, dtype=None):
    ranks = {np.ndim(x) for x in arrays}
    if 0 in ranks:
        return unstack(g, *arrays, stacking="hstack", number=number)
    return _concatenate_bar(g, y, *arrays, number=number, axis=0 if ranks == {1} else 1)


def _vstack_bar(g, y, *arrays, number, dtype=None):
    ranks = {np.ndim(x) for x in arrays}
    if ranks == {1}:
        return g[number]
    if min(ranks) < 2:
        return unstack(g, *arrays, stacking="vstack", number=number)
    return _concatenate_bar(g, y, *arrays, number=number)


def _column_stack_bar(g, y, *arrays, number, dtype=None):
    ranks = {np.ndim(x) for x in arrays}
    if ranks == {1}:
        return g[:, number]
    if min(ranks) < 2:
        return unstack(g, *arrays, stacking="column_stack", number=number)
    return _concatenate_bar(g, y, *arrays, number=number, axis=1)


def _stacking_type(stacking: str):
    def infer(*arrays: Type, dtype: str | None = None) -> tuple[Type, ...]:
        ranks = [x.rank for x in arrays if x.rank is not None]
        if len(ranks) < len(arrays):
            return (array(dtype or joined_dtype(*arrays), named_shape(stacking, *(x.shape for x in arrays))),)
        grown = [_grown(stacking, x) for x in arrays]
        return concatenate_type(*grown, axis=0 if stacking == "vstack" or grown[0].rank == 1 else 1, dtype=dtype)

    return infer


def _grown(stacking: str, x: Type) -> Type:
    """The operand with the axes that stacking gives it."""
    assert isinstance(x.shape, tuple)
    match stacking, x.shape:
        case "hstack", ():
            return array(x.dtype, (1,))
        case (("vstack" | "column_stack"), ()):
            return array(x.dtype, (1, 1))
        case "vstack", (length,):
            return array(x.dtype, (1, length))
        case "column_stack", (length,):
            return array(x.dtype, (length, 1))
        case _:
            return x


def _unstack_type(g: Type, *arrays: Type, stacking: str, number: int) -> tuple[Type, ...]:
    return (array(g.dtype, arrays[number].shape),)


def _unstack_bar(h, y, g, *arrays, stacking, number):
    parts = [h if other == number else zeros_of(x, h) for other, x in enumerate(arrays)]
    return getattr(np, stacking)(parts)


unstack = overridable(runtime.unstack)

linear(
    unstack,
    _unstack_bar,
    None,
    static={"stacking": None, "number": None},
    infer=_unstack_type,
    aliases=(runtime.unstack,),
    at=(((5,), np.zeros(3), np.zeros(2), {"stacking": "hstack", "number": 1}),),
)


def _at_run_time(stacking):
    return lambda g, *arrays, number, dtype=None: unstack(g, *arrays, stacking=stacking, number=number)


for function, bar, points in (
    (np.hstack, _hstack_bar, (((2,), (3,)), ((2, 3), (2, 1)), ((), (2,)))),
    (np.vstack, _vstack_bar, (((3,), (3,)), _ROWS, ((3,), (2, 3)), ((), ()))),
    (np.column_stack, _column_stack_bar, (((3,), (3,)), ((2, 3), (2, 1)), ((2,), (2, 3)))),
):
    vjp(
        function,
        bar,
        jvp=_joined_dot(function),
        packs=True,
        at_run_time=(_at_run_time(function.__name__),),
        static={} if function is np.column_stack else {"dtype": None},
        infer=_stacking_type(function.__name__),
        signature=lambda tup, *, dtype=None, casting="same_kind": None,
        ignored=("casting",),
        at=points,
    )

# array: a tuple of numbers, arrays or tuples


def array_type(x: Type) -> tuple[Type, ...]:
    """A new array: a copy, or one with an axis for each level of nesting."""
    if x.is_numeric:
        return (array(x.dtype, x.shape),)
    shape = nested_shape(x)
    return (Type("array", joined_dtype(*leaves) if (leaves := _leaves(x)) else None, shape),)


def nested_shape(x: Type) -> Shape:
    """The shape of `np.array(x)`."""
    if x.is_numeric:
        return x.shape
    if x.kind == "list" and x.elements and isinstance(inner := nested_shape(x.elements[0]), tuple):
        return (DATA_DEPENDENT, *inner)
    if x.kind != "tuple" or isinstance(x.shape, Unranked):
        return UNKNOWN_SHAPE
    inner = broadcast_shapes(*(nested_shape(element) for element in x.elements))
    return UNKNOWN_SHAPE if isinstance(inner, Unranked) else (len(x.elements), *inner)


def _leaves(x: Type) -> list[Type]:
    return [x] if x.is_numeric else [leaf for element in x.elements for leaf in _leaves(element)]


def _array_bar(g, y, x):
    """The cotangent of a tuple is a tuple, and that of a list a list."""
    return _part(g, x if isinstance(x, tuple | list) else getattr(x, "type", None))


def _part(g, nesting):
    if isinstance(nesting, list) or (isinstance(nesting, Type) and nesting.kind == "list"):
        return rows(g)
    if isinstance(nesting, Type):
        nesting = nesting.elements if nesting.kind == "tuple" else None
    if not isinstance(nesting, tuple):
        return g
    return make_tuple(*(_part(g[number], element) for number, element in enumerate(nesting)))


def _to_array(items):
    return np.array(items)


to_array = overridable(_to_array)

linear(
    np.array,
    _array_bar,
    infer=array_type,
    signature=lambda object: None,
    aliases=(to_array,),
    at=(((2, 3),),),
)

# rows: an array as a list along its first axis


def _rows_type(x: Type) -> tuple[Type, ...]:
    """A list of the arrays, or numbers, that one axis less leaves."""
    item = Type("unknown", x.dtype, UNKNOWN_SHAPE)
    if isinstance(x.shape, tuple):
        item = array(x.dtype, x.shape[1:]) if len(x.shape) > 1 else scalar(x.dtype)
    return (Type("list", elements=(item,)),)


def _rows(x):
    return list(x)


rows = overridable(_rows)

linear(
    rows,
    lambda g, y, x: np.reshape(to_array(g), np.shape(x)),
    infer=_rows_type,
    name="rows",
    spelling="list",
    views=True,
)
