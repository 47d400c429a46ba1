"""Densities outside of their support: the logarithm is minus infinity, and nothing has a slope there, nor NaN."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad

stats = pytest.importorskip("scipy.stats")

OUTSIDE = {
    "halfnorm": (-2.0, 0.1, 0.7),
    "lognorm": (-2.0, 0.5, 0.1, 0.7),
    "invgauss": (-2.0, 0.5, 0.1, 0.7),
    "rayleigh": (-2.0, 0.1, 0.7),
    "maxwell": (-2.0, 0.1, 0.7),
    "expon": (-2.0, 0.1, 0.7),
    "gamma": (-2.0, 0.5, 0.1, 0.7),
    "chi2": (-2.0, 0.5, 0.1, 0.7),
    "invgamma": (-2.0, 0.5, 0.1, 0.7),
    "f": (-2.0, 3.5, 3.0, 0.1, 0.7),
    "weibull_min": (-2.0, 0.5, 0.1, 0.7),
    "truncnorm": (3.0, -0.5, 0.5, 0.1, 0.7),
    "betabinom": (6, 5, 2.5, 1.2),
    "pareto": (-2.0, 0.5, 0.1, 0.7),
    "uniform": (3.0, 0.1, 0.7),
    "beta": (-2.0, 2.5, 1.5, 0.1, 0.7),
    "poisson": (-1, 0.7),
    "binom": (6, 5, 0.7),
    "bernoulli": (2, 0.3),
    "geom": (0, 0.3),
    "nbinom": (-1, 5, 0.7),
}
DENSITIES = ("invgauss", "maxwell", "truncnorm", "betabinom")
"""Those of which only the density is known."""


def _methods(name):
    methods = ("logpdf", "pdf") if hasattr(getattr(stats, name), "logpdf") else ("logpmf", "pmf")
    known = ("cdf", "sf", "logcdf", "logsf") if name not in DENSITIES else ()
    return [(name, method) for method in (*methods, *known)]


@pytest.mark.parametrize(("name", "method"), [pair for name in OUTSIDE for pair in _methods(name)])
def test_nothing_changes_outside_of_the_support(name, method):
    point = OUTSIDE[name]

    def f(point):
        return getattr(getattr(stats, name), method)(*point)

    with np.errstate(all="ignore"):
        value, gradient = ad.value_and_grad(f)(point)
        expected = getattr(getattr(stats, name), method)(*point)
    assert value == expected
    assert all(bar == 0 for bar in gradient if bar is not None)


@pytest.mark.parametrize("method", ["logpdf", "pdf", "cdf", "ppf"])
def test_distribution_with_its_parameters(method):
    outer = stats.gamma(2.5, scale=1.2)

    def inside(x, a, scale):
        return getattr(stats.gamma(a, scale=scale), method)(x)

    def outside(x):
        return getattr(outer, method)(x)

    def plain(x, a, scale):
        return getattr(stats.gamma, method)(x, a, scale=scale)

    expected = ad.grad(plain, (0, 1, 2))(0.4, 2.5, 1.2)
    assert ad.grad(inside, (0, 1, 2))(0.4, 2.5, 1.2) == expected
    assert ad.grad(outside)(0.4) == expected[0]


def test_scale_that_is_not_positive_gives_nan():
    for scale in (0.0, -1.0):
        with np.errstate(all="ignore"):
            value, _ = ad.value_and_grad(lambda x, s: stats.norm.cdf(x, 0.0, s))(0.3, scale)
        assert np.isnan(value)


@pytest.mark.parametrize("name", ["norm", "laplace", "logistic", "cauchy", "gumbel_r", "gumbel_l", "expon", "uniform"])
@pytest.mark.parametrize("scale", [0.0, -1.0])
def test_density_of_a_scale_that_is_not_positive_is_nan(name, scale):
    with np.errstate(all="ignore"):
        value, _ = ad.value_and_grad(lambda x, s: getattr(stats, name).logpdf(x, 0.1, s))(
            np.float64(0.3), np.float64(scale)
        )
        expected = getattr(stats, name).logpdf(0.3, 0.1, scale)
    assert np.isnan(value)
    assert np.isnan(expected)


@pytest.mark.parametrize("name", [name for name in OUTSIDE if hasattr(getattr(stats, name), "logpdf")])
def test_density_of_nan_is_nan(name):
    with np.errstate(all="ignore"):
        value, _ = ad.value_and_grad(lambda point: getattr(stats, name).logpdf(*point))((np.nan, *OUTSIDE[name][1:]))
    assert np.isnan(value)


def test_normal_vector_with_its_parameters():
    x, mean, cov = np.array([0.3, -0.4]), np.array([0.1, 0.2]), np.array([[2.0, 0.5], [0.5, 1.0]])

    def frozen(x, mean, cov):
        return stats.multivariate_normal(mean, cov).logpdf(x)

    def plain(x, mean, cov):
        return stats.multivariate_normal.logpdf(x, mean, cov)

    for bar, expected in zip(
        ad.grad(frozen, (0, 1, 2))(x, mean, cov), ad.grad(plain, (0, 1, 2))(x, mean, cov), strict=True
    ):
        np.testing.assert_array_equal(bar, expected)


def test_distribution_with_another_support_is_refused():
    half = type(stats.norm)(a=0.0, name="norm")
    with pytest.raises(ad.DifferentiationError, match="no derivative rule"):
        ad.grad(lambda x: half.logpdf(x))(0.3)
