"""The checkers catch what they are for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

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
