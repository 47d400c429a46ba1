"""Random programs of the language: run as Python, differentiated, compared with differences and with PyTorch.

The generator writes programs with scalars and arrays, branches, loops left early, views, aliases and writes in place.
A program may be refused (where names share memory or not depending on how it runs); it may not be wrong.
"""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from random_programs import check_code_without_types, check_gradient, defined, sampled
from restored import choose_everything

from adcompiler.api import value_and_grad, vjp
from adcompiler.errors import AliasingError
from adcompiler.transform import reverse

SCALARS = ("s", "t", "u")
ARRAYS = ("a", "b", "c")
CONSTANTS = (0.5, -0.7, 1.3, 2)


@st.composite
def scalar_expressions(draw: st.DrawFn, depth: int = 2) -> str:
    """An expression of a number; smooth and of moderate size."""
    leaves = st.one_of(
        st.sampled_from(SCALARS),
        st.sampled_from(CONSTANTS).map(repr),
        st.builds("{}[{}]".format, st.sampled_from(ARRAYS), st.sampled_from(["0", "1", "-1"])),
    )
    if depth == 0:
        return draw(leaves)
    inner = scalar_expressions(depth=depth - 1)
    kind = draw(st.integers(0, 7))
    match kind:
        case 0 | 1:
            return draw(leaves)
        case 2:
            return f"{draw(st.sampled_from(['np.sin', 'np.tanh', 'np.cos']))}({draw(inner)})"
        case 3:
            return f"np.sum({draw(array_expressions(depth=depth - 1))})"
        case 4:
            return f"{draw(inner)} / (2 + ({draw(inner)}) ** 2)"
        case 5:
            return f"({draw(inner)} if {draw(inner)} > 0.2 else {draw(inner)})"
    return f"({draw(inner)} {draw(st.sampled_from('+-*'))} {draw(inner)})"


@st.composite
def array_expressions(draw: st.DrawFn, depth: int = 2) -> str:
    """An expression of an array of length 3."""
    if depth == 0:
        return draw(st.sampled_from(ARRAYS))
    inner = array_expressions(depth=depth - 1)
    match draw(st.integers(0, 6)):
        case 0:
            return draw(st.sampled_from(ARRAYS))
        case 1:
            return f"{draw(st.sampled_from(['np.sin', 'np.tanh']))}({draw(inner)})"
        case 2:
            return f"({draw(inner)} * {draw(scalar_expressions(depth=depth - 1))})"
        case 3:
            return f"({draw(inner)})[::-1] * 1"
        case 4:
            return f"np.where({draw(inner)} > 0.1, {draw(inner)}, {draw(inner)})"
    return f"({draw(inner)} {draw(st.sampled_from('+-*'))} {draw(inner)})"


@st.composite
def statements(draw: st.DrawFn, depth: int = 2, in_loop: bool = False) -> str:
    """One statement, with blocks nested up to `depth`."""
    scalar, array = draw(st.sampled_from(SCALARS)), draw(st.sampled_from(ARRAYS))
    index = draw(st.sampled_from(["0", "-1", "1:", "i % 3" if in_loop else "1"]))
    kind = draw(st.integers(0, 13 if depth else 8))
    block = blocks(depth=depth - 1, in_loop=in_loop) if depth else None
    match kind:
        case 0 | 1:
            return f"{scalar} = np.tanh({draw(scalar_expressions())})"
        case 2:
            return f"{array} = {draw(array_expressions())} * 0.5"
        case 3:
            return f"{array}[{index}] {draw(st.sampled_from(['=', '+=', '*=']))} {draw(scalar_expressions())}"
        case 4:
            return f"{array} {draw(st.sampled_from(['*=', '+=', '-=']))} {draw(scalar_expressions(depth=1))}"
        case 5:
            return f"{array} = {draw(st.sampled_from(ARRAYS))}{draw(st.sampled_from(['', '.copy()', ' * 1']))}"
        case 6:
            return f"v = {array}[1:]\nv[0] = {draw(scalar_expressions())}\n{scalar} = {scalar} * 0.5 + np.sum(v)"
        case 7:
            other = draw(st.sampled_from(ARRAYS))
            return f"{array}, {other} = {other}, {array}"
        case 8:
            leave = draw(st.sampled_from(["continue", "break"])) if in_loop else f"return np.sum({array}) + {scalar}"
            return f"if {draw(scalar_expressions(depth=1))} > 0.9:\n    {leave}"
        case 9 | 10:
            orelse = f"\nelse:\n{textwrap.indent(draw(block), '    ')}" if draw(st.booleans()) else ""
            return f"if {draw(scalar_expressions(depth=1))} > 0.1:\n{textwrap.indent(draw(block), '    ')}{orelse}"
        case 11:
            inside = draw(blocks(depth=depth - 1, in_loop=True))
            return f"for i in range({draw(st.integers(0, 3))}):\n{textwrap.indent(inside, '    ')}"
        case 12:
            inside = draw(blocks(depth=depth - 1, in_loop=False))
            body = f"{inside}\nw = w * 1.7 + 0.3"
            return f"w = 1 + {scalar} ** 2\nwhile w < 6:\n{textwrap.indent(body, '    ')}"
    return f"for e in {array}:\n    {scalar} = np.sin({scalar} + e * 0.5)"


