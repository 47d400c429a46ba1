"""Polynomials."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def polyval(p, x):
    """A polynomial, by Horner's rule."""
    y = np.zeros_like(x)
    for coefficient in p:
        y = y * x + coefficient
    return y


define(np.polyval, polyval, at=(((3,), 0.7), ((3,), (4,))))
