"""What the derivatives of reductions need beyond one NumPy call."""

from __future__ import annotations

import numpy as np


def product_of_others(x, axis=None):
    """For each element, the product of all the others along `axis`, right also where some are zero.

    Examples
    --------
    >>> product_of_others(np.array([2.0, 0.0, 3.0]))
    array([0., 6., 0.])
    """
    rows = np.reshape(x, -1) if axis is None else np.moveaxis(np.asarray(x), axis, -1)
    before, after = np.ones_like(rows), np.ones_like(rows)
    np.cumprod(rows[..., :-1], axis=-1, out=before[..., 1:])
    np.cumprod(rows[..., :0:-1], axis=-1, out=after[..., -2::-1])
    others = before * after
    return np.reshape(others, np.shape(x)) if axis is None else np.moveaxis(others, -1, axis)
