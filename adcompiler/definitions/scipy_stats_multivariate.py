"""Distributions of vectors: normal, Dirichlet, multinomial."""

from __future__ import annotations

import math

import numpy as np
import scipy.special
import scipy.stats

from adcompiler.definitions.scipy_stats_distributions import Frozen, exponential_of, frozen
from adcompiler.definitions.table import define


def multivariate_normal_logpdf(x, mean=None, cov=1, allow_singular=False):
    """By the Cholesky factor of the covariance: a matrix, the variances, or one variance for all."""
    if allow_singular:
        raise ValueError("a singular covariance has no derivative: leave out `allow_singular`")
    x, cov = np.asarray(x), np.asarray(cov)
    of_numbers = cov.ndim == 0 if mean is None else cov.ndim == 0 and np.asarray(mean).ndim == 0
    if mean is not None:
        x = x - mean
    if cov.ndim < 2:
        terms = math.log(2 * math.pi) + np.log(cov) + x**2 / cov
        return -(terms if of_numbers or x.ndim == 0 else np.squeeze(np.sum(terms, axis=-1))) / 2
    factor = np.linalg.cholesky(cov)
    volume = cov.shape[0] * math.log(2 * math.pi) + 2 * np.sum(np.log(np.diagonal(factor)))
    distances = np.sum((np.atleast_1d(x) @ np.linalg.inv(factor).T) ** 2, axis=-1)
    return -np.squeeze(volume + distances) / 2


_COVARIANCE = np.array([[2.0, 0.5], [0.5, 1.0]])
_MVN = (
    (np.array([0.3, -0.2]), np.array([0.1, 0.4]), _COVARIANCE),
    (np.array([[0.3, -0.2], [1.0, 0.5], [0.2, 2.0]]), np.array([0.1, 0.4]), _COVARIANCE),
    (np.array([0.3, -0.2]), np.array([0.1, 0.4]), np.array([0.5, 1.5])),
    (np.array([[0.3, -0.2], [0.0, 1.0]]), np.array([0.1, 0.4]), 0.7),
    (np.array([0.3, -0.2]), 0.2, 0.7),
    (0.3, 0.2, 0.7),
    (0.3, 0.2, np.array([[0.7]])),
    (np.array([[0.3], [0.2]]), np.array([0.2]), np.array([[0.7]])),
    (np.ones((2, 3, 2)), np.array([0.2, -0.5]), _COVARIANCE),
    (np.array([0.3, 0.2]),),
)


def dirichlet_logpdf(x, alpha):
    """Of a point, or of one in each column; a last entry that is left out is what they lack of 1."""
    if x.shape[0] != alpha.shape[0]:
        x = np.concatenate((x, 1 - np.sum(x, axis=0, keepdims=True)))
    constant = np.sum(scipy.special.gammaln(alpha)) - scipy.special.gammaln(np.sum(alpha))
    return np.sum(scipy.special.xlogy(alpha - 1, x.T), axis=-1) - constant


_DIRICHLET = ((np.array([0.3, 0.2]), np.array([1.5, 0.7, 2.0])), (np.array([[0.3, 0.1], [0.2, 0.5]]), np.ones(3)))


def multinomial_logpmf(x, n, p):
    """Of probabilities that sum to 1."""
    inside = (np.sum(x, axis=-1) == n) & np.all(x >= 0, axis=-1)
    terms = scipy.special.xlogy(x, p) - scipy.special.gammaln(x + 1)
    return np.where(inside, scipy.special.gammaln(n + 1) + np.sum(terms, axis=-1), -np.inf)


for of, logarithm, name, points in (
    (scipy.stats.multivariate_normal, multivariate_normal_logpdf, "logpdf", _MVN),
    (scipy.stats.dirichlet, dirichlet_logpdf, "logpdf", _DIRICHLET),
    (scipy.stats.multinomial, multinomial_logpmf, "logpmf", ()),
):
    spelling = f"scipy.stats.{type(of).__name__.removesuffix('_gen')}."
    define(getattr(of, name), logarithm, at=points, spelling=spelling + name, takes_arrays=True)
    plain = name.removeprefix("log")
    define(getattr(of, plain), exponential_of(logarithm), at=points, spelling=spelling + plain, takes_arrays=True)


def frozen_normal(of, mean=None, cov=1, allow_singular=False):
    return Frozen(of, (mean, cov, allow_singular), {})


define(type(scipy.stats.multivariate_normal).__call__, frozen_normal, spelling="scipy.stats.multivariate_normal")
define(type(scipy.stats.dirichlet).__call__, frozen, spelling="scipy.stats.dirichlet")
define(type(scipy.stats.multinomial).__call__, frozen, spelling="scipy.stats.multinomial")
