"""Reductions, running sums and what is made of differences."""

from __future__ import annotations

import numpy as np

from .table import B, M, N, P, X, Y, covers, torch

TIES = np.array([[3.0, 1.0, 3.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]])
GAPS = np.array([[0.5, np.nan, 2.1, -0.3], [1.3, 0.9, -0.7, np.nan]])


@covers("reductions", "sum", at=[X, M], torch=lambda x: torch.sum(x * x))
def total(x):
    return np.sum(x * x)


@covers("reductions", "sum", at=[B], torch=lambda x: torch.sum(x, (0, -1)) * torch.sum(x, 1, keepdim=True))
def total_along_axes(x):
    return np.sum(x, axis=(0, -1)) * x.sum(axis=1, keepdims=True)


@covers("reductions", "sum", at=[M], torch=lambda x: (x * (x > 0)).sum(1) + 2)
def total_of_some(x):
    return np.sum(x, axis=1, where=x > 0, initial=2.0)


@covers("reductions", "mean", at=[X, M], torch=lambda x: torch.mean(x) * torch.mean(x, 0))
def mean(x):
    return np.mean(x) * x.mean(axis=0)


@covers("reductions", "prod", at=[X, M], kinks=[np.array([2.0, 0.0, 3.0]), np.array([0.0, 0.0, 3.0])], torch="prod")
def prod(x):
    return np.prod(x)


@covers("reductions", "prod", at=[M], kinks=[TIES], torch=lambda x: torch.prod(x, 0) * torch.prod(x, 1, keepdim=True))
def prod_along_axes(x):
    return np.prod(x, axis=0) * x.prod(axis=1, keepdims=True)


@covers("reductions", "var", at=[X, M], kinks=[np.ones(3)], torch=lambda x: torch.var(x, correction=0))
def var(x):
    return np.var(x)


@covers("reductions", "var", at=[M], kinks=[TIES], torch=lambda x: torch.var(x, 1, correction=1) * 2)
def var_along_an_axis(x):
    return np.var(x, axis=1, ddof=1) + x.var(1, ddof=1)


@covers("reductions", "std", at=[X, M], kinks=[np.ones(3)], torch=lambda x: torch.std(x, correction=0))
def std(x):
    return np.std(x)


@covers("reductions", "std", at=[M], kinks=[TIES], torch=lambda x: torch.std(x, 1, correction=1, keepdim=True))
def std_along_an_axis(x):
    return np.std(x, axis=1, ddof=1, keepdims=True)


@covers("reductions", "max / amax", at=[X, M], kinks=[TIES], torch="amax")
def largest(x):
    return np.max(x)


@covers("reductions", "max / amax", at=[M], kinks=[TIES], torch=lambda x: torch.amax(x, 0) * torch.amax(x, 1, True))
def largest_along_axes(x):
    return np.amax(x, axis=0) * x.max(axis=1, keepdims=True)


@covers("reductions", "min / amin", at=[X, M], kinks=[TIES], torch=lambda x: torch.amin(x))
def smallest(x):
    return np.min(x)


@covers("reductions", "min / amin", at=[M], kinks=[TIES], torch=lambda x: torch.amin(x, 0) * torch.amin(x, 1, True))
def smallest_along_axes(x):
    return np.amin(x, axis=0) * x.min(axis=1, keepdims=True)


@covers("reductions", "ptp", at=[X, M])
def ptp(x):
    return np.ptp(x)


@covers("reductions", "ptp", at=[M])
def ptp_along_an_axis(x):
    return np.ptp(x, axis=1)


@covers("reductions", "median", at=[X, M, X[:3]])
def median(x):
    return np.median(x)


@covers("reductions", "median", at=[M], torch=lambda x: torch.median(x, 1).values)
def median_along_an_axis(x):
    return np.median(x, axis=1)


@covers("reductions", "percentile", at=[X, M], torch=lambda x: torch.quantile(x, 0.3))
def percentile(x):
    return np.percentile(x, 30)


