"""Samples of random numbers are constants; what they are made from is not."""

from __future__ import annotations

import numpy as np

from .table import P, X, covers


@covers("random", "normal sample times x", at=[X])
def sample_times_x(x):
    rng = np.random.default_rng(0)
    return rng.normal(size=4) * x


@covers("random", "normal sample times x", at=[(X, P)])
def sample_with_mean_and_spread(x, scale):
    rng = np.random.default_rng(0)
    return rng.normal(x, scale)
