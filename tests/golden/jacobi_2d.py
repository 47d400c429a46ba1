"""Two arrays updated in turn; the program is linear, so that nothing is kept and no forward sweep is left."""
# >>> source(jacobi_2d, argnums=("A", "B"), types={"TSTEPS": "int", "A": "float64[n, n]", "B": "float64[n, n]"})
# at: (3, rng.random((5, 5)), rng.random((5, 5)))
# at: (1, rng.random((5, 5)), rng.random((5, 5)))


def jacobi_2d(TSTEPS, A, B):
    for t in range(1, TSTEPS):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
    return A


# becomes

import numpy as np


# Gradient of jacobi_2d (jacobi_2d.py:7), wrt A, B.
def grad_jacobi_2d(TSTEPS, A, B, A_bar=1.0):
    # backward sweep
    A_bar = A_bar.copy()
    B_bar = np.zeros(A.shape)
    for _ in range(1, TSTEPS):
        # A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:- ...
        t_bar = 0.2 * A_bar[1:-1, 1:-1]
        B_bar[1:-1, 1:-1] = t_bar
        B_bar[:-2, 1:-1] += t_bar
        B_bar[2:, 1:-1] += t_bar
        B_bar[1:-1, 2:] += t_bar
        B_bar[1:-1, :-2] += t_bar
        # B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:- ...
        t_bar = 0.2 * B_bar[1:-1, 1:-1]
        A_bar[1:-1, 1:-1] = t_bar
        A_bar[:-2, 1:-1] += t_bar
        A_bar[2:, 1:-1] += t_bar
        A_bar[1:-1, 2:] += t_bar
        A_bar[1:-1, :-2] += t_bar
    # B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1 ...
    B_bar[1:-1, 1:-1] = 0.0
    return A_bar, B_bar