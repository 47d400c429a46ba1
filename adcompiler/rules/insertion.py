"""Elements put between others, and elements left out."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Type, array
from adcompiler.rules.creation import zeros_of
from adcompiler.rules.differences import longer
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    UNKNOWN_SHAPE,
    element_count,
    given_shape_type,
    normal_axes,
    shape_from,
    value_type,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.table import linear, vjp


def _with_length(x: Type, axis: int | None, change: int | None) -> tuple[Type, ...]:
    """The operand with another length of an axis: by a constant, if it is known."""

    def changed(dim: Dim | None) -> Dim:
        return DATA_DEPENDENT if change is None or dim is None else longer(dim, change)

    if axis is None:
        return (array(x.dtype, (changed(element_count(x.shape) if isinstance(x.shape, tuple) else None),)),)
    if not isinstance(x.shape, tuple):
        return (array(x.dtype, UNKNOWN_SHAPE),)
    (place,) = normal_axes(axis, len(x.shape))
    return (array(x.dtype, (*x.shape[:place], changed(x.shape[place]), *x.shape[place + 1 :])),)


delete_bar = overridable(runtime.delete_bar)

linear(
    delete_bar,
    lambda h, y, g, shape, obj, axis=None: np.delete(h, obj, axis),
    None,
    None,
    static={"axis": None},
    infer=given_shape_type,
    aliases=(runtime.delete_bar,),
    at=(((4,), (5,), 2), ((2, 2), (2, 3), -1, {"axis": 1}), ((4,), (2, 3), np.array([0, 5]))),
)
linear(
    np.delete,
    lambda g, y, arr, obj, axis=None: delete_bar(g, np.shape(arr), obj, axis=axis),
    None,
    name="np.delete",  # `delete` takes an item from a list
    static={"axis": None},
    infer=lambda arr, obj, axis=None: _with_length(
        arr, axis, -1 if obj.kind == "scalar" and obj.dtype == "int64" else None
    ),
    at=(
        *(((5,), 2), ((2, 3), -1, {"axis": 1}), ((2, 3), np.array([0, 5])), ((4, 1), np.array([0, 0]), {"axis": 0})),
        *(((2, 3, 2), np.array([True, False, True]), {"axis": -2}), ((1, 2), 0, {"axis": 0})),
    ),
)


def _like_shape(g: Type, shape: Type) -> Type:
    dims = shape_from(shape)
    return value_type(g.dtype, dims) if dims else Type("unknown", g.dtype, dims)


insert_array_bar = overridable(runtime.insert_array_bar)
insert_values_bar = overridable(runtime.insert_values_bar)

_AT = (
    ((2, 4), (2, 3), 1, (2,), {"axis": 1}),
    ((3, 3), (2, 3), np.array([1]), (3,), {"axis": 0}),
    ((7,), (2, 3), 4, ()),
)


def _zeros(shape, like):
    """Zeros of a shape, in the dtype of another value: sums of nothing."""
    return np.broadcast_to(np.sum(np.ravel(like)[:0]), shape)


linear(
    insert_array_bar,
    lambda h, y, g, shape, obj, values_shape, axis=None: np.insert(h, obj, _zeros(values_shape, h), axis),
    None,
    None,
    None,
    static={"axis": None},
    infer=given_shape_type,
    aliases=(runtime.insert_array_bar,),
    at=_AT,
)
linear(
    insert_values_bar,
    lambda h, y, g, shape, obj, values_shape, axis=None: np.insert(_zeros(shape, h), obj, h, axis),
    None,
    None,
    None,
    static={"axis": None},
    infer=lambda g, shape, obj, values_shape, axis=None: (_like_shape(g, values_shape),),
    aliases=(runtime.insert_values_bar,),
    at=_AT,
)


vjp(
    np.insert,
    lambda g, y, arr, obj, values, axis=None: insert_array_bar(g, np.shape(arr), obj, np.shape(values), axis=axis),
    None,
    lambda g, y, arr, obj, values, axis=None: insert_values_bar(g, np.shape(arr), obj, np.shape(values), axis=axis),
    jvp=(
        lambda x_dot, y, arr, obj, values, axis=None: np.insert(x_dot, obj, np.zeros_like(values), axis),
        None,
        lambda x_dot, y, arr, obj, values, axis=None: np.insert(zeros_of(arr, x_dot), obj, x_dot, axis),
    ),
    static={"axis": None},
    infer=lambda arr, obj, values, axis=None: _with_length(arr, axis, None),
    at=(
        *(((5,), 1, ()), ((5,), 2, (3,)), ((5,), -1, ()), ((5,), np.array([3, 1, 1]), (3,)), ((2, 3), 4, (2,))),
        *(((2, 3), 1, (3,), {"axis": 0}), ((2, 3), np.array([0, 2]), (3,), {"axis": 0})),
        *(((2, 3), 1, (2,), {"axis": 1}), ((2, 3), np.array([3, 0]), (2, 1), {"axis": -1})),
        *(((2, 3, 2), 1, (4, 3, 2), {"axis": 0}), ((3,), np.array([True, False, True]), (2,)), ((0,), 0, (2,))),
    ),
)
