"""Products of vectors and arrays."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def kron(a, b):
    """The Kronecker product of two vectors or two matrices."""
    if a.ndim != b.ndim or a.ndim not in (1, 2):
        raise ValueError("kron is supported for two vectors and for two matrices")
    if a.ndim == 1:
        return np.ravel(a[:, np.newaxis] * b)
    product = a[:, np.newaxis, :, np.newaxis] * b[:, np.newaxis]
    return np.reshape(product, (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


define(np.kron, kron, at=(((2,), (3,)), ((2, 3), (3, 2))))
