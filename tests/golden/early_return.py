"""A function that returns in three places."""
# >>> source(early_return, types={"x": "float"})
# at: (-0.5,)
# at: (0.5,)
# at: (2.0,)

import numpy as np


def early_return(x):
    if x < 0:
        return x*7
    y = np.exp(x)
    if y > 3:
        return y*x
    return np.sin(y)


# becomes

import numpy as np


# Gradient of early_return (early_return.py:10), wrt x.
def grad_early_return(x, result_bar=1.0):
    # forward sweep
    condition = x < 0
    if not condition:
        y = np.exp(x)
    # backward sweep
    if condition:
        # return x*7
        x_bar = 7 * result_bar
    else:
        if y > 3:
            # return y*x
            y_bar = result_bar * x
            x_bar = result_bar * y
        else:
            # return np.sin(y)
            y_bar = result_bar * np.cos(y)
            x_bar = 0.0
        # y = np.exp(x)
        x_bar += y_bar * y
    return x_bar