"""Exponential, sine, logarithmic and elliptic integrals, hypergeometric functions, and Lambert's W."""

from __future__ import annotations

import functools
import math
import operator

import numpy as np
import scipy.special
from scipy.special import (
    ellipe,
    ellipeinc,
    ellipj,
    ellipk,
    ellipkinc,
    ellipkm1,
    exp1,
    expi,
    expn,
    exprel,
    hyp0f1,
    hyp1f1,
    hyp2f1,
    hyperu,
    shichi,
    sici,
    spence,
    wrightomega,
)

from adcompiler import runtime
from adcompiler.rules.inference import elementwise_type, loop_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.scipy_ufuncs import refused, several, special
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.structure import cast_like
from adcompiler.rules.table import vjp

_REAL = (0.3, -2.0)
_POSITIVE = (0.3, 2.0)

# Exponential integrals, and those of sine and cosine

special(expi, lambda g, y, x: g * np.exp(x) / x, at=_REAL)
special(exp1, lambda g, y, x: -g * np.exp(-x) / x, at=_POSITIVE)


def _expn_slope(n, x):
    """-E(n - 1, x); that of E(0, x) = exp(-x)/x is a closed formula."""
    if isinstance(n, int) and n > 0:
        return -expn(n - 1, x)
    first = np.exp(-x) * (1 + 1 / x) / x
    return -np.where(np.equal(n, 0), first, expn(np.maximum(n - 1, 0), x))


special(
    expn,
    refused("the order", expn),
    lambda g, y, n, x: g * _expn_slope(n, x),
    at=((0, 0.7), (1, 0.3), (3, 2.0), (np.array([0, 2]), 0.7)),
)
several(
    sici,
    lambda y, x: np.sinc(x / math.pi),
    lambda y, x: np.cos(x) / x,
    at=(0.3, 4.0),
)
several(
    shichi,
    lambda y, x: (exprel(x) + exprel(-x)) / 2,
    lambda y, x: np.cosh(x) / x,
    at=(0.3, 4.0),
)


def _spence_slope(x):
    """-log(x) / (x - 1), by its series around 1."""
    u = x - 1
    near = np.less(np.absolute(u), 1e-3)
    series = 1 - u * (1 / 2 - u * (1 / 3 - u * (1 / 4 - u * (1 / 5 - u * (1 / 6 - u / 7)))))
    return -np.where(near, series, np.log(x) / np.where(near, 1, u))


special(spence, lambda g, y, x: g * _spence_slope(x), at=(0.3, 1.0, 1.0005, 1.3, 4.0))

# Elliptic integrals. Their slopes in m have a removable singularity at m = 0, where the series is used instead.


def _near_zero(m):
    """Whether the series is used, and `m` for it and for the closed formula."""
    near = np.less(np.absolute(m), 0.05)
    return near, np.where(near, m, 0), np.where(near, 0.5, m)


def _series(a, m):
    """In the precision of `m`, which is lost beside Python numbers."""
    return cast_like(hyp2f1(a, 1.5, 2.0, m), m)


def _ellipk_slope(m):
    near, small, large = _near_zero(m)
    closed = (ellipe(large) - (1 - large) * ellipk(large)) / (2 * large * (1 - large))
    return np.where(near, math.pi / 8 * _series(1.5, small), closed)


def _ellipkm1_slope(p):
    """That of `ellipk` at 1 - p, which is exact for small p only in terms of p."""
    near, small, large = _near_zero(1 - p)
    p = np.where(near, 0.5, p)
    closed = (ellipe(large) - p * ellipkm1(p)) / (2 * large * p)
    return -np.where(near, math.pi / 8 * _series(1.5, small), closed)


def _ellipe_slope(m):
    near, small, large = _near_zero(m)
    closed = (ellipe(large) - ellipk(large)) / (2 * large)
    return np.where(near, -math.pi / 8 * _series(0.5, small), closed)


_MODULI = (0.3, -2.0, 0.0, 0.04, 0.9)
special(ellipk, lambda g, y, m: g * _ellipk_slope(m), at=_MODULI)
special(ellipe, lambda g, y, m: g * _ellipe_slope(m), at=_MODULI)
special(ellipkm1, lambda g, y, p: g * _ellipkm1_slope(p), at=(0.3, 1.0, 0.97, 1e-3))


ellipkinc_slope = overridable(runtime.ellipkinc_slope)
ellipeinc_slope = overridable(runtime.ellipeinc_slope)
_INCOMPLETE = ((0.7, 0.3), (4.0, -0.5), (-2.0, 0.0))


