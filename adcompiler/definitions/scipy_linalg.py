"""SciPy's linear algebra in terms of NumPy's, and of a few functions that NumPy has not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from adcompiler import runtime
from adcompiler.definitions.table import define

# Systems of equations


def transpose(a):
    """The transpose of each matrix."""
    return np.swapaxes(a, -1, -2)


def symmetric(a, lower):
    """The symmetric matrix of which one triangle is given."""
    return np.tril(a) + transpose(np.tril(a, -1)) if lower else np.triu(a) + transpose(np.triu(a, 1))


def require_axes(a, count):
    """Refuse stacks of vectors or matrices, which SciPy's versions take differently."""
    if np.ndim(a) != count:
        raise ValueError("a stack of matrices is not supported here")


def solve(a, b, lower=False, check_finite=True, assume_a=None, transposed=False):
    """The solution of a system of equations; `assume_a` says which part of the matrix is read."""
    require_axes(a, 2)
    if assume_a in ("sym", "symmetric", "her", "hermitian", "pos", "positive definite"):
        a = symmetric(a, lower)
    elif assume_a == "diagonal":
        a = np.diag(np.diag(a))
    elif assume_a == "upper triangular":
        return scipy.linalg.solve_triangular(a, b, trans=1 if transposed else 0)
    elif assume_a == "lower triangular":
        return scipy.linalg.solve_triangular(a, b, trans=1 if transposed else 0, lower=True)
    elif assume_a not in (None, "gen", "general"):
        raise ValueError(f"`assume_a={assume_a!r}` is not supported")
    return np.linalg.solve(transpose(a) if transposed else a, b)


def inv(a, check_finite=True):
    """The inverse."""
    return np.linalg.inv(a)


def det(a, check_finite=True):
    """The determinant."""
    return np.linalg.det(a)


def pinv(a, check_finite=True):
    """The pseudo-inverse."""
    return np.linalg.pinv(a)


def norm(a, ord=None, axis=None, keepdims=False, check_finite=True):
    """The norm of a vector or matrix."""
    return np.linalg.norm(a, ord=ord, axis=axis, keepdims=keepdims)


def solve_continuous_lyapunov(a, q):
    """The solution of a x + x aᵀ = q."""
    return scipy.linalg.solve_sylvester(a, transpose(a), q)


def solve_banded(l_and_u, ab, b, check_finite=True):
    """The solution of a system with a banded matrix."""
    lower, upper = l_and_u
    return runtime.banded_solution(ab, b, lower=lower, upper=upper)


def cholesky(a, lower=False, check_finite=True):
    """The Cholesky factor; only its triangle of the matrix is read."""
    return np.linalg.cholesky(a) if lower else transpose(np.linalg.cholesky(transpose(a)))


def cho_factor(a, lower=False, check_finite=True):
    """The Cholesky factor for `cho_solve`, with what the matrix has in the other triangle."""
    if lower:
        return np.linalg.cholesky(a) + np.triu(a, 1), True
    return transpose(np.linalg.cholesky(transpose(a))) + np.tril(a, -1), False


def cho_solve(c_and_lower, b, check_finite=True):
    """The solution of a system whose matrix is given by its Cholesky factor."""
    c, lower = c_and_lower
    if lower:
        half = scipy.linalg.solve_triangular(c, b, lower=True)
        return scipy.linalg.solve_triangular(c, half, trans=1, lower=True)
    return scipy.linalg.solve_triangular(c, scipy.linalg.solve_triangular(c, b, trans=1))


def lu_solve(lu_and_piv, b, trans=0, check_finite=True):
    """The solution of a system whose matrix is given by `lu_factor`."""
    lu, pivots = lu_and_piv
    require_axes(lu, 2)
    order = runtime.permutation_of(pivots)
    if trans in (1, "T", 2, "C"):
        half = scipy.linalg.solve_triangular(lu, b, trans=1)
        found = scipy.linalg.solve_triangular(lu, half, trans=1, lower=True, unit_diagonal=True)
        return np.take(found, np.argsort(order), axis=0)
    half = scipy.linalg.solve_triangular(lu, np.take(b, order, axis=0), lower=True, unit_diagonal=True)
    return scipy.linalg.solve_triangular(lu, half)


# Factorisations


def qr(a, mode="full", check_finite=True):
    """An orthonormal basis, and a triangle."""
    if mode == "r":
        return (np.linalg.qr(a, mode="r"),)
    q, r = np.linalg.qr(a, mode="reduced" if mode == "economic" else "complete")
    return q, r


def svd(a, full_matrices=True, compute_uv=True, check_finite=True):
    """The singular values and vectors."""
    if not compute_uv:
        return np.linalg.svd(a, compute_uv=False)
    u, s, vh = np.linalg.svd(a, full_matrices=full_matrices)
    return u, s, vh


def svdvals(a, check_finite=True):
    """The singular values."""
    return np.linalg.svd(a, compute_uv=False)


def eigh(a, b=None, *, lower=True, eigvals_only=False, check_finite=True):
    """The eigenvalues and eigenvectors of a symmetric matrix, or of two."""
    if b is not None:
        w, v = runtime.eigh_of_two(a, b, lower=lower)
        return w if eigvals_only else (w, v)
    if eigvals_only:
        return np.linalg.eigvalsh(a, UPLO="L" if lower else "U")
    w, v = np.linalg.eigh(a, UPLO="L" if lower else "U")
    return w, v


