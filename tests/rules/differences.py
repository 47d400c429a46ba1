"""The dot-product test: a pullback against central differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.points import Case, random_for

_STEP = 1e-6


def check_case(case: Case, tolerance: float = 1e-6) -> None:
    """⟨g, J v⟩ = ⟨Jᵀ g, v⟩ for each operand, with J v by central differences.

    Passing does not prove the values at kinks and poles (these have a table of their own), nor soundness far from the
    points.
    """
    rng = random_for(case.name)
    y = case.value(*case.operands)
    g = _like(rng, y)
    for number in case.differentiable:
        operand = case.operands[number]
        v = _like(rng, operand)

        def moved(step: float, number: int = number, operand: Any = operand, v: Any = v) -> np.ndarray:
            operands = list(case.operands)
            operands[number] = operand + step * v
            return np.asarray(case.value(*operands), dtype=float)

        pushed = (moved(_STEP) - moved(-_STEP)) / (2 * _STEP)
        expected = np.sum(g * pushed)
        found = np.sum(case.full_bar(number, g, y, *case.operands) * v)
        scale = max(1.0, float(np.sum(np.abs(g * pushed))))
        assert abs(found - expected) <= tolerance * scale, (
            f"{case.name}, operand {number}: the pullback gives {found}, differences give {expected}"
        )
        if case.rule.pushforward(number) is not None:
            dot = np.broadcast_to(case.dot(number, v, y), np.shape(y))
            np.testing.assert_allclose(dot, pushed, rtol=tolerance, atol=tolerance * scale, err_msg=case.name)


def _like(rng: np.random.Generator, value: Any) -> Any:
    sample = rng.uniform(0.5, 1.5, np.shape(value))
    return float(sample) if isinstance(value, float) and not isinstance(value, np.floating) else sample[()]
