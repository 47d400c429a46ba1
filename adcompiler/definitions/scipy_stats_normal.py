"""The normal distribution and those made of it: half-normal, log-normal, skew, inverse Gaussian, Rayleigh, Maxwell."""

from __future__ import annotations

import math

import numpy as np
import scipy.special
import scipy.stats

from adcompiler.definitions.scipy_stats_distributions import (
    distribution,
    exponential_of,
    measured,
    per_scale,
    per_scale_within,
    placed,
    standardised,
)

_AT = ((0.3, 0.5, 1.2), (-2.0, 0.1, 0.7))


def norm_logpdf(x, loc=None, scale=None):
    z = measured(x, loc, scale)
    return per_scale(-(z**2) / 2 - math.log(2 * math.pi) / 2, scale)


def norm_cdf(x, loc=None, scale=None):
    return scipy.special.ndtr(standardised(x, loc, scale))


def norm_sf(x, loc=None, scale=None):
    return scipy.special.ndtr(-standardised(x, loc, scale))


def norm_logcdf(x, loc=None, scale=None):
    return scipy.special.log_ndtr(standardised(x, loc, scale))


def norm_logsf(x, loc=None, scale=None):
    return scipy.special.log_ndtr(-standardised(x, loc, scale))


def norm_ppf(q, loc=None, scale=None):
    return placed(scipy.special.ndtri(q), loc, scale)


def norm_isf(q, loc=None, scale=None):
    return placed(-scipy.special.ndtri(q), loc, scale)


distribution(
    scipy.stats.norm,
    at=_AT,
    levels=((0.3, 0.5, 1.2), (0.9, 0.1, 0.7)),
    logpdf=norm_logpdf,
    cdf=norm_cdf,
    sf=norm_sf,
    logcdf=norm_logcdf,
    logsf=norm_logsf,
    ppf=norm_ppf,
    isf=norm_isf,
)


def halfnorm_logpdf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return per_scale_within(z < 0, math.log(2) - math.log(2 * math.pi) / 2 - z**2 / 2, scale)


def halfnorm_cdf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return np.where(z < 0, 0, scipy.special.erf(z / math.sqrt(2)))


def halfnorm_sf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return np.where(z < 0, 1, scipy.special.erfc(z / math.sqrt(2)))


def halfnorm_ppf(q, loc=None, scale=None):
    return placed(scipy.special.ndtri((1 + q) / 2), loc, scale)


distribution(
    scipy.stats.halfnorm,
    at=((0.7, 0.1, 1.2), (-2.0, 0.1, 0.7)),
    levels=((0.3, 0.5, 1.2),),
    logpdf=halfnorm_logpdf,
    cdf=halfnorm_cdf,
    sf=halfnorm_sf,
    ppf=halfnorm_ppf,
)


def lognorm_logpdf(x, s, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    log = np.log(np.where(outside, 1, z))
    return per_scale_within(outside, -((log / s) ** 2) / 2 - log - np.log(s) - math.log(2 * math.pi) / 2, scale)


def lognorm_cdf(x, s, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    return np.where(outside, 0, scipy.special.ndtr(np.log(np.where(outside, 1, z)) / s))


def lognorm_sf(x, s, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    return np.where(outside, 1, scipy.special.ndtr(-np.log(np.where(outside, 1, z)) / s))


def lognorm_ppf(q, s, loc=None, scale=None):
    return placed(np.exp(s * scipy.special.ndtri(q)), loc, scale)


distribution(
    scipy.stats.lognorm,
    at=((0.7, 0.5, 0.1, 1.2), (-2.0, 0.5, 0.1, 0.7)),
    levels=((0.3, 0.5, 0.1, 1.2),),
    logpdf=lognorm_logpdf,
    cdf=lognorm_cdf,
    sf=lognorm_sf,
    ppf=lognorm_ppf,
)


def skewnorm_logpdf(x, a, loc=None, scale=None):
    z = measured(x, loc, scale)
    return per_scale(math.log(2) - math.log(2 * math.pi) / 2 - z**2 / 2 + scipy.special.log_ndtr(a * z), scale)


distribution(scipy.stats.skewnorm, at=((0.7, 1.5, 0.1, 1.2), (-2.0, -0.5, 0.1, 0.7)), logpdf=skewnorm_logpdf)


def invgauss_logpdf(x, mu, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    z = np.where(outside, 1, z)
    logarithm = -math.log(2 * math.pi) / 2 - 1.5 * np.log(z) - ((z - mu) / mu) ** 2 / (2 * z)
    return per_scale_within(outside, logarithm, scale)


distribution(scipy.stats.invgauss, at=((0.7, 1.5, 0.1, 1.2), (-2.0, 0.5, 0.1, 0.7)), logpdf=invgauss_logpdf)


def rayleigh_logpdf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    z = np.where(outside, 1, z)
    return per_scale_within(outside, np.log(z) - z**2 / 2, scale)


def rayleigh_cdf(x, loc=None, scale=None):
    return -np.expm1(-(np.maximum(standardised(x, loc, scale), 0) ** 2) / 2)


def rayleigh_sf(x, loc=None, scale=None):
    return np.exp(-(np.maximum(standardised(x, loc, scale), 0) ** 2) / 2)


distribution(
    scipy.stats.rayleigh,
    at=((0.7, 0.1, 1.2), (-2.0, 0.1, 0.7)),
    logpdf=rayleigh_logpdf,
    cdf=rayleigh_cdf,
    sf=rayleigh_sf,
)


def maxwell_logpdf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    z = np.where(outside, 1, z)
    return per_scale_within(outside, math.log(2 / math.pi) / 2 + 2 * np.log(z) - z**2 / 2, scale)


distribution(scipy.stats.maxwell, at=((0.7, 0.1, 1.2), (-2.0, 0.1, 0.7)), logpdf=maxwell_logpdf)


def _log_mass(a, b):
    """The logarithm of the probability between `a` and `b`, from the tail that both are in."""
    right = a > 0
    low, high = np.where(right, -b, a), np.where(right, -a, b)
    below = scipy.special.log_ndtr(high)
    return below + np.log1p(-np.exp(scipy.special.log_ndtr(low) - below))


def truncnorm_logpdf(x, a, b, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = (z < a) | (z > b)
    return per_scale_within(outside, -(z**2) / 2 - math.log(2 * math.pi) / 2 - _log_mass(a, b), scale)


def truncnorm_logcdf(x, a, b, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = (z <= a) | (z >= b)
    between = _log_mass(a, np.where(outside, b, z)) - _log_mass(a, b)
    return np.where(z <= a, -np.inf, np.where(z >= b, 0, between))


distribution(
    scipy.stats.truncnorm,
    at=((0.7, -1.0, 1.5, 0.1, 1.2), (3.0, 1.5, 4.0, 0.1, 1.2), (3.0, -0.5, 0.5, 0.1, 0.7)),
    logpdf=truncnorm_logpdf,
    logcdf=truncnorm_logcdf,
    cdf=exponential_of(truncnorm_logcdf),
)