def _delta(phi, m):
    return np.sqrt(1 - m * np.sin(phi) ** 2)


special(
    ellipkinc,
    lambda g, y, phi, m: g / _delta(phi, m),
    lambda g, y, phi, m: g * ellipkinc_slope(phi, m),
    at=_INCOMPLETE,
)
special(
    ellipeinc,
    lambda g, y, phi, m: g * _delta(phi, m),
    lambda g, y, phi, m: g * ellipeinc_slope(phi, m),
    at=_INCOMPLETE,
)
special(
    ellipkinc_slope,
    lambda g, y, phi, m: g * np.sin(phi) ** 2 / (2 * _delta(phi, m) ** 3),
    refused("the parameter, twice,", ellipkinc),
    aliases=(runtime.ellipkinc_slope,),
    spelling="ellipkinc_slope",
    at=_INCOMPLETE,
)
special(
    ellipeinc_slope,
    lambda g, y, phi, m: -g * np.sin(phi) ** 2 / (2 * _delta(phi, m)),
    refused("the parameter, twice,", ellipeinc),
    aliases=(runtime.ellipeinc_slope,),
    spelling="ellipeinc_slope",
    at=_INCOMPLETE,
)

# Jacobi's functions sn, cn, dn and the amplitude φ, which is the inverse of `ellipkinc`


def _ellipj_slopes(dphi, y, m):
    """What a change of the amplitude makes of each, with dn' = -m sn cn φ' / dn; dn is never 0."""
    sn, cn, dn = y[0], y[1], y[2]
    return cn * dphi, -sn * dphi, -m * sn * cn / dn * dphi, dphi


def _ellipj_bar(g, slopes, of):
    parts = [part * slope for part, slope in zip(g, slopes, strict=True) if part is not None]
    return unbroadcast(functools.reduce(operator.add, parts), np.shape(of))


def _in_parameter(y, m):
    slopes = list(_ellipj_slopes(-ellipkinc_slope(y[3], m) * y[2], y, m))
    slopes[2] = slopes[2] - y[0] * y[0] / (2 * y[2])
    return slopes


vjp(
    ellipj,
    lambda g, y, u, m: _ellipj_bar(g, _ellipj_slopes(y[2], y, m), u),
    lambda g, y, u, m: _ellipj_bar(g, _in_parameter(y, m), m),
    jvp=(
        lambda u_dot, y, u, m: tuple(u_dot * slope for slope in _ellipj_slopes(y[2], y, m)),
        lambda m_dot, y, u, m: tuple(m_dot * slope for slope in _in_parameter(y, m)),
    ),
    infer=loop_type(ellipj),
    spelling="scipy.special.ellipj",
    at=((0.7, 0.3), (2.0, 0.1), (5.0, 0.6)),
)

# Hypergeometric functions, whose parameters are held constant

special(
    hyp0f1,
    refused("the parameter", hyp0f1),
    lambda g, y, v, z: g * hyp0f1(v + 1, z) / v,
    at=((1.5, 0.7), (0.3, -2.0)),
)
special(
    hyp1f1,
    refused("a", hyp1f1),
    refused("b", hyp1f1),
    lambda g, y, a, b, z: g * a * hyp1f1(a + 1, b + 1, z) / b,
    at=((0.5, 1.5, 0.7), (2.0, 3.0, -2.0)),
)
special(
    hyp2f1,
    refused("a", hyp2f1),
    refused("b", hyp2f1),
    refused("c", hyp2f1),
    lambda g, y, a, b, c, z: g * a * b * hyp2f1(a + 1, b + 1, c + 1, z) / c,
    at=((0.5, 1.5, 2.2, 0.7), (0.5, 1.5, 2.2, -2.0)),
)
special(
    hyperu,
    refused("a", hyperu),
    refused("b", hyperu),
    lambda g, y, a, b, x: -g * a * hyperu(a + 1, b + 1, x),
    at=((0.5, 1.5, 0.7), (0.5, 0.3, 2.0)),
)

# Lambert's W: z = w exp(w), and w + log(w) = z for `wrightomega`

lambertw = overridable(scipy.special.lambertw)
special(
    lambertw,
    lambda g, w, z, k=0, tol=1e-8: g * np.exp(-w) / (1 + w),
    static={"k": 0, "tol": 1e-8},
    aliases=(scipy.special.lambertw,),
    infer=lambda z, **_: elementwise_type(z, dtype="complex128"),
    at=(0.3, 2.0, 0.0, (-0.1, {"k": -1})),
)
special(wrightomega, lambda g, w, z: g * w / (1 + w), at=_REAL)
