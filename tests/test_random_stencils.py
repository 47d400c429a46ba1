"""Random programs of stencils: parts of arrays written from shifted parts of others, round by round.

Their adjoints clear parts and add to overlapping ones; in which order, passes decide.
"""

from __future__ import annotations

import textwrap

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_programs import check_gradient, sampled

ARGUMENTS = (np.sin(np.arange(20.0)), np.cos(np.arange(20.0) * 0.7), 0.83)

PARTS = ("1:-1", ":-2", "2:", "1:-1", "1:-1")
COEFFICIENTS = ("0.3", "0.5", "-0.25", "t", "-1.1")


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A part of an array, from parts of arrays."""
    target, source = draw(st.sampled_from(("AB", "BA", "AA", "BB", "AB", "BA")))
    read = [f"{draw(st.sampled_from((source, source, target)))}[{draw(st.sampled_from(PARTS))}]" for _ in range(3)]
    first, second = draw(st.sampled_from(COEFFICIENTS)), draw(st.sampled_from(COEFFICIENTS))
    value = draw(
        st.sampled_from(
            [
                f"{first} * ({read[0]} + {read[1]} + {read[2]})",
                f"{read[0]} + {first} * ({read[1]} - {read[2]})",
                f"{first} * {read[0]} - {second} * {read[1]}",
                f"np.tanh({read[0]} * {read[1]}) - {read[2]}",
                f"{read[0]}",
            ]
        )
    )
    part = draw(st.sampled_from(("1:-1", "1:-1", "2:", ":-2")))
    match draw(st.integers(0, 7)):
        case 0:
            return f"{target}[{part}] {draw(st.sampled_from(['+=', '-=', '*=']))} {value}"
        case 1:
            return "A, B = B, A"
        case 2:
            return f"{target}[0] = {source}[i] * t"
        case 3:
            return f"{target}[1:-1][0] = {source}[-1]\n{target}[{part}] = {value}"
    return f"{target}[{part}] = {value}"


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function of two vectors and a number: loops of one to three such statements."""
    lines = ["A = A.copy()", "B = B.copy()"]
    for _ in range(draw(st.integers(1, 2))):
        body = "\n".join(draw(statements()) for _ in range(draw(st.integers(1, 3))))
        loop = f"for i in range({draw(st.integers(0, 3))}):\n{textwrap.indent(body, '    ')}"
        lines.append(f"for _ in range(2):\n{textwrap.indent(loop, '    ')}" if draw(st.booleans()) else loop)
    lines.append(f"return {draw(st.sampled_from(['np.sum(A * A)', 'np.sum(B) + A[1]', 'A @ B']))}")
    body = textwrap.indent("\n".join(lines), "    ")
    return f"def program(A, B, t):\n{body}\n"


@sampled(60)
@given(programs())
def test_gradient_of_random_stencils(text):
    check_gradient(text, ARGUMENTS)
