"""The transposes of matrix products, for operands whose number of axes shows only when the program runs."""

from __future__ import annotations

import numpy as np

from adcompiler.runtime.broadcasting import unbroadcast


def matmul_left_bar(g, a, b):
    """The cotangent of `a` in `a @ b`: `g @ b.T`, for any number of axes.

    Examples
    --------
    >>> matmul_left_bar(np.ones((2, 3)), np.zeros((2, 4)), np.ones((4, 3)))
    array([[3., 3., 3., 3.],
           [3., 3., 3., 3.]])
    """
    if np.ndim(b) == 1:
        return np.expand_dims(g, -1) * b
    row = np.expand_dims(g, -2) if np.ndim(a) == 1 else g
    a_bar = row @ np.swapaxes(b, -1, -2)
    return unbroadcast(a_bar[..., 0, :] if np.ndim(a) == 1 else a_bar, np.shape(a))


def matmul_right_bar(g, a, b):
    """The cotangent of `b` in `a @ b`: `a.T @ g`, for any number of axes.

    Examples
    --------
    >>> matmul_right_bar(np.ones((2, 3)), np.ones((2, 4)), np.zeros((4, 3)))
    array([[2., 2., 2.],
           [2., 2., 2.],
           [2., 2., 2.],
           [2., 2., 2.]])
    """
    if np.ndim(a) == 1:
        b_bar = np.expand_dims(a, -1) * np.expand_dims(g, -2) if np.ndim(b) > 1 else g * a
    elif np.ndim(b) == 1:
        b_bar = (np.swapaxes(a, -1, -2) @ np.expand_dims(g, -1))[..., 0]
    else:
        b_bar = np.swapaxes(a, -1, -2) @ g
    return unbroadcast(b_bar, np.shape(b))


def dot_left_bar(g, a, b):
    """The cotangent of `a` in `np.dot(a, b)`, for any number of axes.

    Examples
    --------
    >>> dot_left_bar(2.0, np.zeros(2), np.array([3.0, 4.0]))
    array([6., 8.])
    """
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * b, np.shape(a))
    if np.ndim(b) == 1:
        return np.expand_dims(g, -1) * b
    kept = [axis for axis in range(np.ndim(b)) if axis != np.ndim(b) - 2]
    return np.tensordot(g, b, (range(np.ndim(a) - 1, np.ndim(g)), kept))


def dot_right_bar(g, a, b):
    """The cotangent of `b` in `np.dot(a, b)`, for any number of axes.

    Examples
    --------
    >>> dot_right_bar(2.0, np.array([3.0, 4.0]), np.zeros(2))
    array([6., 8.])
    """
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * a, np.shape(b))
    rows = range(np.ndim(a) - 1)
    b_bar = np.tensordot(g, a, (rows, rows))
    return b_bar if np.ndim(b) == 1 else np.swapaxes(b_bar, -1, -2)


def inner_left_bar(g, a, b):
    """The cotangent of `a` in `np.inner(a, b)`, for any number of axes.

    Examples
    --------
    >>> inner_left_bar(2.0, np.zeros(2), np.array([3.0, 4.0]))
    array([6., 8.])
    """
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * b, np.shape(a))
    return np.tensordot(g, b, (range(np.ndim(a) - 1, np.ndim(g)), range(np.ndim(b) - 1)))


def inner_right_bar(g, a, b):
    """The cotangent of `b` in `np.inner(a, b)`, for any number of axes.

    Examples
    --------
    >>> inner_right_bar(2.0, np.array([3.0, 4.0]), np.zeros(2))
    array([6., 8.])
    """
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * a, np.shape(b))
    return np.tensordot(g, a, (range(np.ndim(a) - 1), range(np.ndim(a) - 1)))


def tensordot_left_bar(g, a, b, axes=2):
    """The cotangent of `a` in `np.tensordot(a, b, axes)`.

    Examples
    --------
    >>> tensordot_left_bar(np.ones(3), np.zeros(2), np.ones((2, 3)), 1)
    array([3., 3.])
    """
    a_axes, b_axes = (range(-axes, 0), range(axes)) if isinstance(axes, int) else axes
    a_axes = [int(axis) % np.ndim(a) for axis in np.atleast_1d(a_axes)]
    b_axes = [int(axis) % np.ndim(b) for axis in np.atleast_1d(b_axes)]
    a_kept = [axis for axis in range(np.ndim(a)) if axis not in a_axes]
    b_kept = [axis for axis in range(np.ndim(b)) if axis not in b_axes]
    a_bar = np.tensordot(g, b, (range(len(a_kept), np.ndim(g)), b_kept))
    order = a_kept + [a_axes[b_axes.index(axis)] for axis in sorted(b_axes)]
    return np.transpose(a_bar, np.argsort(order))


def tensordot_right_bar(g, a, b, axes=2):
    """The cotangent of `b` in `np.tensordot(a, b, axes)`.

    Examples
    --------
    >>> tensordot_right_bar(np.ones(3), np.ones(2), np.zeros((2, 3)), 1)
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    a_axes, b_axes = (range(-axes, 0), range(axes)) if isinstance(axes, int) else axes
    a_axes = [int(axis) % np.ndim(a) for axis in np.atleast_1d(a_axes)]
    b_axes = [int(axis) % np.ndim(b) for axis in np.atleast_1d(b_axes)]
    a_kept = [axis for axis in range(np.ndim(a)) if axis not in a_axes]
    b_kept = [axis for axis in range(np.ndim(b)) if axis not in b_axes]
    b_bar = np.tensordot(a, g, (a_kept, range(len(a_kept))))
    order = [b_axes[a_axes.index(axis)] for axis in sorted(a_axes)] + b_kept
    return np.transpose(b_bar, np.argsort(order))


def cross_of_three(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """`np.cross`, but not of vectors with two components, whose product has one axis less.

    Examples
    --------
    >>> cross_of_three(np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    array([0., 0., 1.])
    """
    for x, along in ((a, axisa), (b, axisb)):
        length = np.shape(x)[along if axis is None else axis]
        if length != 3:
            raise ValueError(f"the derivative of `np.cross` is known for vectors with three components, not {length}")
    return np.cross(a, b, axisa, axisb, axisc, axis)