@st.composite
def blocks(draw: st.DrawFn, depth: int = 1, in_loop: bool = False) -> str:
    """One to three statements."""
    return "\n".join(draw(st.lists(statements(depth=depth, in_loop=in_loop), min_size=1, max_size=3)))


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function of an array and a number."""
    body = "\n".join(draw(st.lists(statements(), min_size=2, max_size=6)))
    setup = "b = a * 0.7\nc = np.cos(a) + t\ns = t * 1.1\nu = np.sum(a)\nw = 1.0"
    end = "return np.sum(a * 0.3 + b * c) + s * t + u"
    return "def program(a, t):\n" + textwrap.indent(f"{setup}\n{body}\n{end}", "    ") + "\n"


ARGUMENTS = (np.array([0.4137, -0.8291, 1.1173]), 0.6238)


@sampled(150)
@given(programs())
def test_gradient_of_a_random_program(text):
    check_gradient(text, ARGUMENTS)


@sampled(100)
@given(programs())
def test_random_program_that_restores_every_array(text):
    try:
        expected = value_and_grad(defined(text, {"np": np}), (0, 1))(*ARGUMENTS)
    except AliasingError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reverse, "choose", choose_everything)
        gradient_of = value_and_grad(function := defined(text, {"np": np}), (0, 1))
        value, found = gradient_of(*ARGUMENTS)
        _, pullback = vjp(function, *ARGUMENTS)
    np.testing.assert_allclose(value, expected[0], rtol=1e-12)
    for gradients in (found, pullback(1.0), pullback(1.0)):
        for one, other in zip(gradients, expected[1], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=f"\n{text}\n{gradient_of.source}")


@sampled(60)
@given(programs())
def test_code_without_types_of_a_random_program(text):
    check_code_without_types(text, ARGUMENTS)


@sampled(60)
@given(programs())
def test_gradient_of_a_random_program_agrees_with_pytorch(text):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: `make compare` installs it")
    try:
        expected = value_and_grad(defined(text, {"np": np}), (0, 1))(*ARGUMENTS)
    except AliasingError:
        return
    a = torch.tensor(ARGUMENTS[0], requires_grad=True)
    t = torch.tensor(ARGUMENTS[1], dtype=torch.float64, requires_grad=True)
    translated = text.replace("[::-1]", ".flip(0)")
    try:
        result = defined(translated, {"np": torch})(a * 1, t * 1)
        gradients = torch.autograd.grad(result, (a, t), allow_unused=True, materialize_grads=True)
    except (RuntimeError, TypeError, AttributeError):
        event("PyTorch refuses")
        return
    event("compared")
    np.testing.assert_allclose(expected[0], result.item(), rtol=1e-9, err_msg=text)
    for one, other in zip(expected[1], gradients, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-7, atol=1e-10, err_msg=text)
