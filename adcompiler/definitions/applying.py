"""Functions of functions: along an axis, and element by element."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """What a function makes of each vector along an axis."""
    axis = axis + np.ndim(arr) if axis < 0 else axis
    moved = np.moveaxis(arr, axis, -1)
    outer = np.shape(moved)[:-1]
    made = np.stack([func1d(row, *args, **kwargs) for row in np.reshape(moved, (-1, np.shape(arr)[axis]))])
    added = np.ndim(made) - 1
    whole = np.reshape(made, (*outer, *np.shape(made)[1:]))
    if added == 0:
        return whole
    places = list(range(len(outer), len(outer) + added))
    return np.moveaxis(whole, places, list(range(axis, axis + added)))


def apply_over_axes(func, a, axes):
    """A reduction over one axis after another, all of which stay."""
    for axis in axes if isinstance(axes, (list, tuple)) else (axes,):
        place = axis + np.ndim(a) if axis < 0 else axis
        reduced = func(a, place)
        a = reduced if np.ndim(reduced) == np.ndim(a) else np.expand_dims(reduced, place)
    return a


def elementwise(function, dtype, *args):
    """A function of numbers, of all elements of arrays that broadcast."""
    spread = np.broadcast_arrays(*args)
    flat = [np.ravel(x) for x in spread]
    made = np.array([function(*[x[number] for x in flat]) for number in range(np.size(spread[0]))])
    return np.reshape(made, np.shape(spread[0])).astype(dtype)


define(np.apply_along_axis, apply_along_axis)
define(np.apply_over_axes, apply_over_axes)
