"""A factorisation with a fallback: the `try` stands in the forward sweep, a branch in the backward sweep."""
# >>> source(fallback, types={"A": "float64[n, n]", "y": "float64[n]"})
# shows simplify_shapes
# at: (np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([1.0, 2.0]))
# at: (np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([1.0, 2.0]))

import numpy as np


def fallback(A, y):
    try:
        L = np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        L = np.linalg.cholesky(A + 3 * np.eye(len(y)))
    z = np.linalg.solve(L, y)
    return -0.5 * np.sum(z * z) - np.sum(np.log(np.diag(L)))


# becomes

import numpy as np

from adcompiler.runtime import diagonal_bar


# Gradient of fallback (fallback.py:10), wrt A.
def grad_fallback(A, y, out_bar=1.0):
    # forward sweep
    try:
        L = np.linalg.cholesky(A)
        completed = True
    except np.linalg.LinAlgError:
        L = np.linalg.cholesky(A + 3 * np.eye(len(y)))
        completed = False
    z = np.linalg.solve(L, y)
    # backward sweep
    # return -0.5 * np.sum(z * z) - np.sum(np.log(np.diag(L)))
    L_bar = diagonal_bar(-out_bar / np.diag(L), A.shape)
    z_bar = -out_bar * z
    # z = np.linalg.solve(L, y)
    transposed = L.T
    expand_dims_z = z[None]
    L_bar -= np.linalg.solve(transposed, z_bar)[:, None] * expand_dims_z
    if completed:
        # L = np.linalg.cholesky(A)
        t_bar = transposed @ L_bar
        t_bar = np.linalg.solve(transposed, 0.5 * (np.tril(t_bar) + np.tril(t_bar, k=-1)))
        solve = np.linalg.solve(transposed, t_bar.T)
        A_bar = np.tril(solve) + np.tril(solve.T, k=-1)
    else:
        # L = np.linalg.cholesky(A + 3 * np.eye(len(y)))
        t_bar = transposed @ L_bar
        t_bar = np.linalg.solve(transposed, 0.5 * (np.tril(t_bar) + np.tril(t_bar, k=-1)))
        solve = np.linalg.solve(transposed, t_bar.T)
        A_bar = np.tril(solve) + np.tril(solve.T, k=-1)
    return A_bar