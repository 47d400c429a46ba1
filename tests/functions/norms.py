"""Norms of vectors and matrices, of every order, at ties and at zero too."""

from __future__ import annotations

import numpy as np

from .table import B, M, S, X, Z, covers, torch

T = np.stack([M, M[::-1] + 0.3])
"""Two matrices that are wide."""
ZEROS = np.zeros((2, 2))
TIES = np.array([[1.0, -1.0], [-1.0, 0.0]])
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


@covers(
    "norms",
    "vectors",
    at=[X, Z],
    kinks=[np.zeros(3), np.array([3.0, 0.0, -3.0]), np.array([0.0, 2.0])],
    torch=lambda x: tuple(
        torch.linalg.vector_norm(x, ord) for ord in (2, 1, torch.inf, -torch.inf, 3, 1.5, 0.5, -1, -2.5)
    ),
)
def norms_of_a_vector(x):
    return (
        np.linalg.norm(x),
        np.linalg.norm(x, 1),
        np.linalg.norm(x, np.inf),
        np.linalg.norm(x, -np.inf),
        np.linalg.norm(x, 3),
        np.linalg.norm(x, ord=1.5),
        np.linalg.norm(x, 0.5),
        np.linalg.norm(x, -1),
        np.linalg.norm(x, -2.5),
    )


@covers("norms", "a count", at=[X], torch=lambda x: x * torch.linalg.vector_norm(x, 0))
def times_its_number_of_elements(x):
    return x * np.linalg.norm(x, 0)


@covers(
    "norms",
    "vectors along an axis",
    at=[M, T],
    kinks=[np.zeros((2, 3))],
    torch=lambda x: (
        torch.linalg.norm(x, dim=0),
        torch.linalg.norm(x, 1, dim=-1, keepdim=True),
        torch.linalg.norm(x, torch.inf, dim=1),
        torch.linalg.norm(x, 3, dim=0, keepdim=True),
    ),
)
def norms_along_an_axis(x):
    return (
        np.linalg.norm(x, axis=0),
        np.linalg.norm(x, 1, axis=-1, keepdims=True),
        np.linalg.norm(x, np.inf, 1),
        np.linalg.norm(x, 3, 0, True),
    )


@covers(
    "norms",
    "matrices",
    at=[M, S, M.T, np.array([[2.0 + 0.3j, 0.4 - 0.5j], [0.1 + 0.2j, 1.5 - 0.4j]])],
    kinks=[ZEROS, np.eye(2), TIES, SINGULAR],
    torch=lambda x: tuple(
        torch.linalg.norm(x, ord) for ord in (None, "fro", "nuc", 1, -1, 2, -2, torch.inf, -torch.inf)
    ),
)
def norms_of_a_matrix(x):
    return (
        np.linalg.norm(x),
        np.linalg.norm(x, "fro"),
        np.linalg.norm(x, "nuc"),
        np.linalg.norm(x, 1),
        np.linalg.norm(x, -1),
        np.linalg.norm(x, 2),
        np.linalg.norm(x, -2),
        np.linalg.norm(x, np.inf),
        np.linalg.norm(x, -np.inf),
    )


@covers(
    "norms",
    "stacks of matrices",
    at=[T, B],
    torch=lambda x: (
        torch.linalg.norm(x, dim=(0, 2)),
        torch.linalg.norm(x, "nuc", dim=(-2, -1)),
        torch.linalg.norm(x, 2, dim=(2, 1), keepdim=True),
        torch.linalg.norm(x, 1, dim=(2, 0)),
        torch.linalg.norm(x, -torch.inf, dim=(1, 2), keepdim=True),
    ),
)
def norms_of_matrices(x):
    return (
        np.linalg.norm(x, axis=(0, 2)),
        np.linalg.norm(x, "nuc", axis=(-2, -1)),
        np.linalg.norm(x, 2, axis=(2, 1), keepdims=True),
        np.linalg.norm(x, 1, axis=(2, 0)),
        np.linalg.norm(x, -np.inf, axis=(1, 2), keepdims=True),
    )


@covers(
    "norms",
    "vector_norm",
    at=[M, T],
    torch=lambda x: (
        torch.linalg.vector_norm(x),
        torch.linalg.vector_norm(x, 1),
        torch.linalg.vector_norm(x, 3, dim=(0, 1)),
        torch.linalg.vector_norm(x, torch.inf, dim=-1, keepdim=True),
    ),
)
def vector_norms(x):
    return (
        np.linalg.vector_norm(x),
        np.linalg.vector_norm(x, ord=1),
        np.linalg.vector_norm(x, axis=(0, 1), ord=3),
        np.linalg.vector_norm(x, axis=-1, keepdims=True, ord=np.inf),
    )


@covers(
    "norms",
    "matrix_norm",
    at=[M, T],
    torch=lambda x: (
        torch.linalg.matrix_norm(x),
        torch.linalg.matrix_norm(x, "nuc", keepdim=True),
        torch.linalg.matrix_norm(x, 2),
        torch.linalg.matrix_norm(x, 1),
    ),
)
def matrix_norms(x):
    return (
        np.linalg.matrix_norm(x),
        np.linalg.matrix_norm(x, ord="nuc", keepdims=True),
        np.linalg.matrix_norm(x, ord=2),
        np.linalg.matrix_norm(x, ord=1),
    )
