"""The singular value decomposition, and singular values alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler.ir.structure import Packing
from adcompiler.ir.types import Type, array
from adcompiler.rules.complex_numbers import conjugate, is_complex
from adcompiler.rules.inference import named_shape, real_dtype
from adcompiler.rules.matrices import (
    MATRIX,
    STACK,
    adjoint,
    columns,
    complement_dot,
    diagonal_of,
    from_triangle,
    gaps,
    is_at_least,
    matrix_dtype,
    maybe,
    off_diagonal,
    phase_free,
    plus,
    real_part,
    rows,
    shorter_axis,
    thin_bar,
    triangle_bar,
    with_diagonal,
)
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import vjp

_SVD = Packing(type(np.linalg.svd(np.eye(1))), ("U", "S", "Vh"))


def _values_type(a: Type, **_: Any) -> Type:
    dtype = real_dtype(matrix_dtype(a))
    if not isinstance(a.shape, tuple):
        return array(dtype, named_shape("svdvals", a.shape))
    return array(dtype, (*a.shape[:-2], shorter_axis(a)))


def _svd_type(
    a: Type, *, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> tuple[Type, ...]:
    values, dtype = _values_type(a), matrix_dtype(a)
    if not compute_uv:
        return (values,)
    if isinstance(a.shape, tuple):
        *batch, m, n = a.shape
        rank = shorter_axis(a)
        u = array(dtype, (*batch, m, m if full_matrices else rank))
        vh = array(dtype, (*batch, n if full_matrices else rank, n))
    else:
        u, vh = (array(dtype, named_shape(f"svd_{part}", a.shape, full_matrices=full_matrices)) for part in ("u", "v"))
    return (Type("tuple", elements=(u, values, vh), packing=_SVD),)


def _turning(m, s):
    """Twice the skew-Hermitian part of `m` over the gaps between squares of singular values."""
    return off_diagonal(m - adjoint(m), s) / _square_gaps(s)


def _square_gaps(s):
    """`s[j]² - s[i]²` in row i, column j."""
    return gaps(s) * (np.expand_dims(s, -2) + np.expand_dims(s, -1))


def _thin_svd_bar(u_bar, s_bar, vh_bar, u, s, vh, a):
    """Townsend, Differentiating the Singular Value Decomposition (2016); cotangents conjugated.

    With p = uᴴ da v: ds = Re diag(p), and u, v turn by the skew-Hermitian (p s + s pᴴ) / gaps and (s p + pᴴ s) / gaps;
    outside of their spans du = da v / s and dv = daᴴ u / s. A phase common to columns of u and v must not matter.
    """
    if u_bar is None and vh_bar is None:
        return columns(u, s_bar) @ vh
    m, n = maybe(lambda bar: adjoint(u) @ bar, u_bar), maybe(lambda bar: vh @ adjoint(bar), vh_bar)
    inner = maybe(with_diagonal, s_bar)
    if m is not None:
        m = phase_free(m, n) if is_complex(u) else m
        inner = plus(inner, columns(_turning(m, s), s))
        if is_complex(u):
            inner = inner + with_diagonal(1j * np.imag(diagonal_of(m)) / s)
    if n is not None:
        n = phase_free(n, None) if is_complex(u) and m is None else n
        inner = plus(inner, rows(s, _turning(n, s)))
    right = inner @ vh
    if vh_bar is not None and not is_at_least(a, -2, -1):  # wide: v spans a part
        over = rows(1 / s, vh_bar)
        right = right + over - (over @ adjoint(vh)) @ vh
    bar = u @ right
    if u_bar is not None and not is_at_least(a, -1, -2):  # tall: u spans a part
        over = columns(u_bar, 1 / s)
        bar = bar + (over - u @ (adjoint(u) @ over)) @ vh
    return bar


def _svd_bar(g, y, a, full_matrices=True, compute_uv=True, hermitian=False):
    if not compute_uv:
        return _of_matrix(_values_bar(g, y, from_triangle(a) if hermitian else a), hermitian)
    u, s, vh = y[0], y[1], y[2]
    u_bar, s_bar, vh_bar = maybe(conjugate, g[0]), g[1], maybe(conjugate, g[2])
    if u_bar is None and s_bar is None and vh_bar is None:
        return None
    k = axis_length(s, axis=-1)
    if full_matrices and not is_at_least(a, -1, -2):
        u, u_bar = u[..., :k], thin_bar(u, u_bar, k)
    if full_matrices and not is_at_least(a, -2, -1):
        v, v_bar = adjoint(vh), maybe(adjoint, vh_bar)
        vh, vh_bar = vh[..., :k, :], maybe(adjoint, thin_bar(v, v_bar, k))
    return _of_matrix(conjugate(_thin_svd_bar(u_bar, s_bar, vh_bar, u, s, vh, a)), hermitian)


def _of_matrix(bar, hermitian):
    """The cotangent of what was given; of a Hermitian matrix NumPy reads the lower triangle alone."""
    return triangle_bar(bar) if hermitian else bar


def _values_bar(g, y, a):
    """From ds = Re diag(uᴴ da v)."""
    decomposed = np.linalg.svd(a, full_matrices=False)
    return conjugate(columns(decomposed[0], g) @ decomposed[2])


def _values_dot(a_dot, y, a):
    decomposed = np.linalg.svd(a, full_matrices=False)
    p = adjoint(decomposed[0]) @ a_dot @ adjoint(decomposed[2])
    return real_part(diagonal_of(p))


def _svd_dot(a_dot, y, a, full_matrices=True, compute_uv=True, hermitian=False):
    a_dot = from_triangle(a_dot) if hermitian else a_dot
    if not compute_uv:
        return _values_dot(a_dot, y, from_triangle(a) if hermitian else a)
    k = axis_length(y[1], axis=-1)
    u, s, vh = y[0][..., :k] if full_matrices else y[0], y[1], y[2][..., :k, :] if full_matrices else y[2]
    v = adjoint(vh)
    p = adjoint(u) @ a_dot @ v
    u_turn = off_diagonal(columns(p, s) + rows(s, adjoint(p)), s) / _square_gaps(s)
    v_turn = off_diagonal(rows(s, p) + columns(adjoint(p), s), s) / _square_gaps(s)
    if is_complex(p):
        u_turn = u_turn + with_diagonal(1j * np.imag(diagonal_of(p)) / s)
    u_dot, v_dot = u @ u_turn, v @ v_turn
    if not is_at_least(a, -1, -2):
        over = columns(a_dot @ v, 1 / s)
        u_dot = u_dot + over - u @ (adjoint(u) @ over)
        if full_matrices:
            u_dot = np.concatenate((u_dot, complement_dot(u_dot, y[0], k)), axis=-1)
    if not is_at_least(a, -2, -1):
        over = columns(adjoint(a_dot) @ u, 1 / s)
        v_dot = v_dot + over - v @ (vh @ over)
        if full_matrices:
            v_dot = np.concatenate((v_dot, complement_dot(v_dot, adjoint(y[2]), k)), axis=-1)
    return u_dot, real_part(diagonal_of(p)), adjoint(v_dot)


_WIDE_OR_TALL = ((MATRIX,), (STACK,), ((4, 2),), ((2, 4),), ((2, 4, 3),), ((1, 3),))
_THIN, _VALUES, _HERMITIAN = {"full_matrices": False}, {"compute_uv": False}, {"hermitian": True}

vjp(
    np.linalg.svd,
    _svd_bar,
    jvp=_svd_dot,
    static={"full_matrices": True, "compute_uv": True, "hermitian": False},
    infer=_svd_type,
    at=(
        (MATRIX,),
        (STACK,),
        *((*point, static) for static in (_THIN, _VALUES) for point in _WIDE_OR_TALL),
        *((MATRIX + MATRIX.T, {**_HERMITIAN, **static}) for static in ({}, _THIN, _VALUES)),
    ),
)
vjp(
    np.linalg.svdvals,
    _values_bar,
    jvp=_values_dot,
    infer=lambda x: (_values_type(x),),
    signature=lambda x, /: None,
    at=_WIDE_OR_TALL,
)
