"""Matrix functions that are others, reshaped or put together."""

from __future__ import annotations

import math

import numpy as np

from adcompiler.definitions.table import define
from adcompiler.rules.matrix_products import matrix_power as other_power


def matrix_power(a, n):
    """A matrix to the power of an integer; the first is the matrix itself, as NumPy has it."""
    if n == 1:
        return a
    return other_power(a, n)


def cond(x, p=None):
    """How much larger relative errors can get."""
    if p is None or p in (2, -2):
        s = np.linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return np.linalg.norm(x, ord=p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), ord=p, axis=(-2, -1))


def tensorsolve(a, b, axes=None):
    """The `x` with `tensordot(a, x) = b`."""
    if axes is not None:
        a = np.moveaxis(a, axes, tuple(range(a.ndim - len(axes), a.ndim)))
    solution = np.linalg.solve(np.reshape(a, (b.size, b.size)), np.ravel(b))
    return np.reshape(solution, a.shape[b.ndim :])


def tensorinv(a, ind=2):
    """The inverse of `tensordot(a, ·, ind)`."""
    rows, columns = a.shape[:ind], a.shape[ind:]
    return np.reshape(np.linalg.inv(np.reshape(a, (math.prod(rows), math.prod(columns)))), (*columns, *rows))


def trace(x, *, offset=0, dtype=None):
    """The sums of diagonals of matrices in the last two axes."""
    if dtype is not None:
        x = x.astype(dtype)
    return np.trace(x, offset=offset, axis1=-2, axis2=-1)


def diagonal(x, *, offset=0):
    """The diagonals of matrices in the last two axes."""
    return np.diagonal(x, offset=offset, axis1=-2, axis2=-1)


def matrix_transpose(x):
    """The transposes of matrices in the last two axes."""
    return np.swapaxes(x, -1, -2)


def outer(x1, x2):
    """All products of an element of one vector and one of another."""
    return np.outer(x1, x2)


def cross(x1, x2, *, axis=-1):
    """The vector product."""
    return np.cross(x1, x2, axis=axis)


def matmul(x1, x2):
    """The matrix product."""
    return np.matmul(x1, x2)


def tensordot(x1, x2, *, axes=2):
    """A sum of products over axes of both."""
    return np.tensordot(x1, x2, axes=axes)


_MATRIX = np.array([[2.0, -1.0, 0.5], [0.3, 1.5, 0.2], [-0.4, 0.6, 3.0]])
_STACK = np.stack([_MATRIX, _MATRIX.T + np.eye(3)])

define(
    np.linalg.matrix_power,
    matrix_power,
    at=((_MATRIX, 2), (_MATRIX, -1), (_MATRIX, 0), (_MATRIX, 1), (_STACK, 0), (_STACK, -3), (_STACK, 7)),
)
define(
    np.linalg.cond,
    cond,
    at=(
        (_MATRIX,),
        (_STACK,),
        ((2, 3),),
        *((_MATRIX, {"p": p}) for p in (2, -2, 1, -1, np.inf, -np.inf, "fro", "nuc")),
        (_STACK, {"p": 1}),
    ),
)
define(
    np.linalg.tensorsolve,
    tensorsolve,
    at=(
        (np.reshape(np.kron(np.eye(2), _MATRIX), (2, 3, 6)), (2, 3)),
        (np.reshape(np.kron(np.eye(2), _MATRIX), (2, 3, 6)), (6,), {"axes": (0, 1)}),
    ),
)
define(
    np.linalg.tensorinv,
    tensorinv,
    at=(
        (np.reshape(np.kron(np.eye(2), _MATRIX), (2, 3, 6)),),
        (np.reshape(np.kron(np.eye(2), _MATRIX), (6, 2, 3)), {"ind": 1}),
    ),
)
define(np.linalg.trace, trace, at=(((2, 3),), ((2, 3, 4), {"offset": 1}), ((2, 3, 4), {"offset": -1})))
define(np.linalg.diagonal, diagonal, at=(((2, 3),), ((2, 3, 4), {"offset": 1})))
define(np.linalg.matrix_transpose, matrix_transpose, at=(((2, 3),), ((2, 3, 4),)))
define(np.linalg.outer, outer, at=(((2,), (3,)),))
define(np.linalg.cross, cross, at=(((3,), (3,)), ((2, 3), (3,))))
define(np.linalg.matmul, matmul, at=(((2, 3), (3, 2)),))
define(np.linalg.tensordot, tensordot, at=(((2, 3), (3, 2), {"axes": 1}),))
