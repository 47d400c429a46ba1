"""What one who writes for PyTorch would rather say in another way: by its library, or by vectors instead of loops."""

import torch

from benchmarks.peers.torch.arrays import rosenbrock as rosenbrock_loop

__all__ = ["cholesky", "kmeans", "lu", "rosenbrock_loop", "seidel_2d"]


def kmeans(centres, points):
    """Distances by a product of matrices, which loses digits of small ones."""
    return torch.cdist(points, centres).square().min(1).values.sum()


def lu(A):
    """The matrix is diagonally dominant: nothing is exchanged."""
    factors, _ = torch.linalg.lu_factor(A)
    return factors.square().sum()


def cholesky(A):
    lower = torch.linalg.cholesky(torch.tril(A) + torch.tril(A, -1).T)
    return lower.square().sum() + torch.triu(A, 1).square().sum()


def seidel_2d(A, steps):
    """What a row takes from its neighbours at once, then the recurrence along it: a product with a matrix."""
    n = A.shape[1] - 2
    places = torch.arange(n, dtype=A.dtype)
    distance = places[:, None] - places
    along = torch.where(distance >= 0, 9.0 ** -(distance + 1), 0.0)
    decay = along[:, 0]
    rows = list(A)
    for _ in range(steps):
        for i in range(1, len(rows) - 1):
            above, here, below = rows[i - 1 : i + 2]
            three = above + below
            values = three[:-2] + three[1:-1] + three[2:] + here[1:-1] + here[2:]
            rows[i] = torch.cat([here[:1], along @ values + decay * here[0], here[-1:]])
    return torch.stack(rows).square().sum()
