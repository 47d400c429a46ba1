"""Factorisations, eigenvalues and singular values in every form: stacks, wide and tall, complex, degenerate."""

from __future__ import annotations

import numpy as np

from .table import ZM, B, M, S, X, Z, covers, torch

T = np.stack([M, M[::-1] + 0.3])
"""Two matrices that are wide."""
TURN = np.array([[0.3, -1.2, 0.4], [1.1, 0.2, -0.3], [0.2, 0.5, 1.4]])
"""With a pair of complex eigenvalues."""
CM = np.array([[0.6 + 0.2j, -1.2 + 0.7j, 2.1 - 0.4j], [0.3 - 0.9j, 0.9 + 0.1j, -0.7 + 0.5j]])


def _gram(x):
    return x @ x.mH + torch.eye(x.shape[-2], dtype=x.dtype)


def _symmetric(x):
    """What NumPy reads of a matrix, whose other triangle it ignores."""
    return torch.tril(x) + torch.tril(x, -1).mH


@covers(
    "factors",
    "cholesky of one triangle",
    at=[S + S.T, np.linalg.inv(S + S.T)],
    torch=lambda x: (torch.linalg.cholesky(_symmetric(x)), torch.linalg.cholesky(_symmetric(x.mT)).mT),
)
def cholesky_of_a_triangle(x):
    return np.linalg.cholesky(x), np.linalg.cholesky(x, upper=True)


@covers(
    "factors",
    "cholesky (complex)",
    at=[ZM, np.stack([ZM, ZM.T])],
    torch=lambda z: (torch.linalg.cholesky(_gram(z)), torch.linalg.cholesky(_gram(z), upper=True)),
)
def cholesky_of_complex_numbers(z):
    gram = z @ np.conj(np.swapaxes(z, -1, -2)) + np.eye(2)
    return np.linalg.cholesky(gram), np.linalg.cholesky(gram, upper=True)


@covers(
    "factors",
    "eigh of one triangle",
    at=[TURN],
    torch=lambda x: (
        *torch.linalg.eigh(_symmetric(x)).eigenvectors.abs(),
        torch.linalg.eigvalsh(_symmetric(x.mT)),
    ),
)
def eigh_of_a_triangle(x):
    a, b, c = np.abs(np.linalg.eigh(x)[1])
    return a, b, c, np.linalg.eigvalsh(x, UPLO="U")


@covers(
    "factors",
    "eigh (several eigenvalues)",
    at=[S],
    kinks=[np.eye(3), np.zeros((2, 2))],
    torch=lambda x: torch.linalg.eigvalsh((x + x.T) / 2),
)
def equal_eigenvalues(x):
    return np.linalg.eigvalsh((x + x.T) / 2)


@covers(
    "factors",
    "eigh (complex)",
    at=[ZM, np.stack([ZM, ZM.T])],
    torch=lambda z: (torch.linalg.eigh(_gram(z)).eigenvalues, torch.linalg.eigh(_gram(z)).eigenvectors.abs()),
)
def eigh_of_complex_numbers(z):
    w, v = np.linalg.eigh(z @ np.conj(np.swapaxes(z, -1, -2)) + np.eye(2))
    return w, np.abs(v)


@covers(
    "factors",
    "function of a matrix",
    at=[S],
    torch=lambda x: torch.linalg.matrix_exp((x + x.T) / 4),
)
def exponential_of_a_symmetric_matrix(x):
    w, v = np.linalg.eigh((x + x.T) / 4)
    return (v * np.exp(w)) @ v.T


@covers(
    "factors",
    "eig",
    at=[TURN, S, np.stack([TURN, S])],
    torch=lambda x: (torch.linalg.eig(x).eigenvalues.abs(), torch.linalg.eig(x).eigenvectors.abs()),
)
def eig(x):
    w, v = np.linalg.eig(x)
    return np.abs(w), np.abs(v)


@covers(
    "factors",
    "eig (complex)",
    at=[ZM, CM @ CM.T],
    torch=lambda z: (torch.linalg.eigvals(z), torch.linalg.eig(z).eigenvectors.abs()),
)
def eig_of_complex_numbers(z):
    return np.linalg.eigvals(z), np.abs(np.linalg.eig(z).eigenvectors)


