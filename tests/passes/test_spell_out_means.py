"""Means are sums that are divided, where nothing but the time shows that."""

from __future__ import annotations

import numpy as np
import pytest

from adcompiler.ir.nodes import walk
from adcompiler.ir.verify import verify
from adcompiler.passes.spell_out_means import spell_out_means
from adcompiler.testing import evaluate, read_program


@pytest.mark.parametrize("mean", ["x.mean()", "np.mean(x, axis=0)", "np.mean(x * x, axis=-1, keepdims=True)"])
@pytest.mark.parametrize("shape", ["[3, 4]", "[n, m]"])
def test_same_to_the_last_bit(mean: str, shape: str) -> None:
    before = read_program(f"def f(x): return {mean}", x=f"float64{shape}")
    after = verify(spell_out_means(before))
    if shape == "[3, 4]":
        assert "mean" not in [equation.primitive.name for equation in walk(after.body)]
    x = np.random.default_rng(0).normal(size=(3, 4))
    found, expected = evaluate(after, x), evaluate(before, x)
    np.testing.assert_array_equal(found, expected)
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("mean", "type"),
    [
        ("np.mean(x)", "float32[3]"),
        ("np.mean(x)", "int64[3]"),
        ("np.mean(x)", "float64[0]"),
        ("np.mean(x)", "float64"),
        ("np.mean(x, axis=(0, 1))", "float64[2, 3]"),
        ("np.mean(x, dtype=np.float64)", "float64[2]"),
    ],
)
def test_other_means_stay(mean: str, type: str) -> None:
    program = read_program(f"def f(x): return {mean}", x=type)
    assert spell_out_means(program) == program
