"""Sums pushed inwards and products of matrices joined: fewer operations, the same gradient."""

from __future__ import annotations

import numpy as np
import pytest

from adcompiler.ir.nodes import Program, walk
from adcompiler.ir.verify import verify
from adcompiler.passes.eliminate_dead_code import eliminate_dead_code
from adcompiler.passes.join_products import join_products
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.passes.push_sums import push_sums
from adcompiler.passes.share_subexpressions import share_subexpressions
from adcompiler.passes.simplify_shapes import simplify_shapes
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse

_RNG = np.random.default_rng(0)
_X, _A, _M = _RNG.uniform(0.5, 2.0, (4, 3)), _RNG.normal(size=(3, 3)), _RNG.normal(size=(4, 3, 2))
_TYPES = {"b": "float64[3]", "x": "float64[n, 3]", "A": "float64[3, 3]", "M": "float64[n, 3, k]"}

_SUMS = {
    "b": [
        "np.exp(x / b)",
        "np.exp(b * x) / x",
        "np.sin(x) * (np.cos(x) * b)",
        "(x * b) @ A",
        "(x + b) @ A",
        "np.tanh((x - b) @ A)",
        "A @ (x + b).T",
        "np.exp(x / np.sum(b))",
        "np.exp(x / b[0])",
        "np.exp(x[:, None, :] / b) * b",
        "np.einsum('nij,jk->nik', x[:, :, None] * b, A)",
        "np.matmul(M + b[:, None], M.transpose(0, 2, 1))",
        "np.einsum('nik,nj->nkj', M + b[:, None], x * b)",
        "(-x / b).T",
        "np.exp(x / b[:, None][:3].T)",
        "np.exp(M / b[None, :, None])",
        "np.sum(x, axis=1, keepdims=True) * np.sum(x * b, axis=1, keepdims=True) / (b[0] * x)",
        "np.matmul(M.transpose(0, 2, 1) * b, M + np.sum(b))",
        "np.std(x * b, axis=0) * np.var(x + b, axis=1)[:, None]",
    ],
    "A": ["x @ A.T @ A @ x.T", "A.T @ A", "A @ A.T", "A @ A", "A.T @ A.T", "x @ (A.T @ A)", "(A @ A.T) @ (A.T @ A).T"],
}
_CASES = [(wrt, body) for wrt, bodies in _SUMS.items() for body in bodies]


def _gradient(wrt: str, body: str) -> Program:
    order = [wrt, *(name for name in _TYPES if name != wrt)]
    text = f"def f({', '.join(order)}):\n    y = {body}\n    return np.sum(y * y)"
    return reverse(run(SIMPLIFY, read_program(text, **_TYPES)), (0,), as_tuple=False)


def _value(program: Program, wrt: str) -> np.ndarray:
    values = {"b": np.array([0.5, 1.5, -2.5]), "x": _X, "A": _A, "M": _M}
    return np.asarray(evaluate(program, values.pop(wrt), *values.values()))


@pytest.mark.parametrize(("wrt", "body"), _CASES)
def test_same_gradient(wrt: str, body: str) -> None:
    before = _gradient(wrt, body)
    expected = _value(before, wrt)
    for transform in (push_sums, join_products):
        after = verify(transform(simplify_shapes(before)))
        np.testing.assert_allclose(_value(after, wrt), expected, rtol=1e-12)
        assert eliminate_dead_code(transform(after)) == eliminate_dead_code(after)
    np.testing.assert_allclose(_value(run(OPTIMISE, before), wrt), expected, rtol=1e-12)


def _count(program: Program, name: str) -> int:
    return sum(e.primitive.name == name for e in walk(eliminate_dead_code(program).body) if e.sweep == "backward")


def test_a_sum_of_rows_is_multiplied_and_not_the_rows() -> None:
    before = _gradient("b", "(x + b) @ A")
    shape = [e.outputs[0].type.rank for e in walk(push_sums(before).body) if e.primitive.name == "matmul"]
    assert shape == [2, 1]


@pytest.mark.parametrize(
    "body",
    [
        "m = np.max(x)\n    return m + np.log(np.sum(np.exp(x - m)))",
        "m = np.max(x, axis=1, keepdims=True)\n    return np.sum(m[:, 0] + np.log(np.sum(np.exp(x - m), axis=1)))",
        "e = np.exp(x - np.max(x, axis=0))\n    return np.sum(np.log(np.sum(e, axis=0, keepdims=True)))",
    ],
)
@pytest.mark.parametrize("special", [0.5, np.nan, np.inf, -np.inf, 800.0])
def test_what_was_added_up_before_is_not_added_up_again(body: str, special: float) -> None:
    text = f"def f(x):\n    {body}"
    before = reverse(run(SIMPLIFY, read_program(text, x="float64[n, 3]")), (0,), as_tuple=False)
    after = verify(push_sums(share_subexpressions(simplify_shapes(before))))
    assert _count(after, "sum") < _count(before, "sum")
    x = _X.copy()
    x[1, 2] = special
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(evaluate(after, x, 1.0), evaluate(before, x, 1.0), rtol=1e-12, atol=1e-15)


def test_a_sum_in_a_branch_is_not_known_outside() -> None:
    text = """
def f(x, n):
    y = 0.0
    if n > 1:
        y = np.sum(np.exp(x))
    return y + np.sum(np.log(np.exp(x) / np.sum(np.exp(x))) * x)
"""
    before = reverse(run(SIMPLIFY, read_program(text, x="float64[n]", n="int")), (0,), as_tuple=False)
    after = verify(run(OPTIMISE, before))
    for n in (1, 2):
        np.testing.assert_allclose(evaluate(after, _X[0], n, 1.0), evaluate(before, _X[0], n, 1.0), rtol=1e-11)


def test_one_product_is_left_of_the_adjoint_of_a_square() -> None:
    before = share_subexpressions(simplify_shapes(_gradient("A", "A.T @ A")))
    assert (_count(before, "matmul"), _count(join_products(before), "matmul")) == (2, 1)


def test_products_in_a_loop_stay_there() -> None:
    text = "def f(A, x, n):\n    for i in range(n):\n        x = np.tanh(A @ x) + A.T @ x\n    return np.sum(x)"
    before = reverse(
        run(SIMPLIFY, read_program(text, A="float64[3, 3]", x="float64[3]", n="int")), (0,), as_tuple=False
    )
    for transform in (push_sums, join_products):
        after = verify(transform(before))
        np.testing.assert_allclose(evaluate(after, _A, _X[0], 3), evaluate(before, _A, _X[0], 3), rtol=1e-12)
