"""Averages and scores of data: geometric and harmonic means, z scores, entropy, standard error."""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from adcompiler.definitions.table import define


def gmean(a, axis=0, dtype=None, weights=None):
    return np.exp(np.average(np.log(a), axis=axis, weights=weights))


def hmean(a, axis=0, dtype=None, *, weights=None):
    return 1 / np.average(1 / a, axis=axis, weights=weights)


def zscore(a, axis=0, ddof=0):
    return (a - np.mean(a, axis=axis, keepdims=True)) / np.std(a, axis=axis, ddof=ddof, keepdims=True)


def sem(a, axis=0, ddof=1):
    return np.std(a, axis=axis, ddof=ddof) / np.sqrt(np.size(a) if axis is None else a.shape[axis])


def variation(a, axis=0, ddof=0, *, keepdims=False):
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims) / np.mean(a, axis=axis, keepdims=keepdims)


def _standardised_moment(a, axis, order):
    centred = a - np.mean(a, axis=axis, keepdims=True)
    return np.mean(centred**order, axis=axis) / np.mean(centred**2, axis=axis) ** (order / 2)


def skew(a, axis=0):
    return _standardised_moment(a, axis, 3)


def kurtosis(a, axis=0, fisher=True):
    return _standardised_moment(a, axis, 4) - (3 if fisher else 0)


def entropy(pk, qk=None, base=None, axis=0):
    """Of what is proportional to probabilities; relative to others if there are any."""
    p = pk / np.sum(pk, axis=axis, keepdims=True)
    if qk is None:
        total = np.sum(scipy.special.entr(p), axis=axis)
    else:
        total = np.sum(scipy.special.rel_entr(p, qk / np.sum(qk, axis=axis, keepdims=True)), axis=axis)
    return total if base is None else total / np.log(base)


_A = np.array([[0.5, 1.2, 0.7], [2.0, 0.3, 1.1]])
_POINTS = ((_A,), (_A, {"axis": 1}), (_A[0],), (_A, {"axis": None}))
_SPREAD = ((np.array([[0.5, 1.2, 0.7], [2.0, 0.3, 1.1], [0.9, 2.5, 0.4]]),), (_A, {"axis": 1}), (_A[0],))
define(scipy.stats.gmean, gmean, at=_POINTS, spelling="scipy.stats.gmean")
define(scipy.stats.hmean, hmean, at=_POINTS, spelling="scipy.stats.hmean")
define(scipy.stats.zscore, zscore, at=(*_POINTS, (_A, {"axis": 1, "ddof": 1})), spelling="scipy.stats.zscore")
define(scipy.stats.variation, variation, at=_POINTS, spelling="scipy.stats.variation")
define(scipy.stats.skew, skew, at=(*_SPREAD, (_A, {"axis": None})), spelling="scipy.stats.skew")
define(scipy.stats.kurtosis, kurtosis, at=(*_SPREAD, (_A[0], {"fisher": False})), spelling="scipy.stats.kurtosis")
define(scipy.stats.sem, sem, at=_POINTS, spelling="scipy.stats.sem")
define(
    scipy.stats.entropy,
    entropy,
    at=(*_POINTS[:3], (_A, _A[::-1].copy()), (_A, {"base": 2, "axis": 1})),
    spelling="scipy.stats.entropy",
)
