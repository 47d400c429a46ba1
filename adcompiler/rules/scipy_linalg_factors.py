"""Factorisations that NumPy has not: with row exchanges, polar, and of two symmetric matrices."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from adcompiler import runtime
from adcompiler.errors import MissingRuleError
from adcompiler.ir.dims import OPEN
from adcompiler.ir.types import Type, array
from adcompiler.rules.creation import eye
from adcompiler.rules.inference import UNKNOWN_SHAPE
from adcompiler.rules.matrices import (
    MATRIX,
    diagonal_of,
    from_triangle,
    gaps,
    matrix_type,
    off_diagonal,
    transposed,
    triangle_bar,
    with_diagonal,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.scipy_linalg_systems import solve_sylvester, solve_triangular
from adcompiler.rules.structure import axis_length, cast_like
from adcompiler.rules.table import nondifferentiable, vjp

# LU

lu, lu_factor = overridable(scipy.linalg.lu), overridable(scipy.linalg.lu_factor)
permutation_of = overridable(runtime.permutation_of)

nondifferentiable(
    permutation_of,
    infer=lambda pivots: (array("int64", pivots.shape),),
    aliases=(runtime.permutation_of,),
    at=(np.array([1, 2, 2], dtype=np.int32),),
)


def _require_square(a: Type) -> None:
    if isinstance(a.shape, tuple) and (len(a.shape) != 2 or a.shape[0] != a.shape[1]):
        raise MissingRuleError("the derivative of an LU factorisation is known for one square matrix")


def _lu_type(a: Type, **_: object) -> tuple[Type, ...]:
    _require_square(a)
    (matrix,) = matrix_type(a)
    return (Type("tuple", elements=(matrix, matrix, matrix)),)


def _lu_factor_type(a: Type, **_: object) -> tuple[Type, ...]:
    _require_square(a)
    (matrix,) = matrix_type(a)
    n = a.shape[0] if isinstance(a.shape, tuple) else OPEN
    return (Type("tuple", elements=(matrix, array(None, (n,)))),)


def _ordered_bar(low_bar, up_bar, low, up, a):
    """That of the matrix in the order of its pivots: from dl = l tril(m), du = triu(m) u with m = l⁻¹ da u⁻¹."""
    inner = np.zeros_like(a)
    if low_bar is not None:
        inner = inner + np.tril(transposed(low) @ low_bar, -1)
    if up_bar is not None:
        inner = inner + np.triu(up_bar @ transposed(up))
    left = solve_triangular(low, inner, trans=1, lower=True, unit_diagonal=True)
    return transposed(solve_triangular(up, transposed(left)))


def _ordered_dot(a_dot, low, up):
    left = solve_triangular(low, a_dot, lower=True, unit_diagonal=True)
    inner = transposed(solve_triangular(up, transposed(left), trans=1))
    return low @ np.tril(inner, -1), np.triu(inner) @ up


def _lu_bar(g, y, a, check_finite=True):
    if g[1] is None and g[2] is None:
        return None
    return y[0] @ _ordered_bar(g[1], g[2], y[1], y[2], a)


vjp(
    lu,
    _lu_bar,
    jvp=lambda a_dot, y, a, check_finite=True: (None, *_ordered_dot(transposed(y[0]) @ a_dot, y[1], y[2])),
    static={"check_finite": True},
    infer=_lu_type,
    aliases=(scipy.linalg.lu,),
    spelling="scipy.linalg.lu",
    at=((MATRIX,), (MATRIX[::-1],)),
)


def _unit_lower(packed):
    return np.tril(packed, -1) + cast_like(eye(axis_length(packed, axis=0)), packed)


def _lu_factor_bar(g, y, a, check_finite=True):
    if g[0] is None:
        return None
    low = _unit_lower(y[0])
    bar = _ordered_bar(np.tril(g[0], -1), np.triu(g[0]), low, np.triu(y[0]), a)
    return np.take(bar, np.argsort(permutation_of(y[1])), axis=0)


def _lu_factor_dot(a_dot, y, a, check_finite=True):
    low = _unit_lower(y[0])
    l_dot, u_dot = _ordered_dot(np.take(a_dot, permutation_of(y[1]), axis=0), low, np.triu(y[0]))
    return l_dot + u_dot, None


vjp(
    lu_factor,
    _lu_factor_bar,
    jvp=_lu_factor_dot,
    static={"check_finite": True},
    infer=_lu_factor_type,
    aliases=(scipy.linalg.lu_factor,),
    spelling="scipy.linalg.lu_factor",
    at=((MATRIX,), (MATRIX[::-1],)),
)

# Polar

polar = overridable(runtime.right_polar)


def _polar_type(a: Type) -> tuple[Type, ...]:
    (u,) = matrix_type(a)
    p = (*a.shape[:-2], a.shape[-1], a.shape[-1]) if isinstance(a.shape, tuple) else UNKNOWN_SHAPE
    return (Type("tuple", elements=(u, array(u.dtype, p))),)


def _polar_bar(g, y, a):
    """From p dp + dp p = d(aᵀ a) and du = (da - u dp) p⁻¹."""
    u, p = y[0], y[1]
    p_bar, bar = g[1], None
    if g[0] is not None:
        bar = transposed(np.linalg.solve(p, transposed(g[0])))
        p_bar = -(transposed(u) @ bar) if p_bar is None else p_bar - transposed(u) @ bar
    if p_bar is None:
        return None
    of_square = solve_sylvester(p, p, p_bar + transposed(p_bar))
    along = a @ of_square
    return along if bar is None else bar + along


def _polar_dot(a_dot, y, a):
    u, p = y[0], y[1]
    cross = transposed(a_dot) @ a
    p_dot = solve_sylvester(p, p, cross + transposed(cross))
    return transposed(np.linalg.solve(p, transposed(a_dot - u @ p_dot))), p_dot


vjp(
    polar,
    _polar_bar,
    jvp=_polar_dot,
    infer=_polar_type,
    aliases=(runtime.right_polar,),
    at=((MATRIX,), ((4, 2),)),
)

# Eigenvalues of two symmetric matrices

eigh = overridable(runtime.eigh_of_two)


def _eigh_type(a: Type, b: Type, **_: object) -> tuple[Type, ...]:
    (matrix,) = matrix_type(a)
    values = a.shape[:-1] if isinstance(a.shape, tuple) else UNKNOWN_SHAPE
    return (Type("tuple", elements=(array(matrix.dtype, values), matrix)),)


def _inner(g, y):
    """The cotangent of vᵀ da v, and of vᵀ db v: from dw = diag(vᵀ da v - w vᵀ db v) and vᵀ b dv."""
    w, v = y[0], y[1]
    a_bar = b_bar = 0
    if g[0] is not None:
        a_bar, b_bar = with_diagonal(g[0]), -with_diagonal(g[0] * w)
    if g[1] is not None:
        turned = transposed(v) @ g[1]
        mixed = off_diagonal(turned, w) / gaps(w)
        a_bar = a_bar + mixed
        b_bar = b_bar - mixed * np.expand_dims(w, -2) - with_diagonal(diagonal_of(turned)) / 2
    return a_bar, b_bar


def _read_bar(inner, v, lower):
    h = v @ inner @ transposed(v)
    return triangle_bar((h + transposed(h)) / 2, upper=not lower)


def _first_bar(g, y, a, b, lower=True):
    return _read_bar(_inner(g, y)[0], y[1], lower)


def _second_bar(g, y, a, b, lower=True):
    return _read_bar(_inner(g, y)[1], y[1], lower)


def _pushed(m, n, y):
    """The tangents for those of both matrices, in the basis of eigenvectors."""
    w, v = y[0], y[1]
    moved = m - n * np.expand_dims(w, -2)
    turning = off_diagonal(moved, w) / gaps(w) - with_diagonal(diagonal_of(n)) / 2
    return diagonal_of(moved), v @ turning


def _first_dot(a_dot, y, a, b, lower=True):
    m = transposed(y[1]) @ from_triangle(a_dot, upper=not lower) @ y[1]
    return _pushed(m, np.zeros_like(m), y)


def _second_dot(b_dot, y, a, b, lower=True):
    n = transposed(y[1]) @ from_triangle(b_dot, upper=not lower) @ y[1]
    return _pushed(np.zeros_like(n), n, y)


vjp(
    eigh,
    _first_bar,
    _second_bar,
    jvp=(_first_dot, _second_dot),
    static={"lower": True},
    infer=_eigh_type,
    aliases=(runtime.eigh_of_two,),
    at=(
        (MATRIX + MATRIX.T, MATRIX @ MATRIX.T + np.eye(3)),
        (MATRIX + MATRIX.T, MATRIX @ MATRIX.T + np.eye(3), {"lower": False}),
    ),
)
