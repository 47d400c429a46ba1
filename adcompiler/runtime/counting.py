"""Where each value occurs."""

from __future__ import annotations

import numpy as np


def occurrences(ar, axis=None, equal_nan=True):
    """For each value, in order, where it occurs first and how often; between them, for each element, which it is.

    Examples
    --------
    >>> occurrences(np.array([2.0, 1.0, 2.0]))
    (array([1, 0]), array([1, 0, 1]), array([1, 2]))
    """
    found = np.unique(ar, return_index=True, return_inverse=True, return_counts=True, axis=axis, equal_nan=equal_nan)
    return found[1:]
