"""Distributions of integers, in their parameters: Poisson, binomial, Bernoulli, geometric, negative binomial."""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from adcompiler.definitions.scipy_stats_distributions import distribution


def _whole(k, loc, lowest):
    """Whether `k` less its location is outside of the support, or no integer; and the integer."""
    k = k if loc is None else k - loc
    below = np.floor(k)
    return (k > below) | (below < lowest), np.maximum(below, lowest)


def _reached(k, loc, lowest):
    """Whether `k` lies before all probability, and the integer of the support that it has reached."""
    below = np.floor(k if loc is None else k - loc)
    return below < lowest, np.maximum(below, lowest)


def poisson_logpmf(k, mu, loc=None):
    outside, k = _whole(k, loc, 0)
    return np.where(outside, -np.inf, scipy.special.xlogy(k, mu) - scipy.special.gammaln(k + 1) - mu)


def poisson_cdf(k, mu, loc=None):
    before, k = _reached(k, loc, 0)
    return np.where(before, 0, scipy.special.gammaincc(k + 1, mu))


def poisson_sf(k, mu, loc=None):
    before, k = _reached(k, loc, 0)
    return np.where(before, 1, scipy.special.gammainc(k + 1, mu))


distribution(
    scipy.stats.poisson,
    at=((3, 2.5), (0, 0.7), (-1, 0.7), (2, 0.7, 1)),
    logpmf=poisson_logpmf,
    cdf=poisson_cdf,
    sf=poisson_sf,
)


def binom_logpmf(k, n, p, loc=None):
    outside, k = _whole(k, loc, 0)
    outside, k = outside | (k > n), np.minimum(k, n)
    count = scipy.special.gammaln(n + 1) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(n - k + 1)
    return np.where(outside, -np.inf, count + scipy.special.xlogy(k, p) + scipy.special.xlog1py(n - k, -p))


def binom_cdf(k, n, p, loc=None):
    before, k = _reached(k, loc, 0)
    part = scipy.special.betaincc(np.minimum(k, n - 1) + 1, n - np.minimum(k, n - 1), p)
    return np.where(before, 0, np.where(k < n, part, 1))


def binom_sf(k, n, p, loc=None):
    before, k = _reached(k, loc, 0)
    part = scipy.special.betainc(np.minimum(k, n - 1) + 1, n - np.minimum(k, n - 1), p)
    return np.where(before, 1, np.where(k < n, part, 0))


distribution(
    scipy.stats.binom,
    at=((3, 5, 0.3), (0, 5, 0.7), (5, 5, 0.7), (6, 5, 0.7), (-1, 5, 0.7), (2, 5, 0.7, 1)),
    logpmf=binom_logpmf,
    cdf=binom_cdf,
    sf=binom_sf,
)


def bernoulli_logpmf(k, p, loc=None):
    outside, k = _whole(k, loc, 0)
    outside, k = outside | (k > 1), np.minimum(k, 1)
    return np.where(outside, -np.inf, scipy.special.xlogy(k, p) + scipy.special.xlog1py(1 - k, -p))


def bernoulli_cdf(k, p, loc=None):
    before, k = _reached(k, loc, 0)
    return np.where(before, 0, np.where(k < 1, 1 - p, 1))


def bernoulli_sf(k, p, loc=None):
    before, k = _reached(k, loc, 0)
    return np.where(before, 1, np.where(k < 1, p, 0))


distribution(
    scipy.stats.bernoulli,
    at=((0, 0.3), (1, 0.3), (2, 0.3), (-1, 0.3)),
    logpmf=bernoulli_logpmf,
    cdf=bernoulli_cdf,
    sf=bernoulli_sf,
)


def geom_logpmf(k, p, loc=None):
    outside, k = _whole(k, loc, 1)
    return np.where(outside, -np.inf, scipy.special.xlog1py(k - 1, -p) + np.log(p))


def geom_cdf(k, p, loc=None):
    before, k = _reached(k, loc, 1)
    return np.where(before, 0, -np.expm1(scipy.special.xlog1py(k, -p)))


def geom_sf(k, p, loc=None):
    before, k = _reached(k, loc, 1)
    return np.where(before, 1, np.exp(scipy.special.xlog1py(k, -p)))


distribution(
    scipy.stats.geom,
    at=((1, 0.3), (4, 0.3), (0, 0.3)),
    logpmf=geom_logpmf,
    cdf=geom_cdf,
    sf=geom_sf,
)


def nbinom_logpmf(k, n, p, loc=None):
    outside, k = _whole(k, loc, 0)
    count = scipy.special.gammaln(n + k) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(n)
    return np.where(outside, -np.inf, count + n * np.log(p) + scipy.special.xlog1py(k, -p))


def nbinom_cdf(k, n, p, loc=None):
    before, k = _reached(k, loc, 0)
    return np.where(before, 0, scipy.special.betainc(n, k + 1, p))


def nbinom_sf(k, n, p, loc=None):
    before, k = _reached(k, loc, 0)
    return np.where(before, 1, scipy.special.betaincc(n, k + 1, p))


distribution(
    scipy.stats.nbinom,
    at=((3, 2.5, 0.3), (0, 4, 0.7), (-1, 5, 0.7)),
    logpmf=nbinom_logpmf,
    cdf=nbinom_cdf,
    sf=nbinom_sf,
)


def betabinom_logpmf(k, n, a, b, loc=None):
    outside, k = _whole(k, loc, 0)
    outside, k = outside | (k > n), np.minimum(k, n)
    count = -np.log(n + 1) - scipy.special.betaln(n - k + 1, k + 1)
    return np.where(outside, -np.inf, count + scipy.special.betaln(k + a, n - k + b) - scipy.special.betaln(a, b))


distribution(scipy.stats.betabinom, at=((3, 5, 0.7, 1.2), (0, 5, 2.5, 1.2), (6, 5, 2.5, 1.2)), logpmf=betabinom_logpmf)
