"""States of which the last is read in each step."""
# >>> source(last_state, types={"W": "float64[m,m]", "h": "float64[m]", "n": "int"}, argnums=(0, 1))
# at: (np.array([[0.5, -1.2], [0.3, 0.9]]), np.array([0.5, 0.2]), 3)

import numpy as np


def last_state(W, h, n):
    hs = [h]
    for i in range(n):
        hs.append(np.tanh(W @ hs[-1]))
    return np.sum(hs[-1] * hs[0])


# becomes

import numpy as np


# Gradient of last_state (last_state.py:8), wrt W, h.
def grad_last_state(W, h, n, out_bar=1.0):
    # forward sweep
    hs = [h]
    hs_part_tape = []
    tanh_tape = []
    for _ in range(n):
        hs_part = hs[-1]
        hs_part_tape.append(hs_part)
        tanh = np.tanh(W @ hs_part)
        tanh_tape.append(tanh)
        hs.append(tanh)
    # backward sweep
    hs_bar = [np.zeros_like(h) for h in hs]
    # return np.sum(hs[-1] * hs[0])
    hs_bar[0] = hs_bar[0] + out_bar * hs[-1]
    hs_bar[-1] = hs_bar[-1] + out_bar * hs[0]
    t_bar_tape = []
    for tanh in reversed(tanh_tape):  # hs.append(np.tanh(W @ hs[-1]))
        t_bar = hs_bar.pop() * (1 - tanh * tanh)
        t_bar_tape.append(t_bar)
        hs_bar[-1] = hs_bar[-1] + W.T @ t_bar
    if t_bar_tape:
        t_bars = np.array(t_bar_tape[::-1])
        W_bar = t_bars.T @ np.array(hs_part_tape)
    else:
        W_bar = np.zeros(W.shape)
    return W_bar, hs_bar[0]