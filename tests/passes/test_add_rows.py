"""Rows are added to as `np.add.at` does it, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from adcompiler.ir.nodes import walk
from adcompiler.passes.add_rows import add_rows
from adcompiler.passes.pipeline import SIMPLIFY, run
from adcompiler.runtime import add_at_rows
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse

_RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(7, 3), (7, 2, 2), (7, 0), (1, 4)], ids=str)
@pytest.mark.parametrize("rows", [(0,), (5,), (300,), (120, 2)], ids=str)
@pytest.mark.parametrize("layout", ["C", "F", "part"])
def test_same_as_numpy(shape: tuple[int, ...], rows: tuple[int, ...], layout: str) -> None:
    x = np.array(_RNG.normal(size=shape), order="F" if layout == "F" else "C")
    x = x[:, ::2] if layout == "part" else x
    index = _RNG.integers(-len(x), len(x), rows)
    for values in (_RNG.normal(size=(*rows, *x.shape[1:])), _RNG.normal(size=x.shape[1:]), 0.5):
        expected, found = x.copy("K"), x.copy("K")
        np.add.at(expected, index, values)
        assert add_at_rows(found, index, values) is found
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("part", "name"), [("x[i]", "add_at_rows"), ("x[i, 0]", "additem"), ("x[1]", "additem"), ("x[i, :]", "add_at_rows")]
)
def test_rows_alone(part: str, name: str) -> None:
    text = f"def f(x, i): return np.sum(np.sin({part}))"
    before = reverse(run(SIMPLIFY, read_program(text, x="float64[n, 3]", i="int64[m]")), (0,), as_tuple=False)
    after = add_rows(before)
    assert name in [equation.primitive.name for equation in walk(after.body)]
    x, i = _RNG.normal(size=(4, 3)), _RNG.integers(-4, 4, 200)
    np.testing.assert_array_equal(evaluate(after, x, i), evaluate(before, x, i))
