"""A sum over elements, in a loop."""
# >>> source(rosenbrock, types={"x": "float64[n]"})
# shows eliminate_dead_code
# at: (np.array([0.5, -1.2, 2.0, 0.3]),)


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100*(x[i+1] - x[i]**2)**2 + (1 - x[i])**2
    return total


# becomes

import numpy as np


# Gradient of rosenbrock (rosenbrock.py:7), wrt x.
def grad_rosenbrock(x, total_bar=1.0):
    # backward sweep
    x_list = x.tolist()
    x_bar = [0.0] * x.shape[0]
    for i in reversed(range(len(x) - 1)):  # total += 100*(x[i+1] - x[i]**2)**2 + (1 - x[i])**2
        x_part = x_list[i]
        x_bar[i] -= 2 * total_bar * (1 - x_part)
        t_bar = 200 * total_bar * (x_list[i + 1] - x_part * x_part)
        x_bar[i] -= 2 * t_bar * x_part
        x_bar[i + 1] += t_bar
    return np.array(x_bar)