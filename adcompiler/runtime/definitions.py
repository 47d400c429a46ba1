"""Functions of NumPy by their definition in terms of others: a program that calls one is read as if this stood there.

Each has the name and parameters of NumPy's own, as far as they are supported.
"""

from __future__ import annotations

import numpy as np


def trapezoid(y, x=None, dx=1.0):
    """The integral along the last axis."""
    step = dx if x is None else np.diff(x)
    return np.sum(step * (y[..., 1:] + y[..., :-1]), axis=-1) / 2


def average(a, axis=None, weights=None):
    """The mean, weighted; weights with one axis go along that axis."""
    if weights is None:
        return np.mean(a, axis=axis)
    if a.ndim == 2 and weights.ndim == 1 and axis == 0:
        weights = weights[:, np.newaxis]
    elif weights.ndim != a.ndim and axis != -1 and axis != a.ndim - 1:
        raise ValueError("weights have the shape of the array, or one axis, and `axis=` says which")
    return np.sum(a * weights, axis=axis) / np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis)


def polyval(p, x):
    """A polynomial, by Horner's rule."""
    y = np.zeros_like(x)
    for coefficient in p:
        y = y * x + coefficient
    return y


def ediff1d(ary):
    """The differences of neighbours, of the flattened array."""
    return np.diff(np.ravel(ary))


def interp(x, xp, fp):
    """Linear interpolation; beyond the ends the first and the last value."""
    i = np.clip(np.searchsorted(xp, x) - 1, 0, len(xp) - 2)
    t = np.clip((x - xp[i]) / (xp[i + 1] - xp[i]), 0, 1)
    return fp[i] + t * (fp[i + 1] - fp[i])


def nansum(a, axis=None, keepdims=False):
    """The sum of what is not NaN."""
    return np.sum(np.where(np.isnan(a), 0, a), axis=axis, keepdims=keepdims)


def nanmean(a, axis=None, keepdims=False):
    """The mean of what is not NaN."""
    there = np.logical_not(np.isnan(a))
    return np.sum(np.where(there, a, 0), axis=axis, keepdims=keepdims) / np.sum(there, axis=axis, keepdims=keepdims)


def median(a):
    """The middle one of all, or the mean of the two in the middle."""
    ordered = np.sort(np.ravel(a))
    return (ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2


def quantile(a, q):
    """What a fraction `q` of all is below, interpolated linearly."""
    ordered = np.sort(np.ravel(a))
    place = q * (ordered.size - 1)
    below = min(int(place), max(ordered.size - 2, 0))
    return ordered[below] + (place - below) * (ordered[min(below + 1, ordered.size - 1)] - ordered[below])


def percentile(a, q):
    """The quantile of `q` percent."""
    return quantile(a, q / 100)


def append(arr, values, axis=None):
    """One array after the other."""
    if axis is None:
        return np.concatenate((np.ravel(arr), np.ravel(values)))
    return np.concatenate((arr, values), axis=axis)


def cross(a, b):
    """The vector product, along the last axis, of three."""
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.stack((x, y, z), axis=-1)


def kron(a, b):
    """The Kronecker product of two vectors or two matrices."""
    if a.ndim != b.ndim or a.ndim not in (1, 2):
        raise ValueError("kron is supported for two vectors and for two matrices")
    if a.ndim == 1:
        return np.ravel(a[:, np.newaxis] * b)
    product = a[:, np.newaxis, :, np.newaxis] * b[:, np.newaxis]
    return np.reshape(product, (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


def meshgrid(x, y, indexing="xy"):
    """The coordinates of the points of a grid."""
    x, y = np.ravel(x), np.ravel(y)
    if indexing == "ij":
        shape = (x.size, y.size)
        return np.broadcast_to(x[:, np.newaxis], shape).copy(), np.broadcast_to(y, shape).copy()
    shape = (y.size, x.size)
    return np.broadcast_to(x, shape).copy(), np.broadcast_to(y[:, np.newaxis], shape).copy()


def matrix_power(a, n):
    """A matrix to the power of an integer."""
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.eye(a.shape[0])
    power = a
    for _ in range(n - 1):
        power = power @ a
    return power


def multi_dot(arrays):
    """The product of several matrices, from left to right."""
    product = arrays[0]
    for factor in arrays[1:]:
        product = product @ factor
    return product


def select(condlist, choicelist, default=0):
    """The choice of the first condition that holds."""
    chosen = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        chosen = np.where(condition, choice, chosen)
    return chosen


def cov(m):
    """The covariance of variables, one a row."""
    centred = m - np.mean(m, axis=1, keepdims=True)
    return centred @ centred.T / (m.shape[1] - 1)


def corrcoef(x):
    """The correlation of variables, one a row."""
    c = cov(x)
    spread = np.sqrt(np.diagonal(c))
    return c / spread[:, np.newaxis] / spread


DEFINITIONS = {
    np.trapezoid: trapezoid,
    np.average: average,
    np.polyval: polyval,
    np.ediff1d: ediff1d,
    np.interp: interp,
    np.nansum: nansum,
    np.nanmean: nanmean,
    np.median: median,
    np.quantile: quantile,
    np.percentile: percentile,
    np.append: append,
    np.cross: cross,
    np.kron: kron,
    np.meshgrid: meshgrid,
    np.linalg.matrix_power: matrix_power,
    np.linalg.multi_dot: multi_dot,
    np.select: select,
    np.cov: cov,
    np.corrcoef: corrcoef,
}
