"""The mean of a few numbers is their sum, divided; `np.mean` takes longer."""
# >>> source(spread, types={"x": "float64[5]"})
# shows spell_out_means
# at: (np.array([0.5, -1.2, 2.0, 0.3, 1.1]),)

import numpy as np


def spread(x):
    return np.mean((x - np.mean(x)) ** 2)


# becomes

# Gradient of spread (spread.py:9), wrt x.
def grad_spread(x, out_bar=1.0):
    # backward sweep
    # return np.mean((x - np.mean(x)) ** 2)
    t_bar = 2 * (out_bar / 5) * (x - x.sum() / 5)
    return t_bar - t_bar.sum() / 5