"""Shortest paths and optimal foldings: tables filled in place."""

from __future__ import annotations

import numpy as np

from tests.kernels.registry import kernel


@kernel(lambda rng, N=6: (rng.uniform(1, 10, (N, N)),), of="path")
def floyd_warshall(path):
    for k in range(path.shape[0]):
        path[:] = np.minimum(path[:], np.add.outer(path[:, k], path[k, :]))


def match(b1, b2, score):
    if b1 + b2 == 3:
        return score
    return 0.0


@kernel(lambda rng, N=8: (N, rng.integers(0, 4, N), rng.uniform(0.5, 1.5, (N, N))))
def nussinov(N, seq, score):
    """The folding of an RNA sequence; the bond of the bases i and j is worth `score[i, j]`."""
    table = np.zeros((N, N))
    for i in range(N - 1, -1, -1):
        for j in range(i + 1, N):
            if j - 1 >= 0:
                table[i, j] = max(table[i, j], table[i, j - 1])
            if i + 1 < N:
                table[i, j] = max(table[i, j], table[i + 1, j])
            if j - 1 >= 0 and i + 1 < N:
                if i < j - 1:
                    table[i, j] = max(table[i, j], table[i + 1, j - 1] + match(seq[i], seq[j], score[i, j]))
                else:
                    table[i, j] = max(table[i, j], table[i + 1, j - 1])
            for k in range(i + 1, j):
                table[i, j] = max(table[i, j], table[i, k] + table[k + 1, j])
    return table
