"""Functions that are called in many places: one pair of functions instead of a copy in each."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from numerics import floating_positions
from programs import PROGRAMS, Example

import adcompiler as ad
from adcompiler.frontend import recursion
from adcompiler.testing import check_grads


def smooth(x, y):
    y = np.sin(y * 0.5) + x
    y = np.sin(y * 1.5) + x * y
    y = np.sin(y * 2.5) + x / (1 + y * y)
    return np.tanh(y) * x


def few(x):
    for _ in (1, 2, 3):
        x = smooth(x, x * 0.5)
    return x


def many(x):
    for _ in range(3):
        x = x * 0.9
    for weight in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8):
        x = smooth(x, weight) + smooth(weight, x)
    return x


def test_a_function_called_in_few_places_is_read_in_place():
    assert ad.source(few, types={"x": "float"}).count("def ") == 1


def test_a_function_called_in_many_places_is_called(monkeypatch):
    monkeypatch.setattr(recursion, "MOST_REPEATED", 100)
    source = ad.source(many, types={"x": "float"})
    assert source.count("# Forward sweep of smooth (test_called_functions.py:") == 2, "for two kinds of arguments"
    assert source.count("def ") == 5
    check_grads(many, 0.7)


def test_what_cannot_be_called_is_read_in_place_however_often():
    def shifted(x, k):
        return lambda y: np.sin(y + x / k) * np.cos(y + x) * 0.3 + y / (1 + x * x) - 0.1 * np.tanh(y * x)

    def changed(a, b):
        a[0] = 0.1 * np.sin(a[0] * b[1]) * np.cos(a[1]) + 0.2 * np.tanh(b[0]) + a[0] / (2 + b[1] ** 2)
        a[1] = 0.1 * np.sin(a[1] * b[0]) * np.cos(a[0]) + 0.2 * np.tanh(b[1]) + a[1] / (2 + b[0] ** 2)

    def f(x):
        a = np.array([x, x * x])
        for k in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16):
            x = shifted(x, k)(x)
            changed(a, a)
        return x + np.sum(a)

    check_grads(f, 0.3)
    assert "_forward" not in ad.grad(f).source


def test_what_a_called_function_prints_comes_at_each_call(capsys, monkeypatch):
    monkeypatch.setattr(recursion, "MOST_REPEATED", 0)

    def told(x):
        print("called")
        return x * x

    def f(x):
        told(x)
        return told(x) + told(x * 2)

    assert ad.grad(f)(3.0) == 30.0
    assert capsys.readouterr().out == "called\n" * 3


def test_a_called_function_that_needs_its_argument_when_compiled_is_read_in_place(monkeypatch):
    monkeypatch.setattr(recursion, "MOST_REPEATED", 0)

    def along(x, axis):
        return np.sum(np.cumsum(x, axis=axis) * x)

    def f(x):
        return along(x, 0) * along(x, 1) + along(x, 0)

    check_grads(f, np.arange(6.0).reshape(2, 3))


SMALL = [example for example in PROGRAMS if example.untyped][::2]


@pytest.mark.parametrize("example", SMALL, ids=lambda example: example.name)
def test_programs_whose_functions_are_all_called_have_the_same_gradient(example: Example, monkeypatch):
    positions = floating_positions(example.arguments)
    value, expected = ad.value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    monkeypatch.setattr(recursion, "MOST_REPEATED", -1)
    found_value, found = ad.value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    np.testing.assert_allclose(found_value, value, rtol=1e-12)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)
