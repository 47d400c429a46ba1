"""The function of the autograd tutorial."""
# >>> source(tutorial)
# shows share_subexpressions
# at: (np.array([[0.5, -1.2], [2.0, 0.3]]),)
# at: (1.5 * np.ones((2, 3)),)


def tutorial(x):
    y = x + 2
    z = y * y * 3
    return z.mean()


# becomes

import numpy as np


# Gradient of tutorial (tutorial.py:8), wrt x.
def grad_tutorial(x, out_bar=1.0):
    # forward sweep
    y = x + 2
    # backward sweep
    # return z.mean()
    z_bar = out_bar / np.size(x)
    # z = y * y * 3
    return 6 * z_bar * y