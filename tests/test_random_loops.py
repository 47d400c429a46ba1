"""Random programs of loops: every header, `else`, `break`, `continue`, `return`, comprehensions, walrus.

They are run as Python, differentiated, and compared with differences; typed, split and without types they agree.
"""

from __future__ import annotations

import functools
import itertools
import textwrap
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_programs import check_code_without_types, check_gradient, sampled
from test_random_programs import ARGUMENTS

NAMES = ("s", "u", "v")
HEADERS = {
    "for i in range({n}):": ("i", None),
    "for i in range(2, -1, -1):": ("i", None),
    "for i in reversed(range({n})):": ("i", None),
    "for i in range(0, 3, k):": ("i", None),
    "for i, e in enumerate(a):": ("i", "e"),
    "for e, i in zip(a, range({n})):": ("i", "e"),
    "for i, e in zip((2, 0), a[::-1]):": ("i", "e"),
    "for e in (s, u * 0.5):": ("0", "e"),
    "for e in [q * q for q in (s, v, 0.3) if q is not None]:": ("1", "e"),
    "for i, e in enumerate(q * t for q in a):": ("i", "e"),
    "for e in (q * t for q in a if q > 0):": ("2", "e"),
    "for i, j in itertools.product(range(2), range({n})):": ("j", "a[i]"),
    "for e in itertools.chain(a[1:], (s, 0.4)):": ("1", "e"),
    "for (i,) in np.ndindex(3):": ("i", None),
}
FOLDS = (
    "sum(q * {x} for q in a)",
    "sum(q * r for q in a for r in a if q > r)",
    "max(q * {x} for q in a)",
    "min(s, u, {x})",
    "next((q * q for q in a if q > {x}), s)",
    "sum([q * {x} for q in (s, u)], v)",
    "functools.reduce(lambda x, y: x * 0.5 + y * {x}, a, 0.1)",
)
TESTS = ("{x} > 0.4", "any(q > {x} for q in a)", "all(q < {x} + 1 for q in a)", "0.1 < {x} < 0.9", "not {x} < 0.3")


@st.composite
def numbers(draw: st.DrawFn, here: tuple[str, ...]) -> str:
    """A small expression of numbers that are known here."""
    one, other = draw(st.sampled_from(here)), draw(st.sampled_from((*here, "0.7", "1.3")))
    return draw(st.sampled_from([f"np.sin({one})", f"{one} * {other}", f"({one} + {other}) * 0.5", one]))


@st.composite
def blocks(draw: st.DrawFn, depth: int, here: tuple[str, ...], position: str, in_loop: bool) -> str:
    """One to three statements."""
    count = draw(st.integers(1, 3))
    return "\n".join(draw(statements(depth, here, position, in_loop)) for _ in range(count))


@st.composite
def statements(draw: st.DrawFn, depth: int, here: tuple[str, ...], position: str, in_loop: bool) -> str:
    """One statement."""
    x, name = draw(numbers(here)), draw(st.sampled_from(NAMES))

    def block(inner: bool = in_loop, names: tuple[str, ...] = here, at: str = position) -> str:
        return textwrap.indent(draw(blocks(depth - 1, names, at, inner)), "    ")

    match draw(st.integers(0, 9 if depth else 4)):
        case 0 | 1:
            return f"{name} = np.tanh({x} + 0.1 * {position})"
        case 2:
            return f"{name} = 0.5 * {draw(st.sampled_from(FOLDS)).format(x=x)}"
        case 3:
            return f"a[{position} % 3] = {x}" if draw(st.booleans()) else f"{name} += a[{position} % 3]"
        case 4:
            leave = draw(st.sampled_from(["break", "continue"])) if in_loop else f"return {name} * 2 + np.sum(a)"
            return f"if {draw(st.sampled_from(TESTS)).format(x=x)}:\n    {leave}"
        case 5 | 6:
            test = draw(st.sampled_from(TESTS)).format(x=x)
            return f"if {test}:\n{block()}" + (f"\nelse:\n{block()}" if draw(st.booleans()) else "")
        case 7:
            loop = f"n = 0\nwhile (n := n + 1) < {draw(st.integers(1, 4))}:\n{block(True, here, 'n')}"
        case _:
            header, (index, item) = draw(st.sampled_from(sorted(HEADERS.items(), key=str)))
            inside = block(True, here if item is None else (*here, item), index)
            loop = f"{header.format(n=draw(st.integers(0, 3)))}\n{inside}"
    return loop + (f"\nelse:\n{block()}" if draw(st.booleans()) else "")


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function of an array and a number."""
    body = "\n".join(draw(statements(2, NAMES, "1", False)) for _ in range(draw(st.integers(1, 4))))
    setup = "k = len(a) - 2\ns = t * 1.1\nu = np.sum(a)\nv = a[0] * t"
    lines = f"{setup}\n{body}\nreturn np.sum(a * a) + s * u + v"
    return f"def program(a, t):\n{textwrap.indent(lines, '    ')}\n"


def names() -> dict[str, Any]:
    return {"np": np, "itertools": itertools, "functools": functools}


@sampled(20)
@given(programs())
def test_gradient_of_random_loops(text):
    check_gradient(text, ARGUMENTS, names())


@sampled(8)
@given(programs())
def test_code_without_types_of_random_loops(text):
    check_code_without_types(text, ARGUMENTS, names)
