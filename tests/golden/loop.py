"""A loop that carries a number or an array: nobody knows which."""
# >>> source(loop)
# at: (1.3, 4)
# at: (1.3, 0)
# at: (np.array([0.5, -1.2]), 3)
# at most 16 lines

import numpy as np


def loop(x, n):
    y = x
    for i in range(n):
        y = y*x + np.sin(x)
    return y


# becomes

import numpy as np


# Gradient of loop (loop.py:11), wrt x.
def grad_loop(x, n, y_bar=1.0):
    # forward sweep
    y_tape = []
    y = x
    for _ in range(n):
        y_tape.append(y)
        y = y * x + np.sin(x)
    # backward sweep
    x_bar = np.zeros(np.shape(x))
    for y in reversed(y_tape):  # y = y*x + np.sin(x)
        x_bar = x_bar + (y_bar * np.cos(x) + y_bar * y)
        y_bar = y_bar * x
    return x_bar + y_bar