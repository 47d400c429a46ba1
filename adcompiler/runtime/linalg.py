"""What the derivatives of matrix functions need beyond one NumPy call."""

from __future__ import annotations

import numpy as np


def cofactors(a):
    """The matrix of cofactors, which is the derivative of the determinant also where that is zero.

    From a = U diag(s) V: the cofactors are det(U) det(V) conj(U) diag(product of the other s) conj(V).

    Examples
    --------
    >>> cofactors(np.array([[1.0, 2.0], [2.0, 4.0]])).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    u, s, v = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), np.ones_like(s[..., :1, None]), s[..., None, :]).prod(axis=-1)
    signs = np.linalg.det(u) * np.linalg.det(v)
    return signs[..., None, None] * np.conj(u * others[..., None, :]) @ np.conj(v)
