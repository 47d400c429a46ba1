"""The gamma function, its logarithm, its derivatives, and the incomplete gamma and beta functions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import scipy.special
from scipy.special import (
    beta,
    betaln,
    binom,
    gamma,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
    gammaln,
    gammasgn,
    loggamma,
    poch,
    psi,
    rgamma,
    xlogy,
    zetac,
)

from adcompiler import runtime
from adcompiler.ir.types import Type
from adcompiler.rules.inference import elementwise_type, loop_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.scipy_ufuncs import of_numbers, special
from adcompiler.rules.table import nondifferentiable

_REAL = (0.3, 2.5, -1.4)
_POSITIVE = (0.3, 2.5)
_PAIRS = ((0.7, 2.5), (3.0, 1.5))

# The gamma function

polygamma = overridable(scipy.special.polygamma)
zeta = overridable(scipy.special.zeta)
zeta_slope = overridable(runtime.zeta_slope)


def _rgamma_slope(x):
    """1/Γ has no poles: on the left from Γ(x) Γ(1 - x) = π / sin(πx)."""
    left = np.less(x, 0.5)
    far, near = np.where(left, 1 - x, 1), np.where(left, 1, x)
    reflected = gamma(far) * (np.cos(math.pi * x) - psi(far) * np.sin(math.pi * x) / math.pi)
    return np.where(left, reflected, -psi(near) * rgamma(near))


special(gamma, lambda g, y, x: g * y * psi(x), at=_REAL)
special(gammaln, lambda g, y, x: g * psi(x), at=_REAL)
special(loggamma, lambda g, y, x: g * psi(x), at=_POSITIVE)
special(rgamma, lambda g, y, x: g * _rgamma_slope(x), at=(*_REAL, 0.0, -2.0))
special(psi, lambda g, y, x: g * zeta(2, x), at=_REAL)  # ψ' as ζ(2, x) keeps float32
nondifferentiable(gammasgn, infer=loop_type(gammasgn), spelling="scipy.special.gammasgn", at=(0.3, -0.3))
special(
    polygamma,
    None,
    lambda g, y, n, x: g * polygamma(n + 1, x),
    aliases=(scipy.special.polygamma,),
    infer=lambda n, x: (replace(elementwise_type(n, x, dtype="float64")[0], kind="array"),),
    at=((0, 0.3), (1, 2.5), (3, 1.2)),
)


def _multigammaln_slope(a, d):
    slope = psi(a)
    for number in range(1, d):
        slope = slope + psi(a - number / 2)
    return slope


special(
    scipy.special.multigammaln,
    lambda g, y, a, d: g * _multigammaln_slope(a, d),
    static={"d": REQUIRED},
    infer=lambda a, d: elementwise_type(a, dtype="float64"),
    at=((2.5, {"d": 3}), (0.7, {"d": 1})),
)

# The zeta function: of Riemann where `q` is left out


def _zeta_type(x: Type, q: Type) -> tuple[Type, ...]:
    operands = (x,) if q.kind == "opaque" else (x, q)
    return loop_type(gammainc if len(operands) == 2 else gamma)(*operands)


special(
    zeta,
    lambda g, y, x, q: g * zeta_slope(x, 1.0 if q is None else q),
    lambda g, y, x, q: -g * x * zeta(x + 1, q),
    aliases=(scipy.special.zeta,),
    infer=_zeta_type,
    at=((2.0, 1.0), (2.5, 0.3), (3.5, 4.0), (2.5, None), (0.5, None)),
)
special(
    zeta_slope,
    lambda g, y, x, q, order=1: g * zeta_slope(x, q, order=order + 1),
    lambda g, y, x, q, order=1: (
        -g * (x * zeta_slope(x + 1, q, order=order) + order * (zeta_slope(x + 1, q, order=order - 1)))
    ),
    aliases=(runtime.zeta_slope,),
    static={"order": 1},
    spelling="zeta_slope",
    at=((2.5, 0.3), (3.5, 4.0), (2.5, 1.2, {"order": 2})),
)

special(zetac, lambda g, y, x: g * zeta_slope(x, 1.0), at=(2.0, 3.5))

# The beta function and binomials

special(
    beta,
    lambda g, y, a, b: g * y * (psi(a) - psi(a + b)),
    lambda g, y, a, b: g * y * (psi(b) - psi(a + b)),
    at=_PAIRS,
)
special(
    betaln,
    lambda g, y, a, b: g * (psi(a) - psi(a + b)),
    lambda g, y, a, b: g * (psi(b) - psi(a + b)),
    at=_PAIRS,
)
special(
    binom,
    lambda g, y, n, k: g * y * (psi(n + 1) - psi(n - k + 1)),
    lambda g, y, n, k: g * y * (psi(n - k + 1) - psi(k + 1)),
    at=((4.5, 1.7), (3.2, 3.0)),
)
special(
    poch,
    lambda g, y, z, m: g * y * (psi(z + m) - psi(z)),
    lambda g, y, z, m: g * y * psi(z + m),
    at=_PAIRS,
)

# Exact numbers, of integers. Others are definitions.

exact_comb = overridable(scipy.special.comb)
exact_perm = overridable(scipy.special.perm)
exact_factorial = overridable(scipy.special.factorial)
for function, point in ((exact_comb, (5, 2)), (exact_perm, (5, 2)), (exact_factorial, (5,))):
    nondifferentiable(
        function,
        operands=len(point),
        static={"exact": False},
        spelling=f"scipy.special.{function.__name__}",
        at=((*point, {"exact": True}),),
    )

# Incomplete gamma functions. Their density is x**(a - 1) exp(-x) / Γ(a).

gamma_moment = overridable(runtime.gamma_moment)

_log_gamma = of_numbers(gammaln)


def _gamma_density(a, x):
    return np.exp(xlogy(a - 1, x) - x - _log_gamma(a))


def _lower_moment(a, x, order):
    return gammainc(a, x) if order == 1 else gamma_moment(a, x, order=order - 1)


special(
    gamma_moment,
    lambda g, y, a, x, order=1: (
        g * (gamma_moment(a, x, order=order + 1) - order * zeta(2, a) * _lower_moment(a, x, order))
    ),
    lambda g, y, a, x, order=1: g * _gamma_density(a, x) * (np.log(x) - psi(a)) ** order,
    aliases=(runtime.gamma_moment,),
    static={"order": 1},
    spelling="gamma_moment",
    at=((0.7, 0.5), (2.5, 4.0), (2.5, 1.0, {"order": 2})),
)
special(
    gammainc,
    lambda g, y, a, x: g * gamma_moment(a, x),
    lambda g, y, a, x: g * _gamma_density(a, x),
    at=((0.7, 0.5), (2.5, 4.0), (20.0, 15.0)),
)
special(
    gammaincc,
    lambda g, y, a, x: -g * gamma_moment(a, x),
    lambda g, y, a, x: -g * _gamma_density(a, x),
    at=((0.7, 0.5), (2.5, 4.0), (20.0, 15.0)),
)
special(
    gammaincinv,
    lambda g, y, a, p: -g * gamma_moment(a, y) / _gamma_density(a, y),
    lambda g, y, a, p: g / _gamma_density(a, y),
    at=((0.7, 0.5), (2.5, 0.2)),
)
special(
    gammainccinv,
    lambda g, y, a, p: -g * gamma_moment(a, y) / _gamma_density(a, y),
    lambda g, y, a, p: -g / _gamma_density(a, y),
    at=((0.7, 0.5), (2.5, 0.2)),
)
