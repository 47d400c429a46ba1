"""Handlers that leave a loop, or a round of it."""
# >>> source(handlers_leave, types={"x": "float64[n]"})
# at: (np.array([4.0, 9.0]),)
# at: (np.array([4.0, -9.0, 1.0]),)
# at: (np.array([4.0, 9.0, -1e9, 1.0]),)

import math

import numpy as np


def handlers_leave(x):
    total = 0.0
    for value in x:
        try:
            if value < -100:
                raise OverflowError(value)
            root = math.sqrt(value)
        except OverflowError as error:
            print("stopped:", error)
            break
        except ValueError:
            continue
        total += root * value
    return total


# becomes

import math
import numpy as np


# Gradient of handlers_leave (handlers_leave.py:12), wrt x.
def grad_handlers_leave(x, total_bar=1.0):
    # forward sweep
    tape = []
    position = 0
    stop = False
    root = None
    while not stop and position < len(x):
        value = x[position]
        try:
            if value < -100:
                raise OverflowError(value)
            root = math.sqrt(value)
            stop = False
            skip = False
            completed = True
        except OverflowError as error:
            stop = True
            print("stopped:", error)
            skip = False
            completed = False
        except ValueError:
            stop = False
            skip = True
            completed = False
        tape.append((position, value, root, completed, stop or skip))
        position += 1
    # backward sweep
    root_bar = 0.0
    x_bar = np.zeros(x.shape)
    for position, value, root, completed, chosen in reversed(tape):
        if chosen:
            value_bar = 0.0
        else:
            # total += root * value
            root_bar += total_bar * value
            value_bar = total_bar * root
        if completed:
            # root = math.sqrt(value)
            value_bar += 0.5 * root_bar / np.sqrt(value)
            root_bar = 0.0
        x_bar[position] += value_bar
    return x_bar