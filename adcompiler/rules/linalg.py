"""Norms, inverses, linear systems and determinants."""

from __future__ import annotations

import math

import numpy as np

from adcompiler import runtime
from adcompiler.errors import MissingRuleError, UnknownTypeError
from adcompiler.ir.types import Type, array, broadcast_shapes
from adcompiler.rules.inference import (
    common_dtype,
    float_dtype,
    named_shape,
    real_dtype,
    reduction_type,
    same_shape_type,
    value_type,
)
from adcompiler.rules.reductions import AXIS, beside, tied_shares
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import RankUnknownError, overridable, vjp

# Norms


def _norm_dtype(x: Type) -> str | None:
    return "float64" if x.dtype is not None and np.dtype(x.dtype).kind in "iub" else x.dtype


def _require_vector_norm(x, ord, axis):
    """A number as `ord` means another norm for a matrix than for a vector."""
    if ord is None or ord == "fro" or isinstance(axis, int):
        return
    try:
        vector = axis is None and np.ndim(x) == 1
    except RankUnknownError:
        message = f"`np.linalg.norm(x, {ord})` is one norm for vectors and another for matrices"
        raise UnknownTypeError(message, hint="give `axis=`, or the type of `x`") from None
    if not vector:
        raise MissingRuleError(f"the derivative of `np.linalg.norm` of a matrix with `ord={ord}` is not known")


def _norm_bar(g, y, x, ord=None, axis=None, keepdims=False):
    """At zero it is zero, as in PyTorch."""
    _require_vector_norm(x, ord, axis)
    g, y = beside(g, axis, keepdims), beside(y, axis, keepdims)
    match ord:
        case None | "fro" | 2:
            return g * x / _nonzero(y)
        case 1:
            return g * np.sign(x)
        case float() if math.isinf(ord):
            return g * np.sign(x) * tied_shares(np.absolute(x), y, axis=axis)
        case int() | float() if ord > 1:
            return g * np.sign(x) * (np.absolute(x) / _nonzero(y)) ** (ord - 1)
        case _:
            raise MissingRuleError(f"the derivative of `np.linalg.norm` with `ord={ord!r}` is not known")


def _nonzero(y):
    return np.where(np.equal(y, 0), 1, y)


_ORDERS = (2, 1, np.inf, -np.inf, 3, 1.5)

vjp(
    np.linalg.norm,
    _norm_bar,
    static={"ord": None, **AXIS},
    infer=reduction_type(lambda x: real_dtype(_norm_dtype(x))),
    at=(
        ((3,),),
        ((2, 3),),
        ((2, 3, 4),),
        ((2, 3), {"ord": "fro"}),
        ((2, 3), {"axis": 1}),
        ((2, 3), {"axis": -1, "keepdims": True}),
        ((2, 3, 4), {"axis": (0, 2)}),
        *(((3,), {"ord": ord}) for ord in _ORDERS),
        *(((2, 3), {"ord": ord, "axis": 0}) for ord in _ORDERS),
    ),
)

# Inverses and determinants


def _transposed(a):
    return np.swapaxes(a, -1, -2)


def _matrix_type(a: Type) -> tuple[Type, ...]:
    return (array(float_dtype(a.dtype), a.shape),)


def _determinant_type(a: Type) -> tuple[Type, ...]:
    if isinstance(a.shape, tuple):
        return (value_type(_norm_dtype(a), a.shape[:-2]),)
    return reduction_type(_norm_dtype)(a, axis=(-2, -1))


def _inv_bar(g, y, a):
    """From dy = -y da y."""
    t = _transposed(y)
    return -(t @ g @ t)


def _cofactors_bar(h, y, a):
    """From y = det(a) z with z the transposed inverse, where there is one."""
    z = _transposed(np.linalg.inv(a))
    along = np.sum(h * z, axis=(-2, -1), keepdims=True)
    return y * along - y @ _transposed(h) @ z


_MATRIX = np.array([[2.0, -1.0, 0.5], [0.3, 1.5, 0.2], [-0.4, 0.6, 3.0]])
_SQUARE = ((_MATRIX,), (np.stack([_MATRIX, _MATRIX.T + np.eye(3)]),))

cofactors = overridable(runtime.cofactors)

vjp(cofactors, _cofactors_bar, infer=same_shape_type, aliases=(runtime.cofactors,), at=_SQUARE)

vjp(np.linalg.inv, _inv_bar, infer=_matrix_type, at=_SQUARE)
vjp(
    np.linalg.det,
    lambda g, y, a: np.expand_dims(g, (-2, -1)) * cofactors(a),
    infer=_determinant_type,
    at=_SQUARE,
)

# Linear systems


def _solve_type(a: Type, b: Type) -> tuple[Type, ...]:
    """One solution for each right side; a `b` with one axis is one right side, of all systems."""
    dtype = float_dtype(common_dtype(a, b))
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return (array(dtype, named_shape("solve", a.shape, b.shape)),)
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if not isinstance(batch, tuple):
        return (array(dtype, named_shape("solve", a.shape, b.shape)),)
    return (array(dtype, (*batch, *b.shape[-2:])),)


def _solve_transposed(g, a, b):
    """`solve(a.T, g)`, for one right side or for several."""
    try:
        many = np.ndim(b) > 1 or np.ndim(a) == 2
    except RankUnknownError:
        message = "`np.linalg.solve(a, b)` is one thing for a vector `b` and another for a matrix"
        raise UnknownTypeError(message, hint="give the types of `a` and `b`") from None
    if many:
        return np.linalg.solve(_transposed(a), g)
    return np.squeeze(np.linalg.solve(_transposed(a), np.expand_dims(g, -1)), -1)


def _right_side_bar(g, y, a, b):
    return unbroadcast(_solve_transposed(g, a, b), np.shape(b))


def _matrix_bar(g, y, a, b):
    """From a dy = -da y: minus the outer product of b_bar and y."""
    b_bar = _solve_transposed(g, a, b)
    if np.ndim(b) == 1:
        return -np.expand_dims(b_bar, -1) * np.expand_dims(y, -2)
    return unbroadcast(-b_bar @ _transposed(y), np.shape(a))


vjp(
    np.linalg.solve,
    _matrix_bar,
    _right_side_bar,
    infer=_solve_type,
    at=((_MATRIX, (3,)), (_MATRIX, (3, 2)), (_SQUARE[1][0], (2, 3, 2)), (_SQUARE[1][0], (3,)), (_MATRIX, (2, 3, 1))),
)

# Factors


def _cholesky_bar(g, y, a):
    """From dy = y Φ(y⁻¹ da y⁻ᵀ), where Φ halves the diagonal of the lower triangle.

    NumPy reads the lower triangle of `a` alone, so that the upper one has no part in it.
    """
    t = _transposed(y)
    inner = t @ g
    half = 0.5 * (np.tril(inner) + np.tril(inner, -1))
    outer = np.linalg.solve(t, _transposed(np.linalg.solve(t, half)))
    return np.tril(outer) + np.tril(_transposed(outer), -1)


vjp(
    np.linalg.cholesky,
    _cholesky_bar,
    infer=_matrix_type,
    signature=lambda a, /: None,
    at=tuple((m @ np.swapaxes(m, -1, -2),) for (m,) in _SQUARE),
)
