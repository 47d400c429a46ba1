"""Blocks of rows: what they are made of, and which calls get them."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.ir.nodes import FOR, TRY, Program, walk
from adcompiler.ir.verify import verify
from adcompiler.passes.block_rows import block_rows
from adcompiler.passes.pipeline import OPTIMISE, run
from adcompiler.testing.evaluation import evaluate
from adcompiler.testing.programs import read_program
from adcompiler.transform.reverse import reverse

LARGE = 300_000


def blocked(text: str, **types: str) -> Program:
    gradient = reverse(read_program(text, **types), (0,), as_tuple=False)
    return verify(block_rows(run(OPTIMISE, gradient), lambda _: True))


def value_of(x: np.ndarray) -> np.floating:
    y = np.exp(-x * x) * np.sin(x)
    return np.sum(y * y)


def test_only_large_arrays_are_worked_on_in_blocks() -> None:
    gradient = ad.grad(value_of)
    for length, in_blocks in ((10, False), (LARGE, True), (20, False), (2 * LARGE, True), (LARGE + 1, True)):
        x = np.linspace(-2.0, 2.0, length)
        found = gradient(x)
        assert ("for start" in gradient.function_for(x).source) is in_blocks
        y = np.exp(-x * x) * np.sin(x)
        expected = 2 * y * (np.exp(-x * x) * np.cos(x) - 2 * x * y)
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_one_pattern_of_lengths_has_code_for_large_and_for_small_arrays_and_no_more() -> None:
    gradient = ad.grad(value_of)
    codes = {gradient.function_for(np.ones(length)) for length in (10, LARGE, 20, 2 * LARGE, 30)}
    assert len(codes) == 2


def test_what_is_broadcast_counts() -> None:
    def distances(centres, points):
        differences = points[:, np.newaxis, :] - centres
        return np.sum(np.min(np.sqrt(np.sum(differences * differences, axis=2)), axis=1))

    gradient = ad.grad(distances)
    rng = np.random.default_rng(0)
    centres, points = rng.normal(size=(50, 3)), rng.normal(size=(5000, 3))
    found = gradient(centres, points)
    assert "for start" in gradient.function_for(centres, points).source
    assert "for start" not in gradient.function_for(centres[:5], points[:50]).source
    nearest = np.argmin(np.linalg.norm(points[:, None] - centres, axis=2), axis=1)
    unit = centres[nearest] - points
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    expected = np.zeros_like(centres)
    np.add.at(expected, nearest, unit)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


ONE_SUM = "def f(x): return np.sum(np.exp(np.sin(x) * x))"
TWO_SUMS = """
def f(x):
    y = np.exp(np.sin(x) * x) * x
    return np.sum(np.exp(np.cos(y - np.mean(y)) * y) * y)
"""
AFTER_AN_EFFECT = """
def f(x):
    print(np.sum(x))
    return np.sum(np.exp(np.sin(x) * x))
"""
IN_A_TRY = """
def f(x):
    try:
        x = np.exp(np.sin(x) * x)
    except ValueError:
        x = x + 1.0
    return np.sum(x)
"""


@pytest.mark.parametrize(
    ("text", "loops"),
    [(ONE_SUM, 1), ("def f(x): return np.sum(x)", 0), (TWO_SUMS, 2), (AFTER_AN_EFFECT, 1), (IN_A_TRY, 1)],
)
def test_a_loop_for_each_sum_that_is_waited_for(text: str, loops: int) -> None:
    program = blocked(text, x="float64[1000000]")
    assert sum(equation.primitive is FOR for equation in walk(program.body)) == loops
    tried = [equation for equation in walk(program.body) if equation.primitive is TRY]
    assert not any(equation.primitive is FOR for each in tried for region in each.regions for equation in walk(region))


def test_products_of_a_matrix_of_rows_and_a_vector_are_sums_over_blocks() -> None:
    text = """
def f(w, X, y):
    margin = y * (X @ w)
    return np.mean(np.log1p(np.exp(-margin)))
"""
    program = blocked(text, w="float64[10]", X="float64[100000, 10]", y="float64[100000]")
    assert "matmul" not in {equation.primitive.name for equation in program.body.equations}
    rng = np.random.default_rng(0)
    w, X, y = rng.normal(size=10), rng.normal(size=(100000, 10)), np.sign(rng.normal(size=100000))  # noqa: N806
    expected = X.T @ (-y / (1 + np.exp(y * (X @ w)))) / 100000
    np.testing.assert_allclose(evaluate(program, w, X, y, 1.0), expected, rtol=1e-10)


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("reduction", ["sum", "mean", "max", "min"])
def test_what_is_not_finite_comes_through(special: float, reduction: str) -> None:
    text = f"def f(x):\n    y = np.exp(0.5 * x) * x + x\n    return np.{reduction}(y)"
    program = run(OPTIMISE, reverse(read_program(text, x="float64[7]"), (0,), value=True, as_tuple=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adcompiler.passes.block_rows._ELEMENTS", 3)
        blocked = block_rows(program, lambda _: True)
    x = np.linspace(-1.0, 1.0, 7)
    x[4] = special
    with np.errstate(all="ignore"):
        expected, found = evaluate(program, x, 1.0), evaluate(blocked, x, 1.0)
    np.testing.assert_allclose(found[0], expected[0])
    np.testing.assert_allclose(found[1], expected[1])


def test_float32_stays_float32() -> None:
    gradient = ad.value_and_grad(value_of)
    x = np.linspace(-2.0, 2.0, 4 * LARGE, dtype=np.float32)
    value, found = gradient(x)
    assert "for start" in gradient.function_for(x).source
    assert value.dtype == found.dtype == np.float32


def test_arguments_that_are_not_contiguous_or_are_one_array() -> None:
    def f(a, b):
        return np.sum(np.exp(a * b) * np.sin(a) * b)

    whole = np.linspace(0.1, 0.9, 2 * LARGE)
    x = whole[::2]
    kept = whole.copy()
    found = ad.grad(f, (0, 1))(x, x)
    e, s = np.exp(x * x), np.sin(x)
    np.testing.assert_allclose(found[0], e * x * s * x + e * np.cos(x) * x, rtol=1e-10)
    np.testing.assert_allclose(found[1], e * x * s * x + e * s, rtol=1e-10)
    np.testing.assert_array_equal(whole, kept)
    assert not np.shares_memory(found[0], found[1])


def test_no_two_gradients_are_one_array() -> None:
    def f(x, y):
        z = x + y
        return np.sum(z * np.sin(z) * z)

    gradient = ad.grad(f, (0, 1))
    x, y = np.linspace(-1.0, 1.0, LARGE), np.linspace(0.0, 1.0, LARGE)
    x_bar, y_bar = gradient(x, y)
    assert "for start" in gradient.function_for(x, y).source
    assert not np.shares_memory(x_bar, y_bar)
    np.testing.assert_array_equal(x_bar, y_bar)


def test_rows_may_be_empty() -> None:
    def f(x):
        y = x[:, 1:]
        return np.sum(np.exp(np.sin(y) * y) * np.cos(y))

    np.testing.assert_array_equal(ad.grad(f)(np.ones((300_000, 1))), np.zeros((300_000, 1)))
    x = np.ones((300_000, 2))
    assert ad.grad(f)(x).shape == x.shape
