"""Medians, quantiles and reductions of some elements, with the keywords they have."""

from __future__ import annotations

import numpy as np

from .table import ZM, B, M, N, P, X, covers, torch

GAPS = np.array([[0.5, np.nan, 2.1, -0.3], [1.3, 0.9, -0.7, np.nan]])
D = np.random.default_rng(3).permutation(24).reshape(2, 3, 4) / 7 - 1.5
"""No two are equal, or nearly so."""
MASK = np.array([[True, False, True], [True, True, False]])


@covers("quantiles", "median", at=[D, M])
def medians(x):
    return np.median(x, axis=(0, -1)) + np.median(x, axis=0, keepdims=True).sum()


@covers(
    "quantiles", "quantile", at=[(M, 0.3), (M, np.array([0.2, 0.6]))], torch=lambda x, q: torch.quantile(x, q, dim=1)
)
def quantile_in_its_fraction(x, q):
    return np.quantile(x, q, axis=1)


@covers("quantiles", "percentile", at=[D])
def percentiles(x):
    return np.percentile(x, [25, 75], axis=(0, 1), keepdims=True)


@covers("quantiles", "methods", at=[X, D.ravel()])
def methods(x):
    return (
        np.quantile(x, 0.3, method="hazen")
        + np.quantile(x, 0.4, method="weibull") * np.quantile(x, 0.55, method="median_unbiased")
        + np.quantile(x, 0.3, method="lower")
        + 2 * np.percentile(x, 41, method="nearest")
        + np.percentile(x, 62, method="averaged_inverted_cdf")
    )


@covers("quantiles", "nanquantile", at=[GAPS], torch=lambda x: torch.nanquantile(x, 0.4, dim=1))
def nanquantile(x):
    return np.nanquantile(x, 0.4, axis=1)


@covers("quantiles", "nanpercentile", at=[GAPS])
def nanpercentile(x):
    return np.nanpercentile(x, [30, 60]) * np.nanmedian(x, axis=1)


@covers("quantiles", "nan reductions", at=[GAPS], torch=lambda x: torch.nanmean(x, 1) + torch.nansum(x, 1))
def along_rows_with_gaps(x):
    return np.nanmean(x, axis=1) + np.nansum(x, axis=1)


@covers("quantiles", "nan reductions", at=[GAPS])
def others_along_rows_with_gaps(x):
    return np.nanvar(x, axis=1, ddof=1) * np.nanstd(x, axis=1) + np.nanmax(x, axis=1) * np.nanprod(x, axis=1)


@covers(
    "quantiles", "where=", at=[(M, MASK)], torch=lambda x, mask: torch.stack([x[0, [0, 2]].mean(), x[1, :2].mean()])
)
def mean_of_some(x, mask):
    return np.mean(x, axis=1, where=mask)


@covers("quantiles", "where=", at=[(M, MASK)], torch=lambda x, mask: x[mask].std(correction=1))
def std_of_some(x, mask):
    return np.std(x, where=mask, ddof=1)


@covers("quantiles", "where=", at=[(M, MASK)])
def others_of_some(x, mask):
    most = np.max(x, axis=1, where=mask, initial=0.5) * np.min(x, axis=1, where=mask, initial=-0.1)
    return most + np.prod(x, axis=1, where=mask) + x.var(axis=1, where=mask) + x.sum(axis=1, initial=x[0, 0])


@covers("quantiles", "mean=", at=[M])
def var_about_a_mean(x):
    mean = np.mean(x, axis=1, keepdims=True)
    return np.var(x, axis=1, mean=mean) + np.var(x, axis=1, correction=1)


@covers("quantiles", "dtype=", at=[M], torch=lambda x: torch.sum(x, 0) + torch.mean(x) + torch.prod(x, 0))
def in_a_dtype(x):
    return np.sum(x, axis=0, dtype=float) + x.mean(dtype=np.float64) + np.prod(x, axis=0, dtype="float64")


@covers("quantiles", "average", at=[(B, np.abs(N) + 0.5)])
def average_along_two_axes(x, w):
    mean, total = np.average(x, axis=(0, 2), weights=w, returned=True)
    return mean * total + np.average(x, axis=(0, 1), keepdims=True).ravel()


@covers("quantiles", "cumulative_sum", at=[M])
def cumulative(x):
    return np.cumulative_sum(x, axis=1, include_initial=True) * np.cumulative_prod(x, axis=1, include_initial=True)


@covers("quantiles", "complex variance", at=[ZM], torch=lambda z: torch.var(z, 1, correction=0) + torch.std(z))
def complex_spread(z):
    return np.var(z, axis=1) + np.std(z, ddof=1)


@covers("quantiles", "complex products so far", at=[ZM], torch=lambda z: torch.cumprod(z, 1))
def complex_products(z):
    return np.cumprod(z, axis=1)


@covers("quantiles", "histogram", at=[(np.array([0.12, 0.45, 0.6, 0.66]), P)])
def density(x, w):
    found, edges = np.histogram(x, bins=4, weights=w, density=True)
    return found * edges[1:]


@covers("quantiles", "histogram", at=[np.array([0.4])])
def bins_around_one_number(x):
    return np.histogram(x, bins=4)[1], np.histogram_bin_edges(np.append(x, x), 3)


@covers("quantiles", "kaiser", at=[2.5], order=2)
def window(beta):
    return np.kaiser(6, beta)


@covers("quantiles", "percentile", at=[M], tensors=True)
def percentiles_in_a_list(x):
    return np.percentile(x, [10, 50, 99], axis=1), np.nanpercentile(x, (20, 30), method="hazen")


@covers("quantiles", "unwrap", at=[X, D], tensors=True)
def angles_without_jumps(x):
    return np.unwrap(5.13 * x), np.unwrap(5.13 * x, 3.5, axis=0), np.unwrap(1.37 * x, period=0.83)
