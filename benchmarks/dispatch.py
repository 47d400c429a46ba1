"""What a call of `grad(f)` costs beyond the generated function itself, with two arrays."""

from __future__ import annotations

import numpy as np

from adcompiler import grad
from benchmarks.timing import time_in_turn


def inner(x, y):
    """A small function of two arrays."""
    return np.sum(x * y)


def measure() -> list[tuple[str, str, str, str]]:
    """Time the gradient through the dispatcher and the bare generated function in turn."""
    gradient = grad(inner, (0, 1))
    x, y = np.ones(3), np.arange(3.0)
    gradient(x, y)
    bare = gradient.function_for(x, y)
    times = time_in_turn({"dispatched": lambda: gradient(x, y), "bare": lambda: bare(x, y)}, rounds=200)
    return [
        (
            "call overhead over the bare generated function, two arrays",
            f"{(times['dispatched'].median - times['bare'].median) * 1e6:.2f} µs",
            f"{(times['dispatched'].minimum - times['bare'].minimum) * 1e6:.2f} µs",
            "3 µs",
        )
    ]
