"""What is in an array: its values each once, how often they occur, and where the zeros at its ends are."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define
from adcompiler.rules.taking import occurrences


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, equal_nan=True):
    """Each value once, in order: where it occurs first, which is what gets its cotangent."""
    first, inverse, counts = occurrences(ar, axis=axis, equal_nan=equal_nan)
    values = np.take(ar, first, axis=axis)
    results = [values]
    if return_index:
        results.append(first)
    if return_inverse:
        results.append(inverse)
    if return_counts:
        results.append(counts)
    return tuple(results) if len(results) > 1 else values


def trim_zeros(filt, trim="fb"):
    """Without the zeros at the ends of a vector."""
    places = np.flatnonzero(filt)
    if np.size(places) == 0:
        return filt[:0]
    start = places[0] if "f" in trim.lower() else 0
    stop = places[-1] + 1 if "b" in trim.lower() else np.size(filt)
    return filt[start:stop]


def searchsorted(a, v, side="left", sorter=None):
    """Where values belong in an array that another puts into order."""
    return np.searchsorted(np.take(a, sorter), v, side=side)


define(np.searchsorted, searchsorted)
define(np.unique, unique)
define(np.trim_zeros, trim_zeros)
