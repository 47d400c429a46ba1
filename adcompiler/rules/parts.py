"""What a floating-point number is made of: fraction and whole, mantissa and exponent, and its neighbours."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.types import FLOAT, INT, Type, array
from adcompiler.rules.inference import broadcast_type, elementwise_type, float_dtype
from adcompiler.rules.table import elementwise, nondifferentiable, vjp

function: Callable[..., Any]  # in the loops below

_AT = ((1.3,), (-2.75,), (0.0,))


def _fraction_bar(g, y, x):
    """The whole part is constant but for its jumps."""
    return g[0]


def _mantissa_bar(g, y, x):
    """From x = m 2**e: dm = 2**-e dx, and e is constant but for its jumps."""
    return None if g[0] is None else np.ldexp(g[0], -y[1])


def _modf_type(x: Type) -> tuple[Type, ...]:
    (part,) = elementwise_type(x)
    return (Type("tuple", elements=(part, part)),)


def _frexp_type(x: Type) -> tuple[Type, ...]:
    (mantissa,) = elementwise_type(x)
    return (Type("tuple", elements=(mantissa, broadcast_type((x,), "int32"))),)


vjp(np.modf, _fraction_bar, jvp=lambda x_dot, y, x: (x_dot, None), infer=_modf_type, at=(*_AT, ((2, 3),), ((0, 2),)))
vjp(
    np.frexp,
    _mantissa_bar,
    jvp=lambda x_dot, y, x: (np.ldexp(x_dot, -y[1]), None),
    infer=_frexp_type,
    at=(*_AT[:2], ((2, 3),), ((0, 2),)),
)
vjp(
    math.modf,
    _fraction_bar,
    jvp=lambda x_dot, y, x: (x_dot, None),
    infer=lambda x: (Type("tuple", elements=(FLOAT, FLOAT)),),
    at=_AT,
)
vjp(
    math.frexp,
    _mantissa_bar,
    jvp=lambda x_dot, y, x: (np.ldexp(x_dot, -y[1]), None),
    infer=lambda x: (Type("tuple", elements=(FLOAT, INT)),),
    at=_AT[:2],
)


def _ldexp_type(x: Type, i: Type) -> tuple[Type, ...]:
    integer = x.dtype is not None and np.dtype(x.dtype).kind in "iub"
    return (broadcast_type((x, i), None if integer and x.weak else float_dtype(x.dtype)),)


elementwise(np.ldexp, lambda g, y, x, i: np.ldexp(g, i), None, infer=_ldexp_type, at=((0.3, 3), (-2.0, -1)))
elementwise(math.ldexp, lambda g, y, x, i: np.ldexp(g, i), None, infer=lambda *_: (FLOAT,), at=((0.3, 3), (-2.0, -1)))

# Neighbours: as far from `x` wherever that is

elementwise(np.nextafter, lambda g, y, a, b: g, None, at=((2.0, -3.0),))
elementwise(math.nextafter, lambda g, y, a, b: g, None, infer=lambda *_: (FLOAT,), at=((2.0, -3.0),))
nondifferentiable(np.spacing, infer=elementwise_type, at=(1.5, np.ones(3)))
nondifferentiable(math.ulp, infer=lambda _: (FLOAT,), at=(1.5,))

# Of real numbers what they are; of complex ones it depends on all of them


def _real_if_close_type(a: Type, *, tol: float = 100) -> tuple[Type, ...]:
    return (array(None if a.may_be_complex else a.dtype, a.shape),)


elementwise(
    np.real_if_close,
    lambda g, y, a, tol=100: g,
    static={"tol": 100},
    views=True,
    infer=_real_if_close_type,
    at=(0.3, np.ones(3)),
)
