"""The transposes of padding and of differences."""

from __future__ import annotations

import numpy as np


def unpad(g, pad_width):
    """What is left of `np.pad(x, pad_width)` without its margins.

    Examples
    --------
    >>> unpad(np.array([0.0, 1.0, 2.0, 0.0]), 1)
    array([1., 2.])
    """
    if isinstance(pad_width, dict):
        both = {axis % np.ndim(g): width for axis, width in pad_width.items()}
        pad_width = [np.broadcast_to(both.get(axis, 0), 2) for axis in range(np.ndim(g))]
    widths = np.broadcast_to(pad_width, (np.ndim(g), 2))
    lengths = np.shape(g)
    return g[tuple(slice(before, length - after) for (before, after), length in zip(widths, lengths, strict=True))]


def padded_places(length, before, after, mode):
    """Which elements of an axis stand where, when it is padded in a mode that repeats them.

    Examples
    --------
    >>> padded_places(3, 1, 2, "reflect")
    array([1, 0, 1, 2, 1, 0])
    """
    return np.pad(np.arange(length), (before, after), mode)


def diff_bar(g, shape, n=1, axis=-1):
    """The transpose of `np.diff` of an array of `shape`: `x_bar[i] = g[i - 1] - g[i]`, with zero beyond the ends.

    Examples
    --------
    >>> diff_bar(np.array([1.0, 3.0]), (3,))
    array([-1., -2.,  3.])
    """
    if np.size(g) == 0:
        return np.zeros(shape, np.result_type(g))
    margin = np.zeros_like(np.take(g, [0], axis))
    for _ in range(n):
        g = -np.diff(np.concatenate([margin, g, margin], axis), axis=axis)
    return g
