"""Random recursive functions: what they are given they update in place or not, and call themselves in between.

The statements are those of `test_random_programs`. A program may be refused; it may not be wrong.
"""

from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st
from random_programs import check_code_without_types, check_gradient, sampled
from test_random_programs import ARGUMENTS, ARRAYS, SCALARS, blocks, scalar_expressions


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A statement with a recursive call; arrays are passed as they are, in parts, or anew."""
    arrays = [draw(st.sampled_from([a, f"{a} * 0.5", f"{a}.copy()", f"{a}[::-1] * 1"])) for a in ARRAYS]
    if draw(st.booleans()):
        arrays = draw(st.permutations(arrays))
    scalars = [draw(st.sampled_from([*SCALARS, "s * 0.5", "t + 0.1", "0.3"])) for _ in "st"]
    call = f"inner({', '.join([*arrays, *scalars])}, n - {draw(st.sampled_from([1, 1, 2]))})"
    target = draw(st.sampled_from(SCALARS))
    match draw(st.integers(0, 3)):
        case 0:
            return f"{target} = np.sin({call}) * 0.5 + {draw(st.sampled_from(SCALARS))}"
        case 1:
            return f"for i in range(2):\n    {target} = np.tanh({call}) * 0.7 + {draw(st.sampled_from(SCALARS))}"
        case 2:
            return f"if {draw(scalar_expressions(depth=1))} > 0.1:\n    {target} = np.tanh({call})"
    return f"{draw(st.sampled_from(ARRAYS))}[1] = np.tanh({call})"


@st.composite
def recursive_programs(draw: st.DrawFn) -> str:
    """A function of an array and a number that calls a nested function that calls itself."""
    outer = draw(st.sampled_from(["np.sum(z) * 0.1", "t * 0.3", "z[0]"]))
    change = draw(st.sampled_from(["pass", "z[1] = s * 0.5", "z[:] = z * 0.9 + s"]))
    body = [
        f"u = {outer}",
        "w = 1.0",
        change,
        draw(blocks(depth=1)),
        "if n <= 0:\n    return np.sum(a * 0.3 + b * c) + s * t",
        draw(blocks(depth=1)),
        draw(calls()),
        draw(blocks(depth=1)),
        *draw(st.lists(calls(), max_size=1)),
        "return np.sum(a) * 0.1 + s * u",
    ]
    inner = "def inner(a, b, c, s, t, n):\n" + textwrap.indent("\n".join(body), "    ")
    setup = "b = a * 0.7\nc = np.cos(a) + t\nz = a * t\ns = t * 1.1\nu = np.sum(a)\nw = 1.0"
    after = draw(blocks(depth=0))
    again = draw(st.sampled_from(["", "u = u + inner(b * 1, a * 1, c * 1, t, s, 1)"]))
    end = "return np.sum(a * 0.3 + b * c) + s * t + u + np.sum(z * z)"
    whole = "\n".join([setup, inner, "u = inner(a * 1, b, c, s, t, 2)", after, again, end])
    return "def program(a, t):\n" + textwrap.indent(whole, "    ") + "\n"


@sampled(50)
@given(recursive_programs())
def test_gradient_of_a_random_recursion(text):
    check_gradient(text, ARGUMENTS)


@sampled(15)
@given(recursive_programs())
def test_code_without_types_of_a_random_recursion(text):
    check_code_without_types(text, ARGUMENTS)
