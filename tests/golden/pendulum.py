# >>> source(pendulum, types={"p": "float64[2]", "v": "float64[2]", "n": "int"}, argnums=(0, 1), scalarise=True)
# shows pack_tapes
# at: (np.array([0.3, -0.8]), np.array([0.1, 0.5]), 3)
# at: (np.array([0.3, -0.8]), np.array([0.1, 0.5]), 0)

import numpy as np


def pendulum(p, v, n):
    for i in range(n):
        v = v - 0.1 * np.sin(p)
        p = p + 0.1 * v
    return np.sum(0.5 * v * v - np.cos(p))


# becomes

import math
import numpy as np


# Gradient of pendulum (pendulum.py:9), element by element, wrt p, v.
def grad_pendulum(p, v, n, out_bar=1.0):
    # forward sweep
    p_0, p_1 = p.tolist()
    v_0, v_1 = v.tolist()
    tape = []
    for _ in range(n):
        tape.append((p_0, p_1))
        v_0 -= 0.1 * math.sin(p_0)
        v_1 -= 0.1 * math.sin(p_1)
        p_0 += 0.1 * v_0
        p_1 += 0.1 * v_1
    # backward sweep
    p_bar_0 = out_bar * math.sin(p_0)
    p_bar_1 = out_bar * math.sin(p_1)
    # return np.sum(0.5 * v * v - np.cos(p))
    t_bar = 0.5 * out_bar
    v_bar_0 = 0.5 * v_0 * out_bar + t_bar * v_0
    v_bar_1 = 0.5 * v_1 * out_bar + t_bar * v_1
    for p_0, p_1 in reversed(tape):
        v_bar_0 += 0.1 * p_bar_0
        v_bar_1 += 0.1 * p_bar_1
        p_bar_0 -= 0.1 * v_bar_0 * math.cos(p_0)
        p_bar_1 -= 0.1 * v_bar_1 * math.cos(p_1)
    return np.array((p_bar_0, p_bar_1)), np.array((v_bar_0, v_bar_1))