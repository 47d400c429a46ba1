"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

import numpy as np

from .table import B, M, N, S, X, Y, covers, torch

V, W = X[:3], Y[:3]
STACK = np.stack([M, N, M * N])


@covers("products", "dot", at=[(X, Y)], torch="dot")
def dot(x, y):
    return np.dot(x, y)


@covers("products", "dot", at=[(M, V), (M, S), (0.7, M)], torch=lambda x, y: x * y if x.ndim == 0 else x @ y)
def dot_of_matrices(x, y):
    return np.dot(x, y)


@covers("products", "matmul / @", at=[(M, S), (M, V), (V, S), (V, W)], torch="matmul")
def matmul(x, y):
    return np.matmul(x, y)


@covers("products", "matmul / @", at=[(M, S), (M, V), (V, S), (V, W)], torch="matmul")
def matmul_as_operator(x, y):
    return x @ y


@covers("products", "matmul batched", at=[(STACK, S), (B, S), (B[:, None], STACK.transpose(0, 2, 1))], torch="matmul")
def matmul_of_stacks(x, y):
    return x @ y


@covers("products", "inner", at=[(V, W), (M, N), (M, V)], torch="inner")
def inner(x, y):
    return np.inner(x, y)


@covers("products", "outer", at=[(V, Y)], torch="outer")
def outer(x, y):
    return np.outer(x, y)


@covers("products", "vdot", at=[(V, W)], torch="vdot")
def vdot(x, y):
    return np.vdot(x, y)


@covers(
    "products",
    "tensordot",
    at=[(STACK, B)],
    torch=lambda x, y: torch.tensordot(x, y, ([2], [1])),
)
def tensordot(x, y):
    return np.tensordot(x, y, axes=([2], [1]))


@covers("products", "tensordot", at=[(STACK, S)], torch=lambda x, y: torch.tensordot(x, y, 1))
def tensordot_by_number(x, y):
    return np.tensordot(x, y, axes=1)


@covers("products", "einsum", at=[(M, S)], torch=lambda x, y: torch.einsum("ij,jk->ik", x, y))
def einsum(x, y):
    return np.einsum("ij,jk->ik", x, y)


@covers(
    "products",
    "einsum",
    at=[(STACK, S, V)],
    torch=lambda x, y, z: torch.einsum("...ij,jk,k->...i", x, y, z),
)
def einsum_of_three(x, y, z):
    return np.einsum("...ij,jk,k->...i", x, y, z, optimize=True)


@covers(
    "products",
    "einsum",
    at=[S],
    torch=lambda x: torch.einsum("ii->i", x) * torch.einsum("ii", x),
)
def einsum_of_a_diagonal(x):
    return np.einsum("ii->i", x) * np.einsum("ii", x)


@covers("products", "kron", at=[(M, S), (X, Y), (V, M)], torch="kron")
def kron(x, y):
    return np.kron(x, y)


@covers(
    "products",
    "cross",
    at=[(V, W), (M, N), (S, V)],
    torch=lambda x, y: torch.linalg.cross(*torch.broadcast_tensors(x, y)),
)
def cross(x, y):
    return np.cross(x, y)


@covers("products", "vander", at=[X])
def vander(x):
    return np.vander(x), np.vander(x, 3, increasing=True)


@covers("products", "polyval", at=[(X, 0.7), (X, Y), (V, M)])
def polyval(p, x):
    return np.polyval(p, x)


@covers("products", "multi_dot", at=[(M, S, V), (M, S, N.T)], torch=lambda x, y, z: torch.linalg.multi_dot([x, y, z]))
def multi_dot(x, y, z):
    return np.linalg.multi_dot([x, y, z])


@covers("products", "vecdot", at=[(X, Y), (M, N), (M, V)], torch="linalg.vecdot")
def vecdot(x, y):
    return np.vecdot(x, y)
