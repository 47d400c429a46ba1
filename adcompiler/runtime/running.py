"""What the derivatives of running products and extremes need beyond one NumPy call."""

from __future__ import annotations

import numpy as np


def recurrence(b, a, axis=-1):
    """The solution of s[k] = b[k] + a[k] * s[k - 1] along an axis, which begins with s[0] = b[0].

    Examples
    --------
    >>> recurrence(np.array([1.0, 1.0, 1.0]), np.array([5.0, 2.0, 3.0]))
    array([ 1.,  3., 10.])
    """
    rows, factors = np.moveaxis(b, axis, 0), np.moveaxis(a, axis, 0)
    solved = np.empty(rows.shape, np.result_type(rows, factors))
    for k, (row, factor) in enumerate(zip(rows, factors, strict=True)):
        solved[k] = row + factor * solved[k - 1] if k else row
    return np.moveaxis(solved, 0, axis)


def delayed(x, axis=-1, by=1, fill=0):
    """The elements moved on by one along an axis, or back by `by=-1`: one is lost, and one is `fill`.

    Examples
    --------
    >>> delayed(np.array([1.0, 2.0, 3.0])), delayed(np.array([1.0, 2.0, 3.0]), by=-1)
    (array([0., 1., 2.]), array([2., 3., 0.]))
    """
    moved, rows = np.full_like(x, fill), np.moveaxis(x, axis, 0)
    to, of = (slice(1, None), slice(None, -1)) if by == 1 else (slice(None, -1), slice(1, None))
    np.moveaxis(moved, axis, 0)[to] = rows[of]
    return moved


def extreme_so_far(x, y, axis=0):
    """The positions along an axis of the running extremes `y` of `x`; of equal elements the last one's so far.

    Examples
    --------
    >>> x = np.array([1.0, 3.0, 3.0, 2.0])
    >>> extreme_so_far(x, np.maximum.accumulate(x))
    array([0, 1, 2, 2])
    """
    count = np.shape(x)[axis]
    here = np.expand_dims(
        np.arange(count), tuple(number for number in range(np.ndim(x)) if number != axis % np.ndim(x))
    )
    attained = np.logical_or(np.equal(x, y), np.isnan(x))
    return np.maximum.accumulate(np.where(attained, here, 0), axis)
