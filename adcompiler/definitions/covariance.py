"""Covariances and correlations."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    """The covariance of variables, one a row; observations count as often as they were made, and by their weights."""
    if dtype is not None:
        m = np.asarray(m, dtype=dtype)
    x = np.atleast_2d(m)
    if not rowvar and np.ndim(m) != 1:
        x = x.T
    if y is not None:
        others = np.atleast_2d(y)
        if not rowvar and others.shape[0] != 1:
            others = others.T
        x = np.concatenate((x, others), axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    if fweights is None and aweights is None:
        centred = x - np.mean(x, axis=1, keepdims=True)
        return np.squeeze(centred @ np.conj(centred).T / (x.shape[1] - ddof))
    weights = aweights if fweights is None else fweights if aweights is None else fweights * aweights
    total = np.sum(weights)
    centred = x - (np.sum(x * weights, axis=1) / total)[:, np.newaxis]
    count = total - ddof if ddof == 0 or aweights is None else total - ddof * np.sum(weights * aweights) / total
    return np.squeeze(centred @ np.conj(centred * weights).T / count)


def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """The correlation of variables, one a row."""
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    spread = np.sqrt(np.real(np.diagonal(c)))
    return c / spread[:, np.newaxis] / spread


_WEIGHTS = np.array([1.0, 2.0, 0.5, 1.5, 0.7])
_COUNTS = np.array([1, 2, 1, 3, 1])

define(
    np.cov,
    cov,
    at=(
        ((2, 5),),
        ((5,),),
        ((2, 5), (5,)),
        ((5,), (3, 5), {"ddof": 0}),
        ((5, 2), (5,), {"rowvar": False, "bias": True}),
        ((2, 5), {"aweights": _WEIGHTS}),
        ((2, 5), {"fweights": _COUNTS}),
        ((2, 5), {"fweights": _COUNTS, "aweights": _WEIGHTS, "ddof": 0}),
    ),
)
define(np.corrcoef, corrcoef, at=(((2, 5),), ((5,), (5,)), ((5, 3), {"rowvar": False})))
