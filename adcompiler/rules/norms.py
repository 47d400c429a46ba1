"""Norms of vectors and matrices.

A norm is differentiated through its direction: the matrix or vector D with dy = Re Σ conj(D) dx. At kinks and at
zero it has PyTorch's value: zero at the origin, ties share evenly.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adcompiler.errors import MissingRuleError, UnknownTypeError
from adcompiler.ir.types import Type
from adcompiler.rules.complex_numbers import conjugate, is_complex
from adcompiler.rules.extremes import tied_shares
from adcompiler.rules.inference import real_dtype, reduction_type
from adcompiler.rules.matrices import columns, matrix_dtype, parts_of
from adcompiler.rules.reductions import AXIS, beside
from adcompiler.rules.rule import RankUnknownError
from adcompiler.rules.table import vjp


def _norm_dtype(x: Type) -> str | None:
    return real_dtype(matrix_dtype(x))


def _nonzero(y):
    return np.where(np.equal(y, 0), 1, y)


def _phase(x):
    """Of a complex number what its sign is of a real one."""
    return x / _nonzero(np.absolute(x)) if is_complex(x) else np.sign(x)


def _vector_direction(y, x, ord, axis):
    """Of the `ord`-norm along an axis or several; `y` has the axes of `x`."""
    if ord is None or ord in (2, "fro"):
        return x / _nonzero(y)
    if not isinstance(ord, (int, float)):
        raise MissingRuleError(f"the derivative of `np.linalg.norm` with `ord={ord!r}` is not known")
    if ord == 0:
        return np.zeros_like(x)  # a count
    if ord == 1:
        return _phase(x)
    if math.isinf(ord):
        return _phase(x) * tied_shares(np.absolute(x), y, axis=axis)
    if ord > 1:
        return _phase(x) * (np.absolute(x) / _nonzero(y)) ** (ord - 1)
    # Steeper towards zero, where it has no derivative and, as in PyTorch, zero instead.
    ratio = np.where(np.equal(y, 0), 0, np.absolute(x) / _nonzero(y))
    return _phase(x) * np.where(np.equal(ratio, 0), 0, _nonzero(ratio) ** (ord - 1))


def _matrix_direction(y, x, ord, axes):
    """Of a norm of matrices in the two axes `axes`; `y` has the axes of `x`."""
    row_axis, column_axis = axes
    match ord:
        case None | "fro":
            return x / _nonzero(y)
        case 1 | -1:
            return _largest_sum_direction(y, x, row_axis, column_axis)
        case float() if math.isinf(ord):
            return _largest_sum_direction(y, x, column_axis, row_axis)
        case "nuc" | 2 | -2:
            u, s, vh = parts_of(np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), full_matrices=False), 3)
            if ord != "nuc":
                extreme = (
                    np.max(s, axis=-1, keepdims=True, initial=0) if ord == 2 else np.min(s, axis=-1, keepdims=True)
                )
                u = columns(u, tied_shares(s, extreme, axis=-1))
            return np.moveaxis(u @ vh, (-2, -1), axes)
        case _:
            raise MissingRuleError(f"the derivative of `np.linalg.norm` with `ord={ord!r}` is not known")


def _largest_sum_direction(y, x, summed, other):
    """Of the largest, or smallest, sum of absolute values along one axis."""
    sums = np.sum(np.absolute(x), axis=summed, keepdims=True)
    return _phase(x) * tied_shares(sums, y, axis=other)


def _of_matrices(x, ord, axis):
    """The two axes of a norm of matrices; None if it is one of vectors."""
    if axis is not None:
        return axis if isinstance(axis, tuple) and len(axis) == 2 else None
    if ord is None:
        return None
    try:
        return (-2, -1) if np.ndim(x) == 2 else None
    except RankUnknownError:
        message = f"`np.linalg.norm(x, {ord})` is one norm for vectors and another for matrices"
        raise UnknownTypeError(message, hint="give `axis=`, or the type of `x`") from None


def _norm_direction(y, x, ord=None, axis=None, keepdims=False):
    axes = _of_matrices(x, ord, axis)
    y = beside(y, axis, keepdims)
    return _vector_direction(y, x, ord, axis) if axes is None else _matrix_direction(y, x, ord, axes)


def _through(direction):
    """The pullback and the pushforward of a real function that has a direction."""

    def bar(g, y, x, axis=None, keepdims=False, **static):
        return beside(g, axis, keepdims) * conjugate(direction(y, x, axis=axis, keepdims=keepdims, **static))

    def dot(x_dot, y, x, axis=None, keepdims=False, **static):
        along = x_dot * conjugate(direction(y, x, axis=axis, keepdims=keepdims, **static))
        return np.sum(np.real(along) if is_complex(along) else along, axis=axis, keepdims=keepdims)

    return bar, dot


_ORDERS = (2, 1, np.inf, -np.inf, 3, 1.5, 0.5, -1, -2.5, 0)
_MATRIX_ORDERS = ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)

bar, dot = _through(_norm_direction)
vjp(
    np.linalg.norm,
    bar,
    jvp=dot,
    static={"ord": None, **AXIS},
    infer=reduction_type(_norm_dtype),
    at=(
        ((),),
        ((3,),),
        ((2, 3),),
        ((2, 3, 4),),
        ((0,),),
        ((2, 3), {"axis": 1}),
        ((2, 3), {"axis": -1, "keepdims": True}),
        ((2, 3, 4), {"axis": (0, 2)}),
        ((2, 3, 4), {"axis": (-1, 0), "ord": "nuc", "keepdims": True}),
        ((2, 3, 4), {"axis": (2, 0), "ord": 1}),
        ((2, 3), {"axis": (0,), "ord": 3}),
        *(((3,), {"ord": ord}) for ord in _ORDERS),
        *(((2, 3), {"ord": ord, "axis": 0}) for ord in _ORDERS),
        *(((3, 3), {"ord": ord}) for ord in _MATRIX_ORDERS),
        *(((2, 3, 4), {"ord": ord, "axis": (1, 2)}) for ord in _MATRIX_ORDERS),
    ),
)

bar, dot = _through(
    lambda y, x, ord=2, axis=None, keepdims=False: _vector_direction(beside(y, axis, keepdims), x, ord, axis)
)
vjp(
    np.linalg.vector_norm,
    bar,
    jvp=dot,
    static={**AXIS, "ord": 2},
    infer=reduction_type(_norm_dtype),
    at=(
        ((2, 3),),
        ((2, 3), {"ord": 1}),
        ((2, 3, 4), {"ord": 3, "axis": (0, 2)}),
        ((2, 3), {"axis": -1, "keepdims": True, "ord": np.inf}),
        ((2, 3, 4), {"axis": (0, 1, 2), "ord": -np.inf}),
    ),
)


def _last_two(of_axes):
    """A function with `axis=`, of the last two axes."""
    return lambda *values, keepdims=False, **static: of_axes(*values, axis=(-2, -1), keepdims=keepdims, **static)


def _matrix_norm_type(x: Type, *, keepdims: bool = False, **_: Any) -> tuple[Type, ...]:
    return reduction_type(_norm_dtype)(x, axis=(-2, -1), keepdims=keepdims)


bar, dot = _through(
    lambda y, x, ord="fro", axis=None, keepdims=False: _matrix_direction(beside(y, axis, keepdims), x, ord, axis)
)
vjp(
    np.linalg.matrix_norm,
    _last_two(bar),
    jvp=_last_two(dot),
    static={"keepdims": False, "ord": "fro"},
    infer=_matrix_norm_type,
    at=(
        ((2, 3),),
        ((2, 3), {"keepdims": True, "ord": "nuc"}),
        *(((2, 3, 4), {"ord": ord}) for ord in _MATRIX_ORDERS),
    ),
)
