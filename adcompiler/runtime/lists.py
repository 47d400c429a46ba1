"""Cotangents of lists and tuples, whose items may be numbers, arrays, lists and tuples."""

from __future__ import annotations

import numpy as np

from adcompiler.runtime.broadcasting import unbroadcast


def zero_items(xs):
    """A list or tuple like `xs`, with zero in the place of each number and zeros in that of each array.

    Examples
    --------
    >>> zero_items([2.0, (3.0, np.ones(2))])
    [0.0, (0.0, array([0., 0.]))]
    """
    if isinstance(xs, (list, tuple)):
        return type(xs)(zero_items(x) for x in xs)
    return np.zeros_like(xs) if isinstance(xs, np.ndarray) else 0.0


def add_items(xs, ys):
    """The sums of what two lists or tuples hold in the same places.

    Examples
    --------
    >>> add_items([1.0, (2.0, np.ones(2))], [0.5, (0.0, 1.0)])
    [1.5, (2.0, array([2., 2.]))]
    """
    if isinstance(xs, (list, tuple)):
        return type(xs)(add_items(x, y) for x, y in zip(xs, ys, strict=True))
    return xs + ys


def unbroadcast_items(g, xs):
    """`g` summed to the shape of each array in `xs`, which `sum(xs)` broadcast.

    Examples
    --------
    >>> unbroadcast_items(np.ones(2), [1.0, np.ones(2)])
    [np.float64(2.0), array([1., 1.])]
    """
    return [unbroadcast(g, np.shape(x)) for x in xs]


def split_like(g, xs, axis=0):
    """The parts of `g` that belong to the arrays in `xs`, which `np.concatenate(xs, axis)` joined.

    Examples
    --------
    >>> split_like(np.array([1.0, 2.0, 3.0]), [np.zeros(1), np.zeros(2)])
    [array([1.]), array([2., 3.])]
    """
    return np.split(g, np.cumsum([np.shape(x)[axis] for x in xs])[:-1], axis)
