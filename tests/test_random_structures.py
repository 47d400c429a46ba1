"""Random programs over lists, dicts and objects: several names for one, writes into them, in loops and branches.

A program may be refused (where a name is one of two objects, depending on how it runs); it may not be wrong.
"""

from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st
from random_programs import check_gradient, sampled
from test_random_programs import ARGUMENTS

PREAMBLE = '''
class Box:
    """An object with two attributes, one an array."""

    def __init__(self, p, q):
        self.p = p
        self.q = q

    def scale(self, factor):
        self.p = self.p * factor
        self.q += factor

    def shift(self, by):
        self.p[0] += by
        return self.q * by


def swap(d):
    d["a"], d["b"] = d["b"], d["a"]


def fresh(d, s):
    return {"a": d["a"] * 0.5, "b": d["b"] + s}
'''

SCALARS = ("s", "t", "o.q", "r.q", "d['n']", "e['n']", "xs[2]", "ys[2]")
ARRAYS = ("a", "o.p", "r.p", "d['a']", "d['b']", "e['a']", "e['b']", "xs[0]", "xs[1]", "ys[0]")
NAMES = (("d", "e"), ("xs", "ys"), ("o", "r"))
REFUSALS = ("may stand for as well", "may share memory", "different number", "different things", "is not one")


@st.composite
def scalars(draw: st.DrawFn) -> str:
    """An expression of a number."""
    one, other, array = (draw(st.sampled_from(names)) for names in (SCALARS, SCALARS, ARRAYS))
    forms = [
        f"np.tanh({one} - 0.3 * {other})",
        f"np.sin({one}) * 0.7",
        f"{array}[1] * 0.5",
        f"np.tanh(np.sum({array}))",
    ]
    return draw(st.sampled_from(forms))


@st.composite
def arrays(draw: st.DrawFn) -> str:
    """An expression of an array of length 3, often another name of one."""
    one, other = draw(st.sampled_from(ARRAYS)), draw(st.sampled_from(ARRAYS))
    forms = [
        one,
        one,
        f"np.tanh({one} * {other})",
        f"{one} * {draw(scalars())}",
        f"{one}.copy()",
        f"{one} - {other} * 0.5",
    ]
    return draw(st.sampled_from(forms))


@st.composite
def statements(draw: st.DrawFn, depth: int = 2) -> str:
    """One statement, with blocks nested up to `depth`."""
    scalar, array = draw(st.sampled_from(SCALARS)), draw(st.sampled_from(ARRAYS))
    names = draw(st.sampled_from(NAMES))
    one, other = names if draw(st.booleans()) else names[::-1]
    match draw(st.integers(0, 15 if depth else 11)):
        case 0 | 1:
            return f"{scalar} = {draw(scalars())}"
        case 2 | 3:
            return f"{array} = {draw(arrays())}"
        case 4:
            index, operator = draw(st.sampled_from(["0", "1:", "-1"])), draw(st.sampled_from(["=", "*="]))
            return f"{array}[{index}] {operator} {draw(scalars())}"
        case 5:
            return f"{scalar} += {draw(scalars())}"
        case 6:
            return f"{one} = {other}"
        case 7:
            copies = {"d": "dict({})", "e": "{{**{}}}", "xs": "list({})", "ys": "{}[:]", "o": "Box({0}.p, {0}.q)"}
            return f"{one} = {copies.get(one, 'Box({0}.p * 0.5, 0.2)').format(other)}"
        case 8:
            return draw(
                st.sampled_from(
                    [f"o.scale({draw(scalars())})", f"s = r.shift({draw(scalars())})", "swap(d)", "swap(e)"]
                )
            )
        case 9:
            return f"{one}, {other} = {other}, {one}"
        case 10:
            return f"d = {{**fresh({draw(st.sampled_from(['d', 'e']))}, s), 'n': {draw(scalars())}}}"
        case 11:
            return f"xs[0], ys[1] = {draw(arrays())}, {draw(arrays())}"
        case 12 | 13:
            orelse = f"\nelse:\n{textwrap.indent(draw(blocks(depth - 1)), '    ')}" if draw(st.booleans()) else ""
            return f"if {draw(scalars())} > 0.1:\n{textwrap.indent(draw(blocks(depth - 1)), '    ')}{orelse}"
        case 14:
            return f"for i in range({draw(st.integers(0, 3))}):\n{textwrap.indent(draw(blocks(depth - 1)), '    ')}"
    return f"w = 1.0\nwhile w < 3:\n{textwrap.indent(draw(blocks(depth - 1)), '    ')}\n    w = w * 1.4 + 0.1"


@st.composite
def blocks(draw: st.DrawFn, depth: int = 1) -> str:
    """One to three statements."""
    return "\n".join(draw(st.lists(statements(depth), min_size=1, max_size=3)))


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function of an array and a number."""
    setup = """
        o, r = Box(a * 0.7, t), Box(np.cos(a), 0.4)
        d, e = {"a": a * 1.1, "b": o.p, "n": t * t}, {"a": a + t, "b": a - 1.0, "n": 0.3}
        xs, ys = [a * 0.2, np.sin(a), t + 1.0], [a + 0.1, o.p, 0.5]
        s = t * 1.1
    """
    end = """
        total = s * t + o.q * r.q + d["n"] - e["n"] + xs[2] * ys[2]
        return total + np.sum(o.p * 0.3 + r.p * d["a"] + d["b"] * e["a"] - e["b"] + xs[0] * ys[1] + xs[1] * ys[0])
    """
    body = "\n".join(draw(st.lists(statements(), min_size=2, max_size=6)))
    parts = (textwrap.dedent(setup), body, textwrap.dedent(end))
    text = "\n".join(part.strip() for part in parts)
    return f"{PREAMBLE}\n\ndef program(a, t):\n{textwrap.indent(text, '    ')}\n"


@sampled(200)
@given(programs())
def test_gradient_of_a_random_program_over_structures(text):
    check_gradient(text, ARGUMENTS, may_refuse=lambda error: any(reason in error.message for reason in REFUSALS))
