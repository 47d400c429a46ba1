"""Orthogonal polynomials, Legendre functions and spherical harmonics, in their argument: degree and order are held.

The slope of a polynomial is one of its neighbours in the family, which holds at the ends of the interval too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.special
from scipy.special import (
    eval_chebyc,
    eval_chebys,
    eval_chebyt,
    eval_chebyu,
    eval_gegenbauer,
    eval_genlaguerre,
    eval_hermite,
    eval_hermitenorm,
    eval_jacobi,
    eval_laguerre,
    eval_legendre,
    eval_sh_chebyt,
    eval_sh_chebyu,
    eval_sh_jacobi,
    eval_sh_legendre,
    lpmv,
)

from adcompiler.ir.types import Type
from adcompiler.rules.inference import elementwise_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import Pullback
from adcompiler.rules.scipy_ufuncs import refused, special

_OF_DEGREE = ((0, 0.3), (1, -0.7), (4, 1.0), (3, 0.2))


def _in_argument(slope: Callable[..., Any]) -> Pullback:
    """A partial by `slope(n, *parameters, x)` for n above 0: a polynomial of degree 0 does not change."""

    def partial(g, y, n, *others):
        if isinstance(n, int):
            return g * slope(n, *others) if n else g * 0
        constant = np.equal(n, 0)
        return g * np.where(constant, 0, slope(np.where(constant, 1, n), *others))

    return partial


def _polynomial(function: Callable[..., Any], slope: Callable[..., Any]) -> None:
    special(function, refused("the degree", function), _in_argument(slope), at=_OF_DEGREE)


_polynomial(eval_legendre, lambda n, x: (n + 1) / 2 * eval_jacobi(n - 1, 1, 1, x))
_polynomial(eval_sh_legendre, lambda n, x: (n + 1) * eval_jacobi(n - 1, 1, 1, 2 * x - 1))
_polynomial(eval_chebyt, lambda n, x: n * eval_chebyu(n - 1, x))
_polynomial(eval_chebyu, lambda n, x: 2 * eval_gegenbauer(n - 1, 2, x))
_polynomial(eval_chebyc, lambda n, x: n * eval_chebys(n - 1, x))
_polynomial(eval_chebys, lambda n, x: eval_gegenbauer(n - 1, 2, x / 2))
_polynomial(eval_sh_chebyt, lambda n, x: 2 * n * eval_sh_chebyu(n - 1, x))
_polynomial(eval_sh_chebyu, lambda n, x: 4 * eval_gegenbauer(n - 1, 2, 2 * x - 1))
_polynomial(eval_hermite, lambda n, x: 2 * n * eval_hermite(n - 1, x))
_polynomial(eval_hermitenorm, lambda n, x: n * eval_hermitenorm(n - 1, x))
_polynomial(eval_laguerre, lambda n, x: -eval_genlaguerre(n - 1, 1, x))

special(
    eval_genlaguerre,
    refused("the degree", eval_genlaguerre),
    refused("alpha", eval_genlaguerre),
    _in_argument(lambda n, alpha, x: -eval_genlaguerre(n - 1, alpha + 1, x)),
    at=((0, 0.5, 0.3), (3, 0.5, 0.7)),
)
special(
    eval_gegenbauer,
    refused("the degree", eval_gegenbauer),
    refused("alpha", eval_gegenbauer),
    _in_argument(lambda n, alpha, x: 2 * alpha * eval_gegenbauer(n - 1, alpha + 1, x)),
    at=((0, 0.5, 0.3), (3, 0.5, 0.7)),
)
special(
    eval_jacobi,
    refused("the degree", eval_jacobi),
    refused("alpha", eval_jacobi),
    refused("beta", eval_jacobi),
    _in_argument(lambda n, a, b, x: (n + a + b + 1) / 2 * eval_jacobi(n - 1, a + 1, b + 1, x)),
    at=((0, 0.5, 0.2, 0.3), (3, 0.5, 0.2, 0.7), (2, 1, 1, 1.0)),
)
special(
    eval_sh_jacobi,
    refused("the degree", eval_sh_jacobi),
    refused("p", eval_sh_jacobi),
    refused("q", eval_sh_jacobi),
    _in_argument(lambda n, p, q, x: n * eval_sh_jacobi(n - 1, p + 2, q + 1, x)),
    at=((0, 1.5, 1.2, 0.3), (3, 1.5, 1.2, 0.7)),
)

# Associated Legendre functions, and spherical harmonics

special(
    lpmv,
    refused("the order", lpmv),
    refused("the degree", lpmv),
    lambda g, y, m, v, x: g * ((v + m) * lpmv(m, v - 1, x) - v * x * y) / ((1 - x) * (1 + x)),
    at=((0, 2, 0.3), (1, 3, -0.7), (2, 2, 0.5), (0, 0, 0.5)),
    regular_at=0.5,
)

if hasattr(scipy.special, "sph_harm_y"):  # since SciPy 1.15

    @overridable
    def sph_harm_y(n, m, theta, phi):
        """Y(n, m) at a polar angle `theta` and an azimuth `phi`."""
        return scipy.special.sph_harm_y(n, m, theta, phi)

    def _polar_slope(n, m, theta, phi):
        """By the operators that raise and lower the order, which hold at the poles."""
        raised = ((n - m) * (n + m + 1)) ** 0.5 * np.exp(-1j * phi) * sph_harm_y(n, m + 1, theta, phi)
        lowered = ((n + m) * (n - m + 1)) ** 0.5 * np.exp(1j * phi) * sph_harm_y(n, m - 1, theta, phi)
        return (raised - lowered) / 2

    def _harmonic_type(*types: Type) -> tuple[Type, ...]:
        (result,) = elementwise_type(*types, dtype="complex128")
        return (replace(result, kind="array"),)

    special(
        sph_harm_y,
        None,
        None,
        lambda g, y, n, m, theta, phi: g * _polar_slope(n, m, theta, phi),
        lambda g, y, n, m, theta, phi: g * (1j * m) * y,
        aliases=(scipy.special.sph_harm_y,),
        infer=_harmonic_type,
        at=((2, 1, 0.7, 0.3), (3, -3, 0.0, 2.0), (1, 0, 2.5, 0.3)),
    )
