"""Functions of which each of two parts is another function: quotient and rest, polar coordinates."""

from __future__ import annotations

import cmath
import math

import numpy as np

from adcompiler.definitions.table import define


def divmod(x1, x2):
    """Quotient and rest."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def polar(z):
    """Absolute value and angle."""
    return abs(z), cmath.phase(z)


def rect(r, phi):
    """The complex number of this absolute value and angle."""
    return complex(r * math.cos(phi), r * math.sin(phi))


define(np.divmod, divmod, at=((5.5, 2.0), (np.array([5.5, -5.5]), np.array([2.0, 3.0]))))
define(cmath.polar, polar)
define(cmath.rect, rect)