@covers("reductions", "quantile", at=[X, M], torch=lambda x: torch.quantile(x, 0.3))
def quantile(x):
    return np.quantile(x, 0.3)


@covers(
    "reductions",
    "quantile",
    at=[M],
    torch=lambda x: torch.quantile(x, torch.tensor([0.3, 0.6], dtype=torch.float64), dim=1),
)
def several_quantiles_along_an_axis(x):
    return np.quantile(x, [0.3, 0.6], axis=1)


@covers("reductions", "average (weights)", at=[(X, P), (M, N + 2)])
def average(x, w):
    return np.average(x, weights=w)


@covers("reductions", "average (weights)", at=[(M, P[:3])])
def average_along_an_axis(x, w):
    return np.average(x, axis=1, weights=w)


@covers("reductions", "nansum", at=[GAPS, X], torch="nansum")
def nansum(x):
    return np.nansum(x)


@covers("reductions", "nanmean", at=[GAPS, X], torch="nanmean")
def nanmean(x):
    return np.nanmean(x)


@covers("reductions", "nanprod", at=[GAPS, X])
def nanprod(x):
    return np.nanprod(x)


@covers("reductions", "nanmax", at=[GAPS, X])
def nanmax(x):
    return np.nanmax(x)


@covers("reductions", "nanmin", at=[GAPS, X])
def nanmin(x):
    return np.nanmin(x)


@covers("reductions", "nanvar", at=[GAPS, X])
def nanvar(x):
    return np.nanvar(x)


@covers("reductions", "nanstd", at=[GAPS, X])
def nanstd(x):
    return np.nanstd(x)


@covers("reductions", "nanmedian", at=[GAPS, X])
def nanmedian(x):
    return np.nanmedian(x)


@covers("reductions", "cumsum", at=[X, M], torch=lambda x: torch.cumsum(x.flatten(), 0))
def cumsum(x):
    return np.cumsum(x)


@covers("reductions", "cumsum", at=[M], torch=lambda x: torch.cumsum(x, 0) * torch.cumsum(x, 1))
def cumsum_along_axes(x):
    return np.cumsum(x, axis=0) * x.cumsum(axis=-1)


@covers(
    "reductions",
    "cumprod",
    at=[X],
    kinks=[np.array([2.0, 0.0, 3.0])],
    torch=lambda x: torch.cumprod(x, 0),
)
def cumprod(x):
    return np.cumprod(x)


@covers("reductions", "cumprod", at=[M], kinks=[TIES], torch=lambda x: torch.cumprod(x, 1))
def cumprod_along_an_axis(x):
    return np.cumprod(x, axis=1)


@covers("reductions", "nancumsum", at=[GAPS, X])
def nancumsum(x):
    return np.nancumsum(x)


@covers("reductions", "diff", at=[X, M], torch=lambda x: torch.diff(x))
def diff(x):
    return np.diff(x)


@covers("reductions", "diff", at=[M], torch=lambda x: torch.diff(x, n=2, dim=1) * torch.diff(x, dim=0)[:, :1])
def diff_along_axes(x):
    return np.diff(x, n=2, axis=1) * np.diff(x, axis=0)[:, :1]


@covers("reductions", "ediff1d", at=[X, M])
def ediff1d(x):
    return np.ediff1d(x)


@covers(
    "reductions",
    "gradient",
    at=[X],
    torch=lambda x: torch.gradient(x)[0] * torch.gradient(x, spacing=0.5)[0],
)
def gradient(x):
    return np.gradient(x) * np.gradient(x, 0.5)


@covers("reductions", "gradient", at=[B], torch=lambda x: torch.gradient(x, dim=1)[0])
def gradient_along_an_axis(x):
    return np.gradient(x, axis=1)


@covers("reductions", "gradient", at=[M], torch=lambda x: torch.gradient(x))
def gradient_along_all_axes(x):
    return np.gradient(x)


