"""The same loop over Python numbers."""
# >>> source(loop_typed, types={"x": "float", "n": "int"})
# at: (1.3, 4)
# at: (1.3, 0)

import numpy as np


def loop_typed(x, n):
    y = x
    for i in range(n):
        y = y*x + np.sin(x)
    return y


# becomes

import numpy as np


# Gradient of loop_typed (loop_typed.py:9), wrt x.
def grad_loop_typed(x, n, y_bar=1.0):
    # forward sweep
    y_tape = []
    y = x
    for _ in range(n):
        y_tape.append(y)
        y = y * x + np.sin(x)
    # backward sweep
    x_bar = 0.0
    for y in reversed(y_tape):  # y = y*x + np.sin(x)
        x_bar += y_bar * np.cos(x) + y_bar * y
        y_bar = y_bar * x
    return x_bar + y_bar