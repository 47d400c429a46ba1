"""The transposes of functions that pick, repeat or stack elements."""

from __future__ import annotations

import numpy as np


def diagonal_bar(g, shape, offset=0, axis1=0, axis2=1):
    """Zeros of `shape` with `g` on a diagonal: the transpose of `np.diagonal`.

    Examples
    --------
    >>> diagonal_bar(np.array([1.0, 2.0]), (2, 3))
    array([[1., 0., 0.],
           [0., 2., 0.]])
    """
    x_bar = np.zeros(shape, np.result_type(g))
    diagonal = np.diagonal(x_bar, offset, axis1, axis2)
    diagonal.flags.writeable = True
    diagonal[...] = g
    return x_bar


def repeat_bar(g, x, repeats, axis=None):
    """The sum of the copies that `np.repeat(x, repeats, axis)` made of each element.

    Examples
    --------
    >>> repeat_bar(np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(2), 2)
    array([3., 7.])
    """
    shape = np.shape(x)
    place = 0 if axis is None else axis
    moved = np.moveaxis(np.zeros(np.size(x) if axis is None else shape, np.result_type(g)), place, 0)
    np.add.at(moved, np.repeat(np.arange(len(moved)), repeats), np.moveaxis(g, place, 0))
    return np.moveaxis(moved, 0, place).reshape(shape)


def tile_bar(g, x, reps):
    """The sum of the copies of `x` in `np.tile(x, reps)`.

    Examples
    --------
    >>> tile_bar(np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(2), 2)
    array([4., 6.])
    """
    reps = tuple(np.ravel(reps))
    rank = max(np.ndim(x), len(reps))
    reps = (1,) * (rank - len(reps)) + reps
    shape = (1,) * (rank - np.ndim(x)) + np.shape(x)
    pairs = [length for pair in zip(reps, shape, strict=True) for length in pair]
    return np.reshape(np.sum(np.reshape(g, pairs), axis=tuple(range(0, 2 * rank, 2))), np.shape(x))


def scatter_along_axis(g, indices, shape, axis):
    """Zeros of `shape` with `g` added at `indices` along `axis`: the transpose of `np.take_along_axis`.

    Examples
    --------
    >>> scatter_along_axis(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 2]), (4,), 0)
    array([3., 0., 3., 0.])
    """
    if axis is None:
        return scatter_along_axis(g, indices, (np.prod(shape, dtype=int),), 0).reshape(shape)
    x_bar = np.zeros(shape, np.result_type(g))
    places = list(np.indices(shape, sparse=True))
    places[axis] = indices
    np.add.at(x_bar, tuple(places), g)
    return x_bar


def unstack(g, *arrays, stacking, number):
    """The part of `g` that belongs to the array with this number in `np.hstack(arrays)` or the like.

    Examples
    --------
    >>> unstack(np.array([1.0, 2.0, 3.0]), np.zeros(2), np.zeros(1), stacking="hstack", number=0)
    array([1., 2.])
    """
    owners = getattr(np, stacking)([np.full(np.shape(x), owner) for owner, x in enumerate(arrays)])
    return g[owners == number].reshape(np.shape(arrays[number]))
