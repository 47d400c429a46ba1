"""What loops keep for their adjoints: nothing twice, nothing that is the same in every round."""

from __future__ import annotations

import numpy as np
import pytest
from random_programs import defined

import adcompiler as ad
from adcompiler.ir.nodes import walk
from adcompiler.passes.pipeline import SIMPLIFY, run
from adcompiler.testing import check_grads, read_program
from adcompiler.transform.reverse import reverse

CASES = {
    "a state": ("y = np.exp(-y)", ["y_tape"]),
    "a state that is met at both ends": ("y = np.sqrt(y) * np.sin(y)", ["y_tape", None, None]),
    "the same in every round": ("y = y * (np.exp(a) / (1.0 + a))", ["y_tape"]),
    "a copy": ("c = a.copy(); c[0] = 2.0 * a[0] * y[0]; y = c * y", ["y_tape", None, "c_tape"]),
    "a part of a copy": ("c = a.copy(); c[1:] *= y[1:]; y = c + np.sin(y)", ["y_tape", None]),
    "a number": ("y = y * (s / 3.0) + np.sin(y)", ["y_tape"]),
}
HEADERS = {
    "for": "for i in range(n):\n        {body}",
    "while": "k = 0\n    while k < n:\n        k += 1\n        {body}",
    "nested": "for i in range(n):\n      for j in range(n - 1):\n        {body}",
}


@pytest.mark.parametrize("case", CASES)
def test_tapes(case: str) -> None:
    body, expected = CASES[case]
    text = f"def f(a, y, s, n):\n    {HEADERS['for'].format(body=body)}\n    return np.sum(y)"
    program = run(SIMPLIFY, read_program(text, a="float64[3]", y="float64[3]", s="float", n="int"))
    adjoint = reverse(program, (0, 1, 2), as_tuple=True)
    (loop, *_) = [equation for equation in walk(adjoint.body) if equation.is_loop]
    assert [output.hint for output in loop.outputs if output.type.kind == "list"] == expected


@pytest.mark.parametrize("rounds", [0, 1, 3])
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("case", CASES)
def test_gradients(case: str, header: str, rounds: int) -> None:
    f = defined(f"def program(a, y, s, n):\n    {HEADERS[header].format(body=CASES[case][0])}\n    return np.sum(y)")
    a, y = np.array([0.3, 0.7, 0.5]), np.array([0.9, 0.4, 0.6])
    check_grads(lambda a, y, s: f(a, y, s, rounds), a, y, 0.8)
    _, pullback = ad.vjp(f, a, y, 0.8, rounds)
    expected = ad.grad(f, (0, 1, 2))(a, y, 0.8, rounds)
    for _ in range(2):
        for one, other in zip(pullback(1.0), expected, strict=False):
            np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-14)
