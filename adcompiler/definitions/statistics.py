"""Means, medians, quantiles and integrals."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define
from adcompiler.rules.structure import cast_like


def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """The mean, weighted; weights of another shape have the axes along which it is taken, in their order."""
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        count = np.size(a) / np.size(mean)
        return (mean, np.full_like(mean, count)) if returned else mean
    if axis is not None and np.ndim(weights) != np.ndim(a):
        axes = tuple(range(-np.ndim(weights), 0))
        beside = np.reshape(weights, (1,) * (np.ndim(a) - np.ndim(weights)) + np.shape(weights))
        weights = np.moveaxis(beside, axes, axis if isinstance(axis, tuple) else (axis,))
    total = np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis, keepdims=keepdims)
    mean = np.sum(np.multiply(a, weights), axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def nansum(a, axis=None, dtype=None, keepdims=False, initial=None, where=None):
    """The sum of what is not NaN and selected."""
    left_out = np.isnan(a) if where is None else np.logical_or(np.isnan(a), np.logical_not(where))
    total = np.sum(np.where(left_out, 0, a), axis=axis, dtype=dtype, keepdims=keepdims)
    return total if initial is None else total + initial


def nanprod(a, axis=None, dtype=None, keepdims=False, initial=None, where=None):
    """The product of what is not NaN and selected."""
    left_out = np.isnan(a) if where is None else np.logical_or(np.isnan(a), np.logical_not(where))
    product = np.prod(np.where(left_out, 1, a), axis=axis, dtype=dtype, keepdims=keepdims)
    return product if initial is None else product * initial


def nancumsum(a, axis=None, dtype=None):
    """The sums so far of what is not NaN."""
    return np.cumsum(np.where(np.isnan(a), 0, a), axis=axis, dtype=dtype)


def nancumprod(a, axis=None, dtype=None):
    """The products so far of what is not NaN."""
    return np.cumprod(np.where(np.isnan(a), 1, a), axis=axis, dtype=dtype)


def nanmean(a, axis=None, dtype=None, keepdims=False, *, where=True):
    """The mean of what is not NaN and selected."""
    return np.nanmean(
        np.where(where, a, np.nan).astype(a.dtype if dtype is None else dtype), axis=axis, keepdims=keepdims
    )


def cumulative_sum(x, *, axis=None, dtype=None, include_initial=False):
    """The sums so far along an axis, of which there is one if it is not given."""
    sums = np.cumsum(x, axis=0 if axis is None else axis, dtype=dtype)
    return np.pad(sums, _one_more(np.ndim(x), axis)) if include_initial else sums


def cumulative_prod(x, *, axis=None, dtype=None, include_initial=False):
    """The products so far along an axis, of which there is one if it is not given."""
    products = np.cumprod(x, axis=0 if axis is None else axis, dtype=dtype)
    return np.pad(products, _one_more(np.ndim(x), axis), constant_values=1) if include_initial else products


def _one_more(rank, axis):
    """What to pad an array with at the beginning of an axis."""
    place = 0 if axis is None else axis % rank
    return tuple((1 if number == place else 0, 0) for number in range(rank))


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral along an axis."""
    y = np.moveaxis(y, axis, -1)
    step = dx if x is None else np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    return np.sum(step * (y[..., 1:] + y[..., :-1]), axis=-1) / 2


def histogram_bin_edges(a, bins=10, range=None):
    """The edges of bins of equal width between two numbers, or between the least and the greatest; or those given."""
    if not isinstance(bins, int):
        return np.ravel(bins)
    if range is not None:
        return np.linspace(range[0], range[1], bins + 1)
    low, high = np.min(a), np.max(a)
    is_point = np.equal(low, high)  # which is in the middle then
    return np.linspace(np.where(is_point, low - 0.5, low), np.where(is_point, high + 0.5, high), bins + 1)


def histogram(a, bins=10, range=None, density=None, weights=None):
    """How many there are in each bin, or the sum of their weights; the last bin has both of its edges."""
    a = np.ravel(a)
    edges = histogram_bin_edges(a, bins, range)
    count = len(edges) - 1
    inside = np.logical_and(np.greater_equal(a, edges[0]), np.less_equal(a, edges[-1]))
    places = np.minimum(np.searchsorted(edges, a[inside], side="right") - 1, count - 1)
    if weights is None:
        found = np.bincount(places, minlength=count)
    else:
        found = cast_like(np.bincount(places, weights=np.ravel(weights)[inside], minlength=count), weights)
    return found / (np.sum(found) * np.diff(edges)) if density else found, edges


def kaiser(M, beta):  # noqa: N803  (NumPy's name)
    """The window by Kaiser."""
    if M == 1:
        return np.ones(1)
    from_middle = (2 * np.arange(M) - (M - 1)) / (M - 1)
    return np.i0(beta * np.sqrt(1 - from_middle * from_middle)) / np.i0(beta)


_GAPS = np.array([[0.5, np.nan, 2.0], [1.25, -0.75, np.nan]])

define(
    np.average,
    average,
    at=(
        ((5,),),
        ((2, 3), {"axis": 0, "keepdims": True}),
        ((2, 3), {"axis": 1, "weights": np.array([1.0, 2.0, 0.5])}),
        ((2, 3), {"axis": 0, "weights": np.array([1.0, 2.0])}),
        ((2, 3, 4), {"axis": (2, 0), "weights": np.arange(1.0, 9.0).reshape(4, 2)}),
    ),
)
for _function, _definition in ((np.nansum, nansum), (np.nanprod, nanprod)):
    define(
        _function,
        _definition,
        at=((_GAPS,), (_GAPS, {"axis": 1, "keepdims": True}), ((2, 3), {"axis": 0, "initial": 2.0})),
    )
_BINS = np.array([0.0, 0.75, 1.25, 2.5])
define(
    np.histogram, histogram, at=((np.array([0.5, 1.0, 2.0]), {"bins": _BINS, "weights": np.array([0.5, 1.0, 2.0])}),)
)
define(np.histogram_bin_edges, histogram_bin_edges, at=(((5,), {"bins": 3}),))
define(np.kaiser, kaiser, at=((5, 2.5), (1, 2.5)))
define(np.nancumsum, nancumsum, at=((_GAPS,), (_GAPS, {"axis": 1})))
define(np.nancumprod, nancumprod, at=((_GAPS,), (_GAPS, {"axis": 1})))
define(np.nanmean, nanmean, at=((_GAPS, {"where": np.array([True, True, False])}),))
if hasattr(np, "cumulative_sum"):  # since NumPy 2.1
    _RUNNING = (((4,),), ((2, 3), {"axis": -1}), ((2, 3), {"axis": 0, "include_initial": True}))
    define(np.cumulative_sum, cumulative_sum, at=_RUNNING)
    define(np.cumulative_prod, cumulative_prod, at=_RUNNING)
define(
    np.trapezoid,
    trapezoid,
    at=(((5,),), ((2, 4), {"dx": 0.5}), ((4, 2), {"axis": 0, "x": np.array([0.0, 0.5, 2.0, 2.5])})),
)
