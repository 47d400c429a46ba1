"""Two layers with tanh and squared error, for one sample."""
# $ adcompiler emit mlp_typed.py:mlp_typed --wrt W1,b1,W2,b2 --types 'W1=float64[h, n], b1=float64[h], W2=float64[m, h], b2=float64[m], x=float64[n], target=float64[m]'
# at: (rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=4), rng.normal(size=2))
# at most 20 lines

import numpy as np


def mlp_typed(W1, b1, W2, b2, x, target):
    h = np.tanh(W1 @ x + b1)
    y = W2 @ h + b2
    return np.sum((y - target)**2)


# becomes

import numpy as np


# Gradient of mlp_typed (mlp_typed.py:9), wrt W1, b1, W2, b2.
def grad_mlp_typed(W1, b1, W2, b2, x, target, out_bar=1.0):
    # forward sweep
    h = np.tanh(W1 @ x + b1)
    y = W2 @ h + b2
    # backward sweep
    # return np.sum((y - target)**2)
    y_bar = 2 * out_bar * (y - target)
    # y = W2 @ h + b2
    W2_bar = y_bar[:, None] * h
    h_bar = W2.T @ y_bar
    # h = np.tanh(W1 @ x + b1)
    b1_bar = h_bar * (1 - h * h)
    return b1_bar[:, None] * x, b1_bar, W2_bar, y_bar
