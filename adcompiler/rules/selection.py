"""Choosing between values: comparisons choose, and what is chosen gets the cotangent.

Ties follow PyTorch: `maximum` gives each half, `fmax` gives the first all, `clip` passes on at both of its edges.
"""

from __future__ import annotations

import numpy as np

from adcompiler.ir.types import Type, array, broadcast_shapes
from adcompiler.rules.complex_numbers import is_complex
from adcompiler.rules.inference import common_dtype, kept_type
from adcompiler.rules.table import elementwise

_PAIRS = ((2.0, -3.0), (-0.5, 0.25))


def where_type(condition: Type, x: Type, y: Type) -> tuple[Type, ...]:
    """Always an array, also of numbers."""
    return (array(common_dtype(x, y), broadcast_shapes(condition.shape, x.shape, y.shape)),)


elementwise(
    np.where,
    None,
    lambda g, y, condition, a, b: np.where(condition, g, 0),
    lambda g, y, condition, a, b: np.where(condition, 0, g),
    at=((True, 2.0, -3.0), (False, 2.0, -3.0)),
    infer=where_type,
    signature=lambda condition, x, y, /: None,
)


def _shared(g, a, b, lost):
    """The cotangent of `a`: nothing where it has lost against `b`, half of it where they are equal."""
    return np.where(lost, 0, np.where(np.equal(a, b), g / 2, g))


elementwise(
    np.maximum,
    lambda g, y, a, b: _shared(g, a, b, np.less(a, b)),
    lambda g, y, a, b: _shared(g, b, a, np.less(b, a)),
    at=_PAIRS,
    infer=kept_type,
)
elementwise(
    np.minimum,
    lambda g, y, a, b: _shared(g, a, b, np.greater(a, b)),
    lambda g, y, a, b: _shared(g, b, a, np.greater(b, a)),
    at=_PAIRS,
    infer=kept_type,
)
elementwise(
    np.fmax,
    lambda g, y, a, b: np.where(np.logical_or(np.greater_equal(a, b), np.isnan(b)), g, 0),
    lambda g, y, a, b: np.where(np.logical_or(np.greater_equal(a, b), np.isnan(b)), 0, g),
    at=_PAIRS,
    infer=kept_type,
)
elementwise(
    np.fmin,
    lambda g, y, a, b: np.where(np.logical_or(np.less_equal(a, b), np.isnan(b)), g, 0),
    lambda g, y, a, b: np.where(np.logical_or(np.less_equal(a, b), np.isnan(b)), 0, g),
    at=_PAIRS,
    infer=kept_type,
)

# clip. A bound may be None, as a literal.


def _within(x, low, high):
    above = True if low is None else np.greater_equal(x, low)
    return above if high is None else np.logical_and(above, np.less_equal(x, high))


def _clip_bar(g, y, x, low, high):
    return g if low is None and high is None else np.where(_within(x, low, high), g, 0)


def _low_bar(g, y, x, low, high):
    chosen = np.less(x, low)
    return np.where(chosen if high is None else np.logical_and(chosen, np.less(low, high)), g, 0)


def _high_bar(g, y, x, low, high):
    chosen = np.greater(x, high)
    return np.where(chosen if low is None else np.logical_or(chosen, np.less(high, low)), g, 0)


def clip_type(*types: Type) -> tuple[Type, ...]:
    """The broadcast of the operands that are not None."""
    return kept_type(*(type for type in types if type.is_numeric))


elementwise(
    np.clip,
    _clip_bar,
    _low_bar,
    _high_bar,
    at=((0.5, 0.0, 1.0), (-0.5, 0.0, 1.0), (1.5, 0.0, 1.0), (1.5, None, 1.0), (1.5, 0.0, None), (0.5, 2.0, 1.0)),
    infer=clip_type,
    signature=lambda a, a_min=None, a_max=None: None,
    synonyms={"min": "a_min", "max": "a_max"},
    method="clip",
)

# What keeps a value but for its sign, or for what is not a number

elementwise(
    np.copysign, lambda g, y, a, b: g * np.sign(a) * np.sign(y), None, at=((2.0, -1.0), (-2.0, -1.0), (0.5, 3.0))
)


def _where_finite(g, y, x, **_):
    """The real and the imaginary part of a complex number are replaced each by itself."""
    if not is_complex(x):
        return np.where(np.isfinite(x), g, 0)
    re, im = np.isfinite(np.real(x)), np.isfinite(np.imag(x))
    return np.where(re, np.real(g), 0) + 1j * np.where(im, np.imag(g), 0)


elementwise(
    np.nan_to_num,
    _where_finite,
    static={"nan": 0.0, "posinf": None, "neginf": None},
    at=(0.3, -2.0, (0.3, {"nan": 1.0, "posinf": 5.0})),
    infer=lambda x, **_: kept_type(x),
)
elementwise(np.heaviside, None, lambda g, y, a, b: np.where(np.equal(a, 0), g, 0), at=((0.0, 0.3), (2.0, 0.3)))
