"""The cotangent of an array that is used in parts is assigned part by part; together they cover it."""
# >>> source(gates, types={"x": "float64[m, 3*n]", "c": "float64[m, n]"})
# shows leave_unfilled
# at: (rng.normal(size=(2, 6)), rng.normal(size=(2, 2)))
# at: (rng.normal(size=(1, 3)), rng.normal(size=(1, 1)))

import numpy as np


def gates(x, c):
    size = c.shape[1]
    keep = np.tanh(x[:, :size])
    change = np.sin(x[:, size : 2 * size])
    leave = np.exp(x[:, 2 * size :])
    return np.sum(leave * (keep * c + change))


# becomes

import numpy as np


# Gradient of gates (gates.py:10), wrt x.
def grad_gates(x, c, out_bar=1.0):
    # forward sweep
    size = c.shape[1]
    keep = np.tanh(x[:, :size])
    product = 2 * size
    x_part = x[:, size:product]
    change = np.sin(x_part)
    product_1 = 2 * size
    leave = np.exp(x[:, product_1:])
    # backward sweep
    # return np.sum(leave * (keep * c + change))
    leave_bar = out_bar * (keep * c + change)
    change_bar = out_bar * leave
    keep_bar = change_bar * c
    # leave = np.exp(x[:, 2 * size :])
    x_bar = np.empty(x.shape)
    x_bar[:, product_1:] = leave_bar * leave
    # change = np.sin(x[:, size : 2 * size])
    x_bar[:, size:product] = change_bar * np.cos(x_part)
    # keep = np.tanh(x[:, :size])
    x_bar[:, :size] = keep_bar * (1 - keep * keep)
    return x_bar