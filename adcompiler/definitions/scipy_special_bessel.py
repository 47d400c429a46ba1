"""The derivatives that `scipy.special` has of Bessel functions: combinations of neighbouring orders."""

from __future__ import annotations

import scipy.special

from adcompiler.definitions.table import define


def _combined(function, v, z, n, sign):
    """The derivative of order `n` where that of order one is (f(v - 1) + sign f(v + 1)) / 2."""
    coefficient = 1.0
    total = function(v - n, z)
    for i in range(1, n + 1):
        coefficient = sign * coefficient * (n - i + 1) / i
        total = total + coefficient * function(v - n + 2 * i, z)
    return total / 2**n


def jvp(v, z, n=1):
    return _combined(scipy.special.jv, v, z, n, -1)


def yvp(v, z, n=1):
    return _combined(scipy.special.yv, v, z, n, -1)


def h1vp(v, z, n=1):
    return _combined(scipy.special.hankel1, v, z, n, -1)


def h2vp(v, z, n=1):
    return _combined(scipy.special.hankel2, v, z, n, -1)


def ivp(v, z, n=1):
    return _combined(scipy.special.iv, v, z, n, 1)


def kvp(v, z, n=1):
    return (-1) ** n * _combined(scipy.special.kv, v, z, n, 1)


for definition in (jvp, yvp, h1vp, h2vp, ivp, kvp):
    name = definition.__name__
    define(
        getattr(scipy.special, name),
        definition,
        at=((1, 0.7), (3, 2.0, {"n": 2}), (2, 0.7, {"n": 0})),
        spelling=f"scipy.special.{name}",
    )
