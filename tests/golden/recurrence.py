"""Each element from the one before."""
# >>> source(recurrence, types={"x": "float64[n]"})
# shows delay_updates
# at: (np.array([0.5, -1.2, 2.0, 0.3]),)

import numpy as np


def recurrence(x):
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = y[i-1]*x[i]
    return y.sum()


# becomes

import numpy as np


# Gradient of recurrence (recurrence.py:9), wrt x.
def grad_recurrence(x, out_bar=1.0):
    # forward sweep
    y = np.zeros(len(x))
    y[0] = x[0]
    y = y.tolist()
    x_list = x.tolist()
    y_part_tape = []
    for i in range(1, len(x)):
        y_part = y[i - 1]
        y_part_tape.append(y_part)
        y[i] = y_part * x_list[i]
    # backward sweep
    x_bar = [0.0] * x.shape[0]
    y_bar = np.broadcast_to(out_bar, x.shape).tolist()
    for i, y_part in zip(reversed(range(1, len(x))), reversed(y_part_tape)):  # y[i] = y[i-1]*x[i]
        t_bar = y_bar[i]
        x_bar[i] += t_bar * y_part
        y_bar[i] = 0.0
        y_bar[i - 1] += t_bar * x_list[i]
    y_bar = np.array(y_bar)
    x_bar = np.array(x_bar)
    # y[0] = x[0]
    x_bar[0] += y_bar[0]
    return x_bar