"""Every rule on symbolic values: equations that mean what it computes on arrays, with types that are sound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adcompiler.errors import UnknownTypeError
from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.types import FLOAT
from adcompiler.rules.complex_numbers import ASK_FOR_DTYPE
from adcompiler.rules.symbolic import RankUnknownError, Symbolic, atom_of
from adcompiler.rules.table import RULES
from tests.rules.equations import Level, Run, write_bar, write_dots, write_value
from tests.rules.points import Case, all_cases, by_rule, cotangents_for, like, random_for, results_of
from tests.rules.soundness import exact_type, named_type, unranked_type
from tests.rules.variants import few_shape_variants, length_variants

LEVELS = (exact_type, named_type, unranked_type)
CASES = all_cases() + all_cases(few_shape_variants)
LENGTHS = all_cases(length_variants)
DIFFERENTIABLE = [case for case in CASES if case.differentiable and case.rule.primitive.name != "make_tuple"]


@pytest.mark.parametrize("cases", by_rule(CASES))
def test_inferred_type_is_sound(cases: list[Case]) -> None:
    for case in cases:
        for level in LEVELS:
            _check_type(case, level)


@pytest.mark.parametrize("cases", by_rule(LENGTHS))
def test_inferred_type_is_sound_at_special_lengths(cases: list[Case]) -> None:
    for case in cases:
        _check_type(case, named_type)


@pytest.mark.parametrize("cases", by_rule(DIFFERENTIABLE))
def test_equations_mean_what_the_rule_computes(cases: list[Case]) -> None:
    for case in cases:
        for level in LEVELS:
            _check_pullback(case, level)


@pytest.mark.parametrize("cases", by_rule(DIFFERENTIABLE))
def test_equations_of_the_pushforward_mean_what_it_computes(cases: list[Case]) -> None:
    for case in cases:
        for level in (exact_type, unranked_type):
            _check_pushforward(case, level)


def _check_type(case: Case, level: Level) -> None:
    run = Run(level)
    y, _ = write_value(run, case)
    run.evaluate(atom_of(y))


def _check_pullback(case: Case, level: Level) -> None:
    rng = random_for(case.name)
    y = case.value(*case.operands)
    if _asks_for_dtype(case, y, level):
        return
    g = cotangents_for(rng, y)
    for number in case.differentiable:
        run = Run(level)
        try:
            bar = write_bar(run, case, number, g)
        except (UnknownTypeError, RankUnknownError):
            assert level is unranked_type
            continue
        _compare(case, run, bar, case.bar(number, g, y, *case.operands))


def _check_pushforward(case: Case, level: Level) -> None:
    rng = random_for(case.name)
    y = case.value(*case.operands)
    if _asks_for_dtype(case, y, level):
        return
    for number in case.differentiable:
        if case.rule.pushforward(number) is None:
            continue
        x_dot = like(rng, case.operands[number])
        run = Run(level)
        try:
            dots = write_dots(run, case, number, x_dot)
        except (UnknownTypeError, RankUnknownError):
            assert level is unranked_type
            continue
        expected = case.dot(number, x_dot, y, *case.operands)
        for dot, wanted in zip(dots, expected if isinstance(expected, tuple) else [expected], strict=True):
            _compare(case, run, dot, wanted)


def _asks_for_dtype(case: Case, y: Any, level: Level) -> bool:
    """Whether the rule needs to know which of its operands are complex; the compiler refuses where that is unknown."""
    some_complex = any(np.iscomplexobj(value) for value in (*case.operands, *results_of(y)))
    return level is unranked_type and some_complex and case.rule.primitive.name in ASK_FOR_DTYPE


def _compare(case: Case, run: Run, written: Any, expected: Any) -> None:
    if written is None or expected is None:
        assert written is None
        assert expected is None
        return
    np.testing.assert_allclose(run.evaluate(atom_of(written)), expected, rtol=1e-12, atol=1e-300, err_msg=case.name)


@pytest.mark.parametrize(
    ("exponent", "expected"),
    [
        (1, []),
        (2, ["multiply(2, g)", "multiply(t.1, x)"]),
        (3, ["multiply(3, g)", "power(x, 2)", "multiply(t.1, t.2)"]),
        (-1, ["multiply(-1, g)", "power(x, -2)", "multiply(t.1, t.2)"]),
        (0.5, ["multiply(0.5, g)", "sqrt(x)", "divide(t.1, t.2)"]),
    ],
)
def test_power_with_a_literal_exponent_is_readable(exponent: float, expected: list[str]) -> None:
    builder = Builder(NameSupply())
    g, y, x = (Symbolic(builder.value(FLOAT, name), builder) for name in "gyx")
    pullback = RULES["power"].pullback(0)
    assert pullback is not None
    pullback(g, y, x, exponent)
    written = [f"{equation.primitive}({', '.join(map(str, equation.inputs))})" for equation in builder.equations]
    assert written == expected


def test_branching_on_a_symbolic_value_is_an_error() -> None:
    builder = Builder(NameSupply())
    x = Symbolic(builder.value(FLOAT, "x"), builder)
    with pytest.raises(TypeError, match="a rule branches on"):
        bool(x > 0)


def test_symbolic_value_is_not_an_array() -> None:
    builder = Builder(NameSupply())
    x = Symbolic(builder.value(FLOAT, "x"), builder)
    with pytest.raises(TypeError, match="cannot take over"):
        np.asarray(x)
