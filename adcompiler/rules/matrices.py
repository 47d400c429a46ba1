"""What rules of linear algebra share: transposes, triangles, diagonals, and the types of stacks of matrices.

A matrix function that is not holomorphic is differentiated in terms of adjoints Aᴴ and of the conjugates of
cotangents: where nothing is complex, `adjoint` is the transpose and `conjugate` writes nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim, is_at_most, shorter
from adcompiler.ir.types import Type, array
from adcompiler.rules.complex_numbers import conjugate, is_complex
from adcompiler.rules.creation import eye
from adcompiler.rules.inference import DATA_DEPENDENT, same_shape_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.structure import axis_length
from adcompiler.rules.symbolic import known_shape
from adcompiler.rules.table import linear

MATRIX = np.array([[2.0, -1.0, 0.5], [0.3, 1.5, 0.2], [-0.4, 0.6, 3.0]])
STACK = np.stack([MATRIX, MATRIX.T + np.eye(3)])
SQUARE = ((MATRIX,), (STACK,), (np.stack([[STACK]]),), (np.array([[1.7]]),), (np.zeros((0, 3, 3)),))
"""Points for functions of well-conditioned square matrices."""


def transposed(a: Any) -> Any:
    """The transpose of each matrix."""
    return np.swapaxes(a, -1, -2)


def adjoint(a: Any) -> Any:
    """The conjugate transpose of each matrix."""
    return np.swapaxes(conjugate(a), -1, -2)


def columns(a: Any, factors: Any) -> Any:
    """Each column times its factor: `a @ diag(factors)`."""
    return a * np.expand_dims(factors, -2)


def rows(factors: Any, a: Any) -> Any:
    """Each row times its factor: `diag(factors) @ a`."""
    return np.expand_dims(factors, -1) * a


def real_part(a: Any) -> Any:
    """The real part, which of a real array is that itself."""
    return np.real(a) if is_complex(a) else a


def parts_of(results: Any, count: int) -> tuple[Any, ...]:
    """The results of a function that has several: symbolic ones have no end to iterate to."""
    return tuple(results[number] for number in range(count))


def on_diagonal(values: Any) -> Any:
    """The mask of the diagonal of square matrices with a row and a column for each value."""
    return eye(axis_length(values, axis=-1), dtype="bool")


def diagonal_of(a: Any) -> Any:
    """The diagonal of each matrix."""
    return np.diagonal(a, axis1=-2, axis2=-1)


def triangle(a: Any, upper: bool = False, beside: int = 0) -> Any:
    """One triangle of each matrix; with `beside=1`, without the diagonal."""
    return np.triu(a, beside) if upper else np.tril(a, -beside)


def halved(a: Any, upper: bool = False) -> Any:
    """A triangle with half of the diagonal: Φ, for which Φ(h) + Φ(h)ᴴ is a Hermitian h."""
    return 0.5 * (triangle(a, upper) + triangle(a, upper, beside=1))


def from_triangle(a: Any, upper: bool = False) -> Any:
    """The Hermitian matrix that one triangle stands for, the other being ignored; a real linear function of `a`."""
    half = halved(a, upper)
    return half + adjoint(half)


def triangle_bar(h: Any, upper: bool = False) -> Any:
    """The transpose of `from_triangle`: what is above the diagonal counts below it, too."""
    h = 0.5 * (h + adjoint(h)) if is_complex(h) else h
    return triangle(h, upper) + triangle(adjoint(h), upper, beside=1)


def gaps(values: Any) -> Any:
    """`values[j] - values[i]` in row i, column j, and 1 on the diagonal, to divide by."""
    return np.where(on_diagonal(values), 1, np.expand_dims(values, -2) - np.expand_dims(values, -1))


def off_diagonal(a: Any, values: Any) -> Any:
    """Each matrix, with a row and a column for each value, without its diagonal."""
    return np.where(on_diagonal(values), 0, a)


def with_diagonal(diagonal: Any, a: Any = 0) -> Any:
    """Each matrix with another diagonal: if none is given, a diagonal matrix."""
    return np.where(on_diagonal(diagonal), np.expand_dims(diagonal, -1), a)


def maybe(function: Any, value: Any) -> Any:
    """The function of what is there."""
    return None if value is None else function(value)


def plus(a: Any, b: Any) -> Any:
    """The sum of what is there."""
    return b if a is None else a if b is None else a + b


# Orthonormal bases

without_rotation = overridable(runtime.without_rotation)

linear(
    without_rotation,
    lambda h, y, bar, basis: h,
    None,
    infer=same_shape_type,
    views=True,
    aliases=(runtime.without_rotation,),
    at=(((3, 1), np.ones((3, 1))),),
)


def thin_bar(q: Any, bar: Any, k: Any) -> Any:
    """The cotangent of the first `k` columns, for that of all.

    From d(beyond) = -thin d(thin)ᴴ beyond; the others are some basis of the complement, and which must not matter.
    """
    if bar is None:
        return None
    thin, beyond = q[..., :k], q[..., k:]
    beyond_bar = without_rotation(bar[..., k:], beyond)
    return bar[..., :k] - beyond @ (adjoint(beyond_bar) @ thin)


def complement_dot(thin_dot: Any, q: Any, k: Any) -> Any:
    """The tangent of the other columns, for that of the first `k`; see `thin_bar`."""
    return -(q[..., :k] @ (adjoint(thin_dot) @ q[..., k:]))


phase_free = overridable(runtime.phase_free)

linear(
    phase_free,
    lambda h, y, m, other: h,
    None,
    infer=same_shape_type,
    views=True,
    aliases=(runtime.phase_free,),
    at=(((3, 3), None),),
)


def is_at_least(a: Any, longer: int, shorter: int) -> bool:
    """Whether one axis of `a` is known to be at least as long as the other."""
    shape = known_shape(a)
    if not isinstance(shape, tuple):
        return False
    m, n = shape[longer], shape[shorter]
    return is_at_most(n, m)


def are_matrices(a: Any) -> bool:
    """Whether it is known that there are at least two axes, however many there may be."""
    shape = known_shape(a)
    if isinstance(shape, tuple):
        return len(shape) > 1
    return any(isinstance(part, tuple) and len(part) > 1 for part in shape.parts)


# Types


def shorter_axis(a: Type) -> Dim:
    """The length of the shorter of the last two axes."""
    if not isinstance(a.shape, tuple) or len(a.shape) < 2:
        return DATA_DEPENDENT
    return shorter(*a.shape[-2:])


def matrix_dtype(a: Type) -> str | None:
    """The dtype in which a matrix is factorised: float64 for integers."""
    return "float64" if a.dtype is not None and np.dtype(a.dtype).kind in "iub" else a.dtype


def matrix_type(a: Type, **_: Any) -> tuple[Type, ...]:
    """Matrices of the shape of `a`."""
    return (array(matrix_dtype(a), a.shape),)
