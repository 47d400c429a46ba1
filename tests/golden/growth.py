"""What does not change is computed before the loops, and needs no tape."""
# >>> source(growth, argnums=("x", "rate"), types={"x": "float64[n]", "rate": "float", "n": "int"})
# shows hoist_invariants
# at: (np.array([0.5, -1.2, 2.0]), 0.3, 3)
# at: (np.array([0.5, -1.2, 2.0]), 0.3, 0)

import numpy as np


def growth(x, rate, n):
    for i in range(n):
        x = x + x * (1 - rate * rate)
    return np.sum(x)


# becomes

import numpy as np


# Gradient of growth (growth.py:10), wrt x, rate.
def grad_growth(x, rate, n, out_bar=1.0):
    # forward sweep
    difference = 1 - rate * rate
    x_tape = []
    x_1 = x
    for _ in range(n):
        x_tape.append(x_1)
        x_1 = x_1 + x_1 * difference
    # backward sweep
    x_bar = np.full(x.shape, out_bar)
    kept = 0.0
    for x in reversed(x_tape):  # x = x + x * (1 - rate * rate)
        kept += (x_bar * x).sum()
        x_bar = x_bar + x_bar * difference
    # x = x + x * (1 - rate * rate)
    return x_bar, -2 * kept * rate