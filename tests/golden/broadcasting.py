"""A row and a number that broadcast: with the ranks known, each cotangent is summed over known axes."""
# >>> source(broadcasting, argnums=("X", "w", "b"), types={"X": "float64[n, m]", "w": "float64[m]", "b": "float"})
# at: (np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7]]), np.array([1.5, 0.2, 0.4]), 0.1)

import numpy as np


def broadcasting(X, w, b):
    r = X*w + b
    return np.mean(r*r)


# becomes

# Gradient of broadcasting (broadcasting.py:8), wrt X, w, b.
def grad_broadcasting(X, w, b, out_bar=1.0):
    # forward sweep
    r = X * w + b
    # backward sweep
    # return np.mean(r*r)
    r_bar = 2 * (out_bar / X.size) * r
    # r = X*w + b
    return r_bar * w, (r_bar * X).sum(axis=0), r_bar.sum()