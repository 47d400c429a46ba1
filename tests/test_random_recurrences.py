"""Random recurrences: states that a loop multiplies by weights, used once or several times, and rows of what it reads.

They are compared with differences, as one function and as a pair, in float32 too, with loops that have no rounds.
"""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_programs import check_code_without_types, check_gradient, defined, sampled

from adcompiler.api import value_and_grad
from adcompiler.errors import DifferentiationError

ROUNDS = (0, 1, 3)


def arguments(rounds: int) -> tuple[Any, ...]:
    """Two matrices of weights, a bias, a state, rows to read, and how many."""
    rng = np.random.default_rng(rounds)
    sizes = ((3, 3), (3, 2), (3,), (3,), (rounds, 2))
    return (*(0.5 * rng.normal(size=size) for size in sizes), rounds)


HEADERS = (
    "for x in xs:",
    "for t in range(len(xs)):\n    x = xs[t]",
    "for t in range(n):\n    x = xs[t]",
    "for t in range(n - 1, -1, -1):\n    x = xs[t]",
    "for x in xs[::-1]:",
    "for t, x in enumerate(xs):",
    "for t in range(1, n):\n    x = xs[t - 1]",
    "k = 0\nwhile k < n:\n    x = xs[k]\n    k += 1",
    "k = 0\nwhile k < n and np.sum(h * h) < 20.0:\n    x = xs[k]\n    k += 1",
)
VECTORS = (
    "h",
    "g",
    "b",
    "W @ ({v})",
    "({v}) @ W",
    "W.T @ ({v})",
    "U @ x",
    "(x @ U.T)",
    "np.tanh({v})",
    "np.tanh(W @ ({v}) + U @ x + b)",
    "({v}) * ({w})",
    "({v}) + ({w})",
    "({v}) - W @ ({w})",
    "-({v})",
    "(U @ (U.T @ ({v})))",
    "({v}) * np.sum(x)",
    "({v}) / (1.0 + np.sum(({w}) * ({w})))",
    "W[0] * ({v})",
    "np.outer({v}, {w})[1]",
    "np.outer({v}, x) @ x",
)


@st.composite
def vectors(draw: st.DrawFn, depth: int) -> str:
    """A vector of the state's length."""
    form = draw(st.sampled_from(VECTORS if depth else VECTORS[:3]))
    parts = {name: draw(vectors(depth - 1)) for name in ("v", "w") if f"{{{name}}}" in form}
    return form.format(**parts)


@st.composite
def statements(draw: st.DrawFn, depth: int) -> str:
    """What a round does."""
    kind = draw(st.sampled_from(("state", "state", "other", "total", "if", "inner", "written")))
    v = draw(vectors(2))
    if kind == "state":
        return f"h = np.tanh({v})"
    if kind == "other":
        return f"g = {v}"
    if kind == "total" or not depth:
        return f"total += np.sum({v}) * 0.1"
    if kind == "written":
        return f"g = g.copy()\ng[1:] *= ({v})[:-1]"
    inner = textwrap.indent(draw(statements(depth - 1)), "    ")
    return f"if np.sum({v}) > 0.1:\n{inner}" if kind == "if" else f"for _ in range(2):\n{inner}"


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function with one or two loops."""
    lines = ["h = h * 1.0", "g = b", "total = 0.0"]
    if draw(st.booleans()):
        lines.append("total += np.sum(W * W) + np.sum(np.sin(U))")
    for _ in range(draw(st.integers(1, 2))):
        lines.append(draw(st.sampled_from(HEADERS)))
        lines += (textwrap.indent(draw(statements(2)), "    ") for _ in range(draw(st.integers(1, 3))))
    lines.append("return total + np.sum(h * h) + np.sum(g)")
    return "def program(W, U, b, h, xs, n):\n" + textwrap.indent("\n".join(lines), "    ")


@sampled(60)
@given(programs(), st.sampled_from(ROUNDS))
def test_recurrences(text: str, rounds: int) -> None:
    check_gradient(text, arguments(rounds))


@sampled(15)
@given(programs(), st.sampled_from(ROUNDS))
def test_recurrences_without_types(text: str, rounds: int) -> None:
    check_code_without_types(text, arguments(rounds))


@sampled(30)
@given(programs(), st.sampled_from(ROUNDS))
def test_recurrences_keep_float32(text: str, rounds: int) -> None:
    wide = arguments(rounds)
    narrow = tuple(a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in wide)
    function = defined(text)
    try:
        _, expected = value_and_grad(function, (0, 1, 2, 3, 4))(*wide)
        _, found = (gradient := value_and_grad(function, (0, 1, 2, 3, 4)))(*narrow)
    except DifferentiationError:
        return
    for one, other, argument in zip(found, expected, narrow, strict=False):
        assert (one.dtype, one.shape) == (np.float32, argument.shape), f"\n{text}\n{gradient.source}"
        np.testing.assert_allclose(one, other, rtol=2e-2, atol=2e-2, err_msg=f"\n{text}\n{gradient.source}")
