"""Reductions of some elements only, and from an initial value: forms that the rules of these functions do not have.

Each rule covers the calls with the other parameters; a call with one that it does not know is read as what stands here.
"""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def sum(a, axis=None, dtype=None, keepdims=False, initial=None, where=None):
    """The sum of the elements that `where` selects."""
    chosen = a if where is None else np.where(where, a, 0)
    total = np.sum(chosen, axis=axis, dtype=dtype, keepdims=keepdims)
    return total if initial is None else total + initial


def prod(a, axis=None, dtype=None, keepdims=False, initial=None, where=None):
    """The product of the elements that `where` selects."""
    chosen = a if where is None else np.where(where, a, 1)
    product = np.prod(chosen, axis=axis, dtype=dtype, keepdims=keepdims)
    return product if initial is None else product * initial


def mean(a, axis=None, dtype=None, keepdims=False, *, where):
    """The mean of the elements that `where` selects."""
    total = np.sum(np.where(where, a, 0), axis=axis, dtype=dtype, keepdims=keepdims)
    return total / _count(a, where, axis, keepdims)


def _count(a, where, axis, keepdims):
    """How many elements are selected, as numbers like theirs."""
    return np.sum(np.where(where, np.ones_like(a), 0), axis=axis, keepdims=keepdims)


def var(a, axis=None, dtype=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    """The variance of the elements that `where` selects, about a mean that is computed already."""
    if where is None:
        where = np.ones(np.shape(a), dtype=bool)
    if mean is None:
        mean = np.mean(a, axis=axis, keepdims=True, where=where)
    freedom = ddof if correction is None else correction
    squares = np.square(np.abs(np.where(where, a - mean, 0)))
    return np.sum(squares, axis=axis, dtype=dtype, keepdims=keepdims) / (
        _count(squares, where, axis, keepdims) - freedom
    )


def std(a, axis=None, dtype=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    """The square root of the variance; of equal elements its derivative is zero."""
    freedom = ddof if correction is None else correction
    v = var(a, axis=axis, dtype=dtype, ddof=freedom, keepdims=keepdims, where=where, mean=mean)
    varies = np.greater(v, 0)
    return np.where(varies, np.sqrt(np.where(varies, v, 1)), v)[()]


def max(a, axis=None, keepdims=False, initial=None, where=None):
    """The greatest of the elements that `where` selects, and of the initial value."""
    chosen = a if where is None else np.where(where, a, initial)
    return np.maximum(np.max(chosen, axis=axis, keepdims=keepdims), initial)


def min(a, axis=None, keepdims=False, initial=None, where=None):
    """The least of the elements that `where` selects, and of the initial value."""
    chosen = a if where is None else np.where(where, a, initial)
    return np.minimum(np.min(chosen, axis=axis, keepdims=keepdims), initial)


def nanmax(a, axis=None, keepdims=False, initial=None, where=None):
    """The greatest of the numbers that `where` selects, and of the initial value."""
    chosen = a if where is None else np.where(where, a, initial)
    return np.fmax(np.nanmax(chosen, axis=axis, keepdims=keepdims), initial)


def nanmin(a, axis=None, keepdims=False, initial=None, where=None):
    """The least of the numbers that `where` selects, and of the initial value."""
    chosen = a if where is None else np.where(where, a, initial)
    return np.fmin(np.nanmin(chosen, axis=axis, keepdims=keepdims), initial)


def nanvar(a, axis=None, dtype=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    """The variance of the numbers that `where` selects, about a mean that is computed already."""
    there = _numbers(a, where)
    freedom = ddof if correction is None else correction
    return np.var(a, axis=axis, dtype=dtype, ddof=freedom, keepdims=keepdims, where=there, mean=mean)


def nanstd(a, axis=None, dtype=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None):
    """The square root of the variance; of equal numbers its derivative is zero."""
    there = _numbers(a, where)
    freedom = ddof if correction is None else correction
    return np.std(a, axis=axis, dtype=dtype, ddof=freedom, keepdims=keepdims, where=there, mean=mean)


def _numbers(a, where):
    there = np.logical_not(np.isnan(a))
    return there if where is None else np.logical_and(there, where)


def any(a, axis=None, keepdims=False, *, where):
    """Whether any element that `where` selects is true."""
    return np.any(np.logical_and(a, where), axis=axis, keepdims=keepdims)


def all(a, axis=None, keepdims=False, *, where):
    """Whether all elements that `where` selects are true."""
    return np.all(np.logical_or(a, np.logical_not(where)), axis=axis, keepdims=keepdims)


_MASK = np.array([[True, False, True], [True, True, False]])

define(np.sum, sum, at=(((2, 3), {"where": _MASK}), ((2, 3), {"axis": 1, "where": _MASK, "initial": 2.0})))
define(np.prod, prod, at=(((2, 3), {"where": _MASK}), ((2, 3), {"axis": 1, "where": _MASK, "initial": 2.0})))
define(np.mean, mean, at=(((2, 3), {"where": _MASK}), ((2, 3), {"axis": 1, "keepdims": True, "where": _MASK})))
_SPREAD = (((2, 3), {"where": _MASK}), ((2, 3), {"axis": 1, "where": _MASK, "ddof": 1}), ((2, 3), {"mean": 0.5}))
_EXTREME = (((2, 3), {"axis": 1, "where": _MASK, "initial": 0.25}),)
define(np.var, var, at=_SPREAD)
define(np.std, std, at=_SPREAD)
_GAPS = np.array([[0.5, np.nan, 2.0], [1.25, -0.75, np.nan]])
define(np.max, max, at=_EXTREME)
define(np.min, min, at=_EXTREME)
define(np.nanmax, nanmax, at=(*_EXTREME, (_GAPS, {"axis": 1, "where": _MASK, "initial": 0.25})))
define(np.nanmin, nanmin, at=(*_EXTREME, (_GAPS, {"axis": 1, "where": _MASK, "initial": 0.25})))
define(np.nanvar, nanvar, at=(*_SPREAD, (_GAPS, {"axis": 1, "where": _MASK})))
define(np.nanstd, nanstd, at=(*_SPREAD, (_GAPS, {"axis": 0, "mean": 0.5})))
define(np.any, any)
define(np.all, all)
