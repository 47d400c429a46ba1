"""A file that needs NumPy alone: what ranks decide is decided when it runs, by functions that come with it."""
# $ adcompiler emit standalone.py:standalone --wrt w,b --standalone
# at: (rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=2))

import numpy as np


def standalone(w, x, b):
    return np.sum(np.tanh(w @ x + b))


# becomes

import numpy as np


def unbroadcast(g, shape):
    """Sum `g` over the axes that broadcasting added to `shape` or stretched: the transpose of `broadcast_to`.

    Parameters
    ----------
    g : ndarray or number
        A cotangent of the broadcast shape.
    shape : tuple of int

    Returns
    -------
    ndarray or number
        Of shape `shape`; `g` itself where that is its shape.

    Examples
    --------
    >>> unbroadcast(np.ones((4, 3)), (3,))
    array([4., 4., 4.])
    >>> unbroadcast(np.ones((4, 3)), (4, 1))
    array([[3.],
           [3.],
           [3.],
           [3.]])
    """
    if np.shape(g) == shape:
        return g
    added = np.ndim(g) - len(shape)
    if added > 0:
        g = np.sum(g, axis=tuple(range(added)))
    stretched = tuple(n for n, length in enumerate(shape[max(-added, 0) :]) if length == 1 != np.shape(g)[n])
    if stretched:
        g = np.sum(g, axis=stretched, keepdims=True)
    return g if np.shape(g) == shape else np.reshape(g, shape)


def matmul_left_bar(g, a, b):
    """The cotangent of `a` in `a @ b`: `g @ b.T`, for any number of axes.

    Examples
    --------
    >>> matmul_left_bar(np.ones((2, 3)), np.zeros((2, 4)), np.ones((4, 3)))
    array([[3., 3., 3., 3.],
           [3., 3., 3., 3.]])
    """
    if np.ndim(b) == 1:
        return np.expand_dims(g, -1) * b
    row = np.expand_dims(g, -2) if np.ndim(a) == 1 else g
    a_bar = row @ np.swapaxes(b, -1, -2)
    return unbroadcast(a_bar[..., 0, :] if np.ndim(a) == 1 else a_bar, np.shape(a))


# Gradient of standalone (standalone.py:8), wrt w, b.
def grad_standalone(w, x, b, out_bar=1.0):
    # forward sweep
    product = w @ x
    tanh = np.tanh(product + b)
    # backward sweep
    # return np.sum(np.tanh(w @ x + b))
    b_bar = out_bar * (1 - tanh * tanh)
    w_bar = matmul_left_bar(unbroadcast(b_bar, np.shape(product)), w, x)
    return w_bar, unbroadcast(b_bar, np.shape(b))
