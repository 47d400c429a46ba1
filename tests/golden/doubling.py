"""A loop whose end depends on data; it is linear, so that only the number of its rounds is kept."""
# >>> source(doubling, types={"x": "float64[n]"})
# at: (np.array([0.5, -1.2, 2.0]),)

import numpy as np


def doubling(x):
    y = x*2
    while np.linalg.norm(y) < 1000:
        y = y*2
    return y


# becomes

import numpy as np


# Gradient of doubling (doubling.py:8), wrt x.
def grad_doubling(x, y_bar=1.0):
    # forward sweep
    y = x * 2
    trips = 0
    while np.linalg.norm(y) < 1000:
        y = y * 2
        trips += 1
    # backward sweep
    for _ in range(trips):  # y = y*2
        y_bar = 2 * y_bar
    # y = x*2
    return 2 * y_bar