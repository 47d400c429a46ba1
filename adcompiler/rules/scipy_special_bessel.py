"""Bessel functions and their kin: of Hankel, Struve and Airy, spherical and scaled. In most the order is held constant.

Slopes are differences of neighbouring orders rather than quotients by `x`, so that they hold at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.special
from scipy.special import (
    airy,
    airye,
    hankel1,
    hankel2,
    i0,
    i0e,
    i1,
    i1e,
    iv,
    ive,
    j0,
    j1,
    jv,
    jve,
    k0,
    k0e,
    k1,
    k1e,
    kn,
    kv,
    kve,
    modstruve,
    rgamma,
    struve,
    wright_bessel,
    y0,
    y1,
    yn,
    yv,
    yve,
)

from adcompiler import runtime
from adcompiler.ir.types import Type
from adcompiler.rules.inference import elementwise_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import Pullback
from adcompiler.rules.scipy_ufuncs import of_numbers, refused, several, special
from adcompiler.rules.structure import cast_like

_REAL = (0.3, -2.0, 0.0)
_POSITIVE = (0.3, 4.0)
_OF_ORDER = ((0, 1.3), (2, 0.4), (1.5, 4.0))
_OF_REAL_ORDER = ((0.5, 1.3), (2.0, 0.4), (1.5, 4.0))
_OF_INTEGER_ORDER = ((0, 1.3), (2, 0.4), (1, 4.0))

# Of order zero and one


def _i1e_slope(y, x):
    """i0e - y/x - sign(x) y, and near 0 without the quotient; far away `ive` is NaN."""
    far = np.greater(np.absolute(x), 1)
    distant, near = np.where(far, x, 1), np.where(far, 0, x)
    return np.where(far, i0e(x) - y / distant, (i0e(near) + ive(2, near)) / 2) - np.sign(x) * y


special(j0, lambda g, y, x: -g * j1(x), at=_REAL)
special(j1, lambda g, y, x: g * (j0(x) - jv(2, x)) / 2, at=_REAL)
special(y0, lambda g, y, x: -g * y1(x), at=_POSITIVE)
special(y1, lambda g, y, x: g * (y0(x) - yn(2.0, x)) / 2, at=_POSITIVE)
special(i0, lambda g, y, x: g * i1(x), at=_REAL)
special(i1, lambda g, y, x: g * (i0(x) + iv(2, x)) / 2, at=_REAL)
special(i0e, lambda g, y, x: g * (i1e(x) - np.sign(x) * y), at=_REAL[:2])
special(i1e, lambda g, y, x: g * _i1e_slope(y, x), at=(*_REAL[:2], 0.7, 40.0))
special(k0, lambda g, y, x: -g * k1(x), at=_POSITIVE)
special(k1, lambda g, y, x: -g * (k0(x) + kn(2.0, x)) / 2, at=_POSITIVE)
special(k0e, lambda g, y, x: g * (y - k1e(x)), at=_POSITIVE)
special(k1e, lambda g, y, x: g * (y - (k0e(x) + kve(2, x)) / 2), at=_POSITIVE)

# Of any order


def _falling(function: Callable[..., Any]) -> Pullback:
    return lambda g, y, v, x: g * (function(v - 1, x) - function(v + 1, x)) / 2


for function in (jv, yv, hankel1, hankel2):
    special(function, refused("the order", function), _falling(function), at=_OF_ORDER)
for function in (jve, yve):  # of real operands these are `jv` and `yv`
    special(function, refused("the order", function), _falling(function), at=_OF_ORDER)
special(yn, refused("the order", yn), _falling(yn), at=_OF_INTEGER_ORDER)
special(
    iv,
    refused("the order", iv),
    lambda g, y, v, x: g * (iv(v - 1, x) + iv(v + 1, x)) / 2,
    at=_OF_ORDER,
)
special(
    ive,
    refused("the order", ive),
    lambda g, y, v, x: g * ((ive(v - 1, x) + ive(v + 1, x)) / 2 - np.sign(x) * y),
    at=_OF_ORDER,
)
special(
    kn,
    refused("the order", kn),
    lambda g, y, n, x: -g * (kn(n - 1, x) + kn(n + 1, x)) / 2,
    at=_OF_INTEGER_ORDER,
)

# Those of the second kind are known in their order too: the derivatives of `kve` are integrals.

kve_slope = overridable(runtime.kve_slope)


special(
    kv,
    lambda g, y, v, x: g * np.exp(-x) * kve_slope(v, x),
    lambda g, y, v, x: -g * (kv(v - 1, x) + kv(v + 1, x)) / 2,
    at=_OF_REAL_ORDER,
)
special(
    kve,
    lambda g, y, v, x: g * kve_slope(v, x),
    lambda g, y, v, x: g * (y - (kve(v - 1, x) + kve(v + 1, x)) / 2),
    at=_OF_REAL_ORDER,
)
special(
    kve_slope,
    lambda g, y, v, x, order=1: g * kve_slope(v, x, order=order + 1),
    lambda g, y, v, x, order=1: g * (y - (kve_slope(v - 1, x, order=order) + kve_slope(v + 1, x, order=order)) / 2),
    aliases=(runtime.kve_slope,),
    static={"order": 1},
    spelling="kve_slope",
    at=((0.5, 2.0), (1.5, 4.0, {"order": 2})),
)

_inverse_gamma = of_numbers(rgamma)


def _struve_term(v, x):
    return (x / 2) ** v * _inverse_gamma(v + 1.5) / math.sqrt(math.pi)


special(
    struve,
    refused("the order", struve),
    lambda g, y, v, x: g * (struve(v - 1, x) - struve(v + 1, x) + _struve_term(v, x)) / 2,
    at=_OF_ORDER,
)
special(
    modstruve,
    refused("the order", modstruve),
    lambda g, y, v, x: g * (modstruve(v - 1, x) + modstruve(v + 1, x) + _struve_term(v, x)) / 2,
    at=_OF_ORDER,
)
special(
    wright_bessel,
    refused("a", wright_bessel),
    refused("b", wright_bessel),
    lambda g, y, a, b, x: g * wright_bessel(a, a + b, x),
    at=((0.5, 1.2, 0.7),),
)

# Spherical ones: (2n + 1) f' = n f(n - 1) ± (n + 1) f(n + 1)


def _spherical_type(n: Type, z: Type, derivative: bool = False) -> tuple[Type, ...]:
    """What these make of single precision depends on the degree, and on the function."""
    dtype = "float64" if z.dtype == "float64" else None
    return (replace(elementwise_type(n, z)[0], dtype=dtype),)


def _spherical(function: Callable[..., Any], before: int, after: int) -> None:
    symbolic = overridable(function)

    def slope(g, y, n, z, derivative=False):
        before_n = max(n - 1, 0) if isinstance(n, int) else np.maximum(n - 1, 0)
        below = symbolic(before_n, z, derivative=derivative)  # which counts for nothing at n = 0
        above = symbolic(n + 1, z, derivative=derivative)
        partial = (before * n * below + after * (n + 1) * above) / (2 * n + 1)
        return g * (partial if isinstance(n, int) else cast_like(partial, y))  # integers are wide

    special(
        symbolic,
        None,
        slope,
        static={"derivative": False},
        infer=_spherical_type,
        aliases=(function,),
        at=((0, 1.3), (2, 0.4), (1, 4.0, {"derivative": True})),
    )


_spherical(scipy.special.spherical_jn, 1, -1)
_spherical(scipy.special.spherical_yn, 1, -1)
_spherical(scipy.special.spherical_in, 1, 1)
_spherical(scipy.special.spherical_kn, -1, -1)

# Airy's functions, each beside its slope: w'' = x w


def _growth(x):
    """The slope of what `airye` multiplies by: exp(2/3 x sqrt(x)), and 1 for negative x."""
    return np.sqrt(np.maximum(x, 0))


several(
    airy,
    lambda y, x: y[1],
    lambda y, x: x * y[0],
    lambda y, x: y[3],
    lambda y, x: x * y[2],
    at=(0.3, -2.0, 0.0),
)
several(
    airye,
    lambda y, x: y[1] + _growth(x) * y[0],
    lambda y, x: x * y[0] + _growth(x) * y[1],
    lambda y, x: y[3] - _growth(x) * y[2],
    lambda y, x: x * y[2] - _growth(x) * y[3],
    at=(0.3, 2.0),
)
