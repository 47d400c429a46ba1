"""Where loops over elements work on lists, and what stays as it is in arrays."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import adcompiler as ad

X = np.linspace(-1.0, 1.5, 20)


def squares(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * x[i]
    return total


def first_only(x, n):
    total = 0.0
    for i in range(n):
        total += x[i] * x[i]
    return total


def quotients(x):
    total = 0.0
    for i in range(1, len(x)):
        total += x[i] / x[i - 1]
    return total


def with_a_part(x):
    x = x.copy()
    for i in range(1, len(x)):
        x[i] = x[i] * 0.5 + np.sum(x[:i])
    return x[-1]


def caught(x):
    total = 0.0
    for i in range(len(x)):
        try:
            total += 1.0 / x[i]
        except ZeroDivisionError:
            total += 1.0
    return total


def code(function, *arguments):
    gradient = ad.value_and_grad(function)
    gradient(*arguments)
    return str(gradient.source)


def test_every_element_must_be_come_by():
    assert ".tolist()" in code(squares, X)
    assert ".tolist()" not in code(first_only, X, 3)


@pytest.mark.parametrize("function", [with_a_part, caught], ids=lambda f: f.__name__)
def test_other_uses_keep_the_array(function):
    assert ".tolist()" not in code(function, X)


def test_other_dtypes_keep_the_array():
    assert ".tolist()" not in code(squares, X.astype(np.float32))


def test_numbers_leave_as_numpys():
    value, gradient = ad.value_and_grad(squares)(X)
    assert type(value) is np.float64
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, 2 * X)


def test_a_division_by_zero_is_numpys():
    x = X.copy()
    x[3] = 0.0
    assert " if x_" in code(quotients, X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value, gradient = ad.value_and_grad(quotients)(x)
        assert value == quotients(x)
    assert not np.isfinite(gradient[3])
    assert np.isfinite(gradient[10:]).all()
