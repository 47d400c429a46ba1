"""Combinations of what may stand in a `try`, in its handler and in its `else`, in a loop, compared with Python.

What is refused must be refused for the one reason there is: nobody can know how far the body came.
"""

from __future__ import annotations

import itertools
import linecache
import math
from typing import Any

import numpy as np
import pytest
from numerics import central_difference

import adcompiler as ad

BODIES = {
    "root": ["y = math.sqrt(t)"],
    "two steps": ["z = math.sqrt(t)", "y = z * t"],
    "step after what may raise": ["y = math.log(t)", "z = math.sqrt(1.3 - t) * y"],
    "branches": ["if t > 1:", "    y = math.sqrt(t - 2)", "else:", "    y = math.log(t) * t"],
    "sum": ["total += math.sqrt(t)"],
    "write": ["a[i] = math.sqrt(t) * y"],
    "write, then more": ["a[i] = t", "y = math.sqrt(t)"],
    "call": ["y = root(t)"],
    "continues": ["if t > 2:", "    continue", "y = math.sqrt(t)"],
    "breaks": ["if t > 2:", "    break", "y = math.sqrt(t)"],
    "returns": ["if t > 2:", "    return total * t", "y = math.sqrt(t) * y"],
    "loop": ["for k in range(3):", "    z = math.sqrt(t + 1 - k) * z"],
    "nested": ["try:", "    y = math.sqrt(t)", "except ArithmeticError:", "    y = 0.0", "z = y * t"],
    "raises": ["if t < 0.5:", "    raise ValueError(t)", "y = t * t"],
}
HANDLERS = {
    "value": ["y = t * 3"],
    "pass": ["pass"],
    "continue": ["continue"],
    "break": ["break"],
    "return": ["return total * t"],
    "sum": ["total = total + t * 2", "z = t"],
    "branch": ["if t > 0:", "    continue", "y = y * t"],
    "raise": ["raise ArithmeticError(t)"],
    "try": ["try:", "    y = math.sqrt(-t)", "except ValueError:", "    y = 2.0 * t"],
}
ELSES = {"": [], "else": ["total += y * t * t"]}


def root(t):
    """A function that raises."""
    if t < 0:
        raise ValueError("negative")
    s = t * t
    return math.sqrt(s) + t


def program(body: str, handler: str, orelse: str) -> Any:
    def block(lines: list[str], indent: int) -> str:
        return "".join(f"{' ' * indent}{line}\n" for line in lines)

    text = "def f(xs):\n" + block(["total, y, z = 0.0, 1.0, 2.0", "a = np.zeros(4)", "hs = [xs[0]]"], 4)
    text += "    for i in range(4):\n        t = xs[i]\n        try:\n" + block(BODIES[body], 12)
    text += "        except ValueError:\n" + block(HANDLERS[handler], 12)
    if ELSES[orelse]:
        text += "        else:\n" + block(ELSES[orelse], 12)
    text += "        total += y * t + z\n    return total * y + np.sum(a * xs) + hs[-1] * z\n"
    file = f"<try {body} {handler} {orelse}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"np": np, "math": math, "root": root}
    exec(compile(text, file, "exec"), namespace)
    return namespace["f"]


ALWAYS = np.array([1.5, 0.7, 2.7, 0.9])
SOMETIMES = np.array([1.5, -0.3, 2.7, -1.4])


@pytest.mark.parametrize(("body", "handler", "orelse"), [*itertools.product(BODIES, HANDLERS, ELSES)])
def test_combination_agrees_with_python(body, handler, orelse):
    f = program(body, handler, orelse)
    try:
        gradient = ad.value_and_grad(f)
        gradient(ALWAYS)
    except ad.DifferentiationError as error:
        assert "in a `try` before" in error.message, error  # noqa: PT017  (it may be refused, for this reason)
        return
    except ArithmeticError:
        pass
    for xs in (ALWAYS, SOMETIMES):
        try:
            expected = f(xs)
        except ArithmeticError as error:
            with pytest.raises(ArithmeticError) as caught:
                gradient(xs)
            assert caught.value.args == error.args  # noqa: PT017  (both are compared)
            continue
        value, found = gradient(xs)
        np.testing.assert_allclose(value, expected, rtol=1e-12)
        np.testing.assert_allclose(found, central_difference(f, (xs,), 0), rtol=2e-6, atol=2e-6)
