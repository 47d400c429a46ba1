"""Products of vectors and arrays."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def cross(a, b):
    """The vector product, along the last axis, of three."""
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.stack((x, y, z), axis=-1)


def kron(a, b):
    """The Kronecker product of two vectors or two matrices."""
    if a.ndim != b.ndim or a.ndim not in (1, 2):
        raise ValueError("kron is supported for two vectors and for two matrices")
    if a.ndim == 1:
        return np.ravel(a[:, np.newaxis] * b)
    product = a[:, np.newaxis, :, np.newaxis] * b[:, np.newaxis]
    return np.reshape(product, (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


define(np.cross, cross, at=(((3,), (3,)), ((2, 3), (3,))))
define(np.kron, kron, at=(((2,), (3,)), ((2, 3), (3, 2))))
