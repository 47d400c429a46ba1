"""Every rule against central differences, at its declared points."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adcompiler.rules.table import RULES, Rule
from tests.rules.differences import check_case
from tests.rules.points import Case, all_cases, broadcasting_cases_of, cases_of
from tests.rules.test_lists import LIST_RULES

CASES = [case for case in all_cases() if case.differentiable]
BROADCASTING = all_cases(broadcasting_cases_of)
SAMPLES = {name for name, rule in RULES.items() if rule.primitive.effect}
"""Random numbers; their derivatives are compared in `tests/test_effects.py`."""

WITHOUT_POINTS = {"linalg.eig", "item", "float32", "complex64"} | LIST_RULES | SAMPLES
"""A tuple's cotangent is the transform's business; differences are too coarse in float32 (tested below)."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pullback_is_the_transpose_of_the_derivative(case: Case) -> None:
    check_case(case)


@pytest.mark.parametrize("case", BROADCASTING, ids=lambda case: case.name)
def test_pullback_of_operands_that_broadcast(case: Case) -> None:
    check_case(case)


def _is_float32(case: Case) -> bool:
    """Whether float32 operands give a float32 result: not of Python numbers, nor beside another float64 operand."""
    y = case.value(*case.operands)
    return not isinstance(y, tuple) and np.result_type(y) == np.float32


FLOAT32 = [case for case in (case.astype(np.float32) for case in CASES + BROADCASTING) if _is_float32(case)]


@pytest.mark.parametrize("case", FLOAT32, ids=lambda case: case.name)
def test_float32_operand_has_float32_cotangent(case: Case) -> None:
    y = case.value(*case.operands)
    for number in case.differentiable:
        bar = case.bar(number, np.ones_like(y), y, *case.operands)
        assert np.result_type(bar) == np.float32 or isinstance(bar, float)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.primitive.name)
def test_rule_with_a_pullback_has_points(rule: Rule) -> None:
    has_pullback = any(pullback is not None for pullback in rule.pullbacks)
    is_a_sample = rule.primitive.name.startswith(("random.", "generator."))  # another at each call: programs test those
    assert rule.at or not has_pullback or is_a_sample or rule.primitive.name in WITHOUT_POINTS


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.primitive.name)
def test_static_parameters_are_keywords_of_the_function(rule: Rule) -> None:
    parameters = inspect.signature(rule.function).parameters if rule.static else {}
    if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        assert set(rule.static) <= set(parameters)


@pytest.mark.parametrize("name", ["float32", "astype"])
@pytest.mark.parametrize("x", [np.float64(0.1), np.array([0.1, 0.2])])
def test_cotangent_of_a_conversion_has_the_dtype_of_the_operand(name: str, x: Any) -> None:
    case = Case(name, RULES[name], (x,), {"dtype": "float32"} if name == "astype" else {})
    y = case.value(x)
    assert y.dtype == np.float32
    bar = case.bar(0, np.ones_like(y), y, x)
    assert bar.dtype == np.float64
    np.testing.assert_array_equal(bar, np.ones_like(x))


def test_wrong_rule_fails() -> None:
    right = RULES["sin"]
    wrong = replace(right, pullbacks=(lambda g, y, x: g * y,))
    with pytest.raises(AssertionError, match="differences give"):
        check_case(next(cases_of(wrong)))


def test_wrong_pushforward_fails() -> None:
    wrong = replace(RULES["var"], pushforwards=(lambda x_dot, y, x, **_: np.sum(x_dot),))
    with pytest.raises(AssertionError, match="var"):
        check_case(next(cases_of(wrong)))


def test_rule_that_forgets_an_operand_fails() -> None:
    right = RULES["matmul"]
    left, _ = right.pullbacks
    wrong = replace(right, pullbacks=(left, lambda g, y, a, b: 0 * b))
    with pytest.raises(AssertionError, match="operand 1"):
        check_case(next(cases_of(wrong)))
