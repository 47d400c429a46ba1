"""Powers and products of matrices."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def matrix_power(a, n):
    """A matrix to the power of an integer."""
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.eye(a.shape[0])
    power = a
    for _ in range(n - 1):
        power = power @ a
    return power


def multi_dot(arrays):
    """The product of several matrices, from left to right."""
    product = arrays[0]
    for factor in arrays[1:]:
        product = product @ factor
    return product


define(np.linalg.matrix_power, matrix_power, at=(((3, 3), 2), ((3, 3), -1), ((3, 3), 0)))
define(np.linalg.multi_dot, multi_dot, at=())
