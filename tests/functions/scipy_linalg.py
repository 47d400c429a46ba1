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
