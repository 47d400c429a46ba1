"""Products and linear systems with sparse matrices; splines. They call SciPy."""

from __future__ import annotations

import numpy as np


def sparse_product(matrix, x, rows, columns, kind, transposed=False):
    """The product of a sparse matrix, or of its transpose, and a vector or matrix."""
    return (matrix.T if transposed else matrix) @ x


def sparse_solution(matrix, b, solver="spsolve", transposed=False, **options):
    """The solution of a system with a sparse matrix, or its transpose, by a function of `scipy.sparse.linalg`."""
    import scipy.sparse.linalg

    if solver == "spsolve":
        return scipy.sparse.linalg.spsolve(matrix.T.tocsc() if transposed else matrix, b)
    return iterated_solution(matrix.T if transposed else matrix, b, solver, **options)


def iterated_solution(a, b, solver, **options):
    """The solution of a system by an iteration of `scipy.sparse.linalg`: `cg`, `gmres`, `bicgstab`, `minres`."""
    import scipy.sparse.linalg

    wide = np.asarray(b, np.result_type(b, np.float64))  # in float32, tolerances may be out of reach
    x, info = getattr(scipy.sparse.linalg, solver)(a, wide, **options)
    if info != 0:
        raise RuntimeError(f"{solver} has not converged: its result has no derivative")
    return x.astype(b.dtype) if b.dtype.kind == "f" else x


def interpolated(function, x, order=0):
    """A derivative of what an object of `scipy.interpolate` interpolates."""
    return np.asarray(function(x, order))[()]
