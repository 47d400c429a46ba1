"""Parts of convolutions: what `mode=` leaves of a whole one, and the transpose."""

from __future__ import annotations

import numpy as np


def overlap_start(n, m, mode, correlates=False):
    """Where the part that `mode` names begins in the whole convolution of `n` with `m` elements.

    `np.correlate` turns the result round where the second operand is the longer one, and so where it begins.

    Examples
    --------
    >>> [overlap_start(5, 4, mode) for mode in ("full", "same", "valid")]
    [0, 1, 3]
    """
    shorter = min(n, m)
    if mode == "same":
        return shorter // 2 if correlates and n < m else (shorter - 1) // 2
    return shorter - 1 if mode == "valid" else 0


def cut_overlap(whole, n, m, mode, correlates=False):
    """The part of a whole convolution that `mode` names.

    Examples
    --------
    >>> cut_overlap(np.arange(8), 5, 4, mode="valid")
    array([3, 4])
    """
    start = overlap_start(n, m, mode, correlates)
    length = {"full": n + m - 1, "same": max(n, m), "valid": abs(n - m) + 1}[mode]
    return whole[start : start + length]


def uncut_overlap(part, n, m, mode, correlates=False):
    """A part that `mode` names, with zeros in the place of the rest of the whole convolution.

    Examples
    --------
    >>> uncut_overlap(np.array([3.0, 4.0]), 5, 4, mode="valid")
    array([0., 0., 0., 3., 4., 0., 0., 0.])
    """
    start = overlap_start(n, m, mode, correlates)
    whole = np.zeros(n + m - 1, part.dtype)
    whole[start : start + len(part)] = part
    return whole
