"""Densities and distribution functions of SciPy."""

from __future__ import annotations

import numpy as np
import scipy.stats as stats

from .table import P, S, X, Y, covers, torch

MASS = np.array([0.2, 0.5, 0.3])
COUNTS = np.array([0, 1, 3, 7])
WITHIN = np.array([0.2, 0.4, 0.6, 0.9])
SHAPE = np.array([0.7, 1.4, 2.3, 3.1])


def _distribution(name, *parameters):
    return getattr(torch.distributions, name)(*parameters)


@covers(
    "scipy.stats",
    "norm.logpdf",
    at=[(X, Y, P), (0.3, 0.7, 1.3)],
    torch=lambda x, m, s: _distribution("Normal", m, s).log_prob(x),
)
def norm_logpdf(x, mean, scale):
    return stats.norm.logpdf(x, mean, scale)


@covers("scipy.stats", "norm.logpdf", at=[X])
def norm_logpdf_of_the_standard(x):
    return stats.norm.logpdf(x)


@covers(
    "scipy.stats",
    "norm.pdf / cdf",
    at=[(X, Y, P), (0.3, 0.7, 1.3)],
    torch=lambda x, m, s: _distribution("Normal", m, s).log_prob(x).exp() + _distribution("Normal", m, s).cdf(x),
)
def norm_pdf_and_cdf(x, mean, scale):
    return stats.norm.pdf(x, loc=mean, scale=scale) + stats.norm.cdf(x, loc=mean, scale=scale)


@covers("scipy.stats", "norm.logcdf", at=[(X, Y, P), (0.3, 0.7, 1.3)])
def norm_logcdf(x, mean, scale):
    return stats.norm.logcdf(x, mean, scale)


@covers("scipy.stats", "norm.logcdf", at=[X])
def norm_survival(x):
    return stats.norm.sf(x) + stats.norm.logsf(x)


@covers(
    "scipy.stats",
    "norm.ppf",
    at=[(WITHIN, Y, P)],
    torch=lambda q, m, s: _distribution("Normal", m, s).icdf(q),
)
def norm_ppf(q, mean, scale):
    return stats.norm.ppf(q, mean, scale)


@covers(
    "scipy.stats",
    "t.logpdf",
    at=[(X, SHAPE, Y, P)],
    torch=lambda x, d, m, s: _distribution("StudentT", d, m, s).log_prob(x),
)
def t_logpdf(x, df, mean, scale):
    return stats.t.logpdf(x, df, mean, scale)


@covers("scipy.stats", "t.cdf", at=[(X, SHAPE)])
def t_cdf(x, df):
    return stats.t.cdf(x, df)


@covers(
    "scipy.stats",
    "beta.logpdf",
    at=[(WITHIN, SHAPE, P)],
    torch=lambda x, a, b: _distribution("Beta", a, b).log_prob(x),
)
def beta_logpdf(x, a, b):
    return stats.beta.logpdf(x, a, b)


@covers("scipy.stats", "beta.cdf", at=[(WITHIN, SHAPE, P)])
def beta_cdf(x, a, b):
    return stats.beta.cdf(x, a, b)


@covers(
    "scipy.stats",
    "gamma.logpdf",
    at=[(P, SHAPE)],
    torch=lambda x, a: _distribution("Gamma", a, 1.0).log_prob(x),
)
def gamma_logpdf(x, a):
    return stats.gamma.logpdf(x, a)


@covers(
    "scipy.stats",
    "gamma.logpdf",
    at=[(P, SHAPE, 1 + P)],
    torch=lambda x, a, s: _distribution("Gamma", a, 1 / s).log_prob(x),
)
def gamma_logpdf_with_a_scale(x, a, scale):
    return stats.gamma.logpdf(x, a, scale=scale)


@covers(
    "scipy.stats",
    "gamma.cdf",
    at=[(P, SHAPE)],
    wrt=(0,),
    torch=lambda x, a: torch.special.gammainc(a, x),
)
def gamma_cdf(x, a):
    return stats.gamma.cdf(x, a)


@covers(
    "scipy.stats",
    "chi2.logpdf",
    at=[(P, SHAPE)],
    torch=lambda x, df: _distribution("Chi2", df).log_prob(x),
)
def chi2_logpdf(x, df):
    return stats.chi2.logpdf(x, df)


@covers(
    "scipy.stats",
    "poisson.logpmf (in mu)",
    at=[(COUNTS, P), (2, 0.7)],
    torch=lambda k, mu: _distribution("Poisson", mu).log_prob(torch.as_tensor(k).double()),
)
def poisson_logpmf(k, mu):
    return stats.poisson.logpmf(k, mu)


@covers(
    "scipy.stats",
    "dirichlet.logpdf",
    at=[(MASS, SHAPE[:3])],
    wrt=(1,),
    torch=lambda x, a: _distribution("Dirichlet", a).log_prob(x),
)
def dirichlet_logpdf(x, alpha):
    return stats.dirichlet.logpdf(x, alpha)


@covers(
    "scipy.stats",
    "multivariate_normal.logpdf",
    at=[(X[:3], Y[:3], S)],
    torch=lambda x, m, a: _distribution("MultivariateNormal", m, a @ a.T).log_prob(x),
)
def multivariate_normal_logpdf(x, mean, a):
    return stats.multivariate_normal.logpdf(x, mean, a @ a.T)


@covers("scipy.stats", "expon / laplace / logistic", at=[(P, SHAPE)])
def expon_logpdf(x, scale):
    return stats.expon.logpdf(x, scale=scale)


@covers(
    "scipy.stats",
    "expon / laplace / logistic",
    at=[(X, Y, P)],
    torch=lambda x, m, s: _distribution("Laplace", m, s).log_prob(x),
)
def laplace_logpdf(x, mean, scale):
    return stats.laplace.logpdf(x, mean, scale)


@covers("scipy.stats", "expon / laplace / logistic", at=[(X, Y, P)])
def logistic_logpdf(x, mean, scale):
    return stats.logistic.logpdf(x, mean, scale) + stats.logistic.cdf(x)


@covers("scipy.stats", "distributions of lists", at=[(0.3, 0.7)])
def densities_of_lists(a, b):
    return (
        stats.norm.logpdf([a, b], [0, 1], 2),
        stats.gamma.cdf([a, b], b, scale=(a, 1)),
        stats.dirichlet.logpdf([0.3, 0.7], [a, b]),
        stats.multinomial.logpmf([1, 2], 3, [a / (a + b), b / (a + b)]),
    )
