"""The two sweeps of the same network apart: what a tape holds between them is what the first hands to the second."""
# $ adcompiler emit mlp_split.py:mlp_split --mode split --wrt W1,b1,W2,b2 --types 'W1=float64[h, n], b1=float64[h], W2=float64[m, h], b2=float64[m], x=float64[n], target=float64[m]'
# at: (rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=4), rng.normal(size=2))

import numpy as np


def mlp_split(W1, b1, W2, b2, x, target):
    h = np.tanh(W1 @ x + b1)
    y = W2 @ h + b2
    return np.sum((y - target)**2)


# becomes

import numpy as np


# Forward and backward sweep of mlp_split (mlp_split.py:8), wrt W1, b1, W2, b2.
def mlp_split_forward(W1, b1, W2, b2, x, target):
    h = np.tanh(W1 @ x + b1)
    y = W2 @ h + b2
    difference = y - target
    return (difference**2).sum(), (W2, x, h, difference)


# Forward and backward sweep of mlp_split (mlp_split.py:8), wrt W1, b1, W2, b2.
def mlp_split_backward(residuals, out_bar):
    W2, x, h, kept = residuals
    # backward sweep
    # return np.sum((y - target)**2)
    y_bar = 2 * out_bar * kept
    # y = W2 @ h + b2
    W2_bar = y_bar[:, None] * h
    h_bar = W2.T @ y_bar
    # h = np.tanh(W1 @ x + b1)
    b1_bar = h_bar * (1 - h * h)
    return b1_bar[:, None] * x, b1_bar, W2_bar, y_bar
