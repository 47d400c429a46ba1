"""Functions of matrices, their derivatives, and banded matrices. They call SciPy."""

from __future__ import annotations

import numpy as np


def real_matrix_function(a, function):
    """A function of `scipy.linalg` of real matrices: `logm`, `sqrtm`.

    Raises
    ------
    ValueError
        The result is complex, as that of a matrix with a negative eigenvalue.
    """
    import scipy.linalg

    wide = np.asarray(a, np.result_type(a, np.float64))  # SciPy would warn of what float32 loses
    y = getattr(scipy.linalg, function)(wide)
    if np.iscomplexobj(y) and not np.iscomplexobj(a):
        raise ValueError(f"{function} of this real matrix is complex: pass a complex matrix")
    return y.astype(a.dtype) if np.asarray(a).dtype.kind in "fc" else y


def matrix_function_slope(a, e, function):
    """The derivative of a function of matrices at `a` in the direction `e`: a block of that of [[a, e], [0, a]]."""
    import scipy.linalg

    if function == "expm" and a.ndim == 2:
        return scipy.linalg.expm_frechet(a, e, compute_expm=False).astype(np.result_type(a, e))
    if function == "sqrtm" and a.ndim == 2:
        y = real_matrix_function(a, function)
        return scipy.linalg.solve_sylvester(y, y, e)
    n = a.shape[-1]
    upper = np.concatenate((a, e), axis=-1)
    lower = np.concatenate((np.zeros_like(a), a), axis=-1)
    y = real_matrix_function(np.concatenate((upper, lower), axis=-2), function)
    return y[..., :n, n:]


def banded_product(ab, x, lower, upper):
    """The product of a matrix, given by its diagonals as for `solve_banded`, with vectors: the columns of `x`."""
    y = np.zeros(x.shape, np.result_type(ab, x))
    n = x.shape[0]
    for row in range(ab.shape[0]):
        shift = row - upper  # i - j of this diagonal
        i, j = max(shift, 0), max(-shift, 0)
        size = n - abs(shift)
        if size > 0:
            diagonal = ab[row, j : j + size]
            y[i : i + size] += diagonal * x[j : j + size] if x.ndim == 1 else diagonal[:, np.newaxis] * x[j : j + size]
    return y


def banded_outer(x, y, lower, upper):
    """The diagonals of `x @ y.T`: each element with its place in a matrix with so many of them."""
    n = x.shape[0]
    ab = np.zeros((lower + upper + 1, n), np.result_type(x, y))
    for row in range(lower + upper + 1):
        shift = row - upper
        i, j = max(shift, 0), max(-shift, 0)
        size = n - abs(shift)
        if size > 0:
            product = x[i : i + size] * y[j : j + size]
            ab[row, j : j + size] = product if x.ndim == 1 else product.sum(axis=-1)
    return ab


def banded_transpose(ab, lower, upper):
    """The diagonals of the transpose."""
    n = ab.shape[1]
    t = np.zeros_like(ab)
    for row in range(ab.shape[0]):
        shift = row - upper
        i, j = max(shift, 0), max(-shift, 0)
        size = n - abs(shift)
        if size > 0:
            t[ab.shape[0] - 1 - row, i : i + size] = ab[row, j : j + size]
    return t


def permutation_of(pivots):
    """The order of rows that LAPACK's exchanges make."""
    order = np.arange(pivots.shape[-1])
    for row, other in enumerate(pivots):
        order[[row, other]] = order[[other, row]]
    return order


def banded_solution(ab, b, lower, upper):
    """`scipy.linalg.solve_banded`, of a matrix with so many diagonals below the main one and above it."""
    import scipy.linalg

    return scipy.linalg.solve_banded((lower, upper), ab, b)


def eigh_of_two(a, b, lower=True):
    """Solutions of a v = w b v, of symmetric matrices of which one triangle is read, with vᵀ b v = 1."""
    import scipy.linalg

    return scipy.linalg.eigh(a, b, lower=lower)


def right_polar(a):
    """An orthonormal factor, and after it a positive one."""
    import scipy.linalg

    return scipy.linalg.polar(a)
