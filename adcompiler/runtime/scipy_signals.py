"""What the derivatives of convolutions and filters need. They call SciPy."""

from __future__ import annotations

import math

import numpy as np


def whole_convolution(g, first, second, mode, function):
    """The cotangent of the full convolution of arrays of two shapes, for that of its part."""
    g = np.asarray(g)
    odd = 1 if function == "correlate2d" else 0  # of an even surplus, the others leave out more at the end
    full = tuple(n + m - 1 for n, m in zip(first, second, strict=True))
    starts = {
        "full": [0] * len(full),
        "same": [(whole - n + odd) // 2 for whole, n in zip(full, first, strict=True)],
        "valid": [min(n, m) - 1 for n, m in zip(first, second, strict=True)],
    }[mode]
    whole = np.zeros(full, g.dtype)
    whole[tuple(slice(start, start + n) for start, n in zip(starts, g.shape, strict=True))] = g
    return whole


def convolution_first_bar(g, h, shape, function, mode="full"):
    """The cotangent of the first operand of a function of `scipy.signal`: convolve, correlate, …"""
    import scipy.signal

    if not (np.size(h) and math.prod(shape)):  # no products to sum; what SciPy makes of empty arrays has several shapes
        return np.zeros(shape, np.result_type(g, h))
    whole = whole_convolution(g, shape, np.shape(h), mode, function)
    return scipy.signal.convolve(whole, h if function.startswith("correlate") else np.flip(h), mode="valid")


def convolution_second_bar(g, x, shape, function, mode="full"):
    """The cotangent of the second operand."""
    import scipy.signal

    if not (np.size(x) and math.prod(shape)):
        return np.zeros(shape, np.result_type(g, x))
    bar = scipy.signal.convolve(whole_convolution(g, np.shape(x), shape, mode, function), np.flip(x), mode="valid")
    return np.flip(bar) if function.startswith("correlate") else bar


def lagged_products(g, x, shape, axis=-1):
    """The sums of `g[n] * x[n - k]` along an axis and over all others, for each lag k of an array of this shape."""
    g, x = np.moveaxis(g, axis, -1), np.moveaxis(x, axis, -1)
    n = g.shape[-1]
    return np.array([np.sum(g[..., k:] * x[..., : max(n - k, 0)]) for k in range(shape[0])], np.result_type(g, x))


def without_trend(data, axis=-1, breaks=0):
    """`scipy.signal.detrend`: less the line that fits best, between each two of the breaks."""
    import scipy.signal

    return scipy.signal.detrend(data, axis=axis, bp=breaks)
