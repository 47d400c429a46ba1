"""Linear algebra of NumPy."""

from __future__ import annotations

import numpy as np

from .table import ZM, B, M, N, S, X, covers, torch

V = X[:3]
SYMMETRIC = S + S.T


def _spd(x):
    return x @ x.mT + torch.eye(x.shape[-1], dtype=x.dtype)


def _torch_cond(x, p):
    """PyTorch's own raises an error for norms other than the second, since it writes into the inverse."""
    return torch.linalg.matrix_norm(x, p) * torch.linalg.matrix_norm(torch.linalg.inv(x), p)


@covers("linalg", "det", at=[S, B, M[:, :2]], torch="linalg.det")
def det(x):
    return np.linalg.det(x)


@covers("linalg", "slogdet", at=[S, B], torch=lambda x: torch.linalg.slogdet(x).logabsdet)
def slogdet(x):
    sign, logdet = np.linalg.slogdet(x)
    return sign * logdet


@covers("linalg", "slogdet", at=[S])
def slogdet_by_name(x):
    return np.linalg.slogdet(x).logabsdet + np.linalg.slogdet(x)[1]


@covers("linalg", "inv", at=[S, B], torch="linalg.inv")
def inv(x):
    return np.linalg.inv(x)


@covers("linalg", "pinv", at=[M, M.T, S, B], torch="linalg.pinv")
def pinv(x):
    return np.linalg.pinv(x)


@covers("linalg", "solve", at=[(S, V), (S, M.T), (B, M.T)], torch="linalg.solve")
def solve(a, b):
    return np.linalg.solve(a, b)


@covers("linalg", "lstsq", at=[(M.T, V), (M.T, S)])
def lstsq(a, b):
    return np.linalg.lstsq(a, b)[0]


@covers("linalg", "norm (2, vec)", at=[X], kinks=[np.zeros(3)], torch="linalg.norm")
def norm(x):
    return np.linalg.norm(x)


@covers("linalg", "norm (2, vec)", at=[M], kinks=[np.zeros((2, 3))], torch=lambda x: torch.linalg.norm(x, dim=1))
def norm_along_an_axis(x):
    return np.linalg.norm(x, axis=1)


@covers("linalg", "norm (ord=1)", at=[X], kinks=[np.zeros(3)], torch=lambda x: torch.linalg.norm(x, 1))
def norm_1(x):
    return np.linalg.norm(x, 1)


@covers("linalg", "norm (ord=inf)", at=[X], kinks=[np.zeros(3)], torch=lambda x: torch.linalg.norm(x, torch.inf))
def norm_inf(x):
    return np.linalg.norm(x, np.inf)


@covers("linalg", "norm (fro)", at=[M, S], kinks=[np.zeros((2, 3))], torch=lambda x: torch.linalg.norm(x, "fro"))
def norm_fro(x):
    return np.linalg.norm(x, "fro")


@covers("linalg", "norm (nuc)", at=[M, S], torch=lambda x: torch.linalg.norm(x, "nuc"))
def norm_nuc(x):
    return np.linalg.norm(x, "nuc")


@covers("linalg", "norm (ord=2 matrix)", at=[M, S], torch=lambda x: torch.linalg.norm(x, 2))
def norm_2_of_a_matrix(x):
    return np.linalg.norm(x, 2)


@covers("linalg", "cholesky", at=[S, B], torch=lambda x: torch.linalg.cholesky(_spd(x)))
def cholesky(x):
    return np.linalg.cholesky(x @ np.swapaxes(x, -1, -2) + np.eye(3))


@covers(
    "linalg",
    "eigh (values)",
    at=[S, B],
    torch=lambda x: torch.linalg.eigh(_spd(x)).eigenvalues,
)
def eigh_values(x):
    w, v = np.linalg.eigh(x @ np.swapaxes(x, -1, -2) + np.eye(3))
    return w


@covers("linalg", "eigh (values)", at=[S])
def eigh_values_by_name(x):
    return np.linalg.eigh(x + x.T).eigenvalues


@covers(
    "linalg",
    "eigh (vectors)",
    at=[S, B],
    torch=lambda x: torch.linalg.eigh(_spd(x)).eigenvectors ** 2,
)
def eigh_vectors(x):
    w, v = np.linalg.eigh(x @ np.swapaxes(x, -1, -2) + np.eye(3))
    return v**2


@covers("linalg", "eigvalsh", at=[S, B], torch=lambda x: torch.linalg.eigvalsh(_spd(x)))
def eigvalsh(x):
    return np.linalg.eigvalsh(x @ np.swapaxes(x, -1, -2) + np.eye(3))


@covers(
    "linalg",
    "eig (values)",
    at=[S],
    torch=lambda x: torch.sum(torch.abs(torch.linalg.eig(x).eigenvalues) ** 3),
)
def eig_values(x):
    w, v = np.linalg.eig(x)
    return np.sum(np.abs(w) ** 3)


@covers(
    "linalg",
    "eigvals",
    at=[S],
    torch=lambda x: torch.sum(torch.abs(torch.linalg.eigvals(x)) ** 3),
)
def eigvals(x):
    return np.sum(np.abs(np.linalg.eigvals(x)) ** 3)


