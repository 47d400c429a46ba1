"""Differences of neighbours: what is added at one is subtracted at the other, multiplied once."""
# >>> source(leapfrog, argnums="e", types={"e": "float64[n]", "h": "float64[n-1]", "steps": "int"})
# shows subtract_products
# at: (np.array([0.5, -1.2, 2.0, 0.3]), np.array([1.5, 0.7, -0.4]), 3)

import numpy as np


def leapfrog(e, h, steps):
    for _ in range(steps):
        h -= 0.5 * (e[1:] - e[:-1])
        e[1:-1] -= 0.5 * (h[1:] - h[:-1])
    return np.sum(e * e)


# becomes

import numpy as np


# Gradient of leapfrog (leapfrog.py:9), wrt e.
def grad_leapfrog(e, h, steps, out_bar=1.0):
    # forward sweep
    e = e.copy()
    h_1 = h
    for _ in range(steps):
        h_1 = h_1 - 0.5 * (e[1:] - e[:-1])
        e[1:-1] -= 0.5 * (h_1[1:] - h_1[:-1])
    # backward sweep
    # return np.sum(e * e)
    e_bar = 2 * out_bar * e
    h_bar = np.zeros(h.shape)
    for _ in range(steps):
        # e[1:-1] -= 0.5 * (h[1:] - h[:-1])
        t_bar = 0.5 * e_bar[1:-1]
        h_bar[:-1] += t_bar
        h_bar[1:] -= t_bar
        # h -= 0.5 * (e[1:] - e[:-1])
        t_bar = 0.5 * h_bar
        e_bar[:-1] += t_bar
        e_bar[1:] -= t_bar
    return e_bar