"""Wrong rules fail the tests that the right ones pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adcompiler.rules.table import RULES
from tests.rules.differences import check_case
from tests.rules.points import Case, cases_of
from tests.rules.test_complex import off_the_axis
from tests.rules.test_float32 import check_float32


def _wrong(name: str, **derivatives: tuple[Callable[..., Any] | None, ...]) -> Case:
    """The first case of a rule, with other pullbacks or pushforwards."""
    return next(cases_of(replace(RULES[name], **derivatives)))  # type: ignore[arg-type]


def test_wrong_pullback_fails() -> None:
    wrong = _wrong("sin", pullbacks=(lambda g, y, x: g * y,))
    with pytest.raises(AssertionError, match="the pullback gives"):
        check_case(wrong)


def test_wrong_pushforward_fails() -> None:
    wrong = _wrong("sin", pushforwards=(lambda x_dot, y, x: x_dot * y,))
    with pytest.raises(AssertionError, match="the pushforward gives"):
        check_case(wrong)
    wrong = _wrong("var", pushforwards=(lambda x_dot, y, x, **_: np.sum(x_dot),))
    with pytest.raises(AssertionError, match="the pushforward gives"):
        check_case(wrong)


def test_rule_that_forgets_an_operand_fails() -> None:
    left, _ = RULES["matmul"].pullbacks
    wrong = _wrong("matmul", pullbacks=(left, lambda g, y, a, b: 0 * b))
    with pytest.raises(AssertionError, match="operand 1: the pullback gives"):
        check_case(wrong)


def test_rule_that_is_not_linear_in_the_cotangent_fails() -> None:
    wrong = _wrong("sin", pullbacks=(lambda g, y, x: np.abs(g) * np.cos(x),))
    cases = [replace(wrong, name=f"sin-{number}") for number in range(8)]
    assert any(_fails(case) for case in cases)


def _fails(case: Case) -> bool:
    try:
        check_case(case)
    except AssertionError:
        return True
    return False


def test_rule_whose_constant_widens_the_dtype_fails() -> None:
    wrong = _wrong("sin", pullbacks=(lambda g, y, x: g * np.float64(1) * np.cos(x),))
    with pytest.raises(AssertionError, match="is float64"):
        check_float32(replace(wrong, operands=(np.float32(0.3),)))


def test_rule_that_loses_accuracy_in_float32_fails() -> None:
    wrong = _wrong("sinh", pullbacks=(lambda g, y, x: g * (np.exp(x) + 1e5 + np.exp(-x) - 1e5) / 2,))
    with pytest.raises(AssertionError, match="in float32"):
        check_float32(replace(wrong, operands=(np.float32(0.3),)))


def test_rule_that_forgets_the_conjugate_fails() -> None:
    forgets = (lambda g, y, x: g,)
    with pytest.raises(AssertionError, match="the pushforward gives"):
        check_case(off_the_axis(_wrong("conj", pushforwards=forgets), [0]))
    with pytest.raises(AssertionError, match="the pullback gives"):
        check_case(off_the_axis(_wrong("conj", pullbacks=forgets), [0]))


def test_rule_for_real_operands_fails_at_complex_ones() -> None:
    wrong = _wrong("absolute", pullbacks=(lambda g, y, x: g * x / y,))
    with pytest.raises(AssertionError, match="the pullback gives"):
        check_case(off_the_axis(wrong, [0]))
