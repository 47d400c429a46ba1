"""The list that the program makes is the tape, too."""
# >>> source(trajectory, types={"x": "float", "n": "int"})
# shows reuse_lists
# at: (0.7, 3)

import numpy as np


def trajectory(x, n):
    states = []
    for _ in range(n):
        x = np.exp(-x)
        states.append(x)
    return sum(states)


# becomes

import numpy as np


# Gradient of trajectory (trajectory.py:9), wrt x.
def grad_trajectory(x, n, out_bar=1.0):
    # forward sweep
    states = []
    for _ in range(n):
        x = np.exp(-x)
        states.append(x)
    # backward sweep
    # return sum(states)
    states_bar = [out_bar] * len(states)
    x_bar = 0.0
    for x in reversed(states):
        # states.append(x)
        x_bar += states_bar.pop()
        # x = np.exp(-x)
        x_bar = -(x_bar * x)
    return x_bar