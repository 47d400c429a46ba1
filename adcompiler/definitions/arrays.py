"""Arrays joined, repeated, chosen from and interpolated in."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def append(arr, values, axis=None):
    """One array after the other."""
    if axis is None:
        return np.concatenate((np.ravel(arr), np.ravel(values)))
    return np.concatenate((arr, values), axis=axis)


def meshgrid(x, y, indexing="xy"):
    """The coordinates of the points of a grid."""
    x, y = np.ravel(x), np.ravel(y)
    if indexing == "ij":
        shape = (x.size, y.size)
        return np.broadcast_to(x[:, np.newaxis], shape).copy(), np.broadcast_to(y, shape).copy()
    shape = (y.size, x.size)
    return np.broadcast_to(x, shape).copy(), np.broadcast_to(y[:, np.newaxis], shape).copy()


def select(condlist, choicelist, default=0):
    """The choice of the first condition that holds."""
    chosen = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        chosen = np.where(condition, choice, chosen)
    return chosen


def ediff1d(ary):
    """The differences of neighbours, of the flattened array."""
    return np.diff(np.ravel(ary))


def interp(x, xp, fp):
    """Linear interpolation; beyond the ends the first and the last value."""
    i = np.clip(np.searchsorted(xp, x) - 1, 0, len(xp) - 2)
    t = np.clip((x - xp[i]) / (xp[i + 1] - xp[i]), 0, 1)
    return fp[i] + t * (fp[i + 1] - fp[i])


define(np.append, append, at=(((3,), (2,)), ((2, 3), (1, 3), {"axis": 0})))
define(np.meshgrid, meshgrid, at=(((2,), (3,)),))
define(np.select, select, at=())
define(np.ediff1d, ediff1d, at=(((4,),),))
define(np.interp, interp, at=((np.array([0.3, 1.7]), np.array([0.0, 1.0, 2.0]), (3,)),))
