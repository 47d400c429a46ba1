"""What the transposes of Einstein sums need besides these: diagonals, and axes that were broadcast."""

from __future__ import annotations

import numpy as np


def place_on_diagonal(g, shape, subscripts):
    """Zeros of a shape, but for `g` on the diagonal that `np.einsum` with these subscripts takes.

    Examples
    --------
    >>> place_on_diagonal(np.array([1.0, 2.0]), (2, 2), subscripts="ii->i")
    array([[1., 0.],
           [0., 2.]])
    """
    placed = np.zeros(shape, np.result_type(g))
    np.einsum(subscripts, placed)[...] = g
    return placed


def rebroadcast(g, shape):
    """`g` summed over axes along which an operand of this shape was broadcast, and repeated along others of length one.

    Examples
    --------
    >>> rebroadcast(np.ones((4, 3, 1)), (1, 2))
    array([[12., 12.]])
    """
    if np.shape(g) == shape:
        return g
    added = tuple(range(np.ndim(g) - len(shape)))
    g = np.sum(g, axis=added) if added else g
    both = range(-min(np.ndim(g), len(shape)), 0)
    stretched = tuple(axis for axis in both if shape[axis] == 1 != np.shape(g)[axis])
    g = np.sum(g, axis=stretched, keepdims=True) if stretched else g
    return g if np.shape(g) == shape else np.broadcast_to(g, shape).copy()
