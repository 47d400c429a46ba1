"""Cotangents of gathered elements are computed with as positions and values; what comes out is the same."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.ir.nodes import Program, walk
from adcompiler.ir.verify import verify
from adcompiler.passes.delay_scatters import delay_scatters
from adcompiler.passes.eliminate_dead_code import eliminate_dead_code
from adcompiler.passes.pipeline import SIMPLIFY, run
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse

_RNG = np.random.default_rng(0)
_X = _RNG.uniform(0.5, 2.0, (4, 5))
_LABELS = np.array([2, 0, 2, -1])

_TYPES = {"x": "float64[n, m]", "labels": "int64[n]"}
_CASES = {
    "softmax": "p = np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)\n    y = p[np.arange(len(labels)), labels]",
    "columns": "p = x / np.sum(x, axis=0)\n    y = p[np.arange(len(labels)), labels]",
    "over all": "p = x / np.sum(x)\n    y = p[np.arange(len(labels)), labels]",
    "of rows that repeat": "p = x * np.sum(x, axis=1, keepdims=True)\n    y = p[labels]",
    "of rows, summed over": "p = x * np.sum(x, axis=0)\n    y = p[labels]",
    "of one column": "p = x / np.sum(x, axis=1, keepdims=True)\n    y = p[labels, 1]",
    "negated": "p = 3.0 - x / np.sum(x, axis=1)[:, None]\n    y = p[np.arange(len(labels)), labels]",
    "a slice": "p = x / np.sum(x, axis=1, keepdims=True)\n    y = p[1:]",
    "twice": "p = x * x[:1]\n    y = p[np.arange(len(labels)), labels] * p[labels, np.arange(len(labels))]",
    "a mask": "p = x * np.sum(x, axis=1, keepdims=True)\n    y = p[x > 1.0]",
    "written": "p = np.exp(x)\n    p[np.arange(len(labels)), labels] = 1.0\n    y = p * x",
    "parts of rows": "y = x[0][1:] * np.sum(x[labels[0]][:2]) + np.sum(x[-1][::2]) * x[0][0]",
    "rows of parts": "y = x[:2][0] * np.sum(x[1:][:, 0]) + x[:, None][0][0] * x[0][None][:, ::-1]",
    "the largest": "y = x / np.max(x, axis=1, keepdims=True)",
    "the largest of all": "y = x - np.max(x)",
    "the smallest of columns": "y = np.exp(x) * np.min(x, axis=0)",
    "positions out of order": "y = (x * np.sum(x, axis=0))[np.arange(3), 1] * x[np.array([2, 0, 0]), 1]",
}


def _program(body: str, **types: str) -> Program:
    text = f"def f(x, labels):\n    {body}\n    return np.sum(y * y)"
    return reverse(run(SIMPLIFY, read_program(text, **types)), (0,), as_tuple=False)


@pytest.mark.parametrize("body", _CASES.values(), ids=_CASES)
@pytest.mark.parametrize("shape", [(4, 5), (4, 4), (1, 1), (1, 3)], ids=str)
def test_same_gradient(body: str, shape: tuple[int, int]) -> None:
    if "np.arange(3)" in body and shape[0] < 4:
        pytest.skip("has no row 2")
    x, labels = _X.ravel()[: np.prod(shape)].reshape(shape), np.minimum(_LABELS, min(shape) - 1)[: shape[0]]
    if "labels, 1" in body and shape[1] == 1:
        pytest.skip("has no column 1")
    before = _program(body, **_TYPES)
    after = verify(eliminate_dead_code(delay_scatters(before)))
    expected, found = (evaluate(program, x, labels) for program in (before, after))
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    assert delay_scatters(delay_scatters(before)) == delay_scatters(before)


def test_no_array_of_zeros_is_computed_with() -> None:
    program = eliminate_dead_code(delay_scatters(_program(_CASES["softmax"], **_TYPES)))
    assert "zeros" not in [equation.primitive.name for equation in walk(program.body)]
    assert "additem" not in [equation.primitive.name for equation in walk(program.body)]


def test_a_part_of_a_row_is_added_to_that_part() -> None:
    def f(weights, x):
        for layer in range(len(weights)):
            x = np.tanh(weights[layer][0] * x + weights[layer][1])
        return np.sum(x)

    gradient = ad.grad(f)
    gradient(np.ones((3, 2, 5)), np.ones(5))
    assert "weights_bar[layer, 0] += " in gradient.source


def test_an_infinity_that_was_not_read_does_not_matter() -> None:
    def f(x):
        return np.sum((x / np.sqrt(x))[np.arange(2)])

    with np.errstate(all="ignore"):
        found = ad.grad(f)(np.array([1.0, 4.0, 0.0]))
    np.testing.assert_allclose(found, [0.5, 0.25, 0.0])
