"""Two buffers that trade places; it is linear, so that no forward sweep is left."""
# >>> source(jacobi, argnums=("a", "b"), types={"a": "float64[n]", "b": "float64[n]", "steps": "int"})
# shows clear_once
# at: (np.array([0.5, -1.2, 2.0, 0.3]), np.array([1.5, 0.7, -0.4, 2.2]), 3)
# at: (np.array([0.5, -1.2, 2.0, 0.3]), np.array([1.5, 0.7, -0.4, 2.2]), 0)

import numpy as np


def jacobi(a, b, steps):
    for t in range(steps):
        b[1:-1] = 0.33*(a[:-2] + a[1:-1] + a[2:])
        a, b = b, a
    return np.sum(a)


# becomes

import numpy as np


# Gradient of jacobi (jacobi.py:10), wrt a, b.
def grad_jacobi(a, b, steps, out_bar=1.0):
    # backward sweep
    b_bar = np.zeros(a.shape)
    a_bar = np.full(a.shape, out_bar)
    for _ in range(steps):  # b[1:-1] = 0.33*(a[:-2] + a[1:-1] + a[2:])
        t_bar = 0.33 * a_bar[1:-1]
        b_bar[1:-1] = t_bar
        b_bar[2:] += t_bar
        b_bar[:-2] += t_bar
        a_bar, b_bar = b_bar, a_bar
    # b[1:-1] = 0.33*(a[:-2] + a[1:-1] + a[2:])
    b_bar[1:-1] = 0.0
    return a_bar, b_bar