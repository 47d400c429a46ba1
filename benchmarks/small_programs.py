"""What no problem of the benchmark does, for the passes that change none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.problems import Problem
from benchmarks.problems.targets import OTHER


def path_length(points):
    """Positions of a list that are walked along."""
    segments = []
    for i in range(1, len(points)):
        segments.append(points[i] - points[i - 1])  # noqa: PERF401  # it is the list that is meant
    total = 0.0
    for i in range(len(segments)):
        total += segments[i] ** 2
    return total


def trajectory(x, n):
    """A list of the program's own that holds what the backward sweep needs."""
    states = []
    for _ in range(n):
        x = np.exp(-x)
        states.append(x)
    return sum(states)


def stack_of_work(x, most):
    """A stack with several numbers pushed in each round."""
    stack = [x]
    total = 0.0
    while stack:
        y = stack.pop()
        total += np.sin(y)
        if y < most:
            stack.append(y * 2)
            stack.append(y * 3)
    return total


def weighted(w, x):
    """Changes of shape that change nothing."""
    return np.sum(np.broadcast_to(w, x.shape) * x.astype(np.float64))


def _program(function: Callable[..., Any], *arguments: Any) -> Problem:
    """A program as a problem of its own; no target is set for it."""
    return Problem(function.__name__, function, lambda _: arguments, lambda _: arguments, (0,), OTHER, OTHER.most)


SMALL_PROGRAMS = (
    _program(path_length, np.linspace(0.0, 1.0, 1000)),
    _program(trajectory, 0.5, 1000),
    _program(stack_of_work, 1.3, 1e4),
    _program(weighted, np.linspace(0.0, 1.0, 1000), np.linspace(1.0, 2.0, 1000)),
)
