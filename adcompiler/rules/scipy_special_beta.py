"""The incomplete beta function, Student's t distribution, and their inverses."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import (
    betainc,
    betaincc,
    betainccinv,
    betaincinv,
    betaln,
    poch,
    psi,
    stdtr,
    stdtrit,
    xlog1py,
    xlogy,
)

from adcompiler import runtime
from adcompiler.rules.overriding import overridable
from adcompiler.rules.scipy_special_gamma import zeta
from adcompiler.rules.scipy_ufuncs import of_numbers, refused, special
from adcompiler.rules.structure import cast_like

# Moments of the beta distribution up to x: the derivatives with respect to a and b

beta_moment = overridable(runtime.beta_moment)
_HIGHEST = 3

_log_beta = of_numbers(betaln)


def _beta_density(a, b, x):
    """x**(a - 1) (1 - x)**(b - 1) / B(a, b)."""
    return np.exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - _log_beta(a, b))


def _moment(a, b, x, of_a, of_b):
    return beta_moment(a, b, x, of_a=of_a, of_b=of_b) if of_a or of_b else betainc(a, b, x)


def _moment_slope(a, b, x, of_a, of_b):
    """With respect to `a`: one power more, and what the means of both logarithms change."""
    if of_a + of_b == _HIGHEST:
        refused("a or b, so many times,", betainc)()
    slope = _moment(a, b, x, of_a + 1, of_b)
    if of_a:
        slope = slope - of_a * (zeta(2, a) - zeta(2, a + b)) * _moment(a, b, x, of_a - 1, of_b)
    if of_b:
        slope = slope + of_b * zeta(2, a + b) * _moment(a, b, x, of_a, of_b - 1)
    return slope


def _moment_slope_in_b(a, b, x, of_a, of_b):
    if of_a + of_b == _HIGHEST:
        refused("a or b, so many times,", betainc)()
    slope = _moment(a, b, x, of_a, of_b + 1)
    if of_b:
        slope = slope - of_b * (zeta(2, b) - zeta(2, a + b)) * _moment(a, b, x, of_a, of_b - 1)
    if of_a:
        slope = slope + of_a * zeta(2, a + b) * _moment(a, b, x, of_a - 1, of_b)
    return slope


def _moment_density(a, b, x, of_a, of_b):
    above_a = np.log(x) - (psi(a) - psi(a + b))
    above_b = np.log1p(-x) - (psi(b) - psi(a + b))
    return _beta_density(a, b, x) * above_a**of_a * above_b**of_b


special(
    beta_moment,
    lambda g, y, a, b, x, of_a=1, of_b=0: g * _moment_slope(a, b, x, of_a, of_b),
    lambda g, y, a, b, x, of_a=1, of_b=0: g * _moment_slope_in_b(a, b, x, of_a, of_b),
    lambda g, y, a, b, x, of_a=1, of_b=0: g * _moment_density(a, b, x, of_a, of_b),
    aliases=(runtime.beta_moment,),
    static={"of_a": 1, "of_b": 0},
    spelling="beta_moment",
    at=((0.7, 2.5, 0.3), (3.0, 1.5, 0.8), (0.7, 2.5, 0.3, {"of_a": 0, "of_b": 1})),
)

_POINTS = ((0.7, 2.5, 0.3), (3.0, 1.5, 0.8), (20.0, 30.0, 0.4))
for function, sign in ((betainc, 1), (betaincc, -1)):
    special(
        function,
        lambda g, y, a, b, x, sign=sign: sign * g * beta_moment(a, b, x),
        lambda g, y, a, b, x, sign=sign: sign * g * beta_moment(a, b, x, of_a=0, of_b=1),
        lambda g, y, a, b, x, sign=sign: sign * g * _beta_density(a, b, x),
        at=_POINTS,
    )
for function, sign in ((betaincinv, 1), (betainccinv, -1)):
    special(
        function,
        lambda g, y, a, b, p: -g * beta_moment(a, b, y) / _beta_density(a, b, y),
        lambda g, y, a, b, p: -g * beta_moment(a, b, y, of_a=0, of_b=1) / _beta_density(a, b, y),
        lambda g, y, a, b, p, sign=sign: sign * g / _beta_density(a, b, y),
        at=_POINTS[:2],
    )

# Student's t distribution: on either side half of I(z; df/2, 1/2) with z = df / (df + t²)


def _student_density(df, t):
    return poch(df / 2, 0.5) / np.sqrt(math.pi * df) * (1 + t * t / df) ** (-(df + 1) / 2)


def _student_log_slope(df, t):
    """Of the logarithm of the density, in `df`."""
    square = t * t
    constant = (psi((df + 1) / 2) - psi(df / 2) - 1 / df) / 2
    return constant - np.log1p(square / df) / 2 + (df + 1) * square / (2 * df * (df + square))


def _student_curvature(df, t):
    """The derivative of `stdtr_slope` in `df`: of I in its parameter and in z, and of the density."""
    total = df + t * t
    z = df / total
    moment = _moment_slope(df / 2, 0.5, z, 1, 0) / 2 + _moment_density(df / 2, 0.5, z, 1, 0) * (t / total) ** 2
    shift = _student_density(df, t) * t / (2 * df)
    return -np.sign(t) * cast_like(moment, z) / 4 - shift * (_student_log_slope(df, t) - 1 / df)


stdtr_slope = overridable(runtime.stdtr_slope)

special(
    stdtr_slope,
    lambda g, y, df, t: g * _student_curvature(df, t),
    lambda g, y, df, t: g * _student_density(df, t) * _student_log_slope(df, t),
    aliases=(runtime.stdtr_slope,),
    spelling="stdtr_slope",
    at=((2.5, 0.7), (4.0, -2.0), (30.0, 1.0)),
)
special(
    stdtr,
    lambda g, y, df, t: g * stdtr_slope(df, t),
    lambda g, y, df, t: g * _student_density(df, t),
    at=((2.5, 0.7), (4.0, -2.0), (30.0, 1.0)),
)
special(
    stdtrit,
    lambda g, y, df, p: -g * stdtr_slope(df, y) / _student_density(df, y),
    lambda g, y, df, p: g / _student_density(df, y),
    at=((2.5, 0.7), (4.0, 0.1)),
)
