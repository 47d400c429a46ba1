"""Functions of `scipy.special` in terms of others: sums of exponentials, distribution functions, combinations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special

from adcompiler.definitions import scipy_special_bessel
from adcompiler.definitions.table import define
from adcompiler.rules.scipy_special_gamma import exact_comb, exact_factorial, exact_perm
from adcompiler.rules.scipy_special_softmax import logsumexp as plain_logsumexp
from adcompiler.rules.scipy_special_softmax import weighted_logsumexp

__all__ = ["scipy_special_bessel"]


def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False):
    """Without weights and sign, the rule for that."""
    if b is None and not return_sign:
        return plain_logsumexp(a, axis=axis, keepdims=keepdims)
    log, sign = weighted_logsumexp(a, 1.0 if b is None else b, axis=axis, keepdims=keepdims)
    return (log, sign) if return_sign else np.where(sign < 0, np.nan, log)


# Distribution functions


def chdtr(v, x):
    return scipy.special.gammainc(v / 2, x / 2)


def chdtrc(v, x):
    return scipy.special.gammaincc(v / 2, x / 2)


def chdtri(v, p):
    return 2 * scipy.special.gammainccinv(v / 2, p)


def gdtr(a, b, x):
    return scipy.special.gammainc(b, a * x)


def gdtrc(a, b, x):
    return scipy.special.gammaincc(b, a * x)


def gdtrix(a, b, p):
    return scipy.special.gammaincinv(b, p) / a


def pdtr(k, m):
    return scipy.special.gammaincc(np.floor(k) + 1, m)


def pdtrc(k, m):
    return scipy.special.gammainc(np.floor(k) + 1, m)


def fdtr(dfn, dfd, x):
    return scipy.special.betainc(dfn / 2, dfd / 2, dfn * x / (dfd + dfn * x))


def fdtrc(dfn, dfd, x):
    return scipy.special.betaincc(dfn / 2, dfd / 2, dfn * x / (dfd + dfn * x))


def fdtri(dfn, dfd, p):
    share = scipy.special.betaincinv(dfn / 2, dfd / 2, p)
    return dfd * share / (dfn * (1 - share))


def bdtr(k, n, p):
    return scipy.special.betaincc(np.floor(k) + 1, n - np.floor(k), p)


def bdtrc(k, n, p):
    return scipy.special.betainc(np.floor(k) + 1, n - np.floor(k), p)


def nbdtr(k, n, p):
    return scipy.special.betainc(n, np.floor(k) + 1, p)


def nbdtrc(k, n, p):
    return scipy.special.betaincc(n, np.floor(k) + 1, p)


# Combinations


def comb(N, k, *, exact=False, repetition=False):  # noqa: N803  (SciPy's name)
    if repetition:
        return scipy.special.comb(N + k - 1, k, exact=exact)
    if exact:
        return exact_comb(N, k, exact=True)
    inside = (k <= N) & (N >= 0) & (k >= 0)
    return np.where(inside, scipy.special.binom(np.where(inside, N, 1), np.where(inside, k, 0)), 0)


def perm(N, k, exact=False):  # noqa: N803  (SciPy's name)
    if exact:
        return exact_perm(N, k, exact=True)
    inside = (k <= N) & (N >= 0) & (k >= 0)
    k = np.where(inside, k, 0)
    return np.where(inside, scipy.special.poch(np.where(inside, N, 1) - k + 1, k), 0)


def factorial(n, exact=False):
    if exact:
        return exact_factorial(n, exact=True)
    inside = n >= 0
    return np.where(inside, scipy.special.gamma(np.where(inside, n, 0) + 1), 0)


def agm(a, b):
    """By a complete elliptic integral."""
    return math.pi / 4 * (a + b) / scipy.special.ellipkm1(4 * a * b / (a + b) ** 2)


def voigt_profile(x, sigma, gamma):
    """By the Faddeeva function."""
    z = (x + 1j * gamma) / (sigma * math.sqrt(2))
    return np.real(scipy.special.wofz(z)) / (sigma * math.sqrt(2 * math.pi))


_AT: dict[Callable[..., Any], tuple[Any, ...]] = {
    logsumexp: (
        ((3,),),
        ((2, 3), {"axis": 0, "keepdims": True}),
        ((2, 3), 1, np.array([1.0, 0.5, 0.0])),
        ((2, 3), 0, (2, 3)),
        ((2, 3), {"axis": (0, 1)}),
    ),
    chdtr: ((2.5, 0.7),),
    chdtrc: ((2.5, 0.7),),
    chdtri: ((2.5, 0.7),),
    gdtr: ((2.5, 0.7, 1.2),),
    gdtrc: ((2.5, 0.7, 1.2),),
    gdtrix: ((2.5, 0.7, 0.2),),
    pdtr: ((2, 0.7),),
    pdtrc: ((2, 0.7),),
    fdtr: ((2.5, 3.5, 0.7),),
    fdtrc: ((2.5, 3.5, 0.7),),
    fdtri: ((2.5, 3.5, 0.7),),
    bdtr: ((2, 5, 0.7),),
    bdtrc: ((2, 5, 0.7),),
    nbdtr: ((2, 5, 0.7),),
    nbdtrc: ((2, 5, 0.7),),
    comb: ((4.5, 1.7), (1.5, 2.5), (3.5, 1.2, {"repetition": True})),
    perm: ((4.5, 1.7), (1.5, 2.5)),
    factorial: ((2.5,), (-0.5,)),
    agm: ((0.7, 2.5), (1.5, 1.5)),
    voigt_profile: ((0.7, 1.2, 0.5),),
}
for definition, points in _AT.items():
    name = definition.__name__
    define(getattr(scipy.special, name), definition, at=points, spelling=f"scipy.special.{name}")
