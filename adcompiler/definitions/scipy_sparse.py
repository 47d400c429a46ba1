"""Linear systems with sparse matrices, and by iteration."""

from __future__ import annotations

import scipy.sparse.linalg

from adcompiler import runtime
from adcompiler.definitions.table import define


def spsolve(A, b):  # noqa: N803  (SciPy's name)
    """The solution of a system with a sparse matrix."""
    return runtime.sparse_solution(A, b, solver="spsolve")


def cg(A, b, *, rtol=None, atol=None, maxiter=None):  # noqa: N803
    """Conjugate gradients: the solution, and 0, which says that it has converged."""
    return runtime.sparse_solution(A, b, solver="cg", rtol=rtol, atol=atol, maxiter=maxiter), 0


def bicgstab(A, b, *, rtol=None, atol=None, maxiter=None):  # noqa: N803
    """Stabilised biconjugate gradients."""
    return runtime.sparse_solution(A, b, solver="bicgstab", rtol=rtol, atol=atol, maxiter=maxiter), 0


def gmres(A, b, *, rtol=None, atol=None, restart=None, maxiter=None):  # noqa: N803
    """Minimal residuals."""
    found = runtime.sparse_solution(A, b, solver="gmres", rtol=rtol, atol=atol, restart=restart, maxiter=maxiter)
    return found, 0


for _definition in (spsolve, cg, bicgstab, gmres):
    define(
        getattr(scipy.sparse.linalg, _definition.__name__),
        _definition,
        spelling=f"scipy.sparse.linalg.{_definition.__name__}",
    )
