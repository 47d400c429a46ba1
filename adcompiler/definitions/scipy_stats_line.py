"""Distributions on the whole line, and on the circle: Student's t, Laplace, logistic, Cauchy, Gumbel, von Mises."""

from __future__ import annotations

import math

import numpy as np
import scipy.special
import scipy.stats

from adcompiler.definitions.scipy_stats_distributions import distribution, measured, per_scale, placed, standardised

_AT = ((0.3, 0.5, 1.2), (-2.0, 0.1, 0.7))
_LEVELS = ((0.3, 0.5, 1.2), (0.9, 0.1, 0.7))


def t_logpdf(x, df, loc=None, scale=None):
    z = measured(x, loc, scale)
    constant = np.log(scipy.special.poch(df / 2, 0.5)) - (np.log(df) + math.log(math.pi)) / 2
    return per_scale(constant - (df + 1) / 2 * np.log1p(z**2 / df), scale)


def t_cdf(x, df, loc=None, scale=None):
    return scipy.special.stdtr(df, standardised(x, loc, scale))


def t_sf(x, df, loc=None, scale=None):
    return scipy.special.stdtr(df, -standardised(x, loc, scale))


def t_ppf(q, df, loc=None, scale=None):
    return placed(scipy.special.stdtrit(df, q), loc, scale)


def t_isf(q, df, loc=None, scale=None):
    return placed(-scipy.special.stdtrit(df, q), loc, scale)


distribution(
    scipy.stats.t,
    at=((0.3, 2.5, 0.5, 1.2), (-2.0, 7.0, 0.1, 0.7)),
    levels=((0.3, 2.5, 0.5, 1.2), (0.9, 7.0, 0.1, 0.7)),
    logpdf=t_logpdf,
    cdf=t_cdf,
    sf=t_sf,
    ppf=t_ppf,
    isf=t_isf,
)


def laplace_logpdf(x, loc=None, scale=None):
    return per_scale(-math.log(2) - np.abs(measured(x, loc, scale)), scale)


def laplace_cdf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    tail = np.exp(-np.abs(z)) / 2
    return np.where(z > 0, 1 - tail, tail)


def laplace_sf(x, loc=None, scale=None):
    z = standardised(x, loc, scale)
    tail = np.exp(-np.abs(z)) / 2
    return np.where(z > 0, tail, 1 - tail)


def laplace_ppf(q, loc=None, scale=None):
    above = q > 0.5
    log = np.log(2 * np.where(above, 1 - q, q))
    return placed(np.where(above, -log, log), loc, scale)


distribution(
    scipy.stats.laplace,
    at=_AT,
    levels=_LEVELS,
    logpdf=laplace_logpdf,
    cdf=laplace_cdf,
    sf=laplace_sf,
    ppf=laplace_ppf,
)


def logistic_logpdf(x, loc=None, scale=None):
    z = measured(x, loc, scale)
    return per_scale(scipy.special.log_expit(z) + scipy.special.log_expit(-z), scale)


def logistic_cdf(x, loc=None, scale=None):
    return scipy.special.expit(standardised(x, loc, scale))


def logistic_sf(x, loc=None, scale=None):
    return scipy.special.expit(-standardised(x, loc, scale))


def logistic_logcdf(x, loc=None, scale=None):
    return scipy.special.log_expit(standardised(x, loc, scale))


def logistic_logsf(x, loc=None, scale=None):
    return scipy.special.log_expit(-standardised(x, loc, scale))


def logistic_ppf(q, loc=None, scale=None):
    return placed(scipy.special.logit(q), loc, scale)


def logistic_isf(q, loc=None, scale=None):
    return placed(-scipy.special.logit(q), loc, scale)


distribution(
    scipy.stats.logistic,
    at=_AT,
    levels=_LEVELS,
    logpdf=logistic_logpdf,
    cdf=logistic_cdf,
    sf=logistic_sf,
    logcdf=logistic_logcdf,
    logsf=logistic_logsf,
    ppf=logistic_ppf,
    isf=logistic_isf,
)


def cauchy_logpdf(x, loc=None, scale=None):
    z = measured(x, loc, scale)
    return per_scale(-math.log(math.pi) - np.log1p(z**2), scale)


def cauchy_cdf(x, loc=None, scale=None):
    return np.arctan2(1, -standardised(x, loc, scale)) / math.pi


def cauchy_sf(x, loc=None, scale=None):
    return np.arctan2(1, standardised(x, loc, scale)) / math.pi


def cauchy_ppf(q, loc=None, scale=None):
    return placed(-1 / np.tan(math.pi * q), loc, scale)


distribution(
    scipy.stats.cauchy,
    at=_AT,
    levels=_LEVELS,
    logpdf=cauchy_logpdf,
    cdf=cauchy_cdf,
    sf=cauchy_sf,
    ppf=cauchy_ppf,
)


def gumbel_r_logpdf(x, loc=None, scale=None):
    z = measured(x, loc, scale)
    return per_scale(-z - np.exp(-z), scale)


def gumbel_r_logcdf(x, loc=None, scale=None):
    return -np.exp(-standardised(x, loc, scale))


def gumbel_r_cdf(x, loc=None, scale=None):
    return np.exp(-np.exp(-standardised(x, loc, scale)))


def gumbel_r_sf(x, loc=None, scale=None):
    return -np.expm1(-np.exp(-standardised(x, loc, scale)))


def gumbel_r_ppf(q, loc=None, scale=None):
    return placed(-np.log(-np.log(q)), loc, scale)


distribution(
    scipy.stats.gumbel_r,
    at=_AT,
    levels=_LEVELS,
    logpdf=gumbel_r_logpdf,
    cdf=gumbel_r_cdf,
    logcdf=gumbel_r_logcdf,
    sf=gumbel_r_sf,
    ppf=gumbel_r_ppf,
)


def gumbel_l_logpdf(x, loc=None, scale=None):
    z = measured(x, loc, scale)
    return per_scale(z - np.exp(z), scale)


def gumbel_l_cdf(x, loc=None, scale=None):
    return -np.expm1(-np.exp(standardised(x, loc, scale)))


def gumbel_l_sf(x, loc=None, scale=None):
    return np.exp(-np.exp(standardised(x, loc, scale)))


def gumbel_l_logsf(x, loc=None, scale=None):
    return -np.exp(standardised(x, loc, scale))


def gumbel_l_ppf(q, loc=None, scale=None):
    return placed(np.log(-np.log1p(-q)), loc, scale)


distribution(
    scipy.stats.gumbel_l,
    at=_AT,
    levels=_LEVELS,
    logpdf=gumbel_l_logpdf,
    cdf=gumbel_l_cdf,
    sf=gumbel_l_sf,
    logsf=gumbel_l_logsf,
    ppf=gumbel_l_ppf,
)


def vonmises_logpdf(x, kappa, loc=None, scale=None):
    z = measured(x, loc, scale)
    constant = math.log(2 * math.pi) + np.log(scipy.special.i0e(kappa))
    return per_scale(kappa * scipy.special.cosm1(z) - constant, scale)


distribution(scipy.stats.vonmises, at=((0.3, 2.5, 0.5, 1.2), (-2.0, 7.0, 0.1, 0.7)), logpdf=vonmises_logpdf)
