"""SciPy's special functions."""

from __future__ import annotations

import scipy.special

from adcompiler.rules.table import elementwise

elementwise(scipy.special.expit, lambda g, y, x: g * (1 - y) * y, at=(0.3, -2.0), spelling="scipy.special.expit")
