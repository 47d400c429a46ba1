"""Polynomials by their coefficients, that of the highest power first, and matrices of powers."""

from __future__ import annotations

import numpy as np

from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Type, array
from adcompiler.rules.creation import arange
from adcompiler.rules.differences import longer
from adcompiler.rules.inference import DATA_DEPENDENT, joined_dtype, length_from, vector_length
from adcompiler.rules.rule import OMITTED
from adcompiler.rules.spectral_lengths import fit_shape
from adcompiler.rules.symbolic import is_empty
from adcompiler.rules.table import linear, vjp
from adcompiler.rules.vector_products import flat, shaped_like


def _count(p: Type) -> Dim:
    return vector_length(p, "a polynomial has coefficients along one axis")


# Sums: the coefficients of the lowest powers stand at the end


def _sum_type(a1: Type, a2: Type) -> tuple[Type, ...]:
    left, right = _count(a1), _count(a2)
    if isinstance(left, int) and isinstance(right, int):
        return (array(joined_dtype(a1, a2), (max(left, right),)),)
    return (array(joined_dtype(a1, a2), (left if left == right else DATA_DEPENDENT,)),)


def _lowest(g, p):
    """As many coefficients of the lowest powers as a polynomial has."""
    return shaped_like(g[np.size(g) - np.size(p) :], p)


_PAIRS = (((3,), (3,)), ((3,), (5,)), ((4,), (1,)), ((), (2,)))


def _as_long(x_dot, y):
    """The transpose: zeros before the tangent."""
    return fit_shape(flat(x_dot)[::-1], np.shape(y))[::-1]


vjp(
    np.polyadd,
    lambda g, y, a1, a2: _lowest(g, a1),
    lambda g, y, a1, a2: _lowest(g, a2),
    jvp=(lambda x_dot, y, a1, a2: _as_long(x_dot, y), lambda x_dot, y, a1, a2: _as_long(x_dot, y)),
    infer=_sum_type,
    at=_PAIRS,
)
vjp(
    np.polysub,
    lambda g, y, a1, a2: _lowest(g, a1),
    lambda g, y, a1, a2: _lowest(-g, a2),
    jvp=(lambda x_dot, y, a1, a2: _as_long(x_dot, y), lambda x_dot, y, a1, a2: _as_long(-x_dot, y)),
    infer=_sum_type,
    at=_PAIRS,
)

# Products: convolutions, from which NumPy leaves out leading zeros


def _product_type(a1: Type, a2: Type) -> tuple[Type, ...]:
    _count(a1), _count(a2)
    return (array(joined_dtype(a1, a2), (DATA_DEPENDENT,)),)


def _product_bar(g, x, other):
    """That of a convolution, where coefficients that were left out have the cotangent zero; NumPy reads none as 0."""
    if is_empty(x) or is_empty(other):
        return np.zeros_like(x)
    whole = fit_shape(g[::-1], (np.size(x) + np.size(other) - 1,))
    return shaped_like(np.convolve(whole, flat(other), mode="valid")[::-1], x)


def _product_dot(x_dot, y, other):
    if is_empty(x_dot) or is_empty(other):
        return np.zeros_like(y)
    whole = np.convolve(x_dot, other)
    return whole[np.size(whole) - np.size(y) :]


vjp(
    np.polymul,
    lambda g, y, a1, a2: _product_bar(g, a1, a2),
    lambda g, y, a1, a2: _product_bar(g, a2, a1),
    jvp=(
        lambda x_dot, y, a1, a2: _product_dot(x_dot, y, a2),
        lambda x_dot, y, a1, a2: _product_dot(x_dot, y, a1),
    ),
    infer=_product_type,
    at=_PAIRS,
)

# Derivatives


def _derivative_type(p: Type, *, m: int = 1) -> tuple[Type, ...]:
    if m < 1:
        raise ValueError("`np.polyder` takes a derivative at least once")
    return (array(joined_dtype(p, array("int64", (1,))), (longer(_count(p), -m),)),)


def _derivative_bar(g, y, p, m=1):
    """From d^m x^k / dx^m = k (k - 1) … x^(k - m); the lowest powers are lost."""
    for order in range(m):
        g = g * arange(np.size(p) - (1 + order), m - (1 + order), -1)
    return fit_shape(g, np.shape(p))


linear(
    np.polyder,
    _derivative_bar,
    static={"m": 1},
    infer=_derivative_type,
    at=(((4,),), ((4,), {"m": 2}), ((1,),), ((5,), {"m": 3})),
)

# Powers


def _vander_type(x: Type, columns: Type | None = None, *, increasing: bool = False) -> tuple[Type, ...]:
    count = _count(x)
    width = count if columns is None or columns.kind != "scalar" else length_from(columns)
    return (array(joined_dtype(x, array("int64", (1,))), (count, width)),)


def _vander_slope(y, increasing):
    """The derivative of each column but that of ones: the power before, times the exponent."""
    width = np.shape(y)[1]
    return y[:, :-1] * arange(1, width) if increasing else y[:, 1:] * arange(width - 1, 0, -1)


def _vander_bar(g, y, x, N=None, increasing=False):  # noqa: N803  (NumPy's name)
    powers = g[:, 1:] if increasing else g[:, :-1]
    return np.sum(powers * _vander_slope(y, increasing), axis=1)


def _vander_dot(x_dot, y, x, N=None, increasing=False):  # noqa: N803
    slope = np.expand_dims(x_dot, -1) * _vander_slope(y, increasing)
    ones = np.zeros_like(y[:, :1])
    return np.concatenate((ones, slope) if increasing else (slope, ones), axis=1)


def _vander(x, N=OMITTED, increasing=False): ...  # noqa: N803


vjp(
    np.vander,
    _vander_bar,
    None,
    jvp=(_vander_dot, None),
    static={"increasing": False},
    infer=_vander_type,
    signature=_vander,
    at=(
        ((4,),),
        ((4,), 3),
        ((3,), 5, {"increasing": True}),
        ((2,), 1),
        ((2,), 1, {"increasing": True}),
        ((0,), 3),
        ((1,), 2),
    ),
)
