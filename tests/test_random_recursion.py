"""Random recursive functions: what they are given they update in place or not, and call themselves in between.

The statements are those of `test_random_programs`. A program may be refused; it may not be wrong.
"""

from __future__ import annotations

import textwrap

import numpy as np
from hypothesis import event, given
from hypothesis import strategies as st
from sampling import sampled
from test_random_programs import ARGUMENTS, ARRAYS, SCALARS, blocks, defined, differences, scalar_expressions

from adcompiler.api import grad, source, value_and_grad, vjp
from adcompiler.errors import AliasingError, UnknownTypeError


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
    function = defined(text, {"np": np})
    gradient_of = value_and_grad(function, (0, 1))
    try:
        value, gradients = gradient_of(*ARGUMENTS)
    except AliasingError:
        event("refused")
        return
    event("differentiated")
    shown = f"\n{text}\n{gradient_of.source}"
    np.testing.assert_allclose(value, function(ARGUMENTS[0].copy(), ARGUMENTS[1]), rtol=1e-10, err_msg=shown)
    for one, other in zip(grad(function, (0, 1))(*ARGUMENTS), gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=shown)
    _, pullback = vjp(function, *ARGUMENTS)
    for one, other in zip(pullback(1.0), gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=shown)
    expected = differences(function)
    if expected is None:
        event("at a jump")
        return
    for gradient, wanted in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=1e-5, err_msg=shown)


@sampled(15)
@given(recursive_programs())
def test_code_without_types_of_a_random_recursion(text):
    function = defined(text, {"np": np})
    try:
        code = source(function, argnums=(0, 1))
        expected = value_and_grad(function, (0, 1))(*ARGUMENTS)[1]
    except (AliasingError, UnknownTypeError):
        event("refused")
        return
    namespace: dict[str, object] = {}
    exec(code, namespace)
    found = namespace["grad_program"](ARGUMENTS[0].copy(), ARGUMENTS[1])  # type: ignore[operator]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=f"\n{text}\n{code}")
