"""Arrays of a few numbers, computed with as so many numbers."""
# >>> source(small_layer, argnums="x", types={"w": "float64[2, 2]", "x": "float64[2]"}, scalarise=True)
# shows scalarise_arrays
# at: (np.array([[0.5, -1.2], [2.0, 0.3]]), np.array([0.7, -0.4]))

import numpy as np


def small_layer(w, x):
    return np.sum(np.sin(w @ x))


# becomes

import math
import numpy as np


# Gradient of small_layer (small_layer.py:9), element by element, wrt x.
def grad_small_layer(w, x, out_bar=1.0):
    # forward sweep
    w_00, w_01, w_10, w_11 = w.ravel().tolist()
    x_0, x_1 = x.tolist()
    # backward sweep
    # return np.sum(np.sin(w @ x))
    t_bar = out_bar * math.cos(w_00 * x_0 + w_01 * x_1)
    t_bar_1 = out_bar * math.cos(w_10 * x_0 + w_11 * x_1)
    x_bar_0 = w_00 * t_bar + w_10 * t_bar_1
    x_bar_1 = w_01 * t_bar + w_11 * t_bar_1
    return np.array((x_bar_0, x_bar_1))