"""Sums, means, products, variances; `extremes` has maxima and minima.

The cotangent of a reduction is uniform along the reduced axes: pullbacks return it narrow, and it is broadcast where a
full array is needed.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Type
from adcompiler.rules.complex_numbers import conjugate, is_complex
from adcompiler.rules.creation import eye
from adcompiler.rules.inference import real_dtype, reduction_type, same_shape_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.structure import axis_length
from adcompiler.rules.symbolic import is_empty
from adcompiler.rules.table import linear, vjp

function: Callable[..., Any]  # in the loops below

AXIS = {"axis": None, "keepdims": False}

AT = (
    ((3,),),
    ((),),
    ((2, 3),),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1, "keepdims": True}),
    ((2, 3), {"keepdims": True}),
    ((2, 3, 4), {"axis": (0, 2)}),
    ((2, 3, 4), {"axis": (-1, 0), "keepdims": True}),
    ((2, 1, 3, 2), {"axis": (1, 2)}),
    ((2, 3), {"axis": ()}),
)
_IN_DTYPE = ((2, 3), {"axis": 1, "dtype": "float64"})


def beside(reduced, axis, keepdims):
    """A reduced value with the reduced axes put back, so that it broadcasts against the operand."""
    return reduced if axis is None or keepdims else np.expand_dims(reduced, axis)


def _count(x, axis):
    """How many elements go into each result."""
    if axis is None:
        return np.size(x)
    lengths = [axis_length(x, axis=each) for each in (axis if isinstance(axis, tuple) else (axis,))]
    return functools.reduce(operator.mul, lengths) if lengths else 1


def sum_dtype(x: Type) -> str | None:
    """The dtype in which NumPy adds up and multiplies: integers become wide ones."""
    kind = "f" if x.dtype is None else np.dtype(x.dtype).kind
    if x.dtype is None or kind not in "iub":
        return x.dtype
    wide = "uint64" if kind == "u" else "int64"
    return x.dtype if np.dtype(x.dtype).itemsize == 8 else wide


def kept_dtype(x: Type) -> str | None:
    """The dtype of the operand."""
    return x.dtype


def mean_dtype(x: Type) -> str | None:
    """The dtype in which NumPy takes means: integers become float64."""
    return "float64" if x.dtype is not None and np.dtype(x.dtype).kind in "iub" else x.dtype


def _spread_type(x: Type, *, dtype: str | None = None, **static: Any) -> tuple[Type, ...]:
    (result,) = reduction_type(mean_dtype)(x, dtype=dtype, **static)
    return (replace(result, dtype=real_dtype(result.dtype)),)


def makes_integers(dtype):
    """Whether numbers are truncated to integers first, so that the derivative is zero."""
    return dtype is not None and np.dtype(dtype).kind not in "fc"


# Sums and means


def _sum_bar(g, y, a, axis=None, keepdims=False, dtype=None):
    return None if makes_integers(dtype) else beside(g, axis, keepdims)


def _mean_bar(g, y, a, axis=None, keepdims=False, dtype=None):
    if is_empty(a):
        return np.zeros_like(a)  # what is NaN has nothing to go to
    return None if makes_integers(dtype) else beside(g, axis, keepdims) / _count(a, axis)


linear(
    np.sum,
    _sum_bar,
    static={**AXIS, "dtype": None},
    infer=reduction_type(sum_dtype),
    method="sum",
    at=(*AT, _IN_DTYPE),
)
linear(
    np.mean,
    _mean_bar,
    static={**AXIS, "dtype": None},
    infer=reduction_type(mean_dtype),
    method="mean",
    at=(*AT, _IN_DTYPE),
)


def _centred(a, axis):
    """The deviations from the mean, written as users mostly write them too: then it is computed once."""
    return a - (np.mean(a, axis=axis) if axis is None or axis == 0 else np.mean(a, axis=axis, keepdims=True))


def _freedom(x, axis, ddof):
    """What a sum of squares is divided by."""
    count = _count(x, axis)
    return count - ddof if ddof else count


def _real(x_dot, a):
    """What the tangent of a real result takes of that of a complex operand."""
    return np.real(x_dot) if is_complex(a) else x_dot


def _var_bar(g, y, a, axis=None, ddof=0, keepdims=False, dtype=None):
    """From v = Σ |a - m|² / (n - ddof); the mean contributes nothing, since Σ (a - m) = 0."""
    return beside(2 * g / _freedom(a, axis, ddof), axis, keepdims) * conjugate(_centred(a, axis))


def _var_dot(x_dot, y, a, axis=None, ddof=0, keepdims=False, dtype=None):
    products = _real(conjugate(_centred(a, axis)) * x_dot, a)
    return 2 * np.sum(products, axis=axis, keepdims=keepdims) / _freedom(a, axis, ddof)


def _spread(y):
    """The standard deviation, or 1 where it is 0: of equal values its derivative is 0."""
    return np.where(np.equal(y, 0), 1, y)


def _std_bar(g, y, a, axis=None, ddof=0, keepdims=False, dtype=None):
    return beside(g / _spread(y) / _freedom(a, axis, ddof), axis, keepdims) * conjugate(_centred(a, axis))


def _std_dot(x_dot, y, a, axis=None, ddof=0, keepdims=False, dtype=None):
    products = _real(conjugate(_centred(a, axis)) * x_dot, a)
    return np.sum(products, axis=axis, keepdims=keepdims) / _freedom(a, axis, ddof) / _spread(y)


bar: Callable[..., Any]
dot: Callable[..., Any]
for function, bar, dot in ((np.var, _var_bar, _var_dot), (np.std, _std_bar, _std_dot)):
    vjp(
        function,
        bar,
        jvp=dot,
        static={**AXIS, "ddof": 0, "dtype": None},
        synonyms={"correction": "ddof"},
        infer=_spread_type,
        method=function.__name__,
        at=(*(point for point in AT if point != ((),)), ((2, 3), {"axis": 1, "ddof": 1}), _IN_DTYPE),
    )

# Products


def _others_bar(h, y, x, axis=None):
    """Each row of `masked` is `x` with one element replaced by 1: `y` is the product of each row."""
    if axis is None:
        flat = np.reshape(x, -1)
        return np.reshape(_others_bar(np.reshape(h, -1), None, flat, axis=0), np.shape(x))
    rows, bars = np.expand_dims(np.moveaxis(x, axis, -1), -2), np.expand_dims(np.moveaxis(h, axis, -1), -1)
    diagonal = eye(axis_length(x, axis=axis), dtype="bool")
    masked = np.where(diagonal, 1, rows)
    each = np.where(diagonal, 0, bars * product_of_others(masked, axis=-1))
    return np.moveaxis(np.sum(each, axis=-2), -1, axis)


def _others_dot(h, y, x, axis=None):
    """The Jacobian is symmetric: of element i by j it is the product of all but these two."""
    return _others_bar(h, y, x, axis=axis)


product_of_others = overridable(runtime.product_of_others)

vjp(
    product_of_others,
    _others_bar,
    jvp=_others_dot,
    static={"axis": None},
    infer=same_shape_type,
    aliases=(runtime.product_of_others,),
    at=(((3,),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": -1})),
)


def _others(a, axis):
    """The product of all other elements along one axis or several: first along one, then of the others' products."""
    if not isinstance(axis, tuple):
        return product_of_others(a, axis=axis)
    if not axis:
        return np.ones_like(a)
    first, *rest = axis
    others = product_of_others(a, axis=first)
    return others * _others(np.prod(a, axis=first, keepdims=True), tuple(rest)) if rest else others


def _prod_bar(g, y, a, axis=None, keepdims=False, dtype=None):
    return None if makes_integers(dtype) else beside(g, axis, keepdims) * _others(a, axis)


vjp(
    np.prod,
    _prod_bar,
    jvp=lambda x_dot, y, a, axis=None, keepdims=False, dtype=None: np.sum(
        x_dot * _others(a, axis), axis=axis, keepdims=keepdims
    ),
    static={**AXIS, "dtype": None},
    infer=reduction_type(sum_dtype),
    method="prod",
    at=(*AT, _IN_DTYPE),
)
