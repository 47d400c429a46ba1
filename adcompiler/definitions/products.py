"""Products of vectors and arrays."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def kron(a, b):
    """The Kronecker product: each element of the first array, times the second one."""
    rank = max(np.ndim(a), np.ndim(b))
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    a = np.reshape(a, (1,) * (rank - a.ndim) + a.shape)
    b = np.reshape(b, (1,) * (rank - b.ndim) + b.shape)
    blocks = np.expand_dims(a, tuple(range(1, 2 * rank, 2))) * np.expand_dims(b, tuple(range(0, 2 * rank, 2)))
    return np.reshape(blocks, tuple(n * m for n, m in zip(a.shape, b.shape, strict=True)))


define(
    np.kron,
    kron,
    takes_arrays=True,
    at=(
        ((2,), (3,)),
        ((2, 3), (3, 2)),
        ((2,), (2, 3)),
        ((2, 1, 3), (2,)),
        ((), (2, 3)),
        ((2, 0), (3, 2)),
    ),
)
