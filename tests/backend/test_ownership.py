"""What is copied so that an array can be written in place: the part that is kept, not the array."""

from __future__ import annotations

import numpy as np

import adcompiler as ad
from adcompiler.testing import check_grads


def swept(a, x):
    d = np.empty(x.shape)
    d[0] = a
    for k in range(1, len(x)):
        d[k] = x[k] * 2.0
        d[k] = (d[k] - d[k - 1] * a) * a
    total = 0.0
    for k in range(len(x) - 2, -1, -1):
        total = total + np.sum(d[k])
    return total


def test_a_row_that_is_kept_is_copied_and_not_the_array() -> None:
    rng = np.random.default_rng(0)
    code = ad.grad(swept, (0, 1))
    code(rng.random(3), rng.random((5, 3)))
    assert "d_part.copy()" in code.source
    assert "d.copy()" not in code.source
    check_grads(swept, rng.random(3), rng.random((5, 3)))
