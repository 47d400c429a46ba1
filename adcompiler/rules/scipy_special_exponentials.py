"""Exponentials, logarithms and circular functions of `scipy.special`, and what is built of them: entropies, losses."""

from __future__ import annotations

import math

import numpy as np
import scipy.special
from scipy.special import (
    boxcox,
    boxcox1p,
    cbrt,
    cosdg,
    cosm1,
    cotdg,
    entr,
    exp2,
    exp10,
    expit,
    expm1,
    exprel,
    huber,
    hyp1f1,
    inv_boxcox,
    inv_boxcox1p,
    kl_div,
    log1p,
    log_expit,
    logit,
    powm1,
    pseudo_huber,
    radian,
    rel_entr,
    sindg,
    tandg,
    xlog1py,
    xlogy,
)

from adcompiler.rules.inference import elementwise_type, float_dtype, loop_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.scipy_ufuncs import special
from adcompiler.rules.table import nondifferentiable

_REAL = (0.3, -2.0)
_POSITIVE = (0.3, 2.0)
_DEGREE = math.pi / 180

# Exponentials and logarithms

special(expm1, lambda g, y, x: g * (y + 1), at=_REAL)
special(log1p, lambda g, y, x: g / (1 + x), at=_POSITIVE, regular_at=1)
special(exp2, lambda g, y, x: g * y * math.log(2), at=_REAL)
special(exp10, lambda g, y, x: g * y * math.log(10), at=_REAL)
special(exprel, lambda g, y, x: g * hyp1f1(2, 3, x) / 2, at=(0.3, -2.0, 0.0))
special(cbrt, lambda g, y, x: g / (3 * y * y), at=_REAL, regular_at=1)
special(expit, lambda g, y, x: g * y * (1 - y), at=_REAL)
special(logit, lambda g, y, x: g * (2 + 2 * np.cosh(y)), at=(0.3, 0.8), regular_at=0.5)  # 1 / (x (1 - x)), NaN outside
special(log_expit, lambda g, y, x: g * expit(-x), at=_REAL)
if hasattr(scipy.special, "softplus"):  # since SciPy 1.16
    softplus = overridable(scipy.special.softplus)
    special(
        softplus,
        lambda g, y, x: g * expit(x),
        aliases=(scipy.special.softplus,),
        infer=lambda x: elementwise_type(x, dtype=float_dtype(x.dtype, weak=x.weak)),
        at=_REAL,
    )

# Circular functions, of degrees

special(cosm1, lambda g, y, x: -g * np.sin(x), at=_REAL)
special(sindg, lambda g, y, x: g * _DEGREE * cosdg(x), at=_REAL)
special(cosdg, lambda g, y, x: -g * _DEGREE * sindg(x), at=_REAL)
special(tandg, lambda g, y, x: g * _DEGREE * (1 + y * y), at=_REAL)
special(cotdg, lambda g, y, x: -g * _DEGREE * (1 + y * y), at=_REAL)
special(
    radian,
    lambda g, y, d, m, s: g * _DEGREE,
    lambda g, y, d, m, s: g * (_DEGREE / 60),
    lambda g, y, d, m, s: g * (_DEGREE / 3600),
    at=((10.0, 20.0, 30.0),),
)
nondifferentiable(scipy.special.round, infer=loop_type(scipy.special.round), spelling="scipy.special.round", at=(0.3,))

# Products with logarithms, and entropies. At x = 0 the slope of x log y in x is 0 where log y has none, as in PyTorch.


def _where_it_counts(x, y, pole, regular):
    """`y`, or a number whose logarithm is 0 where x = 0 lets the pole of the logarithm count for nothing."""
    return np.where(np.logical_and(np.equal(x, 0), np.less_equal(y, pole)), regular, y)


special(
    xlogy,
    lambda g, z, x, y: g * np.log(_where_it_counts(x, y, 0, 1)),
    lambda g, z, x, y: g * x / y,
    at=((2.0, 0.3), (-0.5, 3.0), (0.0, 2.0)),
    regular_at=1,
)
special(
    xlog1py,
    lambda g, z, x, y: g * np.log1p(_where_it_counts(x, y, -1, 0)),
    lambda g, z, x, y: g * x / (1 + y),
    at=((2.0, 0.3), (-0.5, 3.0), (0.0, 2.0)),
    regular_at=1,
)
special(entr, lambda g, y, x: -g * (np.log(x) + 1), at=_POSITIVE, regular_at=1)
special(
    rel_entr,
    lambda g, z, x, y: g * (np.log(x / y) + 1),
    lambda g, z, x, y: -g * x / y,
    at=((2.0, 0.3), (0.5, 3.0)),
    regular_at=1,
)
special(
    kl_div,
    lambda g, z, x, y: g * np.log(x / y),
    lambda g, z, x, y: g * (1 - x / y),
    at=((2.0, 0.3), (0.5, 3.0)),
    regular_at=1,
)

# Losses


def _pseudo_huber_in_delta(delta, r):
    """2δ(s - 1) - r²/(δs) with s = h/δ, h = hypot(δ, r), without its cancellation."""
    h = np.hypot(delta, r)
    return (r * r / (h + delta)) ** 2 / h


special(
    huber,
    lambda g, y, delta, r: g * np.maximum(np.absolute(r) - delta, 0),
    lambda g, y, delta, r: g * np.clip(r, -delta, delta),
    at=((1.5, 0.3), (1.5, -2.0)),
)
special(
    pseudo_huber,
    lambda g, y, delta, r: g * _pseudo_huber_in_delta(delta, r),
    lambda g, y, delta, r: g * r * delta / np.hypot(delta, r),
    at=((1.5, 0.3), (1.5, -2.0)),
)

# Powers, as Box and Cox have them: (x**p - 1) / p, which is log x at p = 0


def _in_power(log, p):
    """log² φ(p log) with φ(t) = (t exp(t) - exp(t) + 1) / t², which is 1F1(2; 3; t) / 2."""
    return log * log * hyp1f1(2, 3, p * log) / 2


special(
    boxcox,
    lambda g, y, x, p: g * x ** (p - 1),
    lambda g, y, x, p: g * _in_power(np.log(x), p),
    at=((2.0, 0.7), (0.5, 0.0), (3.0, -1.2)),
)
special(
    boxcox1p,
    lambda g, y, x, p: g * np.exp((p - 1) * np.log1p(x)),
    lambda g, y, x, p: g * _in_power(np.log1p(x), p),
    at=((2.0, 0.7), (0.5, 0.0), (1e-3, -1.2)),
)
special(
    inv_boxcox,
    lambda g, x, y, p: g * x ** (1 - p),
    lambda g, x, y, p: -g * _in_power(np.log(x), p) * x ** (1 - p),
    at=((2.0, 0.7), (0.5, 0.0), (0.3, -1.2)),
)
special(
    inv_boxcox1p,
    lambda g, x, y, p: g * np.exp((1 - p) * np.log1p(x)),
    lambda g, x, y, p: -g * _in_power(np.log1p(x), p) * np.exp((1 - p) * np.log1p(x)),
    at=((2.0, 0.7), (0.5, 0.0), (0.3, -1.2)),
)
special(
    powm1,
    lambda g, y, a, b: g * b * np.where(np.logical_and(np.equal(a, 0), np.equal(b, 0)), 1, a) ** (b - 1),
    lambda g, y, a, b: g * (y + 1) * np.log(a),
    at=((2.0, 3.0), (0.5, -1.5), (2.0, 0.0)),
)
