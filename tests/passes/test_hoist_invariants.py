"""What does not change from round to round is computed before a loop, if computing it there can do no harm."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.ir.nodes import Program, walk
from adcompiler.ir.verify import verify
from adcompiler.passes.hoist_invariants import hoist_invariants
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse


def _program(body: str) -> Program:
    text = "def f(x, h, n):\n    y = x\n    for i in range(n):\n"
    text += "".join(f"        {line}\n" for line in body.splitlines()) + "    return np.sum(y)"
    return read_program(text, x="float64[m, m]", h="float", n="int")


def _inside(program: Program) -> list[str]:
    loops = [equation for equation in program.body.equations if equation.is_loop]
    return [e.primitive.name for loop in loops for region in loop.regions for e in walk(region)]


_MOVED = {
    "y = y + 0.5 * h * y": ["multiply", "add"],
    "y = y * (h / 6.0) - (-h) * y": ["multiply", "multiply", "subtract"],
    "y = y * (0.5 * h) + y * (0.5 * h)": ["multiply", "multiply", "add"],
    "for j in range(2 * n):\n    y = y + (n - 1) * (h * 2.0)": ["for", "add"],
}
_STAYS = {
    "y = y / (1.0 / h)": "divide",
    "y = y * np.sqrt(h)": "sqrt",
    "y = y * (h * i)": "multiply",
    "y = y + np.exp(x)": "exp",
    "if i > 1:\n    y = y * (2.0 * h)": "if",
    "y = y + h ** 0.5": "power",
}


@pytest.mark.parametrize(("body", "left"), _MOVED.items())
def test_moved(body: str, left: list[str]) -> None:
    after = verify(hoist_invariants(_program(body)))
    assert [name for name in _inside(after) if name not in ("range", "getitem")] == left
    assert hoist_invariants(after) == after


@pytest.mark.parametrize(("body", "stays"), _STAYS.items())
def test_stays(body: str, stays: str) -> None:
    assert stays in _inside(verify(hoist_invariants(_program(body))))


@pytest.mark.parametrize("body", [*_MOVED, *_STAYS])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_same_value_and_gradient(body: str, n: int) -> None:
    x, program = np.linspace(0.5, 2.0, 4).reshape(2, 2), _program(body)
    found, expected = (evaluate(each, x, 0.25, n) for each in (verify(hoist_invariants(program)), program))
    np.testing.assert_array_equal(found, expected)
    gradient = reverse(program, (0, 1), as_tuple=True)
    found, expected = (evaluate(each, x, 0.25, n) for each in (verify(hoist_invariants(gradient)), gradient))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_may_have_no_value_is_not_computed_with() -> None:
    text = "def f(x, n):\n    if n > 5:\n        h = 2.0 * n\n    for i in range(n):\n        if n > 5:\n"
    text += "            x = x * (0.5 * h)\n        k = 3.0\n    return x"
    program = read_program(text, x="float64", n="int")
    assert evaluate(verify(hoist_invariants(program)), 1.5, 2) == 1.5


def test_nothing_of_the_primal_that_was_moved_is_kept() -> None:
    before = _program("y = np.sin(y) * (0.5 * h)")
    adjoint = reverse(hoist_invariants(before), (0,), as_tuple=False)
    tapes = [e for e in walk(adjoint.body) for output in e.outputs if output.type.kind == "list"]
    assert len(tapes) == 1


def test_what_a_tape_has_no_value_for_stays_in_its_loop() -> None:
    """The inner loop has no round, and then there is nothing to square."""

    def program(a, t):
        s, p = 0.5, np.cos(a)
        for _ in range(2):
            p = a * np.tanh(s - 0.3 * s)
            for _ in range(0):
                p = a * np.tanh(s - 0.3 * s)
            s = t + 1.0
        return np.sum(p)

    a, t = np.array([0.3, 0.4]), 0.5
    a_bar, t_bar = ad.grad(program, (0, 1))(a, t)
    tanh = np.tanh(0.7 * (t + 1))
    np.testing.assert_allclose(a_bar, [tanh, tanh], rtol=1e-12)
    np.testing.assert_allclose(t_bar, np.sum(a) * 0.7 * (1 - tanh * tanh), rtol=1e-12)
