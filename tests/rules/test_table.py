"""Every rule, in both modes, against differences: at its declared points, and at others made from them."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from adcompiler.rules.rule import Rule
from adcompiler.rules.table import RULES
from tests.rules.differences import check_case
from tests.rules.points import Case, all_cases, by_rule
from tests.rules.test_lists import LIST_RULES
from tests.rules.variants import is_internal, layout_variants, length_variants, shape_variants

CASES = [case for case in all_cases() if case.differentiable]
VARIANTS = [
    case
    for variants in (shape_variants, length_variants, layout_variants)
    for case in all_cases(variants)
    if case.differentiable
]
SAMPLES = {name for name, rule in RULES.items() if rule.primitive.effect}
"""Random numbers; their derivatives are compared in `tests/test_effects.py`."""

NESTED_LISTS = {"to_list", "from_list"}
"""Tested in `test_nested_lists`."""

WITHOUT_POINTS = {"linalg.eig", "item", "float32", "complex64"} | LIST_RULES | NESTED_LISTS | SAMPLES
"""A tuple's cotangent is the transform's business; differences are too coarse in float32 (tested below)."""


WITHOUT_PUSHFORWARD = LIST_RULES - {"rows"}
"""Lists have tangents item by item, which is the business of a transformation; every other rule has pushforwards."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_modes_agree_with_differences(case: Case) -> None:
    check_case(case)


@pytest.mark.parametrize("cases", by_rule(VARIANTS))
def test_both_modes_agree_with_differences_at_other_shapes_and_layouts(cases: list[Case]) -> None:
    for case in cases:
        check_case(case)


def test_every_rule_of_arrays_has_variants() -> None:
    varied = {case.rule.primitive.name for case in VARIANTS}
    arrays = {case.rule.primitive.name for case in CASES if any(np.ndim(operand) for operand in case.operands)}
    internal = {name for name, rule in RULES.items() if is_internal(rule)}
    assert not arrays - varied - internal


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.primitive.name)
def test_rule_with_a_pullback_has_points(rule: Rule) -> None:
    has_pullback = any(pullback is not None for pullback in rule.pullbacks)
    is_a_sample = rule.primitive.name.startswith(("random.", "generator."))  # another at each call: programs test those
    assert rule.at or not has_pullback or is_a_sample or rule.primitive.name in WITHOUT_POINTS


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.primitive.name)
def test_rule_with_a_pullback_has_a_pushforward(rule: Rule) -> None:
    numbers = range(len(rule.pullbacks))
    both = [(rule.pullback(number) is None) == (rule.pushforward(number) is None) for number in numbers]
    assert all(both) != (rule.primitive.name in WITHOUT_PUSHFORWARD)


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
