"""Functions that pick elements by their places, and count what is at them; their transposes add at places."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim
from adcompiler.ir.nodes import Slot
from adcompiler.ir.types import Type, array, broadcast_dims
from adcompiler.rules.creation import zeros_of
from adcompiler.rules.indexed_types import getitem_type
from adcompiler.rules.indexing import additem
from adcompiler.rules.inference import DATA_DEPENDENT, UNKNOWN_SHAPE, named_shape, shape_from, value_type
from adcompiler.rules.joining import along
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import OMITTED, REQUIRED
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import linear, nondifferentiable


def _scatter_type(g: Type, indices: Type, shape: Type, *, axis: int | None) -> tuple[Type, ...]:
    return (array(g.dtype, shape_from(shape)),)


def _take_along_type(a: Type, indices: Type, *, axis: int | None) -> tuple[Type, ...]:
    """As long along the axis as the indices are; the other axes broadcast."""
    if axis is None or indices.shape == a.shape:
        return (array(a.dtype, indices.shape),)
    if not (isinstance(a.shape, tuple) and isinstance(indices.shape, tuple)):
        return (array(a.dtype, named_shape("along", a.shape, indices.shape, axis=axis)),)
    dims: list[Dim | None] = [broadcast_dims(*pair) for pair in zip(a.shape, indices.shape, strict=True)]
    dims[axis] = indices.shape[axis]
    known = tuple(dim for dim in dims if dim is not None)
    return (array(a.dtype, known if len(known) == len(dims) else UNKNOWN_SHAPE),)


scatter_along_axis = overridable(runtime.scatter_along_axis)

linear(
    scatter_along_axis,
    lambda h, y, g, indices, shape, *, axis: np.take_along_axis(h, indices, axis),
    None,
    None,
    static={"axis": REQUIRED},
    infer=_scatter_type,
    aliases=(runtime.scatter_along_axis,),
    at=(((2, 2), np.array([[0, 0], [2, 1]]), (2, 3), {"axis": 1}), ((2,), np.array([5, 0]), (2, 3), {"axis": None})),
)
linear(
    np.take_along_axis,
    lambda g, y, arr, indices, *, axis: scatter_along_axis(g, indices, np.shape(arr), axis=axis),
    None,
    static={"axis": REQUIRED},
    infer=_take_along_type,
    signature=lambda arr, indices, axis=-1: None,
    at=(
        *(((2, 3), np.array([[0, 0], [2, 1]]), {"axis": 1}), ((2, 3), np.array([0, 5, 0]), {"axis": None})),
        *(((2, 3, 4), np.array([[[0, 2, 1, 1]]]), {"axis": 1}), ((1, 3), np.array([[0], [2]]), {"axis": -1})),
        ((2, 3), np.array([[-1]]), {"axis": 0}),
    ),
)


def _take_type(a: Type, indices: Type, *, axis: int | None = None, mode: str = "raise") -> tuple[Type, ...]:
    if axis is None:
        return (value_type(a.dtype, indices.shape),)
    if isinstance(a.shape, tuple) and indices.shape == ():
        return (value_type(a.dtype, tuple(dim for n, dim in enumerate(a.shape) if n != axis % len(a.shape))),)
    (result,) = getitem_type(a, indices, index=along(axis, Slot(0)))
    return (result,)


def _take_bar(g, y, a, indices, axis=None, mode="raise"):
    count = np.size(a) if axis is None else axis_length(a, axis=axis)
    if mode == "wrap":
        indices = np.remainder(indices, count)
    elif mode == "clip":
        indices = np.clip(indices, 0, count - 1)
    if axis is None:
        flat = additem(zeros_of(np.ravel(a)), g, indices, index=(Slot(0),))
        return np.reshape(flat, np.shape(a))
    return additem(zeros_of(a), g, indices, index=along(axis, Slot(0)))


linear(
    np.take,
    _take_bar,
    None,
    static={"axis": None, "mode": "raise"},
    infer=_take_type,
    signature=lambda a, indices, axis=None, *, mode="raise": None,
    method="take",
    at=(
        *(((5,), np.array([0, 2, 0])), ((2, 3), np.array([0, 5, 0])), ((2, 3), np.array([0, 2, 0]), {"axis": 1})),
        *(((2, 3), 1, {"axis": -1}), ((2, 3), 4), ((2, 3, 2), np.array([[0, 2], [2, -1]]), {"axis": 1})),
        *(((5,), np.array([7, -9]), {"mode": "wrap"}), ((2, 3), np.array([7, -9]), {"axis": 1, "mode": "clip"})),
    ),
)


def _bincount_type(x: Type, weights: Type, minlength: Type | None = None) -> tuple[Type, ...]:
    return (array("float64" if weights.is_numeric else "int64", (DATA_DEPENDENT,)),)


linear(
    np.bincount,
    None,
    lambda g, y, x, weights, minlength=0: np.take(g, x),
    None,
    infer=_bincount_type,
    signature=lambda x, /, weights=None, minlength=OMITTED: None,
    at=(
        (np.array([0, 2, 2, 1]), (4,)),
        (np.array([0, 2, 2, 1]), (4,), 6),
        (np.array([0, 2, 2, 1]), None),
    ),
)


def _occurrences_type(ar: Type, *, axis: int | None = None, equal_nan: bool = True) -> tuple[Type, ...]:
    places = array("int64", (DATA_DEPENDENT,))
    inverse = array("int64", ar.shape if axis is None else UNKNOWN_SHAPE)
    return (Type("tuple", elements=(places, inverse, places)),)


occurrences = overridable(runtime.occurrences)

nondifferentiable(
    occurrences,
    infer=_occurrences_type,
    static={"axis": None, "equal_nan": True},
    aliases=(runtime.occurrences,),
    at=(np.array([2.0, 1.0, 2.0]), (np.array([[2.0, 1.0], [2.0, 1.0]]), {"axis": 0})),
)
