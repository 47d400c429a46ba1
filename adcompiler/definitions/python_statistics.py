"""Python's `statistics`, and sums and distances of `math`, of sequences of numbers."""

from __future__ import annotations

import math
import statistics

import numpy as np

from adcompiler.definitions.table import define


def mean(data):
    """The mean."""
    return np.mean(np.asarray(data))


def fmean(data, weights=None):
    """The mean, weighted."""
    return np.average(np.asarray(data), weights=None if weights is None else np.asarray(weights))


def geometric_mean(data):
    """The exponential of the mean of logarithms."""
    return np.exp(np.mean(np.log(np.asarray(data))))


def harmonic_mean(data, weights=None):
    """The reciprocal of the mean of reciprocals, weighted."""
    values = np.asarray(data)
    if weights is None:
        return len(values) / np.sum(1 / values)
    return np.sum(np.asarray(weights)) / np.sum(np.asarray(weights) / values)


def variance(data, xbar=None):
    """The variance of a sample, about its mean or another."""
    values = np.asarray(data)
    return np.var(values, ddof=1) if xbar is None else np.var(values, ddof=1, mean=xbar)


def pvariance(data, mu=None):
    """The variance of a population, about its mean or another."""
    values = np.asarray(data)
    return np.var(values) if mu is None else np.var(values, mean=mu)


def stdev(data, xbar=None):
    """The standard deviation of a sample."""
    values = np.asarray(data)
    return np.std(values, ddof=1) if xbar is None else np.std(values, ddof=1, mean=xbar)


def pstdev(data, mu=None):
    """The standard deviation of a population."""
    values = np.asarray(data)
    return np.std(values) if mu is None else np.std(values, mean=mu)


def median(data):
    """The middle one, or the mean of the two in the middle."""
    return np.median(np.asarray(data))


def median_low(data):
    """The middle one, or the lower of the two in the middle."""
    ordered = np.sort(np.asarray(data))
    return ordered[(len(ordered) - 1) // 2]


def median_high(data):
    """The middle one, or the higher of the two in the middle."""
    ordered = np.sort(np.asarray(data))
    return ordered[len(ordered) // 2]


def quantiles(data, *, n=4, method="exclusive"):
    """The cuts between parts of equal probability, as of a sample, or with its ends."""
    ordered = np.sort(np.asarray(data))
    count = len(ordered)
    cuts = []
    for i in tuple(range(1, n)):
        steps = i * (count + 1) if method == "exclusive" else i * (count - 1) + n
        place = min(max(steps // n, 1), count - 1)
        beyond = steps - place * n
        cuts.append((ordered[place - 1] * (n - beyond) + ordered[place] * beyond) / n)
    return cuts


def covariance(x, y, /):
    """The covariance of two samples."""
    x, y = np.asarray(x), np.asarray(y)
    return np.sum((x - np.mean(x)) * (y - np.mean(y))) / (len(x) - 1)


def correlation(x, y, /):
    """Pearson's correlation of two samples."""
    x, y = np.asarray(x), np.asarray(y)
    x, y = x - np.mean(x), y - np.mean(y)
    return np.sum(x * y) / np.sqrt(np.sum(x * x) * np.sum(y * y))


def linear_regression(x, y, /, *, proportional=False):
    """The line nearest to points, through the origin if it is proportional."""
    x, y = np.asarray(x), np.asarray(y)
    if proportional:
        return statistics.LinearRegression(slope=np.sum(x * y) / np.sum(x * x), intercept=0.0)
    centred = x - np.mean(x)
    slope = np.sum(centred * y) / np.sum(centred * centred)
    return statistics.LinearRegression(slope=slope, intercept=np.mean(y) - slope * np.mean(x))


def dist(p, q, /):
    """The distance of two points; that of a point to itself has derivative zero."""
    return np.linalg.norm(np.subtract(p, q))


def sumprod(p, q, /):
    """The sum of products."""
    return np.sum(np.multiply(p, q))


for _definition in (
    *(mean, fmean, geometric_mean, harmonic_mean, variance, pvariance, stdev, pstdev),
    *(median, median_low, median_high, quantiles, covariance, correlation, linear_regression),
):
    define(getattr(statistics, _definition.__name__), _definition)
define(math.dist, dist)
if hasattr(math, "sumprod"):  # since Python 3.12
    define(math.sumprod, sumprod)