def eigvalsh(a, b=None, *, lower=True, check_finite=True):
    """The eigenvalues of a symmetric matrix, or of two."""
    if b is None:
        return np.linalg.eigvalsh(a, UPLO="L" if lower else "U")
    return runtime.eigh_of_two(a, b, lower=lower)[0]


def polar(a, side="right"):
    """An orthonormal and a positive factor."""
    if side == "right":
        u, p = runtime.right_polar(a)
        return u, p
    u, p = runtime.right_polar(transpose(a))
    return transpose(u), p


def orthogonal_procrustes(A, B, check_finite=True):  # noqa: N803  (SciPy's names)
    """The rotation that takes one matrix nearest to another, and the sum of the singular values of their product."""
    rotation, stretch = runtime.right_polar(transpose(A) @ B)
    return rotation, np.trace(stretch)


# Functions of matrices


def logm(A):  # noqa: N803
    """The logarithm."""
    return runtime.real_matrix_function(A, "logm")


def sqrtm(A):  # noqa: N803
    """The square root."""
    return runtime.real_matrix_function(A, "sqrtm")


# Matrices of a given form


def toeplitz(c, r=None):
    """A matrix with the same number along each diagonal."""
    require_axes(c, 1)
    if r is None:
        r = c
    require_axes(r, 1)
    n, m = np.size(c), np.size(r)
    return np.concatenate((c[::-1], r[1:]))[(n - 1) - np.arange(n)[:, np.newaxis] + np.arange(m)]


def hankel(c, r=None):
    """A matrix with the same number along each diagonal from the lower left to the upper right."""
    require_axes(c, 1)
    if r is None:
        r = np.zeros_like(c)
    require_axes(r, 1)
    n, m = np.size(c), np.size(r)
    return np.concatenate((c, r[1:]))[np.arange(n)[:, np.newaxis] + np.arange(m)]


def circulant(c):
    """A matrix whose columns are rotated by one."""
    require_axes(c, 1)
    n = np.size(c)
    return c[(np.arange(n)[:, np.newaxis] - np.arange(n)) % n]


def block_diag(*arrs):
    """Matrices along the diagonal."""
    blocks = [np.atleast_2d(block) for block in arrs]
    rows = []
    before, width = 0, sum(block.shape[1] for block in blocks)
    for block in blocks:
        n, m = block.shape
        left, right = (np.zeros((n, length), dtype=block.dtype) for length in (before, width - before - m))
        rows.append(np.concatenate((left, block, right), axis=1))
        before += m
    return np.concatenate(rows, axis=0)


def khatri_rao(a, b):
    """The Kronecker products of columns."""
    require_axes(a, 2)
    return np.reshape(a[:, np.newaxis, :] * b, (a.shape[0] * b.shape[0], a.shape[1]))


def solve_toeplitz(c_or_cr, b, check_finite=True):
    """The solution of a system with such a matrix."""
    return np.linalg.solve(of_toeplitz(c_or_cr), b)


def matmul_toeplitz(c_or_cr, x, check_finite=False):
    """The product with such a matrix."""
    return of_toeplitz(c_or_cr) @ x


def of_toeplitz(c_or_cr):
    """The matrix for its first column, or for that and its first row."""
    if isinstance(c_or_cr, tuple):
        return toeplitz(c_or_cr[0], c_or_cr[1])
    return toeplitz(c_or_cr)


_MATRIX = np.array([[2.0, -1.0, 0.5], [0.3, 1.5, 0.2], [-0.4, 0.6, 3.0]])
_SYMMETRIC = _MATRIX @ _MATRIX.T
_ALL: dict[Callable[..., Any], tuple[Any, ...]] = {
    solve: ((_MATRIX, (3,)), (_MATRIX, (3, 2), {"transposed": True}), (_SYMMETRIC, (3,), {"assume_a": "pos"})),
    inv: ((_MATRIX,),),
    det: ((_MATRIX,),),
    pinv: (((3, 2),),),
    norm: (((3,),), ((2, 3), {"axis": 1})),
    solve_continuous_lyapunov: ((_MATRIX, (3, 3)),),
    solve_banded: (((1, 1), _MATRIX + 1, (3,)),),
    cholesky: ((_SYMMETRIC,), (_SYMMETRIC, {"lower": True})),
    cho_factor: (),
    cho_solve: (),
    lu_solve: (),
    qr: (),
    svd: (),
    svdvals: (((2, 3),),),
    eigh: (),
    eigvalsh: ((_SYMMETRIC,),),
    polar: (),
    orthogonal_procrustes: (),
    logm: ((_MATRIX,),),
    sqrtm: ((_MATRIX,),),
    toeplitz: (((3,),), ((3,), (4,))),
    hankel: (((3,),), ((3,), (4,))),
    circulant: (((3,),),),
    block_diag: (((2, 3), (1, 2)), ((2,), (3, 1))),
    khatri_rao: (((2, 3), (4, 3)),),
    solve_toeplitz: ((np.array([3.0, 0.5, -0.2]), (3,)),),
    matmul_toeplitz: ((np.array([3.0, 0.5, -0.2]), (3,)),),
}

for _definition, _points in _ALL.items():
    define(
        getattr(scipy.linalg, _definition.__name__),
        _definition,
        spelling=f"scipy.linalg.{_definition.__name__}",
        at=_points,
    )
