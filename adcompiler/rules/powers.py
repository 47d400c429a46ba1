"""Powers: the rule looks at the exponent, and treats 0 ** 0 with care.

At a = 0 the derivative of a**b is 0 for b = 0 (where a**b is 1 for every a) and infinite for b below 1; with respect to
b it is 0 for b >= 0 (where 0**b does not change, but for a jump), and nan for negative a.
"""

from __future__ import annotations

import math
import operator

import numpy as np

from adcompiler.rules.complex_numbers import is_complex
from adcompiler.rules.inference import elementwise_type, power_type
from adcompiler.rules.rule import RankUnknownError
from adcompiler.rules.table import elementwise


def _is_number(operand):
    return isinstance(operand, (int, float))


def _is_integer(b):
    """Whether the exponent is known to be an integer, so that no derivative with respect to it is ever asked for."""
    try:
        return np.dtype(b.dtype).kind in "iu"
    except (AttributeError, RankUnknownError):
        return False


def _base_bar(g, y, a, b):
    if not _is_number(b):
        if _is_integer(b):
            return g * b * a ** (b - np.not_equal(b, 0))  # at b = 0 this is 0 * a**0, never 0 * inf
        both_zero = np.logical_and(np.equal(a, 0), np.equal(b, 0))
        return g * b * np.where(both_zero, 1, a) ** (b - 1)
    match b:
        case 0:
            return np.zeros_like(a)
        case 1:
            return g
        case 2:
            return 2 * g * a
        case 0.5:
            return 0.5 * g / np.sqrt(a)
        case _:
            return b * g * a ** (b - 1)


def _exponent_bar(g, y, a, b):
    if _is_number(a) and a > 0:
        return g * y * math.log(a)
    if is_complex(y) and not is_complex(a):
        a = a + 0j  # a negative number has a complex logarithm
    flat = np.logical_and(np.equal(a, 0), np.greater_equal(b, 0))
    return g * y * np.log(np.where(flat, 1, a))


def _float_power_type(*types):
    return elementwise_type(*types, dtype="complex128" if any(type.is_complex for type in types) else "float64")


_POINTS = ((2.0, 3.0), (0.5, -1.5), (2.0, 0.0))

elementwise(np.power, _base_bar, _exponent_bar, at=_POINTS, infer=power_type, aliases=(pow, operator.pow), regular_at=1)
elementwise(np.float_power, _base_bar, _exponent_bar, at=_POINTS, infer=_float_power_type)
