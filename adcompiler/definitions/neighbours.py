"""Differences of neighbours, slopes, and what lies between two points."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def diff(a, n=1, axis=-1, prepend=None, append=None):
    """Differences, of the array with something before and behind it."""
    parts = [a]
    if prepend is not None:
        parts = [_as_end(prepend, a, axis), *parts]
    if append is not None:
        parts = [*parts, _as_end(append, a, axis)]
    return np.diff(np.concatenate(parts, axis=axis), n=n, axis=axis)


def _as_end(value, a, axis):
    """A number as an end of an array: one element along the axis."""
    return np.broadcast_to(value, np.shape(np.take(a, [0], axis=axis))) if np.ndim(value) == 0 else value


def ediff1d(ary, to_end=None, to_begin=None):
    """The differences of neighbours, of the flattened array, between what begins and what ends the result."""
    parts = [np.diff(np.ravel(ary))]
    if to_begin is not None:
        parts = [np.ravel(to_begin), *parts]
    if to_end is not None:
        parts = [*parts, np.ravel(to_end)]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def gradient(f, *varargs, axis=None, edge_order=1):
    """Slopes along each axis: central differences, and one-sided ones at the ends."""
    f = np.asarray(f)
    axes = list(range(-np.ndim(f), 0)) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    spacings = (1.0,) * len(axes) if len(varargs) == 0 else varargs * len(axes) if len(varargs) == 1 else varargs
    slopes = [_slope(f, spacings[number], axes[number], edge_order) for number in range(len(axes))]
    return slopes[0] if len(axes) == 1 else tuple(slopes)


def _slope(f, spacing, axis, edge_order):
    if np.shape(f)[axis] <= edge_order:
        raise ValueError("Shape of array too small to calculate a numerical gradient")
    moved = f if axis == -1 else np.moveaxis(f, axis, -1)
    slope = _slope_of_last(moved, spacing, edge_order)
    return slope if axis == -1 else np.moveaxis(slope, -1, axis)


def _slope_of_last(moved, spacing, edge_order):
    if np.ndim(spacing) == 0:
        inner = (moved[..., 2:] - moved[..., :-2]) / (2 * spacing)
        if edge_order == 1:
            first = (moved[..., 1:2] - moved[..., :1]) / spacing
            last = (moved[..., -1:] - moved[..., -2:-1]) / spacing
        else:
            first = (-1.5 * moved[..., :1] + 2 * moved[..., 1:2] - 0.5 * moved[..., 2:3]) / spacing
            last = (0.5 * moved[..., -3:-2] - 2 * moved[..., -2:-1] + 1.5 * moved[..., -1:]) / spacing
        return np.concatenate((first, inner, last), axis=-1)
    steps = np.diff(spacing)
    before, after = steps[:-1], steps[1:]
    inner = (
        moved[..., 2:] * before / (after * (before + after))
        + moved[..., 1:-1] * (after - before) / (before * after)
        - moved[..., :-2] * after / (before * (before + after))
    )
    if edge_order == 1:
        first = (moved[..., 1:2] - moved[..., :1]) / steps[:1]
        last = (moved[..., -1:] - moved[..., -2:-1]) / steps[-1:]
    else:
        first = _outer_slope(moved[..., :1], moved[..., 1:2], moved[..., 2:3], steps[:1], steps[1:2])
        last = -_outer_slope(moved[..., -1:], moved[..., -2:-1], moved[..., -3:-2], steps[-1:], steps[-2:-1])
    return np.concatenate((first, inner, last), axis=-1)


def _outer_slope(first, second, third, near, far):
    """The slope in the first of three points of the parabola through them."""
    return (
        -first * (2 * near + far) / (near * (near + far))
        + second * (near + far) / (near * far)
        - third * near / (far * (near + far))
    )


def interp(x, xp, fp, left=None, right=None, period=None):
    """Linear interpolation; beyond the ends the first and the last value, unless others are given."""
    xp, fp = np.ravel(xp), np.ravel(fp)  # which makes arrays of lists
    if period is not None:
        order = np.argsort(np.remainder(xp, period))
        xp, fp = np.take(np.remainder(xp, period), order), np.take(fp, order)
        x = np.remainder(x, period)
        xp = np.concatenate((xp[-1:] - period, xp, xp[:1] + period))
        fp = np.concatenate((fp[-1:], fp, fp[:1]))
        return _between(x, xp, fp)
    y = _between(x, xp, fp)
    if left is not None:
        y = np.where(np.less(x, xp[0]), left, y)
    if right is not None:
        y = np.where(np.greater(x, xp[-1]), right, y)
    return y


def _between(x, xp, fp):
    i = np.clip(np.searchsorted(xp, x) - 1, 0, len(xp) - 2)
    t = np.clip((x - xp[i]) / (xp[i + 1] - xp[i]), 0, 1)
    return fp[i] + t * (fp[i + 1] - fp[i])


define(np.diff, diff, at=(((4,), {"prepend": 0.5}), ((2, 3), {"axis": 0, "append": 1.5, "n": 2})))
define(np.ediff1d, ediff1d, at=(((4,),), ((2, 3),), ((3,), {"to_begin": 1.5})))
define(
    np.gradient,
    gradient,
    at=(
        *(((5,),), ((5,), 0.5), ((5,), np.array([0.0, 1.0, 1.5, 3.0, 3.2])), ((5,), {"edge_order": 2})),
        *(((2, 3), {"axis": -1}), ((3, 2), np.array([0.0, 1.0, 1.5]), {"axis": 0, "edge_order": 2})),
    ),
)
define(
    np.interp,
    interp,
    at=(
        (np.array([0.3, 1.7]), np.array([0.0, 1.0, 2.0]), (3,)),
        (np.array([0.3, -1.7]), np.array([0.0, 1.0, 2.0]), (3,), {"left": 0.5}),
        (np.array([0.3, -1.7]), np.array([0.0, 2.0, 1.0]), (3,), {"period": 3.0}),
    ),
)
