"""The transpose of sums of parts."""

from __future__ import annotations

import numpy as np


def spread_parts(g, indices, shape, axis=0):
    """Zeros of `shape` with each `g` added to the elements that it is the sum of in `np.add.reduceat`.

    Examples
    --------
    >>> spread_parts(np.array([1.0, 2.0]), np.array([0, 2]), (5,))
    array([1., 1., 2., 2., 2.])
    """
    a_bar = np.zeros(shape, np.result_type(g))
    rows, sums = np.moveaxis(a_bar, axis, 0), np.moveaxis(g, axis, 0)
    stops = [*indices[1:], len(rows)]
    for row, start, stop in zip(sums, indices, stops, strict=True):
        rows[start : max(stop, start + 1)] += row
    return a_bar
