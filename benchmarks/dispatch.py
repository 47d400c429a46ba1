"""What a call of `grad(f)` costs beyond the generated function itself, for each way to call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import grad, value_and_grad
from benchmarks.timing import time_in_turn

FACTOR = 2.0
LENGTH = 20
"""Of arrays that are not computed with element by element: then other code than the bare one would serve the call."""


def inner(x, y):
    """A small function of two arrays."""
    return np.sum(x * y)


def of_dict(p):
    """The same of two arrays in a dict."""
    return np.sum(p["x"] * p["y"])


def scaled(x, k):
    """A function of an array and a number."""
    return np.sum(x * k)


def square(x):
    """A helper."""
    return x * x


def with_helper(x, y):
    """A function that stands on the meaning of a name."""
    return np.sum(square(x) * y)


def with_global(x, y):
    """A function with a hidden input."""
    return np.sum(x * y) * FACTOR


def along(x, axis):
    """A function that is compiled for the value of an argument."""
    return np.sum(np.sum(x, axis=axis))


class Model:
    """An object with an array."""

    def __init__(self) -> None:
        self.w = np.ones(LENGTH)

    def loss(self, x):
        """A method that reads it."""
        return np.sum(self.w * x)


def measure() -> list[tuple[str, str, str, str]]:
    """Time gradients through the dispatcher and the bare generated functions in turn."""
    x, y, model = np.ones(LENGTH), np.arange(float(LENGTH)), Model()
    p = {"x": x, "y": y}
    large = np.ones((LENGTH, 2))
    gradient, valued, of_method = grad(inner, (0, 1)), value_and_grad(inner), grad(model.loss)
    bare, bare_large = gradient.function_for(x, y), gradient.function_for(large, large)
    structured, number, helped = grad(of_dict), grad(scaled), grad(with_helper)
    hidden, static = grad(with_global), grad(along)
    bare_hidden, bare_method = hidden.function_for(x, y), of_method.function_for(x)

    def alternating() -> None:
        gradient(x, y)
        gradient(large, large)

    def bare_alternating() -> None:
        bare(x, y)
        bare_large(large, large)

    return [
        _overhead("two arrays", lambda: gradient(x, y), _calling(bare, x, y), "1.5 µs"),
        _overhead("two arrays, two calls of other shapes in turn", alternating, bare_alternating, "3 µs"),
        _overhead("two arrays by keyword", lambda: gradient(x=x, y=y), _calling(bare, x, y), "3 µs"),
        _overhead(
            "two arrays, with the value", lambda: valued(x, y), _calling(valued.function_for(x, y), x, y), "1.5 µs"
        ),
        _overhead(
            "an array and a number", lambda: number(x, 2.0), _calling(number.function_for(x, 2.0), x, 2.0), "1.5 µs"
        ),
        _overhead("two arrays, a helper", lambda: helped(x, y), _calling(helped.function_for(x, y), x, y), "1.5 µs"),
        _overhead(
            "two arrays, a global number",
            lambda: hidden(x, y),
            lambda: bare_hidden(x, y, FACTOR=FACTOR),
            "1.5 µs",
        ),
        _overhead(
            "an array and an axis", lambda: static(large, 0), _calling(static.function_for(large, 0), large), "1.5 µs"
        ),
        _overhead("a method", lambda: of_method(x), lambda: bare_method(x, w=model.w), "1.5 µs"),
        _overhead("a dict of two arrays", lambda: structured(p), _calling(structured.function_for(p), p), "5 µs"),
        _overhead("a gradient that is made anew", lambda: grad(inner, (0, 1))(x, y), _calling(bare, x, y), "—"),
    ]


def _calling(function: Callable[..., Any], *arguments: Any) -> Callable[[], object]:
    if len(arguments) == 1:
        (one,) = arguments
        return lambda: function(one)
    one, other = arguments
    return lambda: function(one, other)


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
