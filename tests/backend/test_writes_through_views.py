"""Writes through views happen in the view: without a copy, and with the same result."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.backend.emit import emit
from adcompiler.backend.load import load
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.testing import read_program


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("w = y[1:-1]; w *= 3", "y[1:-1] *= 3"),
        ("w = y[1:-1]; w[0] = 5", "y[1:-1][0] = 5"),
        ("w = y[1:-1]; w[0] += 5", "y[1:-1][0] += 5"),
        ("w = y[1:-1]; w[1:] *= 2", "y[1:-1][1:] = w[1:] * 2"),
        ("w = y[n:]; w[n] = 1.5", "y[n:][n] = 1.5"),
        ("w = y[1:]; w[0] = 2; w[1] = 3", "y[1:][1] = 3"),
        ("w = y[1:]; v = w[1:]; v[0] = 2", "y[1:][1:][0] = 2"),
        ("y[1:][::2] = 4", "y[1:][::2] = 4"),
    ],
)
def test_part_is_written_in_its_view(body: str, written: str) -> None:
    lines = "\n".join(f"    {line}" for line in body.split("; "))
    program = read_program(f"def f(x, n):\n    y = x * 2\n{lines}\n    return y", x="float64[m]", n="int")
    emitted = emit(run(SIMPLIFY, program))
    assert f"    {written}\n" in emitted.text
    assert "copy" not in emitted.text
    namespace: dict[str, object] = {}
    exec(f"def f(x, n):\n    y = x * 2\n{lines}\n    return y", namespace)
    x = np.arange(5.0)
    np.testing.assert_array_equal(load([emitted])["f"](x, 1), namespace["f"](x, 1))  # type: ignore[operator]


def test_part_that_is_read_as_it_was_is_a_copy() -> None:
    text = (
        "def f(x):\n    y = x * 2\n    w = y[1:]\n    old = w.copy()\n    w[0] = 5\n    return np.sum(old) + np.sum(y)"
    )
    emitted = emit(run(OPTIMISE, read_program(text, x="float64[4]")))
    x = np.arange(4.0)
    assert load([emitted])["f"](x) == 12.0 + (0 + 5 + 4 + 6)


def scaled_rows(a, n):
    for i in range(n):
        row = a[i]
        row *= row[0]
        row[1:][0] = np.sum(a)
        a[1:-1][:, 0] += row  # three rows, three elements
    return np.sum(a * a)


def test_gradient_of_writes_through_views() -> None:
    rng = np.random.default_rng(0)
    a = rng.random((5, 3))
    gradient = ad.grad(scaled_rows)(a, 2)
    step = 1e-6
    for position in np.ndindex(a.shape):
        up, down = a.copy(), a.copy()
        up[position] += step
        down[position] -= step
        difference = (scaled_rows(up, 2) - scaled_rows(down, 2)) / (2 * step)
        assert gradient[position] == pytest.approx(difference, rel=1e-5)
