"""What changes no shape is gone: types say that `w` is as long as `x`."""
# >>> source(weighted, argnums=("w", "x"), types={"w": "float64[n]", "x": "float64[n]"})
# shows propagate_copies
# at: (np.array([0.5, -1.2, 2.0]), np.array([1.5, 0.7, -0.4]))

import numpy as np


def weighted(w, x):
    return np.sum(np.broadcast_to(w, x.shape) * x.astype(np.float64))


# becomes

# Gradient of weighted (weighted.py:9), wrt w, x.
def grad_weighted(w, x, out_bar=1.0):
    # backward sweep
    # return np.sum(np.broadcast_to(w, x.shape) * x.astype(np.float64))
    return out_bar * x, out_bar * w