"""Arrays joined and arranged: what `np.concatenate`, `np.reshape` and `np.moveaxis` say in other words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adcompiler.definitions.table import define


def append(arr, values, axis=None):
    """One array after the other."""
    if axis is None:
        return np.concatenate((np.ravel(arr), np.ravel(values)))
    return np.concatenate((arr, values), axis=axis)


def dstack(tup):
    """Arrays behind each other, along the third axis."""
    return np.concatenate([np.atleast_3d(x) for x in tup], axis=2)


def block(arrays):
    """Arrays in nested lists: the innermost are joined along the last axis."""
    return _joined(arrays, max(_depth(arrays), _rank(arrays)), _depth(arrays))


def _depth(arrays):
    """How deep the lists are nested."""
    return 1 + max([_depth(part) for part in arrays]) if isinstance(arrays, list) else 0


def _rank(arrays):
    """The greatest number of axes of an array in them."""
    return max([_rank(part) for part in arrays]) if isinstance(arrays, list) else np.ndim(arrays)


def _joined(arrays, rank, depth):
    if isinstance(arrays, list):
        return np.concatenate([_joined(part, rank, depth - 1) for part in arrays], axis=-depth)
    added = (1,) * (rank - np.ndim(arrays))
    return np.reshape(arrays, added + np.shape(arrays)) if added else np.copy(arrays)


def rollaxis(a, axis, start=0):
    """An axis moved to before another."""
    axis = axis + np.ndim(a) if axis < 0 else axis
    start = start + np.ndim(a) if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


def broadcast_arrays(*args):
    """Arrays spread out over their common shape."""
    shape = np.broadcast_shapes(*[np.shape(x) for x in args])
    return tuple([np.broadcast_to(x, shape) for x in args])


def resize(a, new_shape):
    """The elements, over and over, until the shape is full."""
    shape = new_shape if isinstance(new_shape, (tuple, list)) else (new_shape,)
    return np.reshape(np.take(np.ravel(a), np.arange(math.prod(shape)), mode="wrap"), shape)


def full_like(a, fill_value, dtype=None, shape=None):
    """An array of the dtype of another, and perhaps of another shape."""
    return np.full(np.shape(a) if shape is None else shape, fill_value, dtype=a.dtype if dtype is None else dtype)


def zeros_like(a, dtype=None, shape=None):
    """Zeros of the dtype of an array, and of another shape."""
    return np.zeros(shape, dtype=a.dtype if dtype is None else dtype)


def ones_like(a, dtype=None, shape=None):
    """Ones of the dtype of an array, and of another shape."""
    return np.ones(shape, dtype=a.dtype if dtype is None else dtype)


def empty_like(a, dtype=None, shape=None):
    """An array of the dtype of another, and of another shape."""
    return np.empty(shape, dtype=a.dtype if dtype is None else dtype)


def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    """The sum along a diagonal, in a dtype of its own."""
    return np.trace(a.astype(dtype), offset, axis1, axis2)


def along_rows(*parts):
    """Parts, of which numbers are vectors of one, after each other."""
    return np.concatenate([np.atleast_1d(part) for part in parts])


def in_columns(*parts):
    """Parts, of which vectors are columns, beside each other."""
    return np.concatenate([_column(part) for part in parts], axis=-1)


def _column(part):
    return np.reshape(part, (-1, 1)) if np.ndim(part) < 2 else part


_joining: Any
for _joining, _definition, _spelling in ((np.r_, along_rows, "np.r_"), (np.c_, in_columns, "np.c_")):
    define(_joining, _definition, spelling=_spelling)
define(np.trace, trace)
define(np.full_like, full_like)
define(np.zeros_like, zeros_like)
define(np.ones_like, ones_like)
define(np.empty_like, empty_like)
define(np.append, append, at=(((3,), (2,)), ((2, 3), (1, 3), {"axis": 0}), ((2, 3), ())))
define(np.dstack, dstack)
define(np.block, block)
define(np.rollaxis, rollaxis, at=(((2, 3, 4), 2), ((2, 3, 4), 0, 3), ((2, 3, 4), -1, 1), ((2, 3, 4), 1, -1)))
define(np.broadcast_arrays, broadcast_arrays)
define(np.resize, resize, at=(((2, 3), (3, 4)), ((3,), 2), ((3,), 7)))
