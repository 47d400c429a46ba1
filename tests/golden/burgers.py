"""A part of an array is overwritten from itself, not linearly: that part is kept, and nothing else."""
# >>> source(burgers, types={"u": "float64[n]", "steps": "int"})
# at: (np.array([0.5, -1.2, 2.0, 0.3, 0.8]), 3)
# at: (np.array([0.5, -1.2, 2.0, 0.3, 0.8]), 0)

import numpy as np


def burgers(u, steps):
    for t in range(steps):
        u[1:-1] -= 0.1 * u[1:-1] * (u[1:-1] - u[:-2])
    return np.sum(u * u)


# becomes

# Gradient of burgers (burgers.py:9), wrt u.
def grad_burgers(u, steps, out_bar=1.0):
    # forward sweep
    u = u.copy()
    u_part_tape = []
    for _ in range(steps):
        u_part_tape.append(u[1:-1].copy())
        u[1:-1] -= 0.1 * u[1:-1] * (u[1:-1] - u[:-2])
    # backward sweep
    # return np.sum(u * u)
    u_bar = 2 * out_bar * u
    for u_part in reversed(u_part_tape):  # u[1:-1] -= 0.1 * u[1:-1] * (u[1:-1] - u[:-2])
        u[1:-1] = u_part
        t_bar = -u_bar[1:-1]
        t_bar_1 = 0.1 * u_part * t_bar
        u_bar[:-2] -= t_bar_1
        u_bar[1:-1] += t_bar_1
        u_bar[1:-1] += 0.1 * (t_bar * (u_part - u[:-2]))
    return u_bar