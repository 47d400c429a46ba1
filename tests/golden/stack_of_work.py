"""A stack that is pushed to and popped from while there is work."""
# >>> source(stack_of_work, types={"x": "float"})
# shows fill_items
# at: (1.3,)
# at: (7.0,)

import numpy as np


def stack_of_work(x):
    stack = [x]
    total = 0.0
    while stack:
        y = stack.pop()
        total += np.sin(y)
        if y < 5:
            stack.append(y * 2)
            stack.append(y * 3)
    return total


# becomes

import numpy as np


# Gradient of stack_of_work (stack_of_work.py:10), wrt x.
def grad_stack_of_work(x, total_bar=1.0):
    # forward sweep
    stack = [x]
    y_tape = []
    while stack:
        y = stack.pop()
        y_tape.append(y)
        if y < 5:
            stack.append(y * 2)
            stack.append(y * 3)
    # backward sweep
    stack_bar = [0.0] * len(stack)
    for y in reversed(y_tape):
        if y < 5:
            # stack.append(y * 3)
            y_bar = 3 * stack_bar.pop()
            # stack.append(y * 2)
            y_bar += 2 * stack_bar.pop()
        else:
            y_bar = 0.0
        # total += np.sin(y)
        y_bar += total_bar * np.cos(y)
        # y = stack.pop()
        stack_bar.append(y_bar)
    return stack_bar[0]