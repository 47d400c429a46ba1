"""Factorisations into triangular and unitary matrices: Cholesky and QR."""

from __future__ import annotations

import numpy as np

from adcompiler.ir.structure import Packing
from adcompiler.ir.types import Type, array
from adcompiler.rules.complex_numbers import conjugate, is_complex
from adcompiler.rules.inference import named_shape
from adcompiler.rules.matrices import (
    MATRIX,
    SQUARE,
    adjoint,
    complement_dot,
    diagonal_of,
    from_triangle,
    halved,
    is_at_least,
    matrix_dtype,
    matrix_type,
    maybe,
    plus,
    shorter_axis,
    thin_bar,
    transposed,
    triangle,
    triangle_bar,
)
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import vjp

# Cholesky


def _cholesky_bar(g, y, a, upper=False):
    """From dy = y Φ(y⁻¹ da y⁻ᴴ), where Φ halves the diagonal of the lower triangle.

    NumPy reads one triangle of `a` alone, so that the other has no part in it.
    """
    if upper:
        return transposed(_cholesky_bar(transposed(g), transposed(y), transposed(a)))
    t = transposed(y)
    inner = halved(t @ g)
    return triangle_bar(np.linalg.solve(t, adjoint(np.linalg.solve(t, inner))))


def _cholesky_dot(a_dot, y, a, upper=False):
    if upper:
        return transposed(_cholesky_dot(transposed(a_dot), transposed(y), transposed(a)))
    inner = np.linalg.solve(y, adjoint(np.linalg.solve(y, from_triangle(a_dot))))
    return y @ halved(inner)


def _positive(a):
    return a @ np.swapaxes(a, -1, -2)


vjp(
    np.linalg.cholesky,
    _cholesky_bar,
    jvp=_cholesky_dot,
    infer=matrix_type,
    static={"upper": False},
    signature=lambda a, /, *, upper=False: None,
    at=(*((_positive(m),) for (m,) in SQUARE if m.size), (_positive(MATRIX), {"upper": True})),
)

# QR

_QR = Packing(type(np.linalg.qr(np.eye(1))), ("Q", "R"))


def _qr_type(a: Type, *, mode: str = "reduced") -> tuple[Type, ...]:
    dtype, k = matrix_dtype(a), shorter_axis(a)
    if isinstance(a.shape, tuple):
        *batch, m, n = a.shape
        inner = m if mode == "complete" else k
        q, r = array(dtype, (*batch, m, inner)), array(dtype, (*batch, inner, n))
    else:
        q, r = (array(dtype, named_shape(f"qr_{part}", a.shape, mode=mode)) for part in "qr")
    if mode not in ("reduced", "complete", "r"):
        raise TypeError(f"the derivative of `np.linalg.qr` with `mode={mode!r}` is not known")
    return (r,) if mode == "r" else (Type("tuple", elements=(q, r), packing=_QR),)


def _skew(c):
    """The skew-Hermitian matrix without which `c` is upper triangular, with a real diagonal."""
    lower = halved(c) if is_complex(c) else triangle(c, beside=1)
    return lower - adjoint(lower)


def _skew_bar(w):
    """The transpose of `_skew`."""
    return halved(w - adjoint(w)) if is_complex(w) else triangle(w - adjoint(w), beside=1)


def _thin_bar(q_bar, r_bar, q, r):
    """Of a = q r with a square r, cotangents conjugated.

    With m = da r⁻¹, c = qᴴ m and t = c - _skew(c): dr = t r and dq = m - q t.
    """
    w = None if r_bar is None else r_bar @ adjoint(r)
    if q_bar is not None:
        w = -(adjoint(q) @ q_bar) if w is None else w - adjoint(q) @ q_bar
    m_bar = plus(q @ (w - _skew_bar(w)), q_bar)
    return adjoint(np.linalg.solve(r, adjoint(m_bar)))


def _thin_dot(a_dot, q, r):
    m = adjoint(np.linalg.solve(adjoint(r), adjoint(a_dot)))
    c = adjoint(q) @ m
    t = c - _skew(c)
    return m - q @ t, t @ r


def _rank(r, mode):
    """The length of the shorter axis."""
    return axis_length(diagonal_of(r), axis=-1) if mode == "complete" else axis_length(r, axis=-2)


def _qr_bar(g, y, a, mode="reduced"):
    """That of the square part of R; what a wide R has beside it is qᴴ times the rest of `a`."""
    if mode == "r":
        y, g = np.linalg.qr(a), (None, g)
    q, r, q_bar, r_bar = y[0], y[1], maybe(conjugate, g[0]), maybe(conjugate, g[1])
    if q_bar is None and r_bar is None:
        return None
    k = _rank(r, mode)
    if mode == "complete" and not is_at_least(a, -1, -2):
        q, q_bar = q[..., :k], thin_bar(q, q_bar, k)
        r, r_bar = r[..., :k, :], maybe(lambda bar: bar[..., :k, :], r_bar)
    if is_at_least(a, -2, -1):
        return conjugate(_thin_bar(q_bar, r_bar, q, r))
    rest = a[..., k:]
    rest_bar = np.zeros_like(rest)
    if r_bar is not None:
        rest_bar = q @ r_bar[..., k:]
        q_bar = plus(rest @ adjoint(r_bar[..., k:]), q_bar)
        r_bar = r_bar[..., :k]
    return conjugate(np.concatenate((_thin_bar(q_bar, r_bar, q, r[..., :k]), rest_bar), axis=-1))


def _qr_dot(a_dot, y, a, mode="reduced"):
    y = np.linalg.qr(a) if mode == "r" else y
    q, r = y[0], y[1]
    k = _rank(r, mode)
    full = mode == "complete" and not is_at_least(a, -1, -2)
    thin, upper = (q[..., :k], r[..., :k, :]) if full else (q, r)
    wide = not is_at_least(a, -2, -1)
    q_dot, r_dot = _thin_dot(a_dot[..., :k], thin, upper[..., :k]) if wide else _thin_dot(a_dot, thin, upper)
    if wide:
        beside = adjoint(q_dot) @ a[..., k:] + adjoint(thin) @ a_dot[..., k:]
        r_dot = np.concatenate((r_dot, beside), axis=-1)
    if full:
        q_dot = np.concatenate((q_dot, complement_dot(q_dot, q, k)), axis=-1)
        r_dot = np.concatenate((r_dot, np.zeros_like(r[..., k:, :])), axis=-2)
    return r_dot if mode == "r" else (q_dot, r_dot)


_WIDE_OR_TALL = ((MATRIX,), ((4, 2),), ((2, 4),), ((2, 4, 3),), ((2, 2, 3),), ((1, 3),), ((3, 1),))

vjp(
    np.linalg.qr,
    _qr_bar,
    jvp=_qr_dot,
    static={"mode": "reduced"},
    infer=_qr_type,
    at=(
        *_WIDE_OR_TALL,
        *((*point, {"mode": "r"}) for point in _WIDE_OR_TALL),
        *((*point, {"mode": "complete"}) for point in ((MATRIX,), ((2, 4),), ((2, 2, 3),))),
    ),
)
