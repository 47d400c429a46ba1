"""PyTorch's `torch.linalg`: factorisations, inverses, norms, eigenvalues and singular values.

Where NumPy reads one triangle of a Hermitian matrix, the gradient here is Hermitian, as PyTorch's is.
"""

# ruff: noqa: N803  (PyTorch's names of parameters)

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from adcompiler.rules.complex_numbers import conjugate
from adcompiler.rules.rule import Rule
from adcompiler.rules.table import RULES
from adcompiler.tensors.elementwise import where
from adcompiler.tensors.linear import matmul
from adcompiler.tensors.reductions import Dims, norm
from adcompiler.tensors.tape import apply, call, results_of
from adcompiler.tensors.tensor import Tensor


def _hermitian(name: str) -> Rule:
    """A rule whose operand stands for a Hermitian matrix, so that its cotangent is one too."""
    rule = RULES[name]
    (of_triangle,) = rule.pullbacks
    assert of_triangle is not None

    def pullback(g: Any, y: Any, a: Any, **static: Any) -> Any:
        bar = of_triangle(g, y, a, **static)
        return None if bar is None else 0.5 * (bar + np.swapaxes(conjugate(bar), -1, -2))

    return dataclasses.replace(rule, pullbacks=(pullback,))


_CHOLESKY, _EIGH = _hermitian("linalg.cholesky"), _hermitian("linalg.eigh")


def _of_any_matrix(g: Any, y: Any, a: Any, *tolerance: Any, hermitian: bool) -> Any:
    pullback = RULES["linalg.pinv"].pullback(0)
    assert pullback is not None
    return pullback(g, y, a, *tolerance)


_PINV = dataclasses.replace(RULES["linalg.pinv"], pullbacks=(_of_any_matrix, None))


