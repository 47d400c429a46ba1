"""Gradients of gradients: the generated code, with its loops and tapes, is a program like any other."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad


def power(x, n):
    y = x
    for _ in range(n):
        y = y * y
    return y


def several_kept(x, n):
    y = x
    for i in range(n):
        y = y * y * np.sin(i + y)
    return y


def branches(x, n):
    for i in range(n):
        x = np.sin(x) * x if x > 0.5 else x * x + i
    return x


def while_loop(x, n):
    steps = 0
    while x < 5:
        x = x * x + n * 0.1
        steps += 1
    return x * steps


def left_early(x, n):
    for i in range(100):
        if x > 3:
            return x * i
        x = x * x
    return x


def nested(x, n):
    total = 0.0
    for i in range(n):
        for j in range(i):
            x = np.sin(x * j) + x
        total += x * x
    return total


def own_list(x, n):
    xs = [x]
    for i in range(n):
        xs.append(np.sin(xs[-1]) * i + xs[0])
    return sum(xs) * xs[-1]


PROGRAMS = (power, several_kept, branches, while_loop, left_early, nested, own_list)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_second_derivative_agrees_with_differences(function):
    x, step = 1.12, 1e-6
    gradient = ad.grad(function)
    for n in (0, 1, 3):
        second = ad.grad(gradient)(x, n)
        expected = (gradient(x + step, n) - gradient(x - step, n)) / (2 * step)
        np.testing.assert_allclose(second, expected, rtol=1e-6, atol=1e-6)


def test_third_derivative_agrees_with_differences():
    second = ad.grad(ad.grad(several_kept))
    expected = (second(1.1 + 1e-6, 3) - second(1.1 - 1e-6, 3)) / 2e-6
    np.testing.assert_allclose(ad.grad(second)(1.1, 3), expected, rtol=1e-6)


def recurrent(w, h, n):
    for _ in range(n):
        h = np.tanh(w @ h)
    return np.sum(h)


gradient_of_recurrent = ad.grad(recurrent, 0)


def test_second_derivative_in_arrays():
    def along(w, direction, h, n):
        return np.sum(gradient_of_recurrent(w, h, n) * direction)

    rng = np.random.default_rng(0)
    w, direction, h = rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), rng.normal(size=2)
    gradient = gradient_of_recurrent
    found = ad.grad(along, 0)(w, direction, h, 3)
    expected = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        moved = np.zeros_like(w)
        moved[place] = 1e-6
        difference = gradient(w + moved, h, 3) - gradient(w - moved, h, 3)
        expected[place] = np.sum(difference * direction) / 2e-6
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-8)


step = 3.0


def with_a_local_name(x, y):
    step = x[:, None] - y
    return np.sum(step**3)


gradient_with_a_local_name = ad.grad(with_a_local_name)


def test_name_from_outside_that_is_a_local_one_in_the_gradient():
    def scaled(x, y):
        return np.sum(gradient_with_a_local_name(x, y) * step)

    x, y = np.array([1.0, 2.0]), np.array([0.5, 0.0, 1.0])
    np.testing.assert_allclose(ad.grad(scaled)(x, y), 18 * np.sum(x[:, None] - y, axis=1))
