"""The rules that are said to hold for complex operands, at the table's points moved off the real axis; and the others,
which are refused for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adcompiler.errors import DifferentiationError
from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import Literal, Program, Region, Value
from adcompiler.rules.complex_numbers import ASK_FOR_DTYPE, HOLD_FOR_COMPLEX, VARY_WITH_COMPLEX
from adcompiler.rules.table import RULES
from adcompiler.tensors.complex_numbers import pull_complex
from adcompiler.transform.complex_numbers import check_complex
from tests.rules.differences import check_case
from tests.rules.points import Case, all_cases, by_rule, like, random_for
from tests.rules.soundness import exact_type
from tests.rules.variants import possible, shape_variants

_REAL_ONLY = {"builtins.complex"}
"""Its operands are the parts of a complex number."""


_FROM_REAL = {"fft.rfft", "fft.rfft2", "fft.rfftn", "fft.ihfft", "scipy.special.sph_harm_y"}
"""Their results are complex, and their operands must be real."""


_UP_TO_PHASE = {"linalg.eigh", "linalg.svd", "phase_free", "without_rotation"}
"""Complex vectors are determined up to a phase; see `test_matrix_functions`."""


def off_the_axis(case: Case, numbers: list[int]) -> Case:
    """The case with some operands made complex."""
    rng = random_for(f"{case.name} complex")
    operands = list(case.operands)
    for number in numbers:
        operand = operands[number]
        imaginary = rng.uniform(0.2, 0.5, np.shape(operand))
        is_number = isinstance(operand, (int, float)) and not isinstance(operand, np.generic)
        operands[number] = complex(operand, float(imaginary)) if is_number else operand + 1j * imaginary
    name = f"{case.name}-complex{''.join(map(str, numbers))}"
    return replace(case, name=name, operands=tuple(operands))


def _complex_cases() -> list[Case]:
    cases = []
    for case in all_cases() + all_cases(shape_variants):
        every = case.differentiable
        for numbers in [every, *([number] for number in every if len(every) > 1)]:
            if case.rule.primitive.name in _FROM_REAL:
                cases.append(case)
            elif numbers:
                cases.extend(possible(off_the_axis(case, numbers)))  # which warns where imaginary parts are discarded
    return cases


CASES = [case for case in _complex_cases() if case.rule.primitive.name not in _REAL_ONLY | _UP_TO_PHASE]
HOLDING = [case for case in CASES if case.rule.primitive.name in HOLD_FOR_COMPLEX]
OTHERS = {case.rule.primitive.name: case for case in CASES if case.rule.primitive.name not in HOLD_FOR_COMPLEX}


@pytest.mark.parametrize("cases", by_rule(HOLDING))
def test_both_modes_agree_with_differences(cases: list[Case]) -> None:
    for case in cases:
        check_case(case)


@pytest.mark.parametrize("cases", by_rule(case for case in HOLDING if "shape" not in case.name))
def test_gradient_of_the_tape_is_the_conjugate(cases: list[Case]) -> None:
    """The tape's cotangents are conjugates: PyTorch's gradients."""
    for case in cases:
        y = case.value(*case.operands)
        if isinstance(y, tuple):
            continue
        g = like(random_for(case.name), y)
        for number in case.differentiable:
            pullback = case.rule.pullback(number)
            assert pullback is not None
            found = pull_complex(case.rule, pullback, np.conj(g), y, case.operands, case.static)
            expected = np.conj(case.bar(number, g, y, *case.operands))
            of_part = np.asarray if np.iscomplexobj(case.operands[number]) else np.real
            np.testing.assert_allclose(of_part(found), of_part(expected), rtol=1e-10, atol=1e-12, err_msg=case.name)


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS)
def test_rule_that_is_not_said_to_hold_is_refused(case: Case) -> None:
    builder = Builder(NameSupply())
    parameters: list[Value] = []

    def operand(number: int, value: Any) -> Any:
        if number not in case.differentiable:
            return Literal(value) if not isinstance(value, np.ndarray) else builder.value(exact_type(value, "x"))
        parameters.append(builder.value(exact_type(value, "x")))
        return parameters[-1]

    atoms = [operand(number, value) for number, value in enumerate(case.operands)]
    with builder.region() as equations:
        y = builder.emit(case.rule.primitive, *atoms, **case.static)
    program = Program("f", Region(tuple(parameters), tuple(equations), (y,)))
    with pytest.raises(DifferentiationError, match="complex"):
        check_complex(program, parameters, frozenset((*parameters, y)))


def test_every_name_is_that_of_a_rule() -> None:
    assert RULES.keys() >= HOLD_FOR_COMPLEX
    assert ASK_FOR_DTYPE <= HOLD_FOR_COMPLEX
    assert RULES.keys() >= VARY_WITH_COMPLEX


def test_every_rule_that_is_said_to_hold_is_tested() -> None:
    from tests.rules.test_table import WITHOUT_POINTS

    discard = {"astype", "cast_like"}  # imaginary parts, at their declared points
    tested = {case.rule.primitive.name for case in HOLDING}
    zero = {name for name, rule in RULES.items() if all(pullback is None for pullback in rule.pullbacks)}
    assert not HOLD_FOR_COMPLEX - tested - zero - _REAL_ONLY - _UP_TO_PHASE - WITHOUT_POINTS - discard
