"""Functions with two results, each of which is another function."""

from __future__ import annotations

import cmath

import numpy as np

from adcompiler.definitions.table import define


def divmod(x1, x2):
    """Quotient and rest."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def polar(z):
    """Absolute value and angle."""
    return abs(z), cmath.phase(z)


define(np.divmod, divmod, at=((5.5, 2.0), (np.array([5.5, -5.5]), np.array([2.0, 3.0]))))
define(cmath.polar, polar)
