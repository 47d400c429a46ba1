"""The checkers catch what they are for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.ir.nodes import UNDEFINED, Equation, Literal, Program, Region, Value
from adcompiler.ir.types import FLOAT
from adcompiler.rules.table import RULES
from adcompiler.testing import check_grads, evaluate


def test_a_right_derivative_passes():
    check_grads(lambda x, y: np.sum(np.sin(x) * y), np.array([0.3, -1.0]), 2.0)


def test_a_wrong_derivative_fails(monkeypatch):
    monkeypatch.setitem(RULES, "sin", replace(RULES["sin"], pullbacks=(lambda g, y, x: g * y,)))
    with pytest.raises(AssertionError, match=r"argument 0 of .*: the derivative is .*, differences give"):
        check_grads(lambda x: np.sin(x) * 3, 0.3)


def test_reading_an_undefined_value_is_caught():
    negated = Value("t", FLOAT)
    equation = Equation(RULES["negative"].primitive, (Literal(UNDEFINED),), (negated,))
    with pytest.raises(AssertionError, match="read where it is not defined"):
        evaluate(Program("f", Region((), (equation,), (negated,))))


def test_complex_arguments_are_moved_in_the_plane():
    z = np.array([0.3 + 0.2j, -1.0 + 0.5j])
    check_grads(lambda z: np.abs(np.exp(z)) * z, z)
    check_grads(lambda z, x: np.sum(np.real(z * x)), z, np.array([1.0, 2.0]))


def test_single_precision_is_compared_with_double():
    check_grads(lambda x: np.sum(np.sin(x) * x), np.array([0.3, -1.0, 2.0], np.float32))


def test_second_derivatives_are_compared():
    check_grads(lambda x, y: np.sin(x) * y**3, np.array([0.3, -1.0]), np.array([1.0, 2.0]), order=2)


def test_a_wrong_second_derivative_fails():
    @ad.rule.vjp(lambda g, y, x: _cube_slope(x) * g)
    def cube(x):
        return x**3

    @ad.rule.vjp(lambda g, y, x: 5 * g * x)
    def _cube_slope(x):
        return 3 * x**2

    check_grads(cube, 0.3)
    with pytest.raises(AssertionError, match="differences give"):
        check_grads(cube, 0.3, order=2)


def test_a_rule_is_checked_in_both_modes():
    @ad.rule.vjp(lambda g, y, x: 3 * g * x**2, jvp=lambda x_dot, y, x: x_dot * x**2)
    def cube(x):
        return x**3

    with pytest.raises(AssertionError, match="in forward mode"):
        check_grads(cube, 0.3)


def test_structures_are_moved():
    check_grads(lambda p: {"y": p["W"] @ p["b"]}, {"W": np.eye(2), "b": np.array([1.0, 2.0]), "n": 3})
