"""Cosine and sine transforms of real signals, and their transposes. They call SciPy."""

from __future__ import annotations

import numpy as np


def real_transform(x, function, kind=2, axis=-1, norm=None):
    """A transform of `scipy.fft`: `dct` or `dst`."""
    import scipy.fft

    return getattr(scipy.fft, function)(x, type=kind, axis=axis, norm=norm)


def real_transform_bar(g, function, kind=2, axis=-1, norm=None):
    """The transpose: of an orthonormal transform it is another, and the rest differ by weights along the axis."""
    n = g.shape[axis]
    if norm == "ortho" or kind == 4 or (kind == 1 and function == "dst"):
        return real_transform(g, function, kind={1: 1, 2: 3, 3: 2, 4: 4}[kind], axis=axis, norm=norm)
    weights = np.full(n, np.sqrt(2.0 * n))
    weights[0 if function == "dct" else -1] = np.sqrt((4.0 if kind == 2 else 1.0) * n)
    if kind == 1:
        weights = np.full(n, 2.0)
        weights[0] = weights[-1] = 1.0
    shape = [1] * g.ndim
    shape[axis] = n
    weights = weights.reshape(shape).astype(g.dtype)
    scale = 1.0 if norm != "forward" else 0.5 / (n - 1 if kind == 1 else n)
    if kind == 1:
        return scale * weights * real_transform(g / weights, function, kind=1, axis=axis)
    if kind == 2:
        return scale * real_transform(g * weights, function, kind=3, axis=axis, norm="ortho")
    return scale * weights * real_transform(g, function, kind=2, axis=axis, norm="ortho")
