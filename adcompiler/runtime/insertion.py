"""The transposes of functions that put elements between others, or leave elements out."""

from __future__ import annotations

import numpy as np


def delete_bar(g, shape, obj, axis=None):
    """Zeros of `shape` with `g` where `np.delete(x, obj, axis)` leaves elements: its transpose.

    Examples
    --------
    >>> delete_bar(np.array([1.0, 2.0]), (3,), 1)
    array([1., 0., 2.])
    """
    kept = np.delete(np.arange(np.prod(shape, dtype=int)).reshape(shape), obj, axis)
    x_bar = np.zeros(shape, np.result_type(g))
    x_bar.reshape(-1)[kept] = g
    return x_bar


def insert_array_bar(g, shape, obj, values_shape, axis=None):
    """What of `g` belongs to the array of `shape` in `np.insert(array, obj, values, axis)`.

    Examples
    --------
    >>> insert_array_bar(np.array([1.0, 2.0, 3.0]), (2,), 1, ())
    array([1., 3.])
    """
    return g[np.insert(np.ones(shape, bool), obj, np.zeros(values_shape, bool), axis)].reshape(shape)


def insert_values_bar(g, shape, obj, values_shape, axis=None):
    """What of `g` belongs to the values in `np.insert(array, obj, values, axis)`, summed where they were repeated.

    Examples
    --------
    >>> insert_values_bar(np.array([1.0, 2.0, 3.0]), (1,), np.array([0, 1]), ())
    np.float64(4.0)
    """
    count = np.prod(values_shape, dtype=int)
    places = np.insert(np.full(shape, -1), obj, np.arange(count).reshape(values_shape), axis)
    values_bar = np.zeros(count, np.result_type(g))
    np.add.at(values_bar, places[places >= 0], g[places >= 0])
    return values_bar.reshape(values_shape)[()]
