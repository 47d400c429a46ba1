"""The rules are made of functions with rules: the derivative of a pullback, against central differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adcompiler.ir.nodes import Atom, Value
from adcompiler.rules.symbolic import atom_of
from adcompiler.rules.table import RULES
from tests.rules.equations import Run, write_bar
from tests.rules.points import Case, all_cases, random_for
from tests.rules.soundness import exact_type

CASES = [case for case in all_cases() if case.differentiable and case.name != "make_tuple-0"]
_STEP = 1e-6


def _reversed(run: Run, result: Atom, seed: Any) -> dict[Value, Any]:
    """Reverse mode over straight-line equations, as plain as can be."""
    bars: dict[Value, Any] = {}

    def accumulate(atom: Atom, bar: Any) -> None:
        if isinstance(atom, Value):
            bars[atom] = bars[atom] + bar if atom in bars else bar

    accumulate(result, seed)
    for equation in reversed(run.builder.equations):
        (output,) = equation.outputs
        if isinstance(run.values[output], tuple):
            pytest.skip("several results: programs test them")
        if output not in bars or not _is_float(run.values[output]):
            continue
        inputs = tuple(run.look_up(atom) for atom in equation.inputs)
        case = Case(str(output), RULES[equation.primitive.name], inputs, dict(equation.parameters))
        for number, atom in enumerate(equation.inputs):
            if isinstance(atom, Value) and _is_float(inputs[number]) and case.rule.pullback(number) is not None:
                if case.is_held(number):
                    pytest.skip("this second derivative is refused")
                accumulate(atom, case.full_bar(number, bars[output], run.values[output], *inputs))
    return bars


def _is_float(value: Any) -> bool:
    return not isinstance(value, (tuple, list, range, str)) and np.result_type(value).kind == "f"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_derivative_of_the_pullback(case: Case) -> None:
    rng = random_for(case.name)
    y = case.value(*case.operands)
    g = rng.uniform(0.5, 1.5, np.shape(y))[()]
    for number in case.differentiable:
        run = Run(exact_type)
        bar, symbolic_g = write_bar(run, case, number, g)
        atom = atom_of(bar)
        if not isinstance(atom, Value):
            continue
        value = run.evaluate(atom)
        seed = rng.uniform(0.5, 1.5, np.shape(value))[()]
        bars = _reversed(run, atom, seed)
        for other, wanted in enumerate([*case.operands, g]):
            is_g = other == len(case.operands)
            if not is_g and other not in case.differentiable:
                continue
            source = symbolic_g.atom if is_g else _input_named(run, f"x{other}")
            direction = rng.uniform(0.5, 1.5, np.shape(wanted))[()]
            moved = [_bar_at(case, number, g, other, step * direction) for step in (_STEP, -_STEP)]
            expected = np.sum(seed * (moved[0] - moved[1]) / (2 * _STEP))
            found = np.sum(bars.get(source, 0.0) * direction)
            assert abs(found - expected) <= 1e-5 * max(1.0, abs(expected)), (
                f"{case.name}: bar of operand {number} with respect to {source}: {found}, differences give {expected}"
            )


def _bar_at(case: Case, number: int, g: Any, other: int, change: Any) -> np.ndarray:
    """The cotangent of an operand with one thing changed: another operand, or `g`, which counts as the last."""
    given = [*case.operands, g]
    given[other] = given[other] + change
    *operands, g = given
    return np.asarray(case.bar(number, g, case.value(*operands), *operands))


def _input_named(run: Run, name: str) -> Value:
    return next(value for value in run.values if value.hint == name)
