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


def cofactors_slope(h, a):
    """The derivative of the cofactors of `a` in the direction `h`: the second derivative of the determinant.

    For a = diag(s) it is -hᵀ times the products of all but two of the s, and on the diagonal the sum of these products
    times those of h; any other is turned into that by its singular vectors, where it may be singular too.

    Examples
    --------
    >>> cofactors_slope(np.eye(2), np.zeros((2, 2)))
    array([[1., 0.],
           [0., 1.]])
    """
    u, s, v = np.linalg.svd(a)
    adjoint_u, adjoint_v = (np.conj(np.swapaxes(basis, -1, -2)) for basis in (u, v))
    n = s.shape[-1]
    before = np.concatenate((np.ones_like(s[..., :1]), np.cumprod(s, axis=-1)[..., : n - 1]), axis=-1)
    after = np.flip(
        np.concatenate((np.ones_like(s[..., :1]), np.cumprod(np.flip(s, -1), axis=-1)[..., : n - 1]), -1), -1
    )
    later = np.triu(np.ones((n, n), dtype=bool), 1)
    between = np.cumprod(np.where(later, s[..., None, :], 1), axis=-1)
    between = np.concatenate((np.ones_like(between[..., :1]), between[..., :-1]), axis=-1)
    products = np.where(later, before[..., :, None] * between * after[..., None, :], 0)
    products = products + np.swapaxes(products, -1, -2)
    turned = adjoint_u @ h @ adjoint_v
    diagonal = np.sum(products * np.diagonal(turned, axis1=-2, axis2=-1)[..., None, :], axis=-1)
    slope = np.where(np.eye(n, dtype=bool), diagonal[..., None], -np.swapaxes(turned, -1, -2) * products)
    signs = np.linalg.det(u) * np.linalg.det(v)
    return signs[..., None, None] * np.conj(u) @ slope @ np.conj(v)


def eig(a):
    """`np.linalg.eig`, with complex results also where all eigenvalues are real."""
    result = np.linalg.eig(a)
    dtype = np.result_type(result[0], np.complex64)
    return type(result)(*(part.astype(dtype, copy=False) for part in result))


def eigvals(a):
    """`np.linalg.eigvals`, with complex results also where all of them are real."""
    values = np.linalg.eigvals(a)
    return values.astype(np.result_type(values, np.complex64), copy=False)


def phase_free(m, other):
    """`m` = vᴴ v_bar, if no phase of the vectors matters: then its diagonal, with that of `other`, is real.

    Complex eigenvectors and singular vectors are determined up to a phase, and what depends on it has no derivative.
    """
    diagonals = np.diagonal(m if other is None else m + other, axis1=-2, axis2=-1)
    negligible = np.sqrt(np.finfo(m.dtype).eps) * np.max(np.abs(m), initial=1)
    if np.any(np.abs(diagonals.imag) > negligible):
        raise ValueError(
            "complex eigenvectors and singular vectors are determined up to a phase, and the function depends on it: "
            "it has no derivative"
        )
    return m


def without_rotation(bar, basis):
    """`bar`, the cotangent of a basis, if the function depends only on the space that this spans.

    That is where basisᴴ bar is Hermitian: no rotation of the basis matters.
    """
    turns = np.conj(np.swapaxes(basis, -1, -2)) @ bar
    negligible = np.sqrt(np.finfo(bar.dtype).eps) * np.max(np.abs(bar), initial=1)
    if np.any(np.abs(turns - np.conj(np.swapaxes(turns, -1, -2))) > negligible):
        raise ValueError(
            "the vectors beyond the first min(m, n) are any basis of the rest, and the function depends on which: "
            "factorise with full_matrices=False or mode='reduced'"
        )
    return bar


def matrix_power(a, n):
    """`np.linalg.matrix_power`, always another array than `a`."""
    return a.copy() if n == 1 else np.linalg.matrix_power(a, n)
