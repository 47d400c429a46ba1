"""Every rule on symbolic values: equations that mean what it computes on arrays, with types that are sound."""

from __future__ import annotations

import numpy as np
import pytest

from adcompiler.errors import UnknownTypeError
from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.types import FLOAT
from adcompiler.rules.symbolic import Symbolic, atom_of
from adcompiler.rules.table import RULES
from tests.rules.equations import Level, Run, write_bar
from tests.rules.points import Case, all_cases, broadcasting_cases_of, random_for
from tests.rules.soundness import exact_type, named_type, unranked_type

LEVELS = {"exact": exact_type, "named": named_type, "unranked": unranked_type}
CASES = all_cases() + all_cases(broadcasting_cases_of)
DIFFERENTIABLE = [case for case in CASES if case.differentiable and case.name != "make_tuple-0"]


@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_inferred_type_is_sound(case: Case, level: Level) -> None:
    run = Run(level)
    y = run.builder.emit(case.rule.primitive, *map(atom_of, run.operands_of(case)), **case.static)
    run.evaluate(y)


@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=lambda case: case.name)
def test_equations_mean_what_the_rule_computes(case: Case, level: Level) -> None:
    y = case.value(*case.operands)
    g = random_for(case.name).uniform(0.5, 1.5, np.shape(y))[()]
    for number in case.differentiable:
        run = Run(level)
        try:
            bar, _ = write_bar(run, case, number, g)
        except UnknownTypeError:
            assert level is unranked_type
            return
        expected = case.bar(number, g, y, *case.operands)
        np.testing.assert_allclose(run.evaluate(atom_of(bar)), expected, rtol=1e-12)


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
