"""Linear algebra of SciPy."""

from __future__ import annotations

import numpy as np
import scipy.linalg as sla

from .table import M, N, S, X, Y, covers, torch

V = X[:3]


def _spd(x):
    return x @ x.mT + torch.eye(3, dtype=x.dtype)


@covers("scipy.linalg", "expm", at=[S / 2], torch="linalg.matrix_exp")
def expm(x):
    return sla.expm(x)


@covers("scipy.linalg", "sqrtm", at=[S])
def sqrtm(x):
    return sla.sqrtm(x)


@covers("scipy.linalg", "logm", at=[S])
def logm(x):
    return sla.logm(x)


@covers("scipy.linalg", "funm", at=[S], missing="of any function, whose derivatives it does not give")
def funm(x):
    return sla.funm(x, np.sin)


@covers("scipy.linalg", "solve", at=[(S, V), (S, M.T)], torch="linalg.solve")
def solve(a, b):
    return sla.solve(a, b)


@covers(
    "scipy.linalg",
    "solve_triangular",
    at=[(S, M.T)],
    torch=lambda a, b: torch.linalg.solve_triangular(a, b, upper=True),
)
def solve_triangular(a, b):
    return sla.solve_triangular(a, b)


@covers("scipy.linalg", "solve_triangular", at=[(S, V), (S, M.T)])
def solve_triangular_with_options(a, b):
    return sla.solve_triangular(a, b, lower=True, trans=1) + sla.solve_triangular(a, b, unit_diagonal=True)


@covers("scipy.linalg", "solve_banded", at=[(np.stack([X, Y + 4, X[::-1]]), Y)])
def solve_banded(ab, b):
    return sla.solve_banded((1, 1), ab, b)


@covers("scipy.linalg", "solve_sylvester", at=[(S, S.T @ S, M.T @ N)])
def solve_sylvester(a, b, q):
    return sla.solve_sylvester(a, b, q)


@covers("scipy.linalg", "solve_toeplitz", at=[(np.array([3.0, 0.5, -0.2]), V)])
def solve_toeplitz(c, b):
    return sla.solve_toeplitz(c, b)


@covers("scipy.linalg", "cholesky", at=[S], torch=lambda x: torch.linalg.cholesky(_spd(x)))
def cholesky(x):
    return sla.cholesky(x @ x.T + np.eye(3), lower=True)


@covers(
    "scipy.linalg",
    "cholesky",
    at=[S],
    torch=lambda x: torch.linalg.cholesky(_spd(x), upper=True),
)
def cholesky_upper(x):
    return sla.cholesky(x @ x.T + np.eye(3))


@covers("scipy.linalg", "cho_solve", at=[(S, V), (S, M.T)])
def cho_solve(x, b):
    return sla.cho_solve(sla.cho_factor(x @ x.T + np.eye(3)), b)


@covers(
    "scipy.linalg",
    "cho_solve",
    at=[(S, M.T)],
    torch=lambda x, b: torch.cholesky_solve(b, torch.linalg.cholesky(_spd(x))),
)
def cho_solve_of_a_lower_factor(x, b):
    return sla.cho_solve((np.linalg.cholesky(x @ x.T + np.eye(3)), True), b)


@covers("scipy.linalg", "lu", at=[S], torch=lambda x: tuple(torch.linalg.lu(x)))
def lu(x):
    p, l, u = sla.lu(x)
    return p, l, u


@covers("scipy.linalg", "lu_solve", at=[(S, V)], torch="linalg.solve")
def lu_solve(a, b):
    return sla.lu_solve(sla.lu_factor(a), b)


@covers("scipy.linalg", "qr", at=[S, M.T], torch=lambda x: tuple(torch.linalg.qr(x)))
def qr(x):
    q, r = sla.qr(x, mode="economic")
    return q, r


@covers("scipy.linalg", "svd", at=[M, S])
def svd(x):
    u, s, vh = sla.svd(x, full_matrices=False)
    return (u * s**2) @ vh, s


@covers(
    "scipy.linalg",
    "eigh",
    at=[S],
    torch=lambda x: (lambda w, v: (w, v**2))(*torch.linalg.eigh(_spd(x))),
)
def eigh(x):
    w, v = sla.eigh(x @ x.T + np.eye(3))
    return w, v**2


@covers("scipy.linalg", "schur", at=[S], missing="not unique, and not smooth where eigenvalues come in pairs")
def schur(x):
    t, z = sla.schur(x @ x.T + np.eye(3))
    return np.diag(t)


@covers("scipy.linalg", "polar", at=[S])
def polar(x):
    u, p = sla.polar(x)
    return u, p


