"""Arrays divided into parts along an axis: the parts are views."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def split(ary, indices_or_sections, axis=0):
    """Parts between positions, or a number of equal parts."""
    if isinstance(indices_or_sections, int):
        length = np.shape(ary)[axis]
        if length % indices_or_sections != 0:
            raise ValueError("array split does not result in an equal division")
        size = length // indices_or_sections
        return _parts(ary, [size * number for number in range(1, indices_or_sections)], axis)
    return _parts(ary, indices_or_sections, axis)


def array_split(ary, indices_or_sections, axis=0):
    """Parts between positions, or a number of parts, the first of them longer by one where there is a remainder."""
    if isinstance(indices_or_sections, int):
        length = np.shape(ary)[axis]
        size, longer = length // indices_or_sections, length % indices_or_sections
        return _parts(ary, [size * n + min(n, longer) for n in range(1, indices_or_sections)], axis)
    return _parts(ary, indices_or_sections, axis)


def unstack(x, /, *, axis=0):
    """What is at each position of an axis."""
    rows = np.moveaxis(x, axis, 0)
    return tuple([rows[position] for position in range(np.shape(x)[axis])])


def _parts(ary, positions, axis):
    bounds = [None, *positions, None]
    return [_part(ary, bounds[number], bounds[number + 1], axis) for number in range(len(bounds) - 1)]


def _part(ary, start, stop, axis):
    if axis < 0:
        return ary[(Ellipsis, slice(start, stop)) + (slice(None),) * (-axis - 1)]
    return ary[(slice(None),) * axis + (slice(start, stop),)]


def hsplit(ary, indices_or_sections):
    """Parts side by side."""
    return split(ary, indices_or_sections, 1 if np.ndim(ary) > 1 else 0)


def vsplit(ary, indices_or_sections):
    """Parts below each other."""
    return split(ary, indices_or_sections, 0)


def dsplit(ary, indices_or_sections):
    """Parts behind each other."""
    return split(ary, indices_or_sections, 2)


define(np.split, split)
define(np.array_split, array_split)
define(np.hsplit, hsplit)
define(np.vsplit, vsplit)
define(np.dsplit, dsplit)
define(np.unstack, unstack)
