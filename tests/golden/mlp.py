"""Two layers with tanh and squared error, for one sample or many."""
# >>> source(mlp, argnums=("W1", "b1", "W2", "b2"))
# at: (rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=2), rng.normal(size=2))
# at: (rng.normal(size=(3, 2)), rng.normal(size=(3, 1)), rng.normal(size=(2, 3)), rng.normal(size=(2, 1)), rng.normal(size=(2, 5)), rng.normal(size=(2, 5)))
# at most 20 lines

import numpy as np


def mlp(W1, b1, W2, b2, x, target):
    h = np.tanh(W1 @ x + b1)
    y = W2 @ h + b2
    return np.sum((y - target)**2)


# becomes

import numpy as np

from adcompiler.runtime import matmul_left_bar, matmul_right_bar, unbroadcast


# Gradient of mlp (mlp.py:10), wrt W1, b1, W2, b2.
def grad_mlp(W1, b1, W2, b2, x, target, out_bar=1.0):
    # forward sweep
    product = W1 @ x
    h = np.tanh(product + b1)
    product_1 = W2 @ h
    y = product_1 + b2
    # backward sweep
    # return np.sum((y - target)**2)
    y_bar = 2 * out_bar * (y - target)
    # y = W2 @ h + b2
    y_bar_1 = unbroadcast(y_bar, np.shape(product_1))
    W2_bar = matmul_left_bar(y_bar_1, W2, h)
    h_bar = matmul_right_bar(y_bar_1, W2, h)
    # h = np.tanh(W1 @ x + b1)
    b1_bar = h_bar * (1 - h * h)
    W1_bar = matmul_left_bar(unbroadcast(b1_bar, np.shape(product)), W1, x)
    return W1_bar, unbroadcast(b1_bar, np.shape(b1)), W2_bar, unbroadcast(y_bar, np.shape(b2))