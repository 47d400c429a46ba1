"""Elements overwritten one by one, each from its neighbours; linear, hence nothing is kept."""
# >>> source(seidel_2d, argnums="A", types={"TSTEPS": "int", "A": "float64[n, n]"})
# shows assign_first
# shows work_on_lists
# at: (2, rng.random((5, 5)))
# at: (0, rng.random((5, 5)))


def seidel_2d(TSTEPS, A):
    n = A.shape[0]
    for t in range(TSTEPS):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (
                    A[i - 1, j - 1] + A[i - 1, j] + A[i - 1, j + 1]
                    + A[i, j - 1] + A[i, j] + A[i, j + 1]
                    + A[i + 1, j - 1] + A[i + 1, j] + A[i + 1, j + 1]
                ) / 9.0
    return A


# becomes

import numpy as np


# Gradient of seidel_2d (seidel_2d.py:9), wrt A.
def grad_seidel_2d(TSTEPS, A, A_bar=1.0):
    # forward sweep
    n = A.shape[0]
    # backward sweep
    A_bar = A_bar.tolist()
    for _ in range(TSTEPS):
        for i in reversed(range(1, n - 1)):
            for j in reversed(range(1, n - 1)):
                # A[i, j] = (A[i - 1, j - 1] + A[i - 1, j] + A[i - 1, j + 1] + A[i, j - 1] + A[i ...
                t_bar = A_bar[i][j] / 9.0
                A_bar[i][j] = t_bar
                A_bar[i + 1][j + 1] += t_bar
                A_bar[i + 1][j] += t_bar
                A_bar[i + 1][j - 1] += t_bar
                A_bar[i][j + 1] += t_bar
                A_bar[i][j - 1] += t_bar
                A_bar[i - 1][j + 1] += t_bar
                A_bar[i - 1][j] += t_bar
                A_bar[i - 1][j - 1] += t_bar
    return np.array(A_bar)