@covers("factors", "svd (several values)", at=[M, T], kinks=[np.eye(3), np.zeros((2, 2))], torch="linalg.svdvals")
def svdvals(x):
    return np.linalg.svdvals(x)


@covers(
    "factors",
    "svd",
    at=[M, M.T, S, T, B],
    torch=lambda x: tuple(part.abs() for part in torch.linalg.svd(x, full_matrices=False)),
)
def svd(x):
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return np.abs(u), s, np.abs(vh)


@covers(
    "factors",
    "svd (full)",
    at=[M, M.T, S, T],
    torch=lambda x: torch.linalg.svd(x, full_matrices=False).U @ torch.linalg.svd(x, full_matrices=False).Vh,
)
def polar_factor(x):
    u, s, vh = np.linalg.svd(x)
    k = s.shape[-1]
    return u[..., :k] @ vh[..., :k, :]


@covers("factors", "svd (null space)", at=[M], torch=lambda x: torch.eye(3, dtype=x.dtype) - torch.linalg.pinv(x) @ x)
def projector_onto_the_null_space(x):
    null = np.linalg.svd(x).Vh[2:]
    return null.T @ null


@covers(
    "factors",
    "svd (complex)",
    at=[CM, CM.T, ZM],
    torch=lambda z: tuple(part.abs() for part in torch.linalg.svd(z, full_matrices=False)),
)
def svd_of_complex_numbers(z):
    u, s, vh = np.linalg.svd(z, full_matrices=False)
    return np.abs(u), s, np.abs(vh)


@covers(
    "factors",
    "svd (hermitian)",
    at=[TURN],
    torch=lambda x: (torch.linalg.svdvals(_symmetric(x)), torch.linalg.pinv(_symmetric(x))),
)
def svd_of_a_symmetric_matrix(x):
    return np.linalg.svd(x, hermitian=True)[1], np.linalg.pinv(x, hermitian=True)


@covers("factors", "qr", at=[M, M.T, S, T, B, CM.T, ZM], torch=lambda x: tuple(torch.linalg.qr(x)))
def qr(x):
    return np.linalg.qr(x)


# Differentiated again for shapes that are not known, the rank of what is solved for is not known either: refused.


# once more is refused: sums of parts whose lengths only the program knows have no known rank
@covers(
    "factors", "qr (complete, r)", at=[M, S, B], order=1, torch=lambda x: (*torch.linalg.qr(x), torch.linalg.qr(x).R)
)
def qr_in_other_modes(x):
    q, r = np.linalg.qr(x, mode="complete")
    return q, r, np.linalg.qr(x, "r")


# once more is refused: sums of parts whose lengths only the program knows have no known rank
@covers(
    "factors", "qr (complement)", at=[M.T], order=1, torch=lambda x: (torch.linalg.qr(x).R, x @ torch.linalg.pinv(x))
)
def projector_by_its_complement(x):
    q, r = np.linalg.qr(x, mode="complete")
    rest = q[:, 2:]
    return r[:2], np.eye(3) - rest @ rest.T


@covers(
    "factors",
    "slogdet",
    at=[S, -S, B, ZM, np.stack([ZM, 1j * ZM])],
    torch=lambda x: tuple(torch.linalg.slogdet(x)),
)
def slogdet(x):
    return np.linalg.slogdet(x)


@covers(
    "factors",
    "pinv",
    at=[M, M.T, T, CM],
    kinks=[np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), np.zeros((2, 2))],
    torch="linalg.pinv",
)
def pinv(x):
    return np.linalg.pinv(x)


@covers(
    "factors",
    "lstsq",
    at=[(M.T, X[:3]), (M.T, S), (M, X[:2]), (S, M.T), (CM.T, Z)],
    torch=lambda a, b: torch.linalg.pinv(a) @ b,
)
def lstsq(a, b):
    return np.linalg.lstsq(a, b, rcond=None)[0]


@covers(
    "factors",
    "lstsq (all results)",
    at=[(M.T, X[:3]), (M.T, S)],
    torch=lambda a, b: (
        torch.linalg.pinv(a) @ b,
        torch.atleast_1d(torch.sum((b - a @ (torch.linalg.pinv(a) @ b)) ** 2, dim=0)),
        torch.linalg.svdvals(a),
    ),
)
def lstsq_with_residuals(a, b):
    x, residuals, rank, s = np.linalg.lstsq(a, b)
    return x, residuals, s
