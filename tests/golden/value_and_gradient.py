"""The value with the gradient: one forward sweep for both."""
# >>> value_and_grad(value_and_gradient).source
# at: (0.5, 1.5)

import numpy as np


def value_and_gradient(x: float, k: float):
    y = np.sin(x)
    return y*y*k


# becomes

import numpy as np


# Value and gradient of value_and_gradient (value_and_gradient.py:8), wrt x.
def value_and_grad_value_and_gradient(x, k, out_bar=1.0):
    # forward sweep
    y = np.sin(x)
    # backward sweep
    # return y*y*k
    y_bar = 2 * (out_bar * k) * y
    # y = np.sin(x)
    return y * y * k, y_bar * np.cos(x)