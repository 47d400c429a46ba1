"""What the transposes of Fourier transforms need besides these: lengths made to fit, and mirrored frequencies."""

from __future__ import annotations

import numpy as np


def fit_shape(x, shape):
    """`x` cut off, or continued with zeros, at the end of each axis: what a transform does to its operand first.

    Examples
    --------
    >>> fit_shape(np.array([1.0, 2.0, 3.0]), (2,))
    array([1., 2.])
    >>> fit_shape(np.array([1.0, 2.0, 3.0]), (5,))
    array([1., 2., 3., 0., 0.])
    """
    if np.shape(x) == tuple(shape):
        return x
    common = tuple(slice(min(lengths)) for lengths in zip(np.shape(x), shape, strict=True))
    fitted = np.zeros(shape, x.dtype)
    fitted[common] = x[common]
    return fitted


def double_mirrored(spectrum, n, axis=-1):
    """Twice each coefficient of half a spectrum that stands for its mirror image too.

    Parameters
    ----------
    spectrum : ndarray
        The coefficients of the frequencies from 0 to `n // 2`.
    n : int
        The length of the whole spectrum, in which frequency 0, and `n / 2` if `n` is even, have no other mirror image.
    axis : int

    Examples
    --------
    >>> double_mirrored(np.ones(4), 6)
    array([1., 2., 2., 1.])
    >>> double_mirrored(np.ones(4), 7)
    array([1., 2., 2., 2.])
    """
    doubled = 2 * spectrum
    alone = (slice(None),) * (axis % np.ndim(spectrum)) + (slice(None, None, max(n // 2, 1) if n % 2 == 0 else n),)
    doubled[alone] = spectrum[alone]
    return doubled
