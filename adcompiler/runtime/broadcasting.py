"""The transpose of broadcasting."""

from __future__ import annotations

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
