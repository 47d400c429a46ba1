"""Pooling over any number of axes: where the largest of each window is, and means of windows.

`kernel`, `stride`, `padding` and `dilation` are a length for each axis of places. With `ceil_mode` the last window may
stick out, if it begins inside.
"""

import math

import numpy as np

from adcompiler.runtime.windows import conv, conv_input_bar, padded, windows_of


def pool_places(x, kernel, stride, padding, dilation, ceil_mode=False):
    """Where the first of the largest of each window is, in the last axis of an array with one axis for all places.

    Examples
    --------
    >>> pool_places(np.array([[[1.0, 3.0, 3.0, 0.0, 5.0]]]), (2,), (2,), (0,), (1,), ceil_mode=True)
    array([[[1, 2, 4]]])
    """
    lengths, count = x.shape[2:], len(kernel)
    sides = pool_sides(lengths, kernel, stride, padding, dilation, ceil_mode)
    numbers = np.arange(math.prod(lengths)).reshape(1, 1, *lengths)
    numbers = windows_of(padded(numbers, sides, -1), kernel, stride, dilation)
    numbers = numbers.reshape(*numbers.shape[:-count], -1)
    values = windows_of(padded(x, sides), kernel, stride, dilation)
    values = values.reshape(*values.shape[:-count], -1)
    numbers = np.broadcast_to(numbers, values.shape)
    largest = np.max(values, axis=-1, keepdims=True, where=numbers >= 0, initial=-np.inf)
    is_largest = np.logical_and(np.logical_or(values == largest, np.isnan(values)), numbers >= 0)
    return np.take_along_axis(numbers, np.argmax(is_largest, axis=-1)[..., np.newaxis], -1)[..., 0]


def window_means(x, kernel, stride, padding, ceil_mode=False, count_include_pad=True, divisor_override=None):
    """The mean of each window.

    Examples
    --------
    >>> window_means(np.arange(5.0).reshape(1, 1, 5), (2,), (2,), (0,), ceil_mode=True)
    array([[[0.5, 2.5, 4. ]]])
    """
    sides, sizes = _means_of(x, x.shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override)
    alone = padded(x, sides).reshape(
        -1, 1, *(length + sum(side) for length, side in zip(x.shape[2:], sides, strict=True))
    )
    sums = conv(alone, np.ones((1, 1, *kernel), x.dtype), stride, (0,) * len(kernel), (1,) * len(kernel))
    return sums.reshape(*x.shape[:2], *sums.shape[2:]) / sizes


def window_means_bar(g, shape, kernel, stride, padding, ceil_mode=False, count_include_pad=True, divisor_override=None):
    """The transpose of `window_means`, for an input of this shape.

    Examples
    --------
    >>> window_means_bar(np.array([[[2.0, 4.0, 8.0]]]), (1, 1, 5), (2,), (2,), (0,), ceil_mode=True)
    array([[[1., 1., 2., 2., 8.]]])
    """
    sides, sizes = _means_of(g, shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override)
    lengths = [length + sum(side) for length, side in zip(shape[2:], sides, strict=True)]
    alone = (g / sizes).reshape(-1, 1, *g.shape[2:])
    ones = np.ones((1, 1, *kernel), g.dtype)
    bar = conv_input_bar(alone, ones, (len(alone), 1, *lengths), stride, (0,) * len(kernel), (1,) * len(kernel))
    inside = (slice(before, before + length) for length, (before, _) in zip(shape[2:], sides, strict=True))
    return bar.reshape(*shape[:2], *lengths)[(slice(None), slice(None), *inside)]


def _means_of(x, shape, kernel, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """What is added on the sides, and what the sum of each window is divided by."""
    one = (1,) * len(kernel)
    sides = pool_sides(shape[2:], kernel, stride, padding, one, ceil_mode)
    if divisor_override is not None:
        return sides, divisor_override
    if count_include_pad and all(before == after for before, after in sides):
        return sides, math.prod(kernel)
    # Padding counts where that is asked for; what sticks out beyond it never does.
    there = np.ones((1, 1, *shape[2:]), x.dtype)
    if count_include_pad:
        there = padded(there, [(length, length) for length in padding], 1)
        there = padded(there, [(0, after - before) for before, after in sides])
    else:
        there = padded(there, sides)
    return sides, conv(there, np.ones((1, 1, *kernel), x.dtype), stride, (0,) * len(kernel), one)


def pool_sides(lengths, kernel, stride, padding, dilation, ceil_mode):
    """How much is added before and after each axis.

    Examples
    --------
    >>> pool_sides((5, 6), (2, 2), (2, 2), (0, 1), (1, 1), True)
    [(0, 1), (1, 1)]
    """
    sides = []
    for length, k, s, p, d in zip(lengths, kernel, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        windows = -(-(length + 2 * p - reach) // s) + 1 if ceil_mode else 0
        if ceil_mode and (windows - 1) * s >= length + p:
            windows -= 1  # one that would begin in the padding
        sides.append((p, p + max((windows - 1) * s + reach - length - 2 * p, 0)))
    return sides
