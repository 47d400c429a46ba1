"""Determinants, and the cofactors that are their derivative."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.ir.structure import Packing
from adcompiler.ir.types import Type
from adcompiler.rules.complex_numbers import is_complex
from adcompiler.rules.inference import real_dtype, reduction_type, same_shape_type, value_type
from adcompiler.rules.matrices import MATRIX, SQUARE, STACK, matrix_dtype, transposed
from adcompiler.rules.overriding import overridable
from adcompiler.rules.table import vjp


def _determinant_type(a: Type) -> tuple[Type, ...]:
    if isinstance(a.shape, tuple):
        return (value_type(matrix_dtype(a), a.shape[:-2]),)
    return reduction_type(matrix_dtype)(a, axis=(-2, -1))


cofactors, cofactors_slope = overridable(runtime.cofactors), overridable(runtime.cofactors_slope)

vjp(
    cofactors,
    lambda h, y, a: cofactors_slope(h, a),
    jvp=lambda a_dot, y, a: cofactors_slope(a_dot, a),
    infer=same_shape_type,
    aliases=(runtime.cofactors,),
    at=SQUARE,
)


def _slope_bar(g, y, h, a):
    """From y = c tr(hᵀ z) - c hᵀ z with the cofactors c and z = a⁻ᵀ, of which dz = -z daᵀ z: where there is one."""
    c, z = cofactors(a), transposed(np.linalg.inv(a))
    c_bar = g * _along(h, z) - g @ transposed(z) @ h
    z_bar = _along(g, c) * h - h @ transposed(c) @ g
    return cofactors_slope(c_bar, a) - z @ transposed(z_bar) @ z


def _slope_dot(a_dot, y, h, a):
    c, z = cofactors(a), transposed(np.linalg.inv(a))
    c_dot, z_dot = cofactors_slope(a_dot, a), -(z @ transposed(a_dot) @ z)
    straight = c_dot * _along(h, z) + c * _along(h, z_dot)
    return straight - c_dot @ transposed(h) @ z - c @ transposed(h) @ z_dot


def _along(a, b):
    return np.sum(a * b, axis=(-2, -1), keepdims=True)


vjp(
    cofactors_slope,
    lambda g, y, h, a: cofactors_slope(g, a),  # it is its own transpose, as second derivatives are
    _slope_bar,
    jvp=(lambda h_dot, y, h, a: cofactors_slope(h_dot, a), _slope_dot),
    infer=same_shape_type,
    aliases=(runtime.cofactors_slope,),
    at=(((3, 3), MATRIX), ((2, 3, 3), STACK), ((1, 1), np.array([[1.7]]))),
)
vjp(
    np.linalg.det,
    lambda g, y, a: np.expand_dims(g, (-2, -1)) * cofactors(a),
    jvp=lambda a_dot, y, a: np.sum(cofactors(a) * a_dot, axis=(-2, -1)),
    infer=_determinant_type,
    at=SQUARE,
)

# The sign and the logarithm of the absolute value


def _slogdet_type(a: Type) -> tuple[Type, ...]:
    (sign,) = _determinant_type(a)
    (logarithm,) = (value_type(real_dtype(sign.dtype), sign.shape),)
    return (Type("tuple", elements=(sign, logarithm), packing=_SLOGDET),)


_SLOGDET = Packing(type(np.linalg.slogdet(np.eye(1))), ("sign", "logabsdet"))


def _slogdet_bar(g, y, a):
    """From d log det(a) = tr(a⁻¹ da), of which the imaginary part turns the sign: dsign = i sign Im tr(a⁻¹ da)."""
    sign_bar, logarithm_bar = g
    factor = logarithm_bar
    if is_complex(a) and sign_bar is not None:
        turned = 1j * np.imag(sign_bar * y[0])
        factor = turned if factor is None else factor + turned
    return None if factor is None else np.expand_dims(factor, (-2, -1)) * transposed(np.linalg.inv(a))


def _slogdet_dot(a_dot, y, a):
    moved = np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)
    if is_complex(a) or is_complex(a_dot):
        return 1j * y[0] * np.imag(moved), np.real(moved)
    return None, moved


vjp(
    np.linalg.slogdet,
    _slogdet_bar,
    jvp=_slogdet_dot,
    infer=_slogdet_type,
    at=(*SQUARE, (-MATRIX,)),
)
