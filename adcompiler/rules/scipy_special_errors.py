"""The error function and its kin: of Gauss, Dawson, Fresnel and the normal distribution."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import (
    dawsn,
    erf,
    erfc,
    erfcinv,
    erfcx,
    erfi,
    erfinv,
    fresnel,
    log_ndtr,
    ndtr,
    ndtri,
    ndtri_exp,
    owens_t,
    wofz,
)

from adcompiler.rules.scipy_ufuncs import several, special

_REAL = (0.3, -2.0)
_WITHIN_ONE = (0.3, -0.7)
_FAR = (0.3, -2.0, 6.9, 7.1, 80.0)
_ROOT_PI = math.sqrt(math.pi)
_ROOT_TWO_PI = math.sqrt(2 * math.pi)


def _erfcx_slope(y, x):
    """2xy - 2/√π; where these cancel by the continued fraction of 1/y, which is √π (x + 1/2 / (x + 2/2 / (x + …)))."""
    far = np.greater(x, 7)
    distant, near = np.where(far, x, 7), np.where(far, 0, x)
    rest = distant
    for number in range(12, 1, -1):
        rest = distant + number / 2 / rest
    return np.where(far, -y / rest, 2 * near * y - 2 / _ROOT_PI)


def _far_series(x):
    """1 + 3u + 15u² + …, u = 1/(2x²): what the slope of `dawsn` leaves where its terms cancel."""
    u = 1 / (2 * x * x)
    return 1 + 3 * u * (1 + 5 * u * (1 + 7 * u * (1 + 9 * u * (1 + 11 * u))))


def _dawsn_slope(y, x):
    far = np.greater(np.absolute(x), 50)
    distant = np.where(far, x, 50)
    return np.where(far, -_far_series(distant) / (2 * distant * distant), 1 - 2 * x * y)


special(erf, lambda g, y, x: g * (2 / _ROOT_PI) * np.exp(-x * x), at=_REAL)
special(erfc, lambda g, y, x: -g * (2 / _ROOT_PI) * np.exp(-x * x), at=_REAL)
special(erfcx, lambda g, y, x: g * _erfcx_slope(y, x), at=_FAR)
special(erfi, lambda g, y, x: g * (2 / _ROOT_PI) * np.exp(x * x), at=_REAL)
special(dawsn, lambda g, y, x: g * _dawsn_slope(y, x), at=_FAR)
special(wofz, lambda g, y, z: g * (2j / _ROOT_PI - 2 * z * y), at=_REAL)
special(erfinv, lambda g, y, x: g * (_ROOT_PI / 2) * np.exp(y * y), at=_WITHIN_ONE)
special(erfcinv, lambda g, y, x: -g * (_ROOT_PI / 2) * np.exp(y * y), at=(0.3, 1.7))


# The normal distribution


def _log_ndtr_slope(y, x):
    """The density over what is below: far below with `erfcx`, where the exponentials cancel."""
    below = np.less(x, 0)
    near = np.exp(-x * x / 2 - y) / _ROOT_TWO_PI
    return np.where(below, math.sqrt(2 / math.pi) / erfcx(np.where(below, x, 0) / -math.sqrt(2)), near)


special(ndtr, lambda g, y, x: g * np.exp(-x * x / 2) / _ROOT_TWO_PI, at=_REAL)
special(log_ndtr, lambda g, y, x: g * _log_ndtr_slope(y, x), at=(0.3, -2.0, -40.0, 3.0))
special(ndtri, lambda g, y, x: g * _ROOT_TWO_PI * np.exp(y * y / 2), at=(0.3, 0.9))
special(ndtri_exp, lambda g, y, x: g / _log_ndtr_slope(x, y), at=(-0.3, -2.0, -40.0))
special(
    owens_t,
    lambda g, y, h, a: -g * np.exp(-h * h / 2) * erf(a * h / math.sqrt(2)) / (2 * _ROOT_TWO_PI),
    lambda g, y, h, a: g * np.exp(-h * h * (1 + a * a) / 2) / (2 * math.pi * (1 + a * a)),
    at=((0.3, 1.2), (-2.0, 0.5)),
)

# Fresnel's integrals, the sine's first

several(
    fresnel,
    lambda y, x: np.sin(math.pi / 2 * x * x),
    lambda y, x: np.cos(math.pi / 2 * x * x),
    at=_REAL,
)
