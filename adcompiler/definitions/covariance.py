"""Covariances and correlations."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def cov(m):
    """The covariance of variables, one a row."""
    centred = m - np.mean(m, axis=1, keepdims=True)
    return centred @ centred.T / (m.shape[1] - 1)


def corrcoef(x):
    """The correlation of variables, one a row."""
    c = cov(x)
    spread = np.sqrt(np.diagonal(c))
    return c / spread[:, np.newaxis] / spread


define(np.cov, cov, at=(((2, 5),),))
define(np.corrcoef, corrcoef, at=(((2, 5),),))
