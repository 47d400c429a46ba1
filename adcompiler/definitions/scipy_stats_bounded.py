"""Distributions on an interval: uniform and beta."""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from adcompiler.definitions.scipy_stats_distributions import distribution, per_scale_within, placed, standardised


def uniform_logpdf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return per_scale_within((z < 0) | (z > 1), 0 * z, scale)


def uniform_cdf(x, loc=None, scale=None):
    return np.clip(standardised(x, loc, scale), 0, 1)


def uniform_sf(x, loc=None, scale=None):
    return 1 - np.clip(standardised(x, loc, scale), 0, 1)


def uniform_ppf(q, loc=None, scale=None):
    return placed(np.where((q >= 0) & (q <= 1), q, np.nan), loc, scale)


distribution(
    scipy.stats.uniform,
    at=((0.7, 0.1, 1.2), (-2.0, 0.1, 0.7), (3.0, 0.1, 0.7)),
    levels=((0.3, 0.1, 1.2),),
    logpdf=uniform_logpdf,
    cdf=uniform_cdf,
    sf=uniform_sf,
    ppf=uniform_ppf,
)


def beta_logpdf(x, a, b, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = (z < 0) | (z > 1)
    z = np.where(outside, 0.5, z)
    powers = scipy.special.xlog1py(b - 1, -z) + scipy.special.xlogy(a - 1, z)
    return per_scale_within(outside, powers - scipy.special.betaln(a, b), scale)


def _between(z, below, probability, above):
    """A probability inside of the interval, and what it is on either side; NaN stays."""
    return np.where(z < 0, below, np.where(z > 1, above, probability))


def _inside(z):
    return np.where((z < 0) | (z > 1), 0.5, z)


def beta_cdf(x, a, b, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return _between(z, 0, scipy.special.betainc(a, b, _inside(z)), 1)


def beta_sf(x, a, b, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return _between(z, 1, scipy.special.betaincc(a, b, _inside(z)), 0)


def beta_ppf(q, a, b, loc=None, scale=None):
    return placed(scipy.special.betaincinv(a, b, q), loc, scale)


def beta_isf(q, a, b, loc=None, scale=None):
    return placed(scipy.special.betainccinv(a, b, q), loc, scale)


distribution(
    scipy.stats.beta,
    at=((0.7, 2.5, 1.5, 0.1, 1.2), (-2.0, 2.5, 1.5, 0.1, 0.7), (0.2, 0.5, 0.7, 0.1, 1.2)),
    levels=((0.3, 2.5, 1.5, 0.1, 1.2),),
    logpdf=beta_logpdf,
    cdf=beta_cdf,
    sf=beta_sf,
    ppf=beta_ppf,
    isf=beta_isf,
)
