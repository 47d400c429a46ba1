"""The rules that are said to hold for complex operands, at the table's points moved off the real axis."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from adcompiler.rules.complex_numbers import ASK_FOR_DTYPE, HOLD_FOR_COMPLEX, VARY_WITH_COMPLEX
from adcompiler.rules.table import RULES
from adcompiler.tensors.complex_numbers import pull_complex
from tests.rules.points import Case, all_cases, random_for

_STEP = 1e-6
_REAL_ONLY = {"builtins.complex"}
"""Its operands are the parts of a complex number."""
_UP_TO_PHASE = {"linalg.eigh", "linalg.svd", "phase_free", "without_rotation"}
"""Complex vectors are determined up to a phase; see `test_matrix_functions`."""
_FROM_REAL = {"fft.rfft", "fft.rfft2", "fft.rfftn", "fft.ihfft", "scipy.special.sph_harm_y"}
"""Their results are complex, and their operands must be real."""


def _moved_off_the_axis(case: Case, numbers: list[int]) -> Case:
    rng = random_for(f"{case.name} complex")
    operands = list(case.operands)
    for number in numbers:
        operand = operands[number]
        imaginary = rng.uniform(0.2, 0.5, np.shape(operand))
        is_number = isinstance(operand, (int, float)) and not isinstance(operand, np.generic)
        operands[number] = complex(operand, float(imaginary)) if is_number else operand + 1j * imaginary
    return Case(case.name, case.rule, tuple(operands), case.static)


def _complex_cases() -> list[Any]:
    cases = []
    for case in all_cases(complex_results=True):
        if case.rule.primitive.name not in HOLD_FOR_COMPLEX - _REAL_ONLY - _UP_TO_PHASE:
            continue
        every = case.differentiable
        for numbers in [every, *([number] for number in every if len(every) > 1)]:
            moved = case if case.rule.primitive.name in _FROM_REAL else _moved_off_the_axis(case, numbers)
            if numbers and not _discards_imaginary_parts(moved):
                cases.append(pytest.param(moved, id=f"{case.name}-{''.join(map(str, numbers))}"))
    return cases


def _discards_imaginary_parts(case: Case) -> bool:
    """Whether NumPy warns that this computes with less than it was given, or SciPy has no such function."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            case.value(*case.operands)
        except (np.exceptions.ComplexWarning, TypeError):
            return True
    return False


def _like(rng: np.random.Generator, value: Any) -> Any:
    real = rng.uniform(0.5, 1.5, np.shape(value))[()]
    return real + 1j * rng.uniform(0.5, 1.5, np.shape(value))[()] if np.iscomplexobj(value) else real


@pytest.mark.parametrize("case", _complex_cases())
def test_pullback_is_the_transpose_of_the_derivative(case: Case) -> None:
    """Re(g · J v) = Re(Jᵀ g · v) for each operand, without conjugates."""
    rng = random_for(case.name)
    y = case.value(*case.operands)
    g = _like(rng, y)
    for number in case.differentiable:
        operand = case.operands[number]
        v = _like(rng, operand)

        def moved(step: float, number: int = number, operand: Any = operand, v: Any = v) -> np.ndarray:
            operands = list(case.operands)
            operands[number] = type(operand)(operand + step * v) if np.isscalar(operand) else operand + step * v
            return np.asarray(case.value(*operands))

        expected = np.sum(np.real(g * (moved(_STEP) - moved(-_STEP)) / (2 * _STEP)))
        found = np.sum(np.real(case.full_bar(number, g, y, *case.operands) * v))
        assert abs(found - expected) <= 1e-6 * max(1.0, abs(expected)), f"{found}, differences give {expected}"


@pytest.mark.parametrize("case", _complex_cases())
def test_gradient_of_the_tape_is_the_conjugate(case: Case) -> None:
    """The tape's cotangents are conjugates: PyTorch's gradients."""
    y = case.value(*case.operands)
    g = _like(random_for(case.name), y)
    for number in case.differentiable:
        pullback = case.rule.pullback(number)
        assert pullback is not None
        found = pull_complex(case.rule, pullback, np.conj(g), y, case.operands, case.static)
        expected = np.conj(case.bar(number, g, y, *case.operands))
        of_part = np.asarray if np.iscomplexobj(case.operands[number]) else np.real
        np.testing.assert_allclose(of_part(found), of_part(expected), rtol=1e-10, atol=1e-12)


def test_every_name_is_that_of_a_rule() -> None:
    assert RULES.keys() >= HOLD_FOR_COMPLEX
    assert ASK_FOR_DTYPE <= HOLD_FOR_COMPLEX
    assert RULES.keys() >= VARY_WITH_COMPLEX


def test_rule_that_does_not_hold_would_fail() -> None:
    (case,) = (case for case in all_cases() if case.name == "linalg.norm-0")
    holds_for_real_ones = replace(case.rule, pullbacks=(lambda g, y, x: g * x / y,))
    case = replace(case, rule=holds_for_real_ones)
    with pytest.raises(AssertionError, match="differences give"):
        test_pullback_is_the_transpose_of_the_derivative(_moved_off_the_axis(case, [0]))
