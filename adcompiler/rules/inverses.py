"""Inverses, pseudo-inverses, and linear systems."""

from __future__ import annotations

import functools
import inspect
import operator
from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler.errors import UnknownTypeError
from adcompiler.ir.types import Type, array, broadcast_shapes, scalar
from adcompiler.rules.complex_numbers import conjugate
from adcompiler.rules.creation import eye
from adcompiler.rules.inference import DATA_DEPENDENT, common_dtype, named_shape, real_dtype
from adcompiler.rules.matrices import (
    MATRIX,
    SQUARE,
    STACK,
    adjoint,
    are_matrices,
    columns,
    from_triangle,
    matrix_dtype,
    matrix_type,
    parts_of,
    real_part,
    shorter_axis,
    transposed,
    triangle_bar,
)
from adcompiler.rules.rule import OMITTED, RankUnknownError
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import vjp

# Inverses


def _inv_bar(g, y, a):
    """From dy = -y da y."""
    t = transposed(y)
    return -(t @ g @ t)


vjp(np.linalg.inv, _inv_bar, jvp=lambda a_dot, y, a: -(y @ a_dot @ y), infer=matrix_type, at=SQUARE)


def _pinv_type(a: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    if not isinstance(a.shape, tuple):
        return (array(matrix_dtype(a), named_shape("pinv", a.shape)),)
    return (array(matrix_dtype(a), (*a.shape[:-2], a.shape[-1], a.shape[-2])),)


def _pinv_bar(g, y, a, rcond=None, hermitian=False, rtol=None):
    """From dy = -y da y + y yᴴ daᴴ (1 - a y) + (1 - y a) daᴴ yᴴ y (Golub and Pereyra), where the rank is constant."""
    a = from_triangle(a) if hermitian else a
    h, p = adjoint(conjugate(g)), adjoint(y)
    right, left = h @ y @ p, p @ y @ h
    bar = right - a @ (y @ right) + left - (left @ y) @ a - p @ adjoint(h) @ p
    return _of_matrix(conjugate(bar), hermitian)


def _pinv_dot(a_dot, y, a, rcond=None, hermitian=False, rtol=None):
    a, a_dot = (from_triangle(a), from_triangle(a_dot)) if hermitian else (a, a_dot)
    h, p = adjoint(a_dot), adjoint(y)
    right, left = y @ p @ h, h @ p @ y
    return right - (right @ a) @ y + left - y @ (a @ left) - y @ a_dot @ y


_NO_RTOL = inspect.signature(np.linalg.pinv).parameters["rtol"].default
"""That it is not given, which is not None."""


def _of_matrix(bar, hermitian):
    """The cotangent of what was given; of a Hermitian matrix NumPy reads the lower triangle alone."""
    return triangle_bar(bar) if hermitian else bar


vjp(
    np.linalg.pinv,
    _pinv_bar,
    None,
    jvp=(_pinv_dot, None),
    static={"hermitian": False, "rtol": _NO_RTOL},
    signature=lambda a, rcond=OMITTED, hermitian=False, *, rtol=_NO_RTOL: None,
    infer=_pinv_type,
    at=(
        *SQUARE,
        ((4, 2),),
        ((2, 4),),
        ((2, 4, 2),),
        (MATRIX + MATRIX.T, {"hermitian": True}),
        ((2, 3), 1e-10),
        ((3, 2), {"rtol": 1e-10}),
    ),
)

# Linear systems


def _solve_type(a: Type, b: Type) -> tuple[Type, ...]:
    """One solution for each right side; a `b` with one axis is one right side, of all systems."""
    dtype = common_dtype(*(replace(x, dtype=matrix_dtype(x)) for x in (a, b)))
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return (array(dtype, named_shape("solve", a.shape, b.shape)),)
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if not isinstance(batch, tuple):
        return (array(dtype, named_shape("solve", a.shape, b.shape)),)
    return (array(dtype, (*batch, *b.shape[-2:])),)


def _is_vector(b):
    try:
        return np.ndim(b) == 1
    except RankUnknownError:
        if are_matrices(b):
            return False
        message = "`np.linalg.solve(a, b)` is one thing for a vector `b` and another for a matrix"
        raise UnknownTypeError(message, hint="give the types of `a` and `b`") from None


def _solve_transposed(g, a, b):
    """`solve(a.T, g)`, for one right side or for several."""
    if not _is_vector(b) or np.ndim(a) == 2:
        return np.linalg.solve(transposed(a), g)
    return np.squeeze(np.linalg.solve(transposed(a), np.expand_dims(g, -1)), -1)


def _right_side_bar(g, y, a, b):
    return unbroadcast(_solve_transposed(g, a, b), np.shape(b))


def _matrix_bar(g, y, a, b):
    """From a dy = -da y: minus the outer product of b_bar and y."""
    b_bar = _solve_transposed(g, a, b)
    if _is_vector(b):
        return -np.expand_dims(b_bar, -1) * np.expand_dims(y, -2)
    return unbroadcast(-b_bar @ transposed(y), np.shape(a))


def _matrix_dot(a_dot, y, a, b):
    if not _is_vector(b):
        return -np.linalg.solve(a, a_dot @ y)
    moved = a_dot @ np.expand_dims(y, -1)
    return -np.squeeze(np.linalg.solve(a, moved), -1)


vjp(
    np.linalg.solve,
    _matrix_bar,
    _right_side_bar,
    jvp=(_matrix_dot, lambda b_dot, y, a, b: np.linalg.solve(a, b_dot)),
    infer=_solve_type,
    at=((MATRIX, (3,)), (MATRIX, (3, 2)), (STACK, (2, 3, 2)), (STACK, (3,)), (MATRIX, (2, 3, 1)), (MATRIX, (3, 0))),
)

# Least squares


def _lstsq_type(a: Type, b: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    dtype = common_dtype(*(replace(x, dtype=matrix_dtype(x)) for x in (a, b)))
    if isinstance(a.shape, tuple) and len(a.shape) == 2 and isinstance(b.shape, tuple):
        solution = array(dtype, (a.shape[1], *b.shape[1:]))
    else:
        solution = array(dtype, named_shape("lstsq", a.shape, b.shape))
    residuals = array(real_dtype(dtype), (DATA_DEPENDENT,))
    singular = array(real_dtype(dtype), (shorter_axis(a),))
    return (Type("tuple", elements=(solution, residuals, scalar("int32"), singular)),)


def _several(vector, b):
    """What is given for each right side as a matrix; a `b` with one axis is one right side."""
    return np.expand_dims(vector, -1) if np.ndim(b) == 1 else vector


def _pseudo_inverse(a, rcond):
    """Of the rank that `lstsq` sees, which takes integers where `pinv` does not."""
    if a.dtype is not None and np.dtype(a.dtype).kind in "iub":
        a = a * 1.0
    if rcond is None or rcond < 0:
        return np.linalg.pinv(a, rtol=rcond and float(np.finfo(np.float64).eps))
    return np.linalg.pinv(a, rcond)


def _present(residuals, b):
    """The matrix from a number for each right side to the residuals, which NumPy leaves out where there are none."""
    return eye(axis_length(residuals, axis=0), axis_length(b, axis=1), dtype="bool")


def _lstsq_matrix_bar(g, y, a, b, rcond=None):
    """That of x = pinv(a) b (see `pinv`), of the residuals Σ|b - a x|², and of the singular values."""
    x_bar, residuals_bar, _, singular_bar = g
    x, b = _several(y[0], b), _several(b, b)
    rest = b - a @ x
    bars = []
    if x_bar is not None:
        inverse, h = _pseudo_inverse(a, rcond), conjugate(_several(x_bar, y[0]))
        p = adjoint(inverse)
        bars = [rest @ adjoint(inverse @ (p @ h)), p @ x @ adjoint(h - adjoint(a) @ (p @ h)), -(p @ h @ adjoint(x))]
    if residuals_bar is not None:
        bars.append(-2 * columns(rest, residuals_bar @ _present(residuals_bar, b)) @ adjoint(x))
    if singular_bar is not None:
        u, _, vh = parts_of(np.linalg.svd(a, full_matrices=False), 3)
        bars.append(columns(u, singular_bar) @ vh)
    return conjugate(functools.reduce(operator.add, bars)) if bars else None


def _lstsq_right_bar(g, y, a, b, rcond=None):
    x_bar, residuals_bar, _, _ = g
    bars = []
    if x_bar is not None:
        bars.append(transposed(_pseudo_inverse(a, rcond)) @ x_bar)
    if residuals_bar is not None:
        rest = _several(b, b) - a @ _several(y[0], b)
        each = 2 * columns(conjugate(rest), residuals_bar @ _present(residuals_bar, rest))
        bars.append(np.squeeze(each, -1) if np.ndim(b) == 1 else each)
    return functools.reduce(operator.add, bars) if bars else None


def _lstsq_matrix_dot(a_dot, y, a, b, rcond=None):
    x = _several(y[0], b)
    inverse, rest = _pseudo_inverse(a, rcond), _several(b, b) - a @ x
    h, p = adjoint(a_dot), adjoint(inverse)
    turned = h @ (p @ x)
    x_dot = inverse @ (p @ (h @ rest) - a_dot @ x - a @ turned) + turned
    each = -2 * np.sum(real_part(conjugate(rest) * (a_dot @ x)), axis=0)
    u, _, vh = parts_of(np.linalg.svd(a, full_matrices=False), 3)
    singular_dot = np.sum(real_part(conjugate(u) * (a_dot @ adjoint(vh))), axis=0)
    x_dot = np.squeeze(x_dot, -1) if np.ndim(b) == 1 else x_dot
    return x_dot, _present(y[1], rest) @ each, None, singular_dot


def _lstsq_right_dot(b_dot, y, a, b, rcond=None):
    rest = _several(b, b) - a @ _several(y[0], b)
    each = 2 * np.sum(real_part(conjugate(rest) * _several(b_dot, b)), axis=0)
    return _pseudo_inverse(a, rcond) @ b_dot, _present(y[1], rest) @ each, None, None


vjp(
    np.linalg.lstsq,
    _lstsq_matrix_bar,
    _lstsq_right_bar,
    jvp=(_lstsq_matrix_dot, _lstsq_right_dot),
    static={"rcond": None},
    infer=_lstsq_type,
    at=(
        ((4, 2), (4,)),
        ((4, 2), (4, 3)),
        ((2, 4), (2, 3)),
        (MATRIX, (3, 2)),
        ((4, 2), (4,), {"rcond": 1e-10}),
        ((4, 2), (4,), {"rcond": -1}),
    ),
)
