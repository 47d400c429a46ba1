"""Means, medians, quantiles and integrals."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def average(a, axis=None, weights=None):
    """The mean, weighted; weights with one axis go along that axis."""
    if weights is None:
        return np.mean(a, axis=axis)
    if a.ndim == 2 and weights.ndim == 1 and axis == 0:
        weights = weights[:, np.newaxis]
    elif weights.ndim != a.ndim and axis != -1 and axis != a.ndim - 1:
        raise ValueError("weights have the shape of the array, or one axis, and `axis=` says which")
    return np.sum(a * weights, axis=axis) / np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis)


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


def trapezoid(y, x=None, dx=1.0):
    """The integral along the last axis."""
    step = dx if x is None else np.diff(x)
    return np.sum(step * (y[..., 1:] + y[..., :-1]), axis=-1) / 2


define(
    np.average,
    average,
    at=(((5,),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": 1, "weights": np.array([1.0, 2.0, 0.5])})),
)
define(np.nansum, nansum, at=(((5,),), ((2, 3), {"axis": 0}), (np.array([1.0, np.nan, 2.0]),)))
define(np.nanmean, nanmean, at=(((5,),), ((2, 3), {"axis": 0, "keepdims": True})))
define(np.median, median, at=(((5,),), ((2, 3),)))
define(np.quantile, quantile, at=(((5,), 0.3),))
define(np.percentile, percentile, at=(((5,), 30.0),))
define(np.trapezoid, trapezoid, at=(((5,),), ((2, 4), {"dx": 0.5})))
