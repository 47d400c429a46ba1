"""A recurrent network whose parameters stand in a dict: the gradient is a dict."""
# $ adcompiler emit recurrent_network.py:recurrent_network --types 'p["W"]=float64[n, n], p["U"]=float64[n, m], p["b"]=float64[n], xs=float64[t, m]'
# at: ({"W": rng.normal(size=(3, 3)), "U": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}, rng.normal(size=(4, 2)))

import numpy as np


def recurrent_network(p, xs):
    h = np.zeros(p["b"].shape)
    for x in xs:
        h = np.tanh(p["W"] @ h + p["U"] @ x + p["b"])
    return np.sum(h * h)


# becomes

import numpy as np


# Gradient of recurrent_network (recurrent_network.py:8), wrt p.
def grad_recurrent_network(p, xs, out_bar=1.0):
    W, U, b = p["W"], p["U"], p["b"]
    # forward sweep
    h = np.zeros(b.shape)
    tape = []
    for i in range(len(xs)):
        x = xs[i]
        h_1 = np.tanh(W @ h + U @ x + b)
        tape.append((h, h_1))
        h = h_1
    # backward sweep
    # return np.sum(h * h)
    h_bar = 2 * out_bar * h
    U_bar = np.zeros(U.shape)
    b_bar = np.zeros(b.shape)
    W_bar = np.zeros(W.shape)
    for i, (h, h_1) in zip(reversed(range(len(xs))), reversed(tape)):
        x = xs[i]
        # h = np.tanh(p["W"] @ h + p["U"] @ x + p["b"])
        t_bar = h_bar * (1 - h_1 * h_1)
        b_bar += t_bar
        U_bar += np.outer(t_bar, x)
        W_bar += np.outer(t_bar, h)
        h_bar = W.T @ t_bar
    return {"W": W_bar, "U": U_bar, "b": b_bar}