@covers("linalg", "svd (values)", at=[M, S, B], torch="linalg.svdvals")
def svd_values(x):
    return np.linalg.svd(x, compute_uv=False)


@covers("linalg", "svd (vectors)", at=[M, M.T, S])
def svd_vectors(x):
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return (u * s**2) @ vh


@covers("linalg", "qr", at=[S, M.T, B], torch=lambda x: tuple(torch.linalg.qr(x)))
def qr(x):
    q, r = np.linalg.qr(x)
    return q, r


@covers("linalg", "matrix_power", at=[S, B, ZM], torch=lambda x: torch.linalg.matrix_power(x, 3))
def matrix_power(x):
    return np.linalg.matrix_power(x, 3)


@covers(
    "linalg",
    "matrix_power",
    at=[S, B],
    kinks=[np.zeros((2, 2)), np.array([[1.0, 2.0], [2.0, 4.0]])],
    torch=lambda x: tuple(torch.linalg.matrix_power(x, n) for n in (0, 1, 2, 7)),
)
def matrix_powers(x):
    return (
        np.linalg.matrix_power(x, 0) + 0 * x,
        np.linalg.matrix_power(x, 1),
        np.linalg.matrix_power(x, 2),
        np.linalg.matrix_power(x, 7),
    )


@covers("linalg", "matrix_power", at=[S, B], torch=lambda x: torch.linalg.matrix_power(x, -2))
def matrix_power_negative(x):
    return np.linalg.matrix_power(x, -2)


@covers("linalg", "matrix_power", at=[(S, 0), (S, 1), (S, 5), (S, -1)], torch="linalg.matrix_power")
def matrix_power_of_an_argument(x, n):
    return np.linalg.matrix_power(x, n)


@covers(
    "linalg",
    "multi_dot",
    at=[(M, S, N.T), (V, S, N.T), (M, S, V), (V, S, V)],
    torch=lambda a, b, c: torch.linalg.multi_dot([a, b, c]),
)
def multi_dot(a, b, c):
    return np.linalg.multi_dot([a, b, c])


@covers("linalg", "multi_dot", at=[S], torch=lambda x: torch.linalg.multi_dot([x, x.T, x[:, :2], x[:2]]))
def multi_dot_of_one_matrix(x):
    return np.linalg.multi_dot((x, x.T, x[:, :2], x[:2]))


@covers(
    "linalg",
    "functions of NumPy that np.linalg has too",
    at=[(S, B), (B, B[::-1] + 0.5)],
    torch=lambda x, y: (
        torch.diagonal(x, 1, -2, -1).sum(-1),
        torch.linalg.diagonal(x, offset=-1),
        x.mT,
        torch.linalg.cross(*torch.broadcast_tensors(x, y)),
        torch.linalg.vecdot(x, y),
        x @ y,
    ),
)
def namesakes(x, y):
    return (
        np.linalg.trace(x, offset=1),
        np.linalg.diagonal(x, offset=-1),
        np.linalg.matrix_transpose(x),
        np.linalg.cross(x, y),
        np.linalg.vecdot(x, y),
        np.linalg.matmul(x, y),
    )


@covers(
    "linalg",
    "functions of NumPy that np.linalg has too",
    at=[(V, S)],
    torch=lambda v, x: (torch.outer(v, x[0]), torch.tensordot(v, x, 1)),
)
def namesakes_of_products(v, x):
    return np.linalg.outer(v, x[0]), np.linalg.tensordot(v, x, axes=1)


@covers("linalg", "matrix_rank", at=[S, M], torch=lambda x: x * torch.linalg.matrix_rank(x))
def matrix_rank(x):
    return x * np.linalg.matrix_rank(x)


@covers("linalg", "cond", at=[S, M], torch="linalg.cond")
def cond(x):
    return np.linalg.cond(x)


@covers(
    "linalg",
    "cond",
    at=[S, B],
    torch=lambda x: tuple(_torch_cond(x, p) for p in ("fro", "nuc", 1, -1, torch.inf, -torch.inf, 2, -2)),
)
def cond_in_other_norms(x):
    return (
        np.linalg.cond(x, "fro"),
        np.linalg.cond(x, "nuc"),
        np.linalg.cond(x, 1),
        np.linalg.cond(x, -1),
        np.linalg.cond(x, np.inf),
        np.linalg.cond(x, p=-np.inf),
        np.linalg.cond(x, 2),
        np.linalg.cond(x, -2),
    )


@covers(
    "linalg",
    "tensorsolve",
    at=[(np.kron(M[:, :2], S).reshape(2, 3, 6), N)],
    torch="linalg.tensorsolve",
)
def tensorsolve(a, b):
    return np.linalg.tensorsolve(a, b)


@covers(
    "linalg",
    "tensorinv",
    at=[np.kron(M[:, :2], S).reshape(6, 2, 3)],
    torch=lambda x: torch.linalg.tensorinv(x, 1),
)
def tensorinv(x):
    return np.linalg.tensorinv(x, ind=1)
