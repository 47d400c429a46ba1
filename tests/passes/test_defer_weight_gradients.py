"""Which sums leave their loop as one product, and that they are the same sums."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.ir.nodes import FOR, Program, walk
from adcompiler.ir.verify import verify
from adcompiler.passes.defer_weight_gradients import defer_weight_gradients
from adcompiler.passes.eliminate_dead_code import eliminate_dead_code
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse

BEFORE = OPTIMISE[: OPTIMISE.index(defer_weight_gradients)]
TYPES = {"W": "float64[3, 3]", "h": "float64[3]", "xs": "float64[t, 3]", "n": "int"}
ROUND = "def f(W, h, xs, n):\n    for t in range(n):\n        {body}\n    return np.sum(h) + np.sum({more})"
BODIES = {
    "a matrix and a vector": ("h = np.tanh(W @ h)", "0.0"),
    "a vector and a matrix": ("h = np.tanh(h @ W)", "0.0"),
    "twice in a round": ("h = np.tanh(W @ np.sin(W @ h))", "0.0"),
    "rows that are read": ("h = np.tanh(W @ xs[t] + h)", "0.0"),
    "rows and states": ("h = np.tanh(W @ xs[t] + W @ h)", "0.0"),
    "subtracted": ("h = h - W @ np.sin(h)", "0.0"),
    "used before the loop too": ("h = np.tanh(W @ h)", "W * W"),
    "and otherwise": ("h = np.tanh(W @ h) * W[0]", "0.0"),
    "a row": ("h = np.tanh(np.reshape(h, (1, 3)) @ W)[0]", "0.0"),
    "two rows": ("h = np.tanh(np.stack((h, xs[t])) @ W)[0]", "0.0"),
    "an inner loop": ("for _ in range(2): h = np.tanh(W @ h)", "0.0"),
    "a while": ("k = 0\n        while k < 2:\n            h = np.tanh(W @ h)\n            k += 1", "0.0"),
}


def gradient(body: str, more: str) -> Program:
    text = ROUND.format(body=body, more=more)
    program = reverse(run(SIMPLIFY, read_program(text, **TYPES)), (0, 1), as_tuple=True)
    return run(BEFORE, program)


def products_in_loops(program: Program) -> list[str]:
    loops = [e for e in walk(verify(program).body) if e.primitive is FOR and e.sweep == "backward"]
    names = {e.primitive.name for loop in loops for e in walk(loop.regions[0]) if e.sweep == "backward"}
    return sorted(names & {"outer"})


@pytest.mark.parametrize("rounds", [0, 1, 4])
@pytest.mark.parametrize("body", BODIES)
def test_sums_of_products_leave_the_loop(body: str, rounds: int) -> None:
    before = gradient(*BODIES[body])
    after = eliminate_dead_code(defer_weight_gradients(before))
    assert products_in_loops(after) == []
    assert defer_weight_gradients(after) == after
    rng = np.random.default_rng(0)
    arguments = (rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(4, 3)), rounds, 1.0)
    for found, expected in zip(evaluate(after, *arguments), evaluate(before, *arguments), strict=True):
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_products_of_many_rows_stay() -> None:
    text = "def f(W, h, n):\n    for t in range(n):\n        h = np.tanh(h @ W)\n    return np.sum(h)"
    program = reverse(read_program(text, W="float64[3, 3]", h="float64[16, 3]", n="int"), (0,), as_tuple=True)
    before = run(BEFORE, program)
    assert defer_weight_gradients(before) == before


def test_values_of_the_primal_are_summed_where_they_are() -> None:
    def covariance(xs):
        total = np.zeros((2, 2))
        for x in xs:
            total = total + np.outer(x, x)
        return np.sum(total * total)

    xs = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    code = ad.value_and_grad(covariance)
    value, _ = code(xs)
    assert value == covariance(xs)
    assert code.source.index("np.outer(x, x)") > code.source.index("for ")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rounds", [0, 1, 5])
def test_gradients_keep_shape_and_dtype(rounds: int, dtype: type) -> None:
    def network(W, U, b, xs):  # noqa: N803  (matrices)
        h = np.zeros_like(b)
        for x in xs:
            h = np.tanh(W @ h + U @ x + b)
        return np.sum(h)

    rng = np.random.default_rng(0)
    arguments = [rng.normal(size=size).astype(dtype) for size in ((3, 3), (3, 2), (3,), (rounds, 2))]
    gradients = ad.grad(network, (0, 1, 2))(*arguments)
    assert [(g.shape, g.dtype) for g in gradients] == [((3, 3), dtype), ((3, 2), dtype), ((3,), dtype)]


def test_pullbacks_run_twice() -> None:
    def network(W, h, n):  # noqa: N803  (a matrix)
        k = 0
        while k < n:
            h = np.tanh(W @ np.sin(W @ h))
            k += 1
        return np.sum(h)

    rng = np.random.default_rng(0)
    _, pullback = ad.vjp(network, rng.normal(size=(3, 3)), rng.normal(size=3), 4)
    for one, other in zip(pullback(1.0)[:2], pullback(1.0)[:2], strict=True):
        np.testing.assert_array_equal(one, other)
