"""Reductions that leave out what is not a number; that gets no cotangent."""

from __future__ import annotations

import numpy as np

from adcompiler.rules.inference import reduction_type
from adcompiler.rules.reductions import AXIS, beside, mean_dtype
from adcompiler.rules.table import vjp


def _there(a):
    """1 for a number, 0 for what is none, in the dtype of `a`."""
    return np.where(np.isnan(a), 0, np.ones_like(a))


def _count(a, axis, keepdims, ddof=0):
    count = np.sum(_there(a), axis=axis, keepdims=keepdims)
    return count - ddof if ddof else count


def _centred(a, axis):
    return np.where(np.isnan(a), 0, a - np.nanmean(a, axis=axis, keepdims=True))


def _spread(y):
    """The standard deviation, or 1 where it is 0: of equal values its derivative is 0."""
    return np.where(np.equal(y, 0), 1, y)


def _std_bar(g, y, a, axis=None, ddof=0, keepdims=False):
    return beside(g / _spread(y), axis, keepdims) * _centred(a, axis) / _count(a, axis, True, ddof)


def _std_dot(x_dot, y, a, axis=None, ddof=0, keepdims=False):
    products = np.sum(x_dot * _centred(a, axis), axis=axis, keepdims=keepdims)
    return products / _count(a, axis, keepdims, ddof) / _spread(y)


_GAPS = np.array([[0.5, np.nan, 2.0], [1.25, -0.75, np.nan]])
_AT = (
    ((4,),),
    ((2, 3),),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1, "keepdims": True}),
    ((2, 3, 4), {"axis": (0, 2)}),
    (_GAPS,),
    (_GAPS, {"axis": 1}),
)
_FREEDOM = (_GAPS, {"axis": 1, "ddof": 1})

vjp(
    np.nanmean,
    lambda g, y, a, axis=None, keepdims=False: beside(g, axis, keepdims) * _there(a) / _count(a, axis, True),
    jvp=lambda x_dot, y, a, axis=None, keepdims=False: (
        np.sum(x_dot * _there(a), axis=axis, keepdims=keepdims) / _count(a, axis, keepdims)
    ),
    static=AXIS,
    infer=reduction_type(mean_dtype),
    at=(*_AT, ((),)),
)
vjp(
    np.nanvar,
    lambda g, y, a, axis=None, ddof=0, keepdims=False: (
        2 * beside(g, axis, keepdims) * _centred(a, axis) / _count(a, axis, True, ddof)
    ),
    jvp=lambda x_dot, y, a, axis=None, ddof=0, keepdims=False: (
        2 * np.sum(x_dot * _centred(a, axis), axis=axis, keepdims=keepdims) / _count(a, axis, keepdims, ddof)
    ),
    static={**AXIS, "ddof": 0},
    synonyms={"correction": "ddof"},
    infer=reduction_type(mean_dtype),
    at=(*_AT, _FREEDOM),
)
vjp(
    np.nanstd,
    _std_bar,
    jvp=_std_dot,
    static={**AXIS, "ddof": 0},
    synonyms={"correction": "ddof"},
    infer=reduction_type(mean_dtype),
    at=(*_AT, _FREEDOM),
)
