"""Elementwise functions: a line each, the partials applied to `g` (see `rules.table`).

A rule uses the result `y` where that is cheaper or sounder than the operands. Constants are Python numbers, so that
float32 stays float32. What happens at a kink or pole is said where it is not what the formula gives.
"""

from __future__ import annotations

import math
import operator
from dataclasses import replace

import numpy as np

from adcompiler import runtime
from adcompiler.ir.nodes import InferTypes
from adcompiler.ir.types import Type, array
from adcompiler.rules.complex_numbers import is_complex
from adcompiler.rules.inference import (
    arithmetic_type,
    division_type,
    elementwise_type,
    integral_type,
    kept_integral_type,
    kept_type,
    real_dtype,
)
from adcompiler.rules.integers import (
    difference_type,
    floor_quotient_type,
    negative_type,
    product_type,
    sum_type,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.table import elementwise, nondifferentiable

_PAIRS = ((2.0, -3.0), (-0.5, 0.25))
_REAL = (0.3, -2.0)
_POSITIVE = (0.3, 2.0)
_WITHIN_ONE = (0.3, -0.7)

# Arithmetic

elementwise(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, at=_PAIRS, infer=sum_type, aliases=(operator.add,))
elementwise(
    np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, at=_PAIRS, infer=difference_type, aliases=(operator.sub,)
)
elementwise(
    np.multiply,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    at=_PAIRS,
    infer=product_type,
    aliases=(operator.mul,),
)
elementwise(
    np.divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * y / b,
    at=_PAIRS,
    infer=division_type,
    regular_at=1,
    aliases=(operator.truediv,),
)
elementwise(
    np.remainder,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * np.floor_divide(a, b),
    at=((5.0, 3.0), (-5.0, 3.0), (5.5, -2.0)),
    infer=integral_type,
    aliases=(operator.mod,),
)
elementwise(
    np.fmod,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * np.trunc(a / b),
    at=((5.0, 3.0), (-5.0, 3.0)),
    infer=kept_integral_type,
)
elementwise(np.negative, lambda g, y, x: -g, at=_REAL, infer=negative_type, aliases=(operator.neg,))
elementwise(np.positive, lambda g, y, x: g, at=_REAL, infer=kept_type, aliases=(operator.pos,))
nondifferentiable(np.floor_divide, at=((5.0, 3.0), (5, -3)), infer=floor_quotient_type, aliases=(operator.floordiv,))

# Roots, squares, absolute values. abs has derivative 0 at 0, sqrt and cbrt have infinity there.


def _absolute_bar(g, y, x):
    """Of a complex number, from d|x| = Re(conj(x) dx) / |x|."""
    return g * np.conj(x) / np.where(np.equal(y, 0), 1, y) if is_complex(x) else g * np.sign(x)


def _absolute_dot(x_dot, y, x):
    return np.real(_absolute_bar(x_dot, y, x)) if is_complex(x) else x_dot * np.sign(x)


def _real_of(infer: InferTypes) -> InferTypes:
    def inferred(x: Type) -> tuple[Type, ...]:
        (result,) = infer(x)
        return (replace(result, dtype=real_dtype(result.dtype)),)

    return inferred


elementwise(np.absolute, _absolute_bar, jvp=(_absolute_dot,), at=_REAL, infer=_real_of(kept_type))
elementwise(
    abs,
    _absolute_bar,
    jvp=(_absolute_dot,),
    at=_REAL,
    infer=_real_of(arithmetic_type),
    name="builtins.abs",
    aliases=(operator.abs,),
)
elementwise(np.fabs, lambda g, y, x: g * np.sign(x), at=_REAL)
elementwise(np.sqrt, lambda g, y, x: 0.5 * g / y, at=_POSITIVE, regular_at=1)
elementwise(np.cbrt, lambda g, y, x: g / (3 * y * y), at=_REAL, regular_at=1)
elementwise(np.square, lambda g, y, x: 2 * g * x, at=_REAL, infer=kept_integral_type)
elementwise(np.reciprocal, lambda g, y, x: -g * y * y, at=_REAL, infer=kept_integral_type, regular_at=1)

# Exponentials and logarithms

elementwise(np.exp, lambda g, y, x: g * y, at=(0.0, 1.5))
elementwise(np.exp2, lambda g, y, x: g * y * math.log(2), at=_REAL)
elementwise(np.expm1, lambda g, y, x: g * (y + 1), at=_REAL)
elementwise(np.log, lambda g, y, x: g / x, at=_POSITIVE, regular_at=1)
elementwise(np.log2, lambda g, y, x: g / (x * math.log(2)), at=_POSITIVE, regular_at=1)
elementwise(np.log10, lambda g, y, x: g / (x * math.log(10)), at=_POSITIVE, regular_at=1)
elementwise(np.log1p, lambda g, y, x: g / (1 + x), at=_POSITIVE, regular_at=1)
elementwise(np.logaddexp, lambda g, y, a, b: g * np.exp(a - y), lambda g, y, a, b: g * np.exp(b - y), at=_PAIRS)
elementwise(np.logaddexp2, lambda g, y, a, b: g * np.exp2(a - y), lambda g, y, a, b: g * np.exp2(b - y), at=_PAIRS)

# Circular functions. (1 - x) * (1 + x) is 1 - x * x without its cancellation near 1.


def _length(a, b):
    """The hypotenuse, or 1 where it is 0: `arctan2` has derivative 0 at the origin."""
    r = np.hypot(a, b)
    return np.where(np.equal(r, 0), 1, r)


def _sinc_slope(y, x):
    """The derivative of sin(t)/t with t = pi x, from its series where the closed form cancels."""
    t = math.pi * x
    near = np.less(np.absolute(t), 0.1)
    tt = t * t
    series = -t / 3 * (1 - tt / 10 * (1 - tt / 28 * (1 - tt / 54)))
    return np.where(near, math.pi * series, (np.cos(t) - y) / np.where(near, 1, x))


def _root(x):
    """√(1 - x²), on the side of its branch cut from which `arcsin` comes there."""
    return np.sqrt(-(x - 1)) * np.sqrt(x + 1) if is_complex(x) else np.sqrt((1 - x) * (1 + x))


elementwise(np.sin, lambda g, y, x: g * np.cos(x), at=_REAL)
elementwise(np.cos, lambda g, y, x: -g * np.sin(x), at=_REAL)
elementwise(np.tan, lambda g, y, x: g * (1 + y * y), at=_REAL)
elementwise(np.arcsin, lambda g, y, x: g / _root(x), at=_WITHIN_ONE, regular_at=0.5)
elementwise(np.arccos, lambda g, y, x: -g / _root(x), at=_WITHIN_ONE, regular_at=0.5)
elementwise(np.arctan, lambda g, y, x: g / (1 + x * x), at=_REAL)
elementwise(
    np.arctan2,
    lambda g, y, a, b: g * (b / _length(a, b)) / _length(a, b),
    lambda g, y, a, b: -g * (a / _length(a, b)) / _length(a, b),
    at=_PAIRS,
)
elementwise(np.hypot, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y, at=_PAIRS, regular_at=1)
elementwise(
    np.sinc,
    lambda g, y, x: g * _sinc_slope(y, x),
    at=(0.0, 1e-3, 0.03, 0.04, 0.3, -2.0),
    infer=lambda x: elementwise_type(x, dtype=x.dtype if x.may_be_differentiable else "float64"),
)


def _bessel_type(x: Type) -> tuple[Type, ...]:
    return (array(x.dtype if x.may_be_differentiable else "float64", x.shape),)


def _ratio(y, x):
    """i1(x) / x, which is 1/2 at 0."""
    at_zero = np.equal(x, 0)
    return np.where(at_zero, 0.5, y / np.where(at_zero, 1, x))


i1 = overridable(runtime.i1)

elementwise(np.i0, lambda g, y, x: g * i1(x), at=(0.0, 0.3, -2.0, 40.0), infer=_bessel_type)
elementwise(
    i1, lambda g, y, x: g * (np.i0(x) - _ratio(y, x)), at=(0.3, -2.0, 40.0), infer=_bessel_type, aliases=(runtime.i1,)
)

for to_radians in (np.deg2rad, np.radians):
    elementwise(to_radians, lambda g, y, x: g * (math.pi / 180), at=_REAL)
for to_degrees in (np.rad2deg, np.degrees):
    elementwise(to_degrees, lambda g, y, x: g * (180 / math.pi), at=_REAL)

# Hyperbolic functions

elementwise(np.sinh, lambda g, y, x: g * np.cosh(x), at=_REAL)
elementwise(np.cosh, lambda g, y, x: g * np.sinh(x), at=_REAL)
elementwise(np.tanh, lambda g, y, x: g * (1 - y * y), at=_REAL)
elementwise(np.arcsinh, lambda g, y, x: g / (np.sqrt(1 + x * x) if is_complex(x) else np.hypot(x, 1)), at=_REAL)
elementwise(np.arccosh, lambda g, y, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)), at=(1.5, 3.0), regular_at=2)
elementwise(np.arctanh, lambda g, y, x: g / ((1 - x) * (1 + x)), at=_WITHIN_ONE, regular_at=0.5)