@covers("reductions", "trapezoid", at=[(X, np.cumsum(P)), (M, np.cumsum(P[:3]))], torch="trapezoid")
def trapezoid(y, x):
    return np.trapezoid(y, x)


@covers("reductions", "trapezoid", at=[M], torch=lambda y: torch.trapezoid(y, dx=0.5, dim=0))
def trapezoid_with_a_step(y):
    return np.trapezoid(y, dx=0.5, axis=0)


@covers("reductions", "maximum.accumulate", at=[X, M])
def running_maximum(x):
    return np.maximum.accumulate(x)


@covers("reductions", "add.reduce", at=[X, M])
def add_reduce(x):
    return np.add.reduce(x) * 2


@covers("reductions", "add.reduce", at=[M])
def other_reductions(x):
    return np.multiply.reduce(x, axis=1) + np.maximum.reduce(x, axis=1) + np.add.reduce(x, axis=-1)


@covers(
    "reductions",
    "add.at / ufunc.at",
    at=[(X, Y[:3])],
    torch=lambda x, y: (x * x).index_add(0, torch.tensor([1, 1, 3]), y),
)
def add_at(x, y):
    z = x * x
    np.add.at(z, [1, 1, 3], y)
    return z


@covers("reductions", "cov", at=[M], torch="cov")
def cov(x):
    return np.cov(x)


@covers("reductions", "corrcoef", at=[M + N * M], torch="corrcoef")
def corrcoef(x):
    return np.corrcoef(x)


@covers("reductions", "histogram (weights)", at=[(np.array([0.1, 0.4, 0.6, 0.65]), P)], wrt=(1,))
def histogram(x, w):
    counts, edges = np.histogram(x, bins=3, range=(0.0, 1.0), weights=w)
    return counts * counts


@covers("reductions", "bincount (weights)", at=[(np.array([0, 2, 2, 1]), P)])
def bincount(k, w):
    return np.bincount(k, weights=w)


@covers("reductions", "convolve", at=[(X, Y[:3]), (Y[:2], X)])
def convolve(x, y):
    return np.convolve(x, y)


@covers("reductions", "convolve", at=[(X, Y[:3]), (X[:2], Y), (X[:1], Y)])
def convolve_in_other_modes(x, y):
    return np.convolve(x, y, mode="valid"), np.convolve(x, y, mode="same")


@covers("reductions", "correlate", at=[(X, Y[:3]), (X[:2], Y), (X[:3], Y)])
def correlate(x, y):
    return np.correlate(x, y), np.correlate(x, y, mode="full"), np.correlate(x, y, mode="same")


GAPS = np.array([[0.5, np.nan, 2.0, 1.1], [1.25, -0.75, np.nan, 0.3]])
MASK = np.array([[True, True, False, True], [True, True, True, False]])


@covers("reductions", "max / amax", at=[(M, 0.4)])
@covers("reductions", "min / amin", at=[(M, 0.4)])
def extremes_from_a_variable(x, start):
    least = np.min(x, axis=0, initial=start, where=x > 0, keepdims=True)
    return np.max(x, axis=1, initial=start), np.max(x, initial=start), least


@covers("reductions", "nanmax", at=[(GAPS, 0.4, MASK)])
@covers("reductions", "nanmin", at=[(GAPS, 0.4, MASK)])
def extremes_of_some_numbers(x, start, mask):
    return (
        np.nanmax(x, axis=1, initial=start),
        np.nanmax(x, axis=1, initial=0.25, where=mask),
        np.nanmin(x, axis=0, initial=start, where=mask, keepdims=True),
    )


@covers("reductions", "nanvar", at=[(GAPS, 0.4, MASK)])
@covers("reductions", "nanstd", at=[(GAPS, 0.4, MASK)])
def spread_of_some_numbers(x, mean, mask):
    return (
        np.nanvar(x, axis=1, where=mask),
        np.nanstd(x, axis=1, where=mask, ddof=0.5, keepdims=True),
        np.nanvar(x, axis=0, mean=mean),
    )
