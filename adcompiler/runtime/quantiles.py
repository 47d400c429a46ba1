"""Which elements a quantile is made of."""

from __future__ import annotations

import math

import numpy as np


def quantile_weights(a, q, axis=None, method="linear", skip_nan=False):
    """How much each element of `a` counts in its quantiles: the one at its place, or the two around it.

    Parameters
    ----------
    a : ndarray
    q : number or ndarray
        As for `np.quantile`.
    axis : int or tuple of int, optional
    method : str
    skip_nan : bool
        Whether elements that are not a number are left out.

    Returns
    -------
    ndarray, shape (*q.shape, *a.shape)

    Examples
    --------
    >>> quantile_weights(np.array([5.0, 1.0, 3.0]), 0.25)
    array([0. , 0.5, 0.5])
    """
    ranks, places, back = _ranks_and_places(a, q, axis, method, skip_nan)
    weights = np.maximum(0, 1 - np.abs(ranks - places))
    return back(np.where(np.isnan(weights), 0, weights))


def quantile_slopes(a, q, axis=None, method="linear", skip_nan=False):
    """The derivatives of `quantile_weights` by `q`.

    Examples
    --------
    >>> quantile_slopes(np.array([5.0, 1.0, 3.0]), 0.25)
    array([ 0., -2.,  2.])
    """
    ranks, places, back = _ranks_and_places(a, q, axis, method, skip_nan)
    count = np.sum(np.logical_not(np.isnan(ranks)), axis=-1, keepdims=True)
    beyond = {"linear": -1, "weibull": 1, "median_unbiased": 1 / 3, "normal_unbiased": 1 / 4}
    continuous = method in ("hazen", "interpolated_inverted_cdf", *beyond)
    at_end = np.logical_or(places <= 0, places >= count - 1)
    steps = count + beyond.get(method, 0) if continuous else 0 * count
    steps = steps if method == "linear" else np.where(at_end, 0, steps)
    below = np.clip(np.floor(places), 0, np.maximum(count - 2, 0))
    return back(steps * (np.equal(ranks, below + 1) * 1.0 - np.equal(ranks, below)) * (count > 1))


def _ranks_and_places(a, q, axis, method, skip_nan):
    """The rank of each element in its row, the places of the quantiles among the ranks, and the way back to `a`."""
    a, q = np.asarray(a), np.asarray(q)
    reduced = tuple(range(a.ndim)) if axis is None else tuple(n % a.ndim for n in np.atleast_1d(axis))
    order = (*(n for n in range(a.ndim) if n not in reduced), *reduced)
    arranged = np.transpose(a, order)
    kept = arranged.shape[: a.ndim - len(reduced)]
    rows = np.reshape(arranged, (*kept, math.prod(arranged.shape[len(kept) :])))
    ranks = np.empty(rows.shape)
    places = np.broadcast_to(np.arange(float(rows.shape[-1])), rows.shape)
    np.put_along_axis(ranks, np.argsort(rows, axis=-1, kind="stable"), places, axis=-1)
    ranks[np.isnan(rows)] = np.nan
    function = np.nanquantile if skip_nan else np.quantile
    dtype = a.dtype if a.dtype.kind == "f" else np.dtype(float)

    def back(weights):
        shaped = np.reshape(weights, (*q.shape, *arranged.shape))
        return np.transpose(shaped, (*range(q.ndim), *(q.ndim + n for n in np.argsort(order)))).astype(dtype)

    return ranks, function(ranks, q, axis=-1, method=method, keepdims=True), back
