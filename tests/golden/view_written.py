"""Writing through a view."""
# >>> source(view_written, types={"x": "float64[n]"})
# shows merge_writes
# at: (np.array([0.5, -1.2, 2.0, 0.3]),)

import numpy as np


def view_written(x):
    y = x*2
    inner = y[1:-1]
    inner *= 3
    inner[0] = 5
    return np.sum(y*y)


# becomes

# Gradient of view_written (view_written.py:9), wrt x.
def grad_view_written(x, out_bar=1.0):
    # forward sweep
    y = x * 2
    y[1:-1] *= 3
    y[1:-1][0] = 5
    # backward sweep
    # return np.sum(y*y)
    y_bar = 2 * out_bar * y
    # inner[0] = 5
    y_bar[1:-1][0] = 0.0
    # inner *= 3
    y_bar[1:-1] *= 3
    # y = x*2
    return 2 * y_bar