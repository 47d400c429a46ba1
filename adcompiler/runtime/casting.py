"""The transpose of a change of dtype."""

from __future__ import annotations

import numpy as np


def cast_like(g, x):
    """`g` with the dtype of `x`: a cotangent has the dtype of its own primal value.

    Examples
    --------
    >>> cast_like(np.float64(0.1), np.float32(2))
    np.float32(0.1)
    """
    dtype = np.result_type(x)
    return g if np.result_type(g) == dtype else np.asarray(g).astype(dtype)[()]