def _of_matrix(name: str) -> Callable[[Tensor], Any]:
    def function(A: Tensor) -> Any:
        return call(getattr(np.linalg, name), (A,), {})

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name}` of a matrix, or of each of a stack."
    return function


det, eig, eigvals, inv, matrix_rank, slogdet, svdvals = map(
    _of_matrix, ("det", "eig", "eigvals", "inv", "matrix_rank", "slogdet", "svdvals")
)

# Determinants and linear systems


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant: NaN where that is negative."""
    sign, logarithm = slogdet(input)
    return where(Tensor.of(sign.array < 0), float("nan"), logarithm)


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """The solution of `A X = B`, or of `X A = B`."""
    result: Tensor = call(np.linalg.solve, (A, B) if left else (A.mT, B.mT), {})
    return result if left else result.mT


def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """The solution of `A X = B` or `X A = B`, where one triangle of `A` is looked at."""
    beside = int(unitriangular)
    triangle: Tensor = call(np.triu, (A, beside), {}) if upper else call(np.tril, (A, -beside), {})
    if unitriangular:
        triangle = triangle + Tensor.of(np.eye(A.array.shape[-1], dtype=A.array.dtype))
    return solve(triangle, B, left=left)


def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Tensor:
    """The pseudo-inverse, for which singular values up to `rtol` times the largest count as zero."""
    tolerance = rtol if rcond is None else rcond
    if tolerance is None:
        tolerance = max(A.array.shape[-2:]) * float(np.finfo(A.array.dtype).eps)
    if hermitian:  # of which PyTorch's gradient is that of any matrix
        return apply(_PINV, [A, tolerance], {"hermitian": True})
    return apply(RULES["linalg.pinv"], [A, tolerance])


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None) -> Any:
    """The solution of `A X = B` with the least squares, the residuals, the rank of `A`, and its singular values."""
    return results_of(RULES["linalg.lstsq"], [A, B], {} if rcond is None else {"rcond": rcond})


# Factorisations


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The triangular factor of a positive definite matrix."""
    return apply(_CHOLESKY, [A], {"upper": True} if upper else {}, "LinalgCholeskyExBackward0")


def qr(A: Tensor, mode: str = "reduced") -> Any:
    """An orthonormal basis of the columns, and the triangular matrix of their coordinates."""
    if mode == "r":
        r = apply(RULES["linalg.qr"], [A], {"mode": "r"})
        return tuple.__new__(_QR, (Tensor.of(np.empty(0, A.array.dtype)), r))
    return results_of(RULES["linalg.qr"], [A], {"mode": mode})


_QR = type(np.linalg.qr(np.eye(1)))


def eigh(A: Tensor, UPLO: str = "L") -> Any:
    """The eigenvalues and eigenvectors of a Hermitian matrix."""
    return results_of(_EIGH, [A], {"UPLO": UPLO})


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of a Hermitian matrix."""
    values: Tensor = eigh(A, UPLO)[0]
    return values


def svd(A: Tensor, full_matrices: bool = True) -> Any:
    """The singular value decomposition."""
    return results_of(RULES["linalg.svd"], [A], {} if full_matrices else {"full_matrices": False})


# Norms


def vector_norm(x: Tensor, ord: Any = 2, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """The p-norm of the elements as a vector, or along axes."""
    return norm(x, ord, dim, keepdim)


def matrix_norm(A: Tensor, ord: Any = "fro", dim: Sequence[int] = (-2, -1), keepdim: bool = False) -> Tensor:
    """A norm of the matrices in two axes."""
    if ord == "fro":
        return norm(A, 2, dim, keepdim)
    return apply(RULES["linalg.norm"], [A], {"ord": ord, "axis": tuple(dim), "keepdims": keepdim})


def linalg_norm(A: Tensor, ord: Any = None, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """The 2-norm of all elements, or the norm of vectors or of matrices that `ord` names."""
    rank = A.array.ndim if dim is None else 1 if isinstance(dim, int) else len(dim)
    if ord is None or rank == 1:
        return norm(A, 2 if ord is None else ord, dim, keepdim)
    if rank != 2:
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {rank}D."
            if dim is None
            else f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {dim}"
        )
    return matrix_norm(A, ord, (-2, -1) if dim is None or isinstance(dim, int) else dim, keepdim)


def cond(A: Tensor, p: Any = None) -> Tensor:
    """How much larger relative errors can get."""
    result: Tensor = call(np.linalg.cond, (A,), {"p": p})
    return result


# Products


def matrix_power(A: Tensor, n: int) -> Tensor:
    """The matrix to the power of an integer."""
    result: Tensor = call(np.linalg.matrix_power, (A, n), {})
    return result


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of several matrices, in the order that takes the fewest operations."""
    return apply(RULES["linalg.multi_dot"], list(tensors))


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The vector product."""
    result: Tensor = call(np.cross, (input, other), {"axis": dim})
    return result


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The products of vectors along an axis."""
    result: Tensor = call(np.vecdot, (x, y), {"axis": dim})
    return result


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices."""
    result: Tensor = call(np.diagonal, (A,), {"offset": offset, "axis1": dim1, "axis2": dim2})
    return result


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None) -> Tensor:
    """The `X` with `tensordot(A, X) = B`."""
    result: Tensor = call(np.linalg.tensorsolve, (A, B), {} if dims is None else {"axes": tuple(dims)})
    return result


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of `tensordot(A, ·, ind)`."""
    result: Tensor = call(np.linalg.tensorinv, (A,), {"ind": ind})
    return result


def _cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """The triangular factor of a positive definite matrix."""
    return cholesky(input, upper=upper)


linalg = SimpleNamespace(
    cholesky=cholesky, cond=cond, cross=cross, det=det, diagonal=diagonal, eig=eig, eigh=eigh, eigvals=eigvals,
    eigvalsh=eigvalsh, inv=inv, lstsq=lstsq, matmul=matmul, matrix_norm=matrix_norm, matrix_power=matrix_power,
    matrix_rank=matrix_rank, multi_dot=multi_dot, norm=linalg_norm, pinv=pinv, qr=qr, slogdet=slogdet, solve=solve,
    solve_triangular=solve_triangular, svd=svd, svdvals=svdvals, tensorinv=tensorinv, tensorsolve=tensorsolve,
    vecdot=vecdot, vector_norm=vector_norm,
)  # fmt: skip
"""PyTorch's `torch.linalg`, as far as it goes here."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "cholesky": _cholesky,
    "det": det,
    "inverse": inv,
    "logdet": logdet,
    "matrix_power": matrix_power,
    "pinverse": pinv,
    "slogdet": slogdet,
}
"""Those that are also functions of PyTorch's own, and methods."""
