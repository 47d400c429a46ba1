"""Both modes of a rule against differences, and against each other.

With J the derivative in one operand, and ⟨a, b⟩ the real part of the sum of a * b (see `rules.complex_numbers`):

- J x_dot by the pushforward is J x_dot by differences, element by element;
- ⟨y_bar, J x_dot⟩ = ⟨Jᵀ y_bar, x_dot⟩, with Jᵀ y_bar by the pullback.

Passing does not prove the values at kinks and poles (these have a table of their own), nor soundness far from the
points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.rules.points import Case, cotangents_for, is_inexact, is_tuple, like, random_for, results_of

STEPS = (2.0**-11, 2.0**-17)
"""The second is for operands that are small, or nearly at a pole; there rounding shows earlier."""

TOLERANCE = 1e-7
"""Relative."""

_ROUNDING = 1e-13
"""What may be left where terms cancel."""

CONDITIONING: dict[str, tuple[float, str]] = {}
"""Rules that are compared less closely: their tolerance, and why."""


def tolerance_of(case: Case) -> float:
    """How closely a rule is compared with differences."""
    return CONDITIONING.get(case.rule.primitive.name, (TOLERANCE, ""))[0]


def derivative(function: Callable[[float], Any], step: float) -> list[np.ndarray]:
    """The derivative of each result at 0, by central differences extrapolated to the fourth order."""

    def central(step: float) -> list[Any]:
        ahead, behind = (list(map(np.asarray, results_of(function(distance)))) for distance in (step, -step))
        with np.errstate(invalid="ignore"):
            return [
                np.where(np.equal(one, other), 0, one - other) / (2 * step) if is_inexact(one) else np.zeros(one.shape)
                for one, other in zip(ahead, behind, strict=True)
            ]

    return [(4 * half - whole) / 3 for half, whole in zip(central(step / 2), central(step), strict=True)]


def along(case: Case, number: int, direction: Any) -> Callable[[float], Any]:
    """The value of a case with an operand moved along a direction."""

    def moved(distance: float) -> Any:
        operands = list(case.operands)
        operand = operands[number] + distance * direction
        operands[number] = type(direction)(operand) if isinstance(direction, (float, complex)) else operand
        return case.value(*operands)

    return moved


def check_case(case: Case) -> None:
    """Compare the pushforward and the pullback for each operand with differences."""
    y = case.value(*case.operands)
    for number in case.differentiable:
        with_one_step(lambda step, number=number: _check_operand(case, number, y, step))  # type: ignore[misc]


def with_one_step(check: Callable[[float], None]) -> None:
    """Let a comparison with differences succeed for one of the steps."""
    for step in STEPS[:-1]:
        try:
            return check(step)
        except AssertionError:
            continue
    check(STEPS[-1])


def _check_operand(case: Case, number: int, y: Any, step: float) -> None:
    rng = random_for(f"{case.name} {number}")
    x_dot = like(rng, case.operands[number])
    expected = derivative(along(case, number, x_dot), step)
    if case.rule.pushforward(number) is not None:
        check_dots(case, number, y, x_dot, expected)
    check_bar(case, number, y, cotangents_for(rng, y), x_dot, expected)
    if is_tuple(y):
        for part, result in enumerate(y):
            if is_inexact(result):
                alone = tuple(like(rng, item) if other == part else None for other, item in enumerate(y))
                check_bar(case, number, y, alone, x_dot, expected)


def check_dots(case: Case, number: int, y: Any, x_dot: Any, expected: list[np.ndarray]) -> None:
    """The pushforward, element by element."""
    found = case.full_dots(number, x_dot, y, *case.operands)
    for dot, wanted, result in zip(found, expected, results_of(y), strict=True):
        scale = _largest(wanted) + 1e-3 * _largest(result)
        assert np.all(np.abs(dot - wanted) <= tolerance_of(case) * scale + _ROUNDING), (
            f"{case.name}, operand {number}: the pushforward gives {dot}, differences give {wanted}"
        )


def check_bar(case: Case, number: int, y: Any, g: Any, x_dot: Any, expected: list[np.ndarray]) -> None:
    """The pullback, by what it makes of a random tangent."""
    bar = case.full_bar(number, g, y, *case.operands)
    found = np.sum(np.real(bar * x_dot))
    parts = [
        (part, dot, result)
        for part, dot, result in zip(g if is_tuple(y) else (g,), expected, results_of(y), strict=True)
        if part is not None
    ]
    wanted = sum(np.sum(np.real(part * dot)) for part, dot, _ in parts)
    scale = sum(np.sum(np.abs(part) * (np.abs(dot) + 1e-3 * np.abs(result))) for part, dot, result in parts)
    rounding = _ROUNDING * (1 + np.sum(np.abs(bar * x_dot)))
    assert abs(found - wanted) <= tolerance_of(case) * scale + rounding, (
        f"{case.name}, operand {number}: the pullback gives {found}, differences give {wanted}"
    )


def _largest(value: Any) -> float:
    return float(np.max(np.abs(value), initial=0.0))