@covers("scipy.linalg", "block_diag", at=[(M, S)], torch=lambda x, y: torch.block_diag(x, y))
def block_diag(x, y):
    return sla.block_diag(x, y)


@covers("scipy.linalg", "toeplitz", at=[(X, Y), (X, V)])
def toeplitz(c, r):
    return sla.toeplitz(c, r)


@covers("scipy.linalg", "toeplitz", at=[X])
def toeplitz_symmetric(c):
    return sla.toeplitz(c)


@covers(
    "scipy.linalg",
    "det / inv",
    at=[S],
    torch=lambda x: torch.linalg.det(x) * torch.linalg.inv(x),
)
def det_times_inv(x):
    return sla.det(x) * sla.inv(x)


@covers("scipy.linalg", "solve", at=[(S, V), (S, M.T)])
def solve_with_options(a, b):
    kinds = ("sym", "pos", "gen", "diagonal", "upper triangular", "lower triangular")
    found = [sla.solve(a @ a.T if kind == "pos" else a, b, assume_a=kind) for kind in kinds]
    return [*found, sla.solve(a, b, transposed=True), sla.solve(a, b, assume_a="sym", lower=True, check_finite=False)]


@covers("scipy.linalg", "solve_banded", at=[(np.stack([X, Y + 4, X[::-1]]), np.stack([X, Y], axis=1))])
def solve_banded_for_several(ab, b):
    return sla.solve_banded((2, 0), ab[::-1] + 1, b) + sla.solve_banded((1, 1), ab, b)


@covers("scipy.linalg", "solve_continuous_lyapunov", at=[(S, M.T @ N)])
def lyapunov(a, q):
    return sla.solve_continuous_lyapunov(a, q), sla.solve_discrete_lyapunov(a / 5, q)


@covers("scipy.linalg", "lu_solve", at=[(S, V), (S[::-1], M.T)])
def lu_solve_transposed(a, b):
    return sla.lu_solve(sla.lu_factor(a), b, trans=1)


@covers("scipy.linalg", "lu", at=[S[::-1]])
def lu_with_exchanges(x):
    p, low, up = sla.lu(x)
    return p @ low, up


@covers("scipy.linalg", "lu", at=[S[::-1]])
def lu_factor(x):
    factors, pivots = sla.lu_factor(x)
    return factors


@covers("scipy.linalg", "eigh", at=[(S, S.T)])
def generalised_eigenvalues(a, b):
    w, v = sla.eigh(a + a.T, b @ b.T)
    return w, v**2, sla.eigvalsh(a, b @ b.T), sla.eigh(a, b @ b.T, lower=False, eigvals_only=True)


@covers("scipy.linalg", "eigh", at=[S])
def eigenvalues_of_one_triangle(a):
    return sla.eigvalsh(a), sla.eigh(a, lower=False, eigvals_only=True)


@covers("scipy.linalg", "svd", at=[M], torch=lambda x: torch.linalg.svdvals(x) * 2)
def singular_values(x):
    return sla.svdvals(x) + sla.svd(x, compute_uv=False)


@covers("scipy.linalg", "polar", at=[S, M.T])
def polar_of_any_side(x):
    u, p = sla.polar(x)
    v, q = sla.polar(x.T, side="left")
    return u, p, v, q


@covers("scipy.linalg", "orthogonal_procrustes", at=[(S, S.T @ S)])
def procrustes(a, b):
    rotation, scale = sla.orthogonal_procrustes(a, b)
    return rotation, scale


@covers("scipy.linalg", "cosm", at=[S / 3])
def trigonometric(x):
    return sla.cosm(x), sla.sinm(x), sla.tanm(x / 2), sla.coshm(x), sla.sinhm(x), sla.tanhm(x)


@covers("scipy.linalg", "expm", at=[np.stack([S, S.T]) / 3], torch="linalg.matrix_exp")
def expm_of_a_stack(x):
    return sla.expm(x)


@covers("scipy.linalg", "hankel", at=[(X, Y)])
def structured(c, r):
    return sla.hankel(c), sla.hankel(c, r), sla.circulant(c), sla.matmul_toeplitz((c, r), r)


@covers("scipy.linalg", "khatri_rao", at=[(M, N)])
def khatri_rao(a, b):
    return sla.khatri_rao(a, b)


@covers("scipy.linalg", "pinv", at=[M, M.T], torch="linalg.pinv")
def pinv(x):
    return sla.pinv(x)


@covers("scipy.linalg", "norm", at=[M, S])
def norm(x):
    return sla.norm(x), sla.norm(x, 1), sla.norm(x, axis=1)
