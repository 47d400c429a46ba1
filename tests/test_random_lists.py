"""Random programs with lists: run as Python, differentiated, compared with differences.

Lists of numbers and of arrays grow, shrink, are indexed, joined, copied and run over, in loops and branches. A read
that could fail stands under a test of the length, so that programs run. A program may be refused (where names share
memory or not depending on how it runs); it may not be wrong.
"""

from __future__ import annotations

import textwrap

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_programs import check_gradient, sampled

NUMBERS, ARRAYS = ("xs", "ys"), ("hs", "gs")


@st.composite
def numbers(draw: st.DrawFn, depth: int = 1) -> str:
    """An expression of a number, of moderate size."""
    xs = draw(st.sampled_from(NUMBERS))
    leaves = [
        "s",
        "t",
        f"({xs}[-1] if {xs} else s)",
        f"({xs}[0] if len({xs}) > 1 else t)",
        f"sum({xs}) * 0.1",
        f"(max({xs}) if {xs} else s)",
        "h[1]",
        "0.7",
        f"len({xs}) * 0.1",
        "np.sum(sum(hs)) * 0.1",
        "(np.sum(np.stack(hs) ** 2) * 0.1 if hs else t)",
        "(np.mean(np.concatenate(gs)) if gs else s)",
        f"sum([e * e for e in {xs}]) * 0.1",
    ]
    if depth == 0:
        return draw(st.sampled_from(leaves))
    inner = numbers(depth=depth - 1)
    match draw(st.integers(0, 3)):
        case 0:
            return draw(st.sampled_from(leaves))
        case 1:
            return f"np.sin({draw(inner)})"
    return f"({draw(inner)} {draw(st.sampled_from('+-*'))} {draw(inner)})"


@st.composite
def arrays(draw: st.DrawFn) -> str:
    """An expression of an array of length 3."""
    hs = draw(st.sampled_from(ARRAYS))
    leaf = draw(st.sampled_from(["h", f"({hs}[-1] if {hs} else h)", f"({hs}[0] if {hs} else h * 2)"]))
    return draw(
        st.sampled_from([f"np.tanh({leaf})", f"{leaf} * {draw(numbers(depth=0))}", f"{leaf} + h * 0.5", f"{leaf} * 1"])
    )


@st.composite
def statements(draw: st.DrawFn, depth: int = 2) -> str:
    """One statement, with blocks nested up to `depth`."""
    xs, hs = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(ARRAYS))
    other_xs, other_hs = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(ARRAYS))
    kind = draw(st.integers(0, 23 if depth else 15))
    match kind:
        case 0 | 1:
            return f"{xs}.append({draw(numbers())})"
        case 2 | 3:
            return f"{hs}.append({draw(arrays())})"
        case 4:
            return f"s = np.sin({draw(numbers())})"
        case 5:
            return f"h = {draw(arrays())}"
        case 6:
            place = draw(st.sampled_from(["", "0", "-1", "len({xs}) // 2"])).format(xs=xs)
            return f"if len({xs}) > 0:\n    s = s * 0.5 + {xs}.pop({place})"
        case 7:
            return f"if len({hs}) > 1:\n    h = h * 0.5 + {hs}.pop({draw(st.sampled_from(['', '0']))})"
        case 8:
            place = draw(st.sampled_from(["0", "-1", "len({xs}) // 2"])).format(xs=xs)
            operator = draw(st.sampled_from(["=", "+=", "*="]))
            return f"if {xs}:\n    {xs}[{place}] {operator} {draw(numbers())}"
        case 9:
            place = draw(st.sampled_from(["0", "-1", "len({hs}) // 2"])).format(hs=hs)
            return f"if {hs}:\n    {hs}[{place}] {draw(st.sampled_from(['=', '=', '+=']))} {draw(arrays())}"
        case 10:
            return draw(
                st.sampled_from(
                    [
                        f"{xs} = {other_xs}.copy()",
                        f"{xs} = {other_xs}[::-1]",
                        f"{xs} = {other_xs}[1:] + [t]",
                        f"{xs} = [e * 0.9 for e in {other_xs}]",
                        f"{xs} = [e for e in {other_xs} if e > 0.3]",
                    ]
                )
            )
        case 11:
            return draw(
                st.sampled_from(
                    [f"{hs} = {other_hs}.copy()", f"{hs} = {other_hs}[:-1]", f"{hs} = [e * s for e in {other_hs}]"]
                )
            )
        case 12:
            longer = [f"{xs}.extend({xs}[:2])", f"{xs} += [s, {draw(numbers(depth=0))}]"]
            return draw(st.sampled_from([*longer, f"{xs}.insert(0, s)", f"{xs}.insert(1, t)"]))
        case 13:
            return f"for e in {xs}:\n    s = np.sin(s + e * 0.5)"
        case 14:
            return f"for i, e in enumerate(reversed({hs})):\n    h = h * 0.5 + np.tanh(e) * i"
        case 15:
            return f"for e, f in zip({xs}, {hs}):\n    h = np.sin(h + e * f)"
        case 16 | 17 | 18:
            inside = textwrap.indent(draw(blocks(depth=depth - 1)), "    ")
            return f"for i in range({draw(st.sampled_from(['2', '3', 'n']))}):\n{inside}"
        case 19 | 20 | 21:
            inside = textwrap.indent(draw(blocks(depth=depth - 1)), "    ")
            orelse = f"\nelse:\n{textwrap.indent(draw(blocks(depth=0)), '    ')}" if draw(st.booleans()) else ""
            return f"if {draw(numbers(depth=0))} > 0.3:\n{inside}{orelse}"
        case 22:
            inside = textwrap.indent(draw(blocks(depth=depth - 1)), "    ")
            return f"w = 0\nwhile {xs} and w < 4:\n    s = s + {xs}.pop() * 0.3\n    w += 1\n{inside}"
    inside = textwrap.indent(draw(blocks(depth=0)), "    ")
    return f"for i in range(3):\n    if s > 1.5:\n        break\n{inside}"


@st.composite
def blocks(draw: st.DrawFn, depth: int = 1) -> str:
    """One to three statements."""
    return "\n".join(draw(st.lists(statements(depth=depth), min_size=1, max_size=3)))


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function of an array and a number."""
    body = "\n".join(draw(st.lists(statements(), min_size=2, max_size=6)))
    setup = "xs, ys, hs, gs = [], [t], [a * 1], []\ns, h = t * 1.1, np.cos(a)"
    end = "total = s + np.sum(h) + sum(xs) * 0.5 + sum(ys) * s\nreturn total + np.sum(sum(hs)) + np.sum(sum(gs)) * t"
    return "def program(a, t, n):\n" + textwrap.indent(f"{setup}\n{body}\n{end}", "    ") + "\n"


ARGUMENTS = (np.array([0.4137, -0.8291, 1.1173]), 0.6238, 2)


@sampled(100)
@given(programs())
def test_gradient_of_a_random_program_with_lists(text):
    check_gradient(text, ARGUMENTS)
