"""Eigenvalues and eigenvectors, of Hermitian matrices and of any.

Vectors to equal eigenvalues have no derivative: it is infinite or NaN, as in PyTorch; that of the eigenvalues is there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.structure import Packing
from adcompiler.ir.types import Type, array
from adcompiler.rules.complex_numbers import conjugate, is_complex
from adcompiler.rules.inference import named_shape, real_dtype
from adcompiler.rules.matrices import (
    MATRIX,
    STACK,
    adjoint,
    columns,
    diagonal_of,
    from_triangle,
    gaps,
    matrix_dtype,
    matrix_type,
    off_diagonal,
    phase_free,
    real_part,
    rows,
    transposed,
    triangle_bar,
    with_diagonal,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.table import vjp


def _values_shape(a: Type) -> Any:
    return a.shape[:-1] if isinstance(a.shape, tuple) else named_shape("eigvals", a.shape)


# Hermitian matrices: NumPy reads one triangle alone, so that the other has no part in the derivative

_EIGH = Packing(type(np.linalg.eigh(np.eye(1))), ("eigenvalues", "eigenvectors"))


def _eigvalsh_type(a: Type, **_: Any) -> tuple[Type, ...]:
    return (array(real_dtype(matrix_dtype(a)), _values_shape(a)),)


def _eigh_type(a: Type, **_: Any) -> tuple[Type, ...]:
    return (Type("tuple", elements=(*_eigvalsh_type(a), *matrix_type(a)), packing=_EIGH),)


def _is_upper(UPLO):  # noqa: N803  (NumPy's name)
    return UPLO.upper() == "U"


def _eigh_bar(g, y, a, UPLO="L"):  # noqa: N803
    """From dw = diag(p) and dv = v (p / gaps), where p = vᴴ da v. A phase of a vector must not matter."""
    w, v = y[0], y[1]
    w_bar, v_bar = g[0], g[1]
    if w_bar is None and v_bar is None:
        return None
    if v_bar is None:
        h = columns(v, w_bar) @ adjoint(v)
    else:
        m = adjoint(v) @ conjugate(v_bar)
        inner = off_diagonal(phase_free(m, None) if is_complex(v) else m, w) / gaps(w)
        inner = inner if w_bar is None else with_diagonal(w_bar, inner)
        h = v @ inner @ adjoint(v)
    return triangle_bar(conjugate(h), _is_upper(UPLO))


def _eigh_dot(a_dot, y, a, UPLO="L"):  # noqa: N803
    w, v = y[0], y[1]
    p = adjoint(v) @ from_triangle(a_dot, _is_upper(UPLO)) @ v
    return real_part(diagonal_of(p)), v @ (off_diagonal(p, w) / gaps(w))


def _eigvalsh_bar(g, y, a, UPLO="L"):  # noqa: N803
    v = np.linalg.eigh(a, UPLO=UPLO)[1]
    return triangle_bar(conjugate(columns(v, g) @ adjoint(v)), _is_upper(UPLO))


def _eigvalsh_dot(a_dot, y, a, UPLO="L"):  # noqa: N803
    v = np.linalg.eigh(a, UPLO=UPLO)[1]
    h = from_triangle(a_dot, _is_upper(UPLO))
    return np.sum(real_part(conjugate(v) * (h @ v)), axis=-2)


_SYMMETRIC = MATRIX + MATRIX.T
_HERMITIAN = (
    (_SYMMETRIC,),
    (STACK + np.swapaxes(STACK, -1, -2),),
    (_SYMMETRIC, {"UPLO": "U"}),
    (MATRIX, {"UPLO": "u"}),
    (np.array([[1.7]]),),
)

vjp(np.linalg.eigh, _eigh_bar, jvp=_eigh_dot, static={"UPLO": "L"}, infer=_eigh_type, at=_HERMITIAN)
vjp(np.linalg.eigvalsh, _eigvalsh_bar, jvp=_eigvalsh_dot, static={"UPLO": "L"}, infer=_eigvalsh_type, at=_HERMITIAN)

# Any square matrices. NumPy gives real arrays where all eigenvalues are real; here they are complex always, since
# which derivative is meant must not depend on data.

_ANY = ((np.array([[2.0, 1.0], [0.5, -1.0]]),), (np.array([[2.0, 1.0], [-3.0, -1.0]]),), (MATRIX,), (STACK,))
_EIG = Packing(type(np.linalg.eig(np.eye(1))), ("eigenvalues", "eigenvectors"))
_COMPLEX = {"float32": "complex64", "complex64": "complex64"}


def _complex_dtype(a: Type) -> str:
    """Complex in any case, so that a program whose types are not known is refused."""
    return _COMPLEX.get(a.dtype or "", "complex128")


def _eigvals_type(a: Type) -> tuple[Type, ...]:
    return (array(_complex_dtype(a), _values_shape(a)),)


def _eig_type(a: Type) -> tuple[Type, ...]:
    return (Type("tuple", elements=(*_eigvals_type(a), array(_complex_dtype(a), a.shape)), packing=_EIG),)


def _eig_bar(g, y, a):
    """From dw = diag(p) and dv = v q, where p = v⁻¹ da v and q = p / gaps, less what would change a vector's length.

    A phase of a vector must not matter.
    """
    w, v = y[0], y[1]
    w_bar, v_bar = g[0], g[1]
    if w_bar is None and v_bar is None:
        return None
    inner = None
    if v_bar is not None:
        m = phase_free(adjoint(v) @ conjugate(v_bar), None)
        lengths = np.real(diagonal_of(m))
        inner = off_diagonal(m - columns(adjoint(v) @ v, lengths), w) / conjugate(gaps(w))
    if w_bar is not None:
        inner = with_diagonal(conjugate(w_bar), 0 if inner is None else inner)
    return _of_matrix(conjugate(np.linalg.solve(adjoint(v), inner @ adjoint(v))), a)


def _of_matrix(bar, a):
    """The cotangent of `a`: of a real matrix the real part."""
    return bar if is_complex(a) else np.real(bar)


def _eig_dot(a_dot, y, a):
    w, v = y[0], y[1]
    p = np.linalg.solve(v, a_dot @ v)
    v_dot = v @ (off_diagonal(p, w) / gaps(w))
    lengths = np.real(np.sum(conjugate(v) * v_dot, axis=-2))
    return diagonal_of(p), v_dot - columns(v, lengths)


def _eigvals_bar(g, y, a):
    """From dw = diag(v⁻¹ da v)."""
    t = transposed(eig(a)[1])
    return _of_matrix(np.linalg.solve(t, rows(g, t)), a)


def _eigvals_dot(a_dot, y, a):
    v = eig(a)[1]
    return diagonal_of(np.linalg.solve(v, a_dot @ v))


eig, eigvals = overridable(runtime.eig), overridable(runtime.eigvals)

vjp(eig, _eig_bar, jvp=_eig_dot, infer=_eig_type, aliases=(np.linalg.eig, runtime.eig), name="linalg.eig")
vjp(
    eigvals,
    _eigvals_bar,
    jvp=_eigvals_dot,
    infer=_eigvals_type,
    aliases=(np.linalg.eigvals, runtime.eigvals),
    name="linalg.eigvals",
    at=_ANY,
)
