"""Updates in place through every form that NumPy has, and through views."""

from __future__ import annotations

import numpy as np

from .table import M, N, X, Y, example

# At arrays of positions


@example(X, Y[:3], np.array([0, 2, 0]))
@example(X, Y[0], np.array([3, 3, 1]))
@example(X, Y[1:2], np.array([[0, 1], [1, 2]]))
@example(X, Y[0], -2)
def assigned_at_positions(x, v, positions):
    y = x * 1
    y[positions] = v * v
    return np.sum(y * x)


@example(X, Y[:3], np.array([0, 2, 0]))
@example(X, Y[0], np.array([3, 3, 1]))
@example(X, Y[0], 1)
def updated_at_positions(x, v, positions):
    y = x * 1
    y[positions] += v * v
    y[positions] *= x[positions] + v
    y[positions] -= 2
    return np.sum(y * x)


@example(M, N, np.array([1, 0, 1, 1]), np.array([[2, 0, 2, 1], [0, 0, 2, 2]]))
def mixed_positions(a, b, rows, columns):
    y = a * 2
    y[rows, columns] = np.sin(b[rows, columns])
    y[rows[:2], 0] += b[0, 1:]
    y[:, columns[0]] *= b[:, columns[1]]
    y[..., [0, -1]] = y[..., [-1, 0]]
    y[1:, None, columns[0, 1:]] -= b[0]
    return np.sum(y * y * a)


@example(M, N, np.array([True, False]), np.array([0, 2, 2, 0]), untyped=False)
def mask_and_positions(a, b, mask, columns):
    y = a * b
    y[mask] = b[0] * a[mask]
    y[mask][:, columns] = 7.0
    y[:, columns] = b[:, columns] * a[:, :1]
    y[y > 0.5] **= 2
    return np.sum(y * a)


@example(np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7], [1.1, 0.2, 0.4]]), 0, 2)
@example(np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7], [1.1, 0.2, 0.4]]), 1, 1)
def swapped_rows(a, i, j):
    a[[i, j]] = a[[j, i]]
    a[:, [0, 2]] = a[:, [2, 0]] * 2
    return np.sum(a * a * np.arange(9.0).reshape(3, 3))


@example(np.array([[0.5, -1.2, 2.0], [2.3, 0.9, -0.7], [1.1, 4.2, 0.4]]))
def lu_with_partial_pivoting(a):
    n = len(a)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(a[k:, k]))
        a[[k, p]] = a[[p, k]]
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    return np.sum(a * np.arange(9.0).reshape(3, 3))


@example(np.array([0.5, -1.2, 2.0, 0.3]), untyped=False)
def bubble_sort(a):
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return np.sum(a * np.arange(1.0, 5.0))
