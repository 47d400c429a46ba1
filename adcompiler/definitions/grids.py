"""Coordinates of the points of grids, and numbers between two ends."""

from __future__ import annotations

import math

import numpy as np

from adcompiler.definitions.table import define


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """For each coordinate, its value at every point of the grid."""
    axes = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        axes[0], axes[1] = 1, 0
    shape = tuple([np.size(xi[axis]) for axis in axes])
    grids = []
    for number in range(len(xi)):
        along = tuple([-1 if axis == axes[number] else 1 for axis in range(len(xi))])
        grid = np.reshape(xi[number], along)
        if not sparse:
            grid = np.broadcast_to(grid, shape)
        grids.append(np.copy(grid) if copy else grid)
    return tuple(grids)


def ix_(*args):
    """Places along each axis, as an index of the points where they meet."""
    places = []
    for number in range(len(args)):
        given = np.asarray(args[number])
        chosen = np.flatnonzero(given) if given.dtype == bool else given
        places.append(np.reshape(chosen, (1,) * number + (-1,) + (1,) * (len(args) - 1 - number)))
    return tuple(places)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """Numbers evenly spaced, and how far apart they are."""
    numbers = np.linspace(start, stop, num, endpoint=endpoint, dtype=dtype, axis=axis)
    steps = num - 1 if endpoint else num
    return (numbers, np.subtract(stop, start) / steps) if retstep else numbers


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """Powers of a base whose exponents are evenly spaced."""
    numbers = np.power(base, np.linspace(start, stop, num, endpoint=endpoint, axis=axis))
    return numbers if dtype is None else numbers.astype(dtype)


def fromfunction(function, shape, dtype=float, **kwargs):
    """A function of the coordinates of each element."""
    coordinates = np.indices(shape, dtype=dtype)
    return function(*[coordinates[axis] for axis in range(len(shape))], **kwargs)


def indices(dimensions, dtype=int, sparse=False):
    """The coordinates of each element: one array, or an array for each axis that broadcasts."""
    if not sparse:
        return np.indices(dimensions, dtype=dtype)
    rank = len(dimensions)
    return tuple(
        [
            np.reshape(np.arange(dimensions[axis], dtype=dtype), (1,) * axis + (-1,) + (1,) * (rank - 1 - axis))
            for axis in range(rank)
        ]
    )


def tri_indices(n, k, m, function):
    """The places where a triangle of ones is."""
    return np.nonzero(function(np.ones((n, n if m is None else m), dtype=bool), k))


def tril_indices(n, k=0, m=None):
    """The places of the lower triangle."""
    return tri_indices(n, k, m, np.tril)


def triu_indices(n, k=0, m=None):
    """The places of the upper triangle."""
    return tri_indices(n, k, m, np.triu)


def tril_indices_from(arr, k=0):
    """The places of the lower triangle of a matrix."""
    return tri_indices(arr.shape[0], k, arr.shape[1], np.tril)


def triu_indices_from(arr, k=0):
    """The places of the upper triangle of a matrix."""
    return tri_indices(arr.shape[0], k, arr.shape[1], np.triu)


def diag_indices(n, ndim=2):
    """The places of the diagonal."""
    return (np.arange(n),) * ndim


def diag_indices_from(arr):
    """The places of the diagonal of an array whose axes are equally long."""
    return (np.arange(arr.shape[0]),) * np.ndim(arr)


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    """The place in the flattened array, of places along each axis."""
    strides = [math.prod(dims[axis + 1 :] if order == "C" else dims[:axis]) for axis in range(len(dims))]
    place = 0
    for axis in range(len(dims)):
        along = np.asarray(multi_index[axis])
        if mode == "wrap":
            along = np.remainder(along, dims[axis])
        elif mode == "clip":
            along = np.clip(along, 0, dims[axis] - 1)
        elif np.any(np.less(along, 0)) or np.any(np.greater_equal(along, dims[axis])):
            raise ValueError("invalid entry in coordinates array")
        place = place + along * strides[axis]
    return place


define(np.tril_indices, tril_indices)
define(np.triu_indices, triu_indices)
define(np.tril_indices_from, tril_indices_from)
define(np.triu_indices_from, triu_indices_from)
define(np.diag_indices, diag_indices)
define(np.diag_indices_from, diag_indices_from)
define(np.ravel_multi_index, ravel_multi_index)
define(np.meshgrid, meshgrid)
define(np.ix_, ix_)
define(np.linspace, linspace)
define(np.logspace, logspace, at=((0.5, 1.5), ((2,), 1.5, 4), (0.5, 1.5, 3, {"base": 2.0, "endpoint": False})))
define(np.fromfunction, fromfunction)
define(np.indices, indices)
