"""Whether values and gradients are right, which is asked before anything is timed."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.problems import Problem

Outcome = tuple[Any, tuple[Any, ...]]
"""A value, and a gradient for each differentiated argument."""


def tolerance(problem: Problem) -> float:
    """Relative to the largest element: what rounding in another order comes to, in the problem's precision."""
    single = any(np.asarray(argument).dtype == np.float32 for argument in problem.arguments(small=True))
    return 1e-4 if single else 1e-7


def assert_agree(found: Outcome, expected: Outcome, within: float) -> None:
    """Raise an AssertionError unless the value and every gradient are the same, but for rounding."""
    for part, wanted in zip((found[0], *found[1]), (expected[0], *expected[1]), strict=True):
        part, wanted = np.asarray(part), np.asarray(wanted)
        scale = np.max(np.abs(wanted), initial=1e-300)
        np.testing.assert_allclose(part, wanted, rtol=within, atol=within * scale)


def assert_is_the_gradient(problem: Problem, arguments: tuple[Any, ...], outcome: Outcome, directions: int = 1) -> None:
    """Raise an AssertionError unless the value is the function's, and slopes along random directions are its too.

    Differences are taken in float64.
    """
    within = tolerance(problem)
    np.testing.assert_allclose(outcome[0], problem.function(*arguments), rtol=within)
    rng = np.random.default_rng(1)
    wide = [np.float64(a) if np.asarray(a).dtype.kind == "f" else a for a in arguments]
    for _ in range(directions):
        steps = {i: rng.normal(size=np.shape(arguments[i])) for i in problem.wrt}
        length = np.sqrt(sum(np.sum(step * step) for step in steps.values()))
        slope = sum(np.sum(g * steps[i]) for i, g in zip(problem.wrt, outcome[1], strict=True))
        size = np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in outcome[1]))

        def along(distance: float, steps: dict[int, Any] = steps) -> Any:
            return problem.function(*(a + distance * steps[i] if i in steps else a for i, a in enumerate(wide)))

        h = 1e-4 / max(1.0, length)
        differences = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
        np.testing.assert_allclose(slope, differences, rtol=max(1e-4, 10 * within), atol=1e-5 * size)
