"""Elements whose derivative has a pole, and which the primal did not use: their gradient is zero, without a warning."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad

X = np.array([0.0, 4.0, 1.0])


def chosen(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def masked(x):
    y = np.sqrt(x)
    y[y == 0] = 1.0
    return np.sum(1 / y)


def masked_in_place(x):
    y = np.sqrt(x)
    y[y > 0] = 1 / y[y > 0]
    return np.sum(y * (x > 0))


def sliced(x):
    return np.sum(np.sqrt(x)[1:])


def element(x):
    return np.sqrt(x)[1] * 3


def elements_in_a_loop(x):
    y = np.sqrt(x)
    total = 0.0
    for i in range(1, len(x)):
        total += y[i] * 2
    return total


def triangle(x):
    d = np.sqrt(np.abs(x[:, np.newaxis] - x))
    return np.sum(np.triu(d, 1))


def positions(x):
    return np.sum(np.arcsin(1 - x / 4)[np.array([1, 2])])


def root(x):
    return np.sum((x**0.5)[1:])


@pytest.mark.parametrize(
    "function", [chosen, masked, masked_in_place, sliced, element, elements_in_a_loop, triangle, positions, root]
)
def test_zero_cotangent_meets_no_pole(function):
    gradient = ad.grad(function)(X)
    _, pullback = ad.vjp(function, X)
    np.testing.assert_array_equal(pullback(1.0), gradient)
    for i in range(len(X)):
        step = np.zeros(3)
        step[i] = 1e-6
        expected = (function(X + step) - function(X + 2 * step * 0)) / 1e-6
        if i > 0 or function is triangle:
            np.testing.assert_allclose(gradient[i], expected, rtol=1e-5)
        else:
            assert gradient[i] == 0


def test_logarithm_and_quotient_of_masked_elements():
    def masked_logarithm(x):
        y = np.where(x > 0, x, 1.0)
        z = np.log(x + 0.0)
        return np.sum(np.where(x > 0, z / x, y))

    with np.errstate(divide="ignore", invalid="ignore"):
        gradient = ad.grad(masked_logarithm)(X)
    np.testing.assert_allclose(gradient, [0, (1 - np.log(4)) / 16, 1])


def test_pole_that_is_asked_for_is_infinite():
    with np.errstate(divide="ignore"):
        assert np.isinf(ad.grad(lambda x: np.sum(np.sqrt(x)[:2]))(X)[0])


def test_functions_of_whole_arrays_are_written_as_ever():
    text = ad.source(lambda x: np.sum(np.sqrt(x) / x), types={"x": X})
    assert "np.where" not in text
