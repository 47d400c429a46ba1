"""Distributions of positive numbers: exponential, gamma, χ², F, inverse gamma, Weibull, Pareto.

What is outside of the support is replaced by a number inside before a formula is applied, so that nothing there is NaN.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.special
import scipy.stats

from adcompiler.definitions.scipy_stats_distributions import distribution, per_scale_within, placed, standardised


def expon_logpdf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return per_scale_within(z < 0, -z, scale)


def expon_cdf(x, loc=None, scale=None):
    return -np.expm1(-_at_least(standardised(x, loc, scale), 0))


def expon_sf(x, loc=None, scale=None):
    return np.exp(-_at_least(standardised(x, loc, scale), 0))


def expon_logsf(x, loc=None, scale=None):
    return -_at_least(standardised(x, loc, scale), 0)


def expon_ppf(q, loc=None, scale=None):
    return placed(-np.log1p(-q), loc, scale)


def expon_isf(q, loc=None, scale=None):
    return placed(-np.log(q), loc, scale)


def _at_least(z, bound):
    """A probability does not change below the support; NaN stays."""
    return np.where(z < bound, bound, z)


distribution(
    scipy.stats.expon,
    at=((0.7, 0.1, 1.2), (-2.0, 0.1, 0.7)),
    levels=((0.3, 0.1, 1.2),),
    logpdf=expon_logpdf,
    cdf=expon_cdf,
    sf=expon_sf,
    logsf=expon_logsf,
    ppf=expon_ppf,
    isf=expon_isf,
)


def gamma_logpdf(x, a, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z < 0
    z = np.where(outside, 1, z)
    return per_scale_within(outside, scipy.special.xlogy(a - 1, z) - z - scipy.special.gammaln(a), scale)


def gamma_cdf(x, a, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return np.where(z < 0, 0, scipy.special.gammainc(a, np.where(z < 0, 1, z)))


def gamma_sf(x, a, loc=None, scale=None):
    z = standardised(x, loc, scale)
    return np.where(z < 0, 1, scipy.special.gammaincc(a, np.where(z < 0, 1, z)))


def gamma_ppf(q, a, loc=None, scale=None):
    return placed(scipy.special.gammaincinv(a, q), loc, scale)


def gamma_isf(q, a, loc=None, scale=None):
    return placed(scipy.special.gammainccinv(a, q), loc, scale)


distribution(
    scipy.stats.gamma,
    at=((0.7, 2.5, 0.1, 1.2), (-2.0, 0.5, 0.1, 0.7), (3.0, 0.7, 0.1, 1.2)),
    levels=((0.3, 2.5, 0.1, 1.2),),
    logpdf=gamma_logpdf,
    cdf=gamma_cdf,
    sf=gamma_sf,
    ppf=gamma_ppf,
    isf=gamma_isf,
)


def chi2_logpdf(x, df, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z < 0
    z = np.where(outside, 1, z)
    constant = scipy.special.gammaln(df / 2) + math.log(2) * df / 2
    return per_scale_within(outside, scipy.special.xlogy(df / 2 - 1, z) - z / 2 - constant, scale)


def chi2_cdf(x, df, loc=None, scale=None):
    return gamma_cdf(standardised(x, loc, scale) / 2, df / 2)


def chi2_sf(x, df, loc=None, scale=None):
    return gamma_sf(standardised(x, loc, scale) / 2, df / 2)


def chi2_ppf(q, df, loc=None, scale=None):
    return placed(2 * scipy.special.gammaincinv(df / 2, q), loc, scale)


def chi2_isf(q, df, loc=None, scale=None):
    return placed(2 * scipy.special.gammainccinv(df / 2, q), loc, scale)


distribution(
    scipy.stats.chi2,
    at=((0.7, 2.5, 0.1, 1.2), (-2.0, 0.5, 0.1, 0.7), (3.0, 2.0, 0.1, 1.2)),
    levels=((0.3, 2.5, 0.1, 1.2),),
    logpdf=chi2_logpdf,
    cdf=chi2_cdf,
    sf=chi2_sf,
    ppf=chi2_ppf,
    isf=chi2_isf,
)


def invgamma_logpdf(x, a, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    z = np.where(outside, 1, z)
    return per_scale_within(outside, -(a + 1) * np.log(z) - scipy.special.gammaln(a) - 1 / z, scale)


def invgamma_cdf(x, a, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    return np.where(outside, 0, scipy.special.gammaincc(a, 1 / np.where(outside, 1, z)))


def invgamma_sf(x, a, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z <= 0
    return np.where(outside, 1, scipy.special.gammainc(a, 1 / np.where(outside, 1, z)))


def invgamma_ppf(q, a, loc=None, scale=None):
    return placed(1 / scipy.special.gammainccinv(a, q), loc, scale)


distribution(
    scipy.stats.invgamma,
    at=((0.7, 2.5, 0.1, 1.2), (-2.0, 0.5, 0.1, 0.7)),
    levels=((0.3, 2.5, 0.1, 1.2),),
    logpdf=invgamma_logpdf,
    cdf=invgamma_cdf,
    sf=invgamma_sf,
    ppf=invgamma_ppf,
)


def f_logpdf(x, dfn, dfd, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z < 0
    z = np.where(outside, 1, z)
    constant = dfd / 2 * np.log(dfd) + dfn / 2 * np.log(dfn) - scipy.special.betaln(dfn / 2, dfd / 2)
    powers = scipy.special.xlogy(dfn / 2 - 1, z) - (dfn + dfd) / 2 * np.log(dfd + dfn * z)
    return per_scale_within(outside, constant + powers, scale)


def f_cdf(x, dfn, dfd, loc=None, scale=None):
    z = standardised(x, loc, scale)
    below = z < 0
    z = np.where(below, 1, z)
    return np.where(below, 0, scipy.special.betainc(dfn / 2, dfd / 2, dfn * z / (dfd + dfn * z)))


def f_sf(x, dfn, dfd, loc=None, scale=None):
    z = standardised(x, loc, scale)
    below = z < 0
    z = np.where(below, 1, z)
    return np.where(below, 1, scipy.special.betaincc(dfn / 2, dfd / 2, dfn * z / (dfd + dfn * z)))


def f_ppf(q, dfn, dfd, loc=None, scale=None):
    share = scipy.special.betaincinv(dfn / 2, dfd / 2, q)
    return placed(dfd * share / (dfn * (1 - share)), loc, scale)


distribution(
    scipy.stats.f,
    at=((0.7, 2.5, 4.0, 0.1, 1.2), (-2.0, 3.5, 3.0, 0.1, 0.7)),
    levels=((0.3, 2.5, 4.0, 0.1, 1.2),),
    logpdf=f_logpdf,
    cdf=f_cdf,
    sf=f_sf,
    ppf=f_ppf,
)


def weibull_min_logpdf(x, c, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z < 0
    z = np.where(outside, 1, z)
    return per_scale_within(outside, np.log(c) + scipy.special.xlogy(c - 1, z) - z**c, scale)


def _hazard(x, c, loc, scale):
    z = standardised(x, loc, scale)
    return np.where(z < 0, 0, np.where(z < 0, 1, z) ** c)


def weibull_min_cdf(x, c, loc=None, scale=None):
    return -np.expm1(-_hazard(x, c, loc, scale))


def weibull_min_sf(x, c, loc=None, scale=None):
    return np.exp(-_hazard(x, c, loc, scale))


def weibull_min_logsf(x, c, loc=None, scale=None):
    return -_hazard(x, c, loc, scale)


def weibull_min_ppf(q, c, loc=None, scale=None):
    return placed((-np.log1p(-q)) ** (1 / c), loc, scale)


distribution(
    scipy.stats.weibull_min,
    at=((0.7, 2.5, 0.1, 1.2), (-2.0, 0.5, 0.1, 0.7)),
    levels=((0.3, 2.5, 0.1, 1.2),),
    logpdf=weibull_min_logpdf,
    cdf=weibull_min_cdf,
    sf=weibull_min_sf,
    logsf=weibull_min_logsf,
    ppf=weibull_min_ppf,
)


def pareto_logpdf(x, b, loc=None, scale=None):
    z = standardised(x, loc, scale)
    outside = z < 1
    return per_scale_within(outside, np.log(b) - (b + 1) * np.log(np.where(outside, 1, z)), scale)


def pareto_cdf(x, b, loc=None, scale=None):
    return 1 - _at_least(standardised(x, loc, scale), 1) ** -b


def pareto_sf(x, b, loc=None, scale=None):
    return _at_least(standardised(x, loc, scale), 1) ** -b


def pareto_ppf(q, b, loc=None, scale=None):
    return placed((1 - q) ** (-1 / b), loc, scale)


distribution(
    scipy.stats.pareto,
    at=((2.7, 2.5, 0.1, 1.2), (-2.0, 0.5, 0.1, 0.7)),
    levels=((0.3, 2.5, 0.1, 1.2),),
    logpdf=pareto_logpdf,
    cdf=pareto_cdf,
    sf=pareto_sf,
    ppf=pareto_ppf,
)
