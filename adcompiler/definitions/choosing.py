"""Values chosen by conditions."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def select(condlist, choicelist, default=0):
    """The choice of the first condition that holds."""
    chosen = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        chosen = np.where(condition, choice, chosen)
    return chosen


def choose(a, choices, mode="raise"):
    """For each element of `a`, what the choice with this number has in its place."""
    count = len(choices)
    if mode == "wrap":
        a = np.remainder(a, count)
    elif mode == "clip":
        a = np.clip(a, 0, count - 1)
    elif np.any(np.less(a, 0)) or np.any(np.greater_equal(a, count)):
        raise ValueError("invalid entry in choice array")
    if isinstance(choices, np.ndarray):
        axes = np.ndim(choices) - 1
        places = [
            np.reshape(np.arange(np.shape(choices)[axis + 1]), (-1,) + (1,) * (axes - 1 - axis)) for axis in range(axes)
        ]
        index = (a, *places)
        return choices[index]
    if count == 1:
        return np.where(np.equal(a, 0), choices[0], choices[0])
    chosen = choices[count - 1]
    for number in range(count - 1):
        chosen = np.where(np.equal(a, number), choices[number], chosen)
    return chosen


def piecewise(x, condlist, funclist, *args, **kw):
    """Each function where its condition holds, and nowhere else; one more for where none does."""
    conditions = [condlist] if isinstance(condlist, np.ndarray) else list(condlist)
    if np.ndim(x) == 0:
        alone = [np.reshape(condition, (1,)) for condition in conditions]
        return np.reshape(piecewise(np.reshape(x, (1,)), alone, funclist, *args, **kw), ())
    if len(funclist) == len(conditions) + 1:
        none = np.logical_not(conditions[0])
        for condition in conditions[1:]:
            none = np.logical_and(none, np.logical_not(condition))
        conditions = [*conditions, none]
    y = np.zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        if callable(function):
            y[condition] = function(x[condition], *args, **kw)
        else:
            y[condition] = function
    return y


def where(condition):
    """The places where a condition holds."""
    return np.nonzero(condition)


def extract(condition, arr):
    """The elements where a condition holds."""
    return np.take(np.ravel(arr), np.flatnonzero(condition))


def compress(condition, a, axis=None):
    """The parts along an axis where a condition holds."""
    return np.take(a, np.flatnonzero(condition), axis=axis)


define(np.select, select)
define(np.choose, choose)
define(np.piecewise, piecewise)
define(np.where, where)  # with one argument
define(np.extract, extract, at=((np.array([True, False, True]), (3,)), (np.array([[0, 1], [2, 0]]), (2, 2))))
define(
    np.compress,
    compress,
    at=((np.array([True, False, True]), (3,)), (np.array([0, 1]), (2, 3)), (np.array([True]), (2, 3), {"axis": 1})),
)
