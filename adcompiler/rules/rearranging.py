"""Functions that pick, sort, repeat or mask elements."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.errors import UnknownTypeError
from adcompiler.ir.nodes import Slot
from adcompiler.ir.types import Dim, Extent, Type, array
from adcompiler.rules.creation import eye, zeros_of
from adcompiler.rules.indexing import additem, getitem_type
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    named_shape,
    normal_axes,
    opaque_shape_type,
    shape_from,
    value_type,
)
from adcompiler.rules.joining import along
from adcompiler.rules.shaping import ravel_type, unbroadcast
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import REQUIRED, RankUnknownError, overridable, vjp

# Diagonals and triangles


def _diagonal_bar_type(g: Type, shape: Type, **_: int) -> tuple[Type, ...]:
    return (array(g.dtype, shape_from(shape)),)


def _diagonal_type(a: Type, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> tuple[Type, ...]:
    if not isinstance(a.shape, tuple):
        return (array(a.dtype, named_shape("diagonal", a.shape, offset=offset, axis1=axis1, axis2=axis2)),)
    axes = normal_axes((axis1, axis2), len(a.shape))
    rows, columns = (a.shape[axis] for axis in axes)
    rest = tuple(dim for axis, dim in enumerate(a.shape) if axis not in axes)
    return (array(a.dtype, (*rest, _diagonal_length(rows, columns, offset))),)


def _diagonal_length(rows: Dim, columns: Dim, offset: int) -> Dim:
    if isinstance(rows, int) and isinstance(columns, int):
        return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    return rows if offset == 0 and rows == columns else DATA_DEPENDENT


def _diag_type(v: Type, *, k: int = 0) -> tuple[Type, ...]:
    if v.rank == 2:
        return _diagonal_type(v, offset=k)
    if v.rank == 1:
        assert isinstance(v.shape, tuple)
        (length,) = v.shape
        side = length + abs(k) if isinstance(length, int) else length if k == 0 else Extent(f"{length}+{abs(k)}")
        return (array(v.dtype, (side, side)),)
    return (array(v.dtype, named_shape("diag", v.shape, k=k)),)


def _diag_bar(g, y, v, k=0):
    return np.diagonal(g, k) if np.ndim(v) == 1 else diagonal_bar(g, np.shape(v), offset=k)


diagonal_bar = overridable(runtime.diagonal_bar)

vjp(
    diagonal_bar,
    lambda h, y, g, shape, offset=0, axis1=0, axis2=1: np.diagonal(h, offset, axis1, axis2),
    None,
    static={"offset": 0, "axis1": 0, "axis2": 1},
    infer=_diagonal_bar_type,
    aliases=(runtime.diagonal_bar,),
    at=(((2,), (2, 3)), ((2,), (2, 3), {"offset": 1}), ((2, 2), (2, 2, 3), {"axis1": 1, "axis2": -1})),
)

vjp(
    np.diagonal,
    lambda g, y, a, offset=0, axis1=0, axis2=1: diagonal_bar(g, np.shape(a), offset=offset, axis1=axis1, axis2=axis2),
    static={"offset": 0, "axis1": 0, "axis2": 1},
    infer=_diagonal_type,
    method="diagonal",
    views=True,
    at=(((2, 3),), ((3, 2), {"offset": -1}), ((2, 3, 4), {"axis1": 1, "axis2": -1})),
)


def _diag_at_run_time(g, v, k=0):
    raise UnknownTypeError("`np.diag` makes a matrix of a vector, and a vector of a matrix", hint="give a type")


vjp(
    np.diag,
    _diag_bar,
    at_run_time=(_diag_at_run_time,),
    static={"k": 0},
    infer=_diag_type,
    views=True,
    at=(((3,),), ((3,), {"k": 1}), ((3,), {"k": -2}), ((2, 3),), ((3, 2), {"k": -1})),
)


def _trace_type(a: Type, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> tuple[Type, ...]:
    (diagonal,) = _diagonal_type(a, offset=offset, axis1=axis1, axis2=axis2)
    dtype = "int64" if a.dtype is not None and np.dtype(a.dtype).kind in "ib" else a.dtype
    if isinstance(diagonal.shape, tuple):
        return (value_type(dtype, diagonal.shape[:-1]),)
    return (value_type(dtype, named_shape("trace", a.shape, axis1=axis1, axis2=axis2)),)


def _trace_bar(g, y, a, offset=0, axis1=0, axis2=1):
    diagonal = eye(axis_length(a, axis=axis1), axis_length(a, axis=axis2), k=offset, dtype="bool")
    a_bar = np.expand_dims(g, (-2, -1)) * diagonal
    return a_bar if (axis1, axis2) == (-2, -1) else np.moveaxis(a_bar, (-2, -1), (axis1, axis2))


vjp(
    np.trace,
    _trace_bar,
    static={"offset": 0, "axis1": 0, "axis2": 1},
    infer=_trace_type,
    method="trace",
    at=(((2, 3),), ((3, 3), {"offset": 1}), ((2, 3, 4), {"axis1": 1, "axis2": -1})),
)


def _triangle_type(m: Type, *, k: int = 0) -> tuple[Type, ...]:
    if m.rank == 1:
        assert isinstance(m.shape, tuple)
        return (array(m.dtype, m.shape * 2),)
    return (array(m.dtype, m.shape if m.rank is not None else named_shape("triangle", m.shape)),)


def _triangle_bar(triangle):
    def bar(g, y, m, k=0):
        part = triangle(g, k)
        try:
            return part if np.ndim(m) >= 2 else np.sum(part, axis=0)
        except RankUnknownError:
            return unbroadcast(part, np.shape(m))

    return bar


for function in (np.tril, np.triu):
    vjp(
        function,
        _triangle_bar(function),
        static={"k": 0},
        infer=_triangle_type,
        at=(((2, 3),), ((3, 3), {"k": -1}), ((3,),)),
    )

# Sorting and taking


def _sort_bar(g, y, a, axis=-1):
    """Each element gets the cotangent of the place it went to; equal ones keep their order."""
    if axis is None:
        return np.reshape(_sort_bar(g, y, np.ravel(a)), np.shape(a))
    order = np.argsort(a, axis=axis, kind="stable")
    return np.take_along_axis(g, np.argsort(order, axis=axis), axis)


def _sort_type(a: Type, *, axis: int | None = -1) -> tuple[Type, ...]:
    return ravel_type(a) if axis is None else (array(a.dtype, a.shape),)


vjp(
    np.sort,
    _sort_bar,
    static={"axis": -1},
    infer=_sort_type,
    at=(((5,),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": None})),
)


def _scatter_type(g: Type, indices: Type, shape: Type, *, axis: int) -> tuple[Type, ...]:
    return (array(g.dtype, shape_from(shape)),)


def _take_along_type(a: Type, indices: Type, *, axis: int) -> tuple[Type, ...]:
    return (
        array(a.dtype, indices.shape if indices.shape == a.shape else named_shape("along", a.shape, indices.shape)),
    )


scatter_along_axis = overridable(runtime.scatter_along_axis)

vjp(
    scatter_along_axis,
    lambda h, y, g, indices, shape, *, axis: np.take_along_axis(h, indices, axis),
    None,
    None,
    static={"axis": REQUIRED},
    infer=_scatter_type,
    aliases=(runtime.scatter_along_axis,),
    at=(((2, 2), np.array([[0, 0], [2, 1]]), (2, 3), {"axis": 1}),),
)
vjp(
    np.take_along_axis,
    lambda g, y, arr, indices, *, axis: scatter_along_axis(g, indices, np.shape(arr), axis=axis),
    None,
    static={"axis": REQUIRED},
    infer=_take_along_type,
    signature=lambda arr, indices, axis: None,
    at=(((2, 3), np.array([[0, 0], [2, 1]]), {"axis": 1}),),
)


def _take_type(a: Type, indices: Type, *, axis: int | None = None) -> tuple[Type, ...]:
    if axis is None:
        return (value_type(a.dtype, indices.shape),)
    if isinstance(a.shape, tuple) and indices.shape == ():
        return (value_type(a.dtype, tuple(dim for n, dim in enumerate(a.shape) if n != axis % len(a.shape))),)
    (result,) = getitem_type(a, indices, index=along(axis, Slot(0)))
    return (result,)


def _take_bar(g, y, a, indices, axis=None):
    if axis is None:
        flat = additem(zeros_of(np.ravel(a)), g, indices, index=(Slot(0),))
        return np.reshape(flat, np.shape(a))
    return additem(zeros_of(a), g, indices, index=along(axis, Slot(0)))


vjp(
    np.take,
    _take_bar,
    None,
    static={"axis": None},
    infer=_take_type,
    method="take",
    at=(
        ((5,), np.array([0, 2, 0])),
        ((2, 3), np.array([0, 2, 0])),
        ((2, 3), np.array([0, 2, 0]), {"axis": 1}),
        ((2, 3), 1, {"axis": -1}),
    ),
)

# Repetition


def _repeat_type(a: Type, repeats: Type, *, axis: int | None = None) -> tuple[Type, ...]:
    if axis is None:
        return (array(a.dtype, (DATA_DEPENDENT,)),)
    if not isinstance(a.shape, tuple):
        return (array(a.dtype, named_shape("?", a.shape)),)
    (place,) = normal_axes(axis, len(a.shape))
    return (array(a.dtype, (*a.shape[:place], DATA_DEPENDENT, *a.shape[place + 1 :])),)


def _like_second_type(g: Type, x: Type, *_: Type, **__: object) -> tuple[Type, ...]:
    return (array(g.dtype, x.shape),)


repeat_bar = overridable(runtime.repeat_bar)

vjp(
    repeat_bar,
    lambda h, y, g, x, repeats, axis=None: np.repeat(h, repeats, axis),
    None,
    None,
    static={"axis": None},
    infer=_like_second_type,
    aliases=(runtime.repeat_bar,),
    at=(((6,), np.zeros(3), 2), ((2, 6), np.zeros((2, 3)), 2, {"axis": 1})),
)
vjp(
    np.repeat,
    lambda g, y, a, repeats, axis=None: repeat_bar(g, a, repeats, axis=axis),
    None,
    static={"axis": None},
    infer=_repeat_type,
    method="repeat",
    at=(((3,), 2), ((2, 3), 2), ((2, 3), 2, {"axis": -1}), ((2, 3), np.array([1, 0, 2]), {"axis": 1})),
)
tile_bar = overridable(runtime.tile_bar)

vjp(
    tile_bar,
    lambda h, y, g, x, reps: np.tile(h, reps),
    None,
    None,
    infer=_like_second_type,
    aliases=(runtime.tile_bar,),
    at=(((6,), np.zeros(3), 2),),
)
vjp(
    np.tile,
    lambda g, y, A, reps: tile_bar(g, A, reps),  # noqa: N803  (NumPy's name)
    None,
    infer=opaque_shape_type,
    at=(((3,), 2), ((2, 3), (2, 1)), ((3,), (2, 2)), ((2, 3), 2), ((), 3)),
)
