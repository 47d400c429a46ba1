"""A recurrent network that appends its states to a list and stacks them."""
# >>> source(recurrent_states, types={"W": "float64[m,m]", "h": "float64[m]", "xs": "float64[n,m]"}, argnums=(0, 1))
# at: (rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(4, 3)))

import numpy as np


def recurrent_states(W, h, xs):
    hs = []
    for x in xs:
        h = np.tanh(W @ h + x)
        hs.append(h)
    return np.sum(np.stack(hs) ** 2)


# becomes

import numpy as np


# Gradient of recurrent_states (recurrent_states.py:8), wrt W, h.
def grad_recurrent_states(W, h, xs, out_bar=1.0):
    # forward sweep
    hs = []
    h_tape = []
    h_1 = h
    for i in range(len(xs)):
        h_tape.append(h_1)
        x = xs[i]
        h_1 = np.tanh(W @ h_1 + x)
        hs.append(h_1)
    # backward sweep
    # return np.sum(np.stack(hs) ** 2)
    hs_bar = list(2 * out_bar * np.stack(hs))
    t_bar_tape = []
    h_bar = np.zeros(h.shape)
    for h in reversed(h_tape):
        # hs.append(h)
        h_bar += hs_bar.pop()
        # h = np.tanh(W @ h + x)
        t_bar = h_bar * (1 - h_1 * h_1)
        t_bar_tape.append(t_bar)
        h_bar = W.T @ t_bar
        h_1 = h
    t_bars = np.array(t_bar_tape[::-1])
    hs = np.array(h_tape)
    return t_bars.T @ hs, h_bar