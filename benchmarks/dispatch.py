"""What a call of `grad(f)` costs beyond the generated function itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adcompiler import grad
from benchmarks.timing import time_in_turn


def inner(x, y):
    """A small function of two arrays."""
    return np.sum(x * y)


def of_dict(p):
    """The same of two arrays in a dict."""
    return np.sum(p["x"] * p["y"])


def measure() -> list[tuple[str, str, str, str]]:
    """Time the gradient through the dispatcher and the bare generated function in turn."""
    gradient = grad(inner, (0, 1))
    x, y = np.ones(3), np.arange(3.0)
    gradient(x, y)
    bare = gradient.function_for(x, y)
    structured = grad(of_dict)
    p = {"x": x, "y": y}
    structured(p)
    bare_of_dict = structured.function_for(p)
    return [
        _overhead("two arrays", lambda: gradient(x, y), lambda: bare(x, y), "3 µs"),
        _overhead("a dict of two arrays", lambda: structured(p), lambda: bare_of_dict(p), "5 µs"),
    ]


def _overhead(
    what: str, dispatched: Callable[[], object], bare: Callable[[], object], target: str
) -> tuple[str, str, str, str]:
    times = time_in_turn({"dispatched": dispatched, "bare": bare}, rounds=200)
    return (
        f"call overhead over the bare generated function, {what}",
        f"{(times['dispatched'].median - times['bare'].median) * 1e6:.2f} µs",
        f"{(times['dispatched'].minimum - times['bare'].minimum) * 1e6:.2f} µs",
        target,
    )
