"""Loops whose body needs to know what differs from round to round are read round by round."""

from __future__ import annotations

import numpy as np
import pytest
from numerics import central_difference

import adcompiler as ad
from adcompiler.errors import DifferentiationError

X = np.array([0.5, -1.2, 2.0, 0.3])


def layers(x, n):
    weights = (x, np.sin(x), 2.0)
    total = 0.0
    for i in range(n):
        total += np.sum(weights[i] * weights[i + 1])
    return total


def test_number_of_rounds_is_taken_from_an_argument():
    np.testing.assert_allclose(ad.grad(layers)(X, 2), central_difference(layers, (X, 2), 0), rtol=1e-6)
    np.testing.assert_allclose(ad.grad(layers)(X, 1), central_difference(layers, (X, 1), 0), rtol=1e-6)


def test_loop_that_needs_no_position_stays_a_loop():
    def f(x):
        for i in range(3):
            x = x * (i + 1)
        return np.sum(x)

    assert "for i in reversed(range(3))" in ad.source(f, types={"x": "float64[n]"})


def test_rounds_that_depend_on_data_are_refused():
    def f(x):
        functions = (np.sin, np.cos)
        total = 0.0
        for i in range(np.argmax(x)):
            total += np.sum(functions[i](x))
        return total

    with pytest.raises(DifferentiationError, match="the position in a tuple must be known"):
        ad.grad(f)(X)


def test_every_problem_is_found_in_a_loop_that_is_unrolled(tmp_path):
    from adcompiler.frontend.lower import find_problems
    from adcompiler.frontend.parse import function_source
    from adcompiler.signature import given_types

    def f(x):
        weights = (x, x * 2)
        for i in range(2):
            x = x + weights[i]
        return np.sum(np.sort_complex(x))

    source = function_source(f)
    problems = find_problems(source, given_types(source.parameters, {"x": "float64[n]"}, {}))
    assert [problem.message for problem in problems] == ["no derivative rule for `np.sort_complex`"]
