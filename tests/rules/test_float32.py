"""Every rule in float32: bars and dots are float32, with the values that float64 gives, to the accuracy of float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.rules.points import (
    Case,
    all_cases,
    by_rule,
    cotangents_for,
    is_inexact,
    is_tuple,
    like,
    random_for,
    results_of,
)
from tests.rules.variants import possible, shape_variants

TOLERANCE = 2e-5
"""Relative to the largest element: some tens of roundings."""

CONDITIONING: dict[str, tuple[float, str]] = {
    "scipy.special.fresnel": (1e-4, "a point is where the slope is 0: the sine of 2π, which float32 knows to 1e-7"),
    "stdtr_slope": (2e-4, "of many degrees of freedom: digammas of neighbours cancel"),
}
"""Rules that are compared less closely: their tolerance, and why."""


def is_float32(case: Case) -> bool:
    """Whether float32 operands give float32 results: not of Python numbers, nor beside another float64 operand."""
    y = case.value(*case.operands)
    if is_tuple(y) and case.rule.primitive.name == "make_tuple":
        return False
    return any(np.result_type(part) == np.float32 for part in results_of(y) if is_inexact(part))


CASES = [
    case
    for double in all_cases() + all_cases(shape_variants)
    if double.differentiable
    for case in possible(double.astype(np.float32))
    if is_float32(case)
]


@pytest.mark.parametrize("cases", by_rule(CASES))
def test_float32_is_kept_and_as_accurate(cases: list[Case]) -> None:
    for case in cases:
        check_float32(case)


def check_float32(case: Case) -> None:
    """Compare bars and dots with those of the same numbers in float64."""
    rng = random_for(case.name)
    double = case.astype(np.float64)
    y, y_double = case.value(*case.operands), double.value(*double.operands)
    g = cotangents_for(rng, y)
    g = tuple(map(_single, g)) if is_tuple(y) else _single(g)
    for number in case.differentiable:
        bar = case.bar(number, g, y, *case.operands)
        _compare(case, bar, double.bar(number, g, y_double, *double.operands), f"the cotangent of operand {number}")
        if case.rule.pushforward(number) is None:
            continue
        x_dot = _single(like(rng, case.operands[number]))
        found = case.dot(number, x_dot, y, *case.operands)
        wanted = double.dot(number, x_dot, y_double, *double.operands)
        for dot, exact in zip(*((found, wanted) if is_tuple(y) else ((found,), (wanted,))), strict=True):
            _compare(case, dot, exact, f"the tangent from operand {number}")


def _single(value: Any) -> Any:
    return None if value is None else np.float32(value)


def _compare(case: Case, found: Any, exact: Any, what: str) -> None:
    if found is None:
        assert exact is None
        return
    is_weak = isinstance(found, (int, float)) and not isinstance(found, np.generic)
    assert is_weak or np.result_type(found) == np.float32, f"{case.name}: {what} is {np.result_type(found)}"
    tolerance = CONDITIONING.get(case.rule.primitive.name, (TOLERANCE, ""))[0]
    scale = max(1e-3, float(np.max(np.abs(exact), initial=0.0)))
    assert np.all(np.abs(found - exact) <= tolerance * scale), (
        f"{case.name}: {what} is {found} in float32, {exact} in float64"
    )
