"""Of the probabilities, the loss reads one in each row: its cotangent is written into a matrix at the end."""
# >>> source(cross_entropy, types={"x": "float64[n, m]", "labels": "int64[n]"})
# shows delay_scatters
# at: (rng.standard_normal((3, 4)), np.array([2, 0, 3]))

import numpy as np


def cross_entropy(x, labels):
    e = np.exp(x)
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.sum(np.log(p[np.arange(len(labels)), labels]))


# becomes

import numpy as np


# Gradient of cross_entropy (cross_entropy.py:9), wrt x.
def grad_cross_entropy(x, labels, out_bar=1.0):
    # forward sweep
    e = np.exp(x)
    total = e.sum(axis=1, keepdims=True)
    p = e / total
    arange = np.arange(len(labels))
    p_part = p[arange, labels]
    # backward sweep
    # return -np.sum(np.log(p[np.arange(len(labels)), labels]))
    t_bar = -out_bar / p_part
    # p = e / np.sum(e, axis=1, keepdims=True)
    total_part = total[:, 0]
    t_bar_1 = (-t_bar * p_part / total_part)[:, None]
    # e = np.exp(x)
    x_bar = t_bar_1 * e
    x_bar[arange, labels] = (t_bar / total_part + t_bar_1[:, 0]) * e[arange, labels]
    return x_bar