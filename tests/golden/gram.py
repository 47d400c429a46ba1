"""The two products that a square has in its adjoint are one, of a sum."""
# >>> source(gram, types={"x": "float64[n, m]"})
# shows join_products
# at: (rng.standard_normal((3, 2)),)

import numpy as np


def gram(x):
    return np.sum((x.T @ x) ** 2)


# becomes

# Gradient of gram (gram.py:9), wrt x.
def grad_gram(x, out_bar=1.0):
    # backward sweep
    # return np.sum((x.T @ x) ** 2)
    t_bar = 2 * out_bar * (x.T @ x)
    return x @ (t_bar + t_bar.T)