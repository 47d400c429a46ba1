"""Products in the forms in which NumPy takes them: axes, subscripts, stacks, places for the result."""

from __future__ import annotations

import numpy as np

from .table import ZM, B, M, N, S, X, Y, Z, covers, torch

V, W = X[:3], Y[:3]
STACK = np.stack([M, N, M * N])


@covers("products", "einsum", at=[(M, N)])
def einsum_without_a_result(x, y):
    return np.einsum("ij,kj", x, y) * np.einsum("ji", x[:, :2])


@covers("products", "einsum", at=[(M, S)])
def einsum_of_numbered_axes(x, y):
    return np.einsum(x, [0, 1], y, [1, 2]) * np.einsum(x, [0, 1], y, [1, 2], [0, 2])


@covers("products", "einsum", at=[(B, V)])
def einsum_of_numbered_axes_with_an_ellipsis(x, y):
    return np.einsum(x, [Ellipsis, 0, 1], y, [1], [0, Ellipsis])


@covers("products", "einsum", at=[(B, S), (S, B), (B, B)])
def einsum_of_stacks(x, y):
    return np.einsum("...ij,...jk->...ik", x, y)


@covers("products", "einsum", at=[(M, V), (B, V)], torch=lambda x, y: torch.einsum("i...,...->...", x, y))
def einsum_that_sums_before_an_ellipsis(x, y):
    return np.einsum("i...,...->...", x, y)


@covers("products", "einsum", at=[(V[:1], W), (V, W[:1])])
def einsum_of_a_length_of_one(x, y):
    return np.einsum("i,i", x, y) * np.einsum("i,i->i", x, y)


@covers("products", "einsum", at=[B], torch=lambda x: torch.einsum("ijj->i", x))
def einsum_of_traces(x):
    return np.einsum("ijj->i", x)


@covers("products", "einsum", at=[(B, M)], torch=lambda x, y: torch.einsum("kii,ki->ik", x, y))
def einsum_of_diagonals(x, y):
    return np.einsum("kii,ki->ik", x, y)


@covers("products", "einsum", at=[(M, S, N)])
def einsum_in_an_order_of_its_own(x, y, z):
    path, _ = np.einsum_path("ij,jk,lk->il", x, y, z)
    return np.einsum("ij,jk,lk->il", x, y, z, optimize=path) * np.einsum("ij,jk,lk->il", x, y, z, optimize="optimal")


@covers("products", "einsum", at=[(M, S)])
def einsum_into_an_array(x, y):
    result = np.empty((2, 3))
    np.einsum("ij,jk->ik", x, y, out=result)
    return result * result


@covers(
    "products",
    "einsum",
    at=[(ZM, ZM[0]), (ZM, X[:2]), (ZM.real, ZM[0])],
    torch=lambda x, y: torch.einsum("ij,j->i", x.to(torch.complex128), y.to(torch.complex128)),
)
def einsum_of_complex_numbers(x, y):
    return np.einsum("ij,j->i", x, y)


@covers("products", "dot", at=[(S, V)], torch=lambda x, y: (x @ y) * (x @ y))
def dot_as_method(x, y):
    result = np.empty(3)
    np.dot(x, y, out=result)
    return result * x.dot(y)


@covers("products", "dot", at=[(STACK, S), (STACK, STACK.transpose(0, 2, 1))])
def dot_of_stacks(x, y):
    return np.dot(x, y)


@covers("products", "matmul batched", at=[(B, V), (V, B), (STACK[:, None], S)], torch="matmul")
def matmul_of_stacks_and_vectors(x, y):
    return x @ y


@covers("products", "matmul / @", at=[(M, S)])
def matmul_into_an_array(x, y):
    result = np.zeros((2, 3))
    np.matmul(x, y, out=result)
    y @= y.T
    return result @ y


@covers("products", "vdot", at=[(Z, Z[::-1]), (ZM, ZM.T), (X[:3], Z)])
def vdot_of_complex_numbers(x, y):
    return np.vdot(x, y)


@covers("products", "tensordot", at=[(STACK, B)])
def tensordot_over_several_axes(x, y):
    return np.tensordot(x, y, axes=([0, -1], [1, 2])) * np.tensordot(x, y[0], axes=(2, 0)).sum()


@covers("products", "vecdot", at=[(M, N)])
def vecdot_along_an_axis(x, y):
    return np.vecdot(x, y, axis=0) * np.linalg.vecdot(x, y, axis=-2)


@covers("products", "vecdot", at=[(Z, Z**2), (ZM, ZM[0])], torch="linalg.vecdot")
def vecdot_of_complex_numbers(x, y):
    return np.vecdot(x, y)


@covers("products", "cross", at=[(M.T, N), (S, M[0])])
def cross_along_other_axes(x, y):
    return np.cross(x, y, axisa=0) + np.cross(x, y, axisa=0, axisc=0).T


@covers("products", "cross", at=[(S, S.T)], torch=lambda x, y: torch.linalg.cross(x, y, dim=0))
def cross_along_an_axis(x, y):
    return np.cross(x, y, axis=0)


if hasattr(np, "matvec"):  # since NumPy 2.2

    @covers("products", "matvec", at=[(M, V), (B, V), (S, STACK[0]), (ZM, Z[:2])])
    def matvec(x, y):
        return np.matvec(x, y)

    @covers("products", "vecmat", at=[(V, S), (M, B), (Z[:2], ZM)])
    def vecmat(x, y):
        return np.vecmat(x, y)


@covers("reductions", "convolve", at=[(Z, X)])
def convolve_complex_numbers(x, y):
    return np.convolve(x, y), np.convolve(x, y, "same")


@covers("reductions", "correlate", at=[(Z, Z**2), (X, Z), (Z[:2], X)])
def correlate_complex_numbers(x, y):
    return np.correlate(x, y, "full"), np.correlate(x, y, "same"), np.correlate(x, y)
