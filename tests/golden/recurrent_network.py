"""A recurrent network whose parameters stand in a dict: the gradient is a dict."""
# $ adcompiler emit recurrent_network.py:recurrent_network --types 'p["W"]=float64[n, n], p["U"]=float64[n, m], p["b"]=float64[n], xs=float64[t, m]'
# shows defer_weight_gradients
# shows distribute_loops
# at: ({"W": rng.normal(size=(3, 3)), "U": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}, rng.normal(size=(4, 2)))

import numpy as np


def recurrent_network(p, xs):
    h = np.zeros(p["b"].shape)
    for x in xs:
        h = np.tanh(p["W"] @ h + p["U"] @ x + p["b"])
    return np.sum(h * h)


# becomes

import numpy as np


# Gradient of recurrent_network (recurrent_network.py:10), wrt p.
def grad_recurrent_network(p, xs, out_bar=1.0):
    W, U, b = p["W"], p["U"], p["b"]
    # forward sweep
    h = np.zeros(b.shape)
    product = xs @ U.T
    h_tape = []
    for i in range(len(xs)):
        h_tape.append(h)
        h = np.tanh(W @ h + product[i] + b)
    # backward sweep
    # return np.sum(h * h)
    h_bar = 2 * out_bar * h
    t_bar_tape = []
    h_1 = h
    for h in reversed(h_tape):  # h = np.tanh(p["W"] @ h + p["U"] @ x + p["b"])
        t_bar = h_bar * (1 - h_1 * h_1)
        t_bar_tape.append(t_bar)
        h_bar = W.T @ t_bar
        h_1 = h
    t_bars = np.array(t_bar_tape[::-1])
    hs = np.array(h_tape)
    return {"W": t_bars.T @ hs, "U": t_bars.T @ xs, "b": t_bars.sum(axis=0)}
