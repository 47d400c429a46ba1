"""`math` and builtins: functions of Python numbers.

Most have the partials of NumPy's function of the same name. Python raises where NumPy has infinities: partials that
divide by what may be zero take it from a NumPy function, so that an adjoint does not raise where the primal did not.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

import numpy as np

import adcompiler.rules.complex_numbers
import adcompiler.rules.elementwise
import adcompiler.rules.powers
import adcompiler.rules.selection  # noqa: F401  (these four fill RULES)
from adcompiler import runtime
from adcompiler.ir.types import BOOL, FLOAT, INT, Type, Unranked, scalar
from adcompiler.rules.inference import common_dtype, named_shape, opaque_shape_type, value_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import OMITTED
from adcompiler.rules.table import RULES, elementwise, linear, nondifferentiable


def _float_type(*_: Type, **__: object) -> tuple[Type, ...]:
    return (FLOAT,)


def _complex_type(*_: Type, **__: object) -> tuple[Type, ...]:
    return (scalar("complex128", weak=True),)


def _int_type(*_: Type, **__: object) -> tuple[Type, ...]:
    return (INT,)


def _bool_type(*_: Type, **__: object) -> tuple[Type, ...]:
    return (BOOL,)


function: Callable[..., Any]  # in the loops below

# Functions that NumPy has too

for function, same in (
    (math.exp, "exp"),
    (math.exp2, "exp2"),
    (math.expm1, "expm1"),
    (math.log2, "log2"),
    (math.log10, "log10"),
    (math.log1p, "log1p"),
    (math.sin, "sin"),
    (math.cos, "cos"),
    (math.tan, "tan"),
    (math.asin, "arcsin"),
    (math.acos, "arccos"),
    (math.atan, "arctan"),
    (math.atan2, "arctan2"),
    (math.sinh, "sinh"),
    (math.cosh, "cosh"),
    (math.tanh, "tanh"),
    (math.asinh, "arcsinh"),
    (math.acosh, "arccosh"),
    (math.atanh, "arctanh"),
    (math.fabs, "fabs"),
    (math.pow, "power"),
    (math.fmod, "fmod"),
    (math.copysign, "copysign"),
    (math.degrees, "degrees"),
    (math.radians, "radians"),
):
    elementwise(function, *RULES[same].pullbacks, at=RULES[same].at, infer=_float_type)

elementwise(math.sqrt, lambda g, y, x: 0.5 * g / np.sqrt(x), at=(0.3, 2.0), infer=_float_type)
elementwise(math.cbrt, lambda g, y, x: g / (3 * np.square(y)), at=(0.3, -2.0), infer=_float_type)
elementwise(
    math.hypot,
    lambda g, y, *coordinates, number: g * coordinates[number] / np.absolute(y),
    at=((2.0, -3.0), (2.0,), (1.0, -2.0, 0.5)),
    infer=_float_type,
    signature=lambda *coordinates: None,
)

# The same of complex numbers


def _log_bar(g, y, x, base=None):
    return g / x if base is None else g / (x * np.log(base))


def _base_bar(g, y, x, base):
    return -g * y / (base * np.log(base))


def _off_the_axis(partial: Any) -> Callable[..., Any]:
    return lambda g, y, x: partial(g, y, x + 0j)


for function, same in (
    (cmath.exp, "exp"),
    (cmath.sin, "sin"),
    (cmath.cos, "cos"),
    (cmath.tan, "tan"),
    (cmath.sinh, "sinh"),
    (cmath.cosh, "cosh"),
    (cmath.tanh, "tanh"),
    (cmath.atan, "arctan"),
    (cmath.log10, "log10"),
):
    elementwise(function, *RULES[same].pullbacks, at=RULES[same].at, infer=_complex_type, signature=lambda x, /: None)

for function, number_type in ((math.log, _float_type), (cmath.log, _complex_type)):
    elementwise(
        function,
        _log_bar,
        _base_bar,
        at=(0.3, (2.0, 3.0)),
        infer=number_type,
        signature=lambda x, base=OMITTED, /: None,
    )
elementwise(cmath.sqrt, lambda g, y, x: 0.5 * g / np.sqrt(x + 0j), at=(0.3, -2.0), infer=_complex_type)
for function, same in (
    (cmath.asin, "arcsin"),
    (cmath.acos, "arccos"),
    (cmath.asinh, "arcsinh"),
    (cmath.acosh, "arccosh"),
    (cmath.atanh, "arctanh"),
):  # of a real number too the root in the derivative may be complex
    elementwise(
        function,
        _off_the_axis(RULES[same].pullbacks[0]),
        at=(0.3, -0.7),
        infer=_complex_type,
        signature=lambda x, /: None,
    )
elementwise(
    cmath.phase,
    *RULES["angle"].pullbacks,
    jvp=RULES["angle"].pushforwards,
    at=RULES["angle"].at,
    infer=_float_type,
    signature=lambda x, /: None,
)

# Functions that it has not

polygamma = overridable(runtime.polygamma)

elementwise(
    polygamma,
    None,
    lambda g, y, n, x: g * polygamma(n + 1, x),
    at=((0, 2.5), (0, -0.3), (1, 0.3), (2, 20.0)),
    infer=_float_type,
    aliases=(runtime.polygamma,),
)
elementwise(math.gamma, lambda g, y, x: g * y * polygamma(0, x), at=(0.3, 4.5, -1.7), infer=_float_type)
elementwise(math.lgamma, lambda g, y, x: g * polygamma(0, x), at=(0.3, 4.5, -1.7), infer=_float_type)
elementwise(math.erf, lambda g, y, x: 2 / math.sqrt(math.pi) * g * np.exp(-x * x), at=(0.3, -2.0), infer=_float_type)
elementwise(math.erfc, lambda g, y, x: -2 / math.sqrt(math.pi) * g * np.exp(-x * x), at=(0.3, -2.0), infer=_float_type)
elementwise(
    math.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.rint(a / b), at=((5.0, 3.0),), infer=_float_type
)
for function in (math.floor, math.ceil, math.trunc):
    nondifferentiable(function, infer=_int_type, at=(1.5, -2.5))
for function in (math.isnan, math.isfinite, math.isinf, cmath.isnan, cmath.isfinite, cmath.isinf):
    nondifferentiable(function, infer=_bool_type, at=(1.5,))
for function in (math.isclose, cmath.isclose):
    nondifferentiable(
        function, operands=2, infer=_bool_type, static={"rel_tol": 1e-9, "abs_tol": 0.0}, at=((1.0, 1.0),)
    )
for function, operands in ((math.factorial, 1), (math.isqrt, 1), (math.comb, 2)):
    nondifferentiable(function, operands=operands, infer=_int_type, at=((7, 3)[:operands],))
nondifferentiable(math.perm, operands=2, infer=_int_type, signature=lambda n, k=OMITTED, /: None, at=(7, (7, 3)))
for function in (math.gcd, math.lcm):
    nondifferentiable(function, infer=_int_type, signature=lambda *integers: None, at=((6, 4), (6, 4, 9)))

# Conversions

elementwise(float, lambda g, y, x: g, at=(0.3,), infer=_float_type, name="builtins.float", signature=lambda x, /: None)
elementwise(
    complex,
    lambda g, y, real, imag=0: g,
    lambda g, y, real, imag: 1j * g,
    at=(0.3, (0.3, -2.0)),
    infer=_complex_type,
    name="builtins.complex",
    signature=lambda real, imag=OMITTED: None,
)
nondifferentiable(int, infer=_int_type, at=(2.5,), name="builtins.int", signature=lambda x, /: None)
nondifferentiable(bool, infer=_bool_type, at=(2.5,), name="builtins.bool", signature=lambda x, /: None)


def _round_type(number: Type, *, ndigits: int | None = None) -> tuple[Type, ...]:
    if number.kind == "scalar" and number.weak:
        return (INT,) if ndigits is None else (number,)
    return opaque_shape_type()


nondifferentiable(
    round, infer=_round_type, static={"ndigits": None}, name="builtins.round", at=(2.5, (2.55, {"ndigits": 1}))
)

# Python's sum


def _sum_type(iterable: Type, *_: Type) -> tuple[Type, ...]:
    if iterable.kind in ("tuple", "list"):
        scalars = all(type.kind == "scalar" for type in iterable.elements)
        return (
            (Type("scalar", common_dtype(INT, *iterable.elements), weak=all(t.weak for t in iterable.elements)),)
            if (scalars and iterable.kind == "tuple")
            else opaque_shape_type()
        )
    if iterable.shape == () or (isinstance(iterable.shape, tuple) and iterable.shape[0] == 0):
        return (INT,)  # of nothing it is 0
    if isinstance(iterable.shape, Unranked):
        return (Type("unknown", iterable.dtype, named_shape("reduced", iterable.shape, axis=0, keepdims=False)),)
    return (value_type(iterable.dtype, iterable.shape[1:]),)


def _sum_bar(g, y, iterable):
    """Every term gets the cotangent of the sum; that of an array is uniform along the first axis."""
    return g


linear(math.fsum, lambda g, y, seq: g, infer=_float_type, signature=lambda seq, /: None, at=(((3,),),))
linear(sum, _sum_bar, infer=_sum_type, name="builtins.sum", at=(((3,),), ((3, 2),)))
