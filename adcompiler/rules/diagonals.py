"""Diagonals and triangles of matrices."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.errors import UnknownTypeError
from adcompiler.ir.dims import Dim, clamped, shorter
from adcompiler.ir.types import Type, array
from adcompiler.rules.creation import eye
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    element_count,
    given_shape_type,
    named_shape,
    normal_axes,
    value_type,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import RankUnknownError
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import linear


def _diagonal_type(a: Type, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> tuple[Type, ...]:
    if not isinstance(a.shape, tuple):
        return (array(a.dtype, named_shape("diagonal", a.shape, offset=offset, axis1=axis1, axis2=axis2)),)
    axes = normal_axes((axis1, axis2), len(a.shape))
    rows, columns = (a.shape[axis] for axis in axes)
    rest = tuple(dim for axis, dim in enumerate(a.shape) if axis not in axes)
    return (array(a.dtype, (*rest, _diagonal_length(rows, columns, offset))),)


def _diagonal_length(rows: Dim, columns: Dim, offset: int) -> Dim:
    return clamped(shorter(rows + min(offset, 0), columns - max(offset, 0)))


def _diag_type(v: Type, *, k: int = 0) -> tuple[Type, ...]:
    if v.rank == 2:
        return _diagonal_type(v, offset=k)
    if v.rank == 1:
        assert isinstance(v.shape, tuple)
        (length,) = v.shape
        side = length + abs(k)
        return (array(v.dtype, (side, side)),)
    return (array(v.dtype, named_shape("diag", v.shape, k=k)),)


def _diag_bar(g, y, v, k=0):
    return np.diagonal(g, k) if np.ndim(v) == 1 else diagonal_bar(g, np.shape(v), offset=k)


diagonal_bar = overridable(runtime.diagonal_bar)

linear(
    diagonal_bar,
    lambda h, y, g, shape, offset=0, axis1=0, axis2=1: np.diagonal(h, offset, axis1, axis2),
    None,
    static={"offset": 0, "axis1": 0, "axis2": 1},
    infer=given_shape_type,
    aliases=(runtime.diagonal_bar,),
    at=(((2,), (2, 3)), ((2,), (2, 3), {"offset": 1}), ((2, 2), (2, 2, 3), {"axis1": 1, "axis2": -1})),
)

linear(
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


linear(
    np.diag,
    _diag_bar,
    at_run_time=(_diag_at_run_time,),
    static={"k": 0},
    infer=_diag_type,
    views=True,
    at=(((3,),), ((3,), {"k": 1}), ((3,), {"k": -2}), ((2, 3),), ((3, 2), {"k": -1})),
)


def _diagflat_type(v: Type, *, k: int = 0) -> tuple[Type, ...]:
    count = element_count(v.shape) if isinstance(v.shape, tuple) else None
    (flat,) = _diag_type(array(v.dtype, (DATA_DEPENDENT if count is None else count,)), k=k)
    return (flat if count is not None else array(v.dtype, named_shape("diagflat", v.shape, k=k)),)


linear(
    np.diagflat,
    lambda g, y, v, k=0: np.reshape(np.diagonal(g, k), np.shape(v)),
    static={"k": 0},
    infer=_diagflat_type,
    at=(((2, 3),), ((3,), {"k": 1}), ((2, 1, 2), {"k": -2}), ((),), ((0, 2),)),
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


linear(
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
    linear(
        function,
        _triangle_bar(function),
        static={"k": 0},
        infer=_triangle_type,
        at=(((2, 3),), ((3, 3), {"k": -1}), ((3,),), ((2, 3, 4), {"k": 1}), ((2, 2, 1, 3),), ((0, 2),)),
    )
