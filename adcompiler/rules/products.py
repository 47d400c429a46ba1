"""Products of vectors and matrices.

Each is linear in each operand; `a_bar` is what makes ⟨g, da · b⟩ = ⟨a_bar, da⟩, and so the pullback of a pullback is
the product again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Dim, Shape, Type, array, broadcast_shapes
from adcompiler.rules.complex_numbers import conjugate
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    broadcast_type,
    common_dtype,
    element_count,
    named_shape,
    normal_axes,
    value_type,
)
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import RankUnknownError, overridable, vjp

# matmul


def matmul_shape(a: Shape, b: Shape) -> Shape:
    """The shape of `a @ b`."""
    if not (isinstance(a, tuple) and isinstance(b, tuple)):
        return named_shape("matmul", a, b)
    if not a or not b:
        raise TypeError("`@` does not multiply by a number: use `*`")
    batch = broadcast_shapes(a[:-2], b[:-2])
    if not isinstance(batch, tuple):
        return named_shape("matmul", a, b)
    return (*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


def matmul_type(a: Type, b: Type) -> tuple[Type, ...]:
    """The type of `a @ b`."""
    return (value_type(common_dtype(a, b), matmul_shape(a.shape, b.shape)),)


def bar_type(of: int):
    """Inference for the cotangent of operand number `of` among `(g, a, b)`."""

    def infer(*types: Type, **_: object) -> tuple[Type, ...]:
        return (value_type(common_dtype(*(type for n, type in enumerate(types) if n != of)), types[of].shape),)

    return infer


def _matmul_left_bar(g, y, a, b):
    """From dy = da @ b: a_bar = g @ b.T."""
    match np.ndim(a), np.ndim(b):
        case 1, 1:
            return g * b
        case 2, 1:
            return np.outer(g, b)
        case 1, 2:
            return b @ g
        case 2, 2:
            return g @ b.T
        case _:
            return matmul_left_bar(g, a, b)


def _matmul_right_bar(g, y, a, b):
    """From dy = a @ db: b_bar = a.T @ g."""
    match np.ndim(a), np.ndim(b):
        case 1, 1:
            return g * a
        case 2, (1 | 2):
            return a.T @ g
        case 1, 2:
            return np.outer(a, g)
        case _:
            return matmul_right_bar(g, a, b)


_SHAPES = (((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)))
_BATCHES = (((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (2, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)))


def _linear_pair(product, left, right, points, static=None):
    """Enter the two bars of a product in the table; each is linear, and its pullbacks are the product and the other."""
    left_bar, right_bar = overridable(left), overridable(right)
    results = [
        (np.shape(product(np.ones(a), np.ones(b), **(options[0] if options else {}))), a, b, options)
        for a, b, *options in points
    ]
    vjp(
        left_bar,
        lambda h, y, g, a, b, **axes: product(h, b, **axes),
        None,
        lambda h, y, g, a, b, **axes: right_bar(g, h, b, **axes),
        static=static,
        infer=bar_type(1),
        aliases=(left,),
        at=tuple((g, np.zeros(a), b, *options) for g, a, b, options in results),
    )
    vjp(
        right_bar,
        lambda h, y, g, a, b, **axes: product(a, h, **axes),
        lambda h, y, g, a, b, **axes: left_bar(g, a, h, **axes),
        None,
        static=static,
        infer=bar_type(2),
        aliases=(right,),
        at=tuple((g, a, np.zeros(b), *options) for g, a, b, options in results),
    )
    return left_bar, right_bar


matmul_left_bar, matmul_right_bar = _linear_pair(
    np.matmul, runtime.matmul_left_bar, runtime.matmul_right_bar, _SHAPES + _BATCHES
)
vjp(
    np.matmul,
    _matmul_left_bar,
    _matmul_right_bar,
    at_run_time=(matmul_left_bar, matmul_right_bar),
    infer=matmul_type,
    at=_SHAPES + _BATCHES,
)

# dot and inner: matmul for vectors and matrices, but not beyond


def _dot_type(a: Type, b: Type) -> tuple[Type, ...]:
    dtype = common_dtype(a, b)
    if a.shape == () or b.shape == ():
        return (broadcast_type((a, b), dtype),)
    if not (isinstance(a.shape, tuple) and isinstance(b.shape, tuple)):
        return (value_type(dtype, named_shape("dot", a.shape, b.shape)),)
    rest = b.shape[:-2] + b.shape[-1:] if len(b.shape) > 1 else ()
    return (value_type(dtype, a.shape[:-1] + rest),)


def _inner_type(a: Type, b: Type) -> tuple[Type, ...]:
    dtype = common_dtype(a, b)
    if a.shape == () or b.shape == ():
        return (broadcast_type((a, b), dtype),)
    if not (isinstance(a.shape, tuple) and isinstance(b.shape, tuple)):
        return (value_type(dtype, named_shape("inner", a.shape, b.shape)),)
    return (value_type(dtype, a.shape[:-1] + b.shape[:-1]),)


def _dot_left_bar(g, y, a, b):
    if np.ndim(a) == 0:
        return unbroadcast(g * b, ())
    if np.ndim(b) == 0:
        return g * b
    return _matmul_left_bar(g, y, a, b) if np.ndim(a) <= 2 >= np.ndim(b) else dot_left_bar(g, a, b)


def _dot_right_bar(g, y, a, b):
    if np.ndim(b) == 0:
        return unbroadcast(g * a, ())
    if np.ndim(a) == 0:
        return g * a
    return _matmul_right_bar(g, y, a, b) if np.ndim(a) <= 2 >= np.ndim(b) else dot_right_bar(g, a, b)


def _inner_left_bar(g, y, a, b):
    match np.ndim(a), np.ndim(b):
        case 1, 1:
            return g * b
        case 2, 2:
            return g @ b
        case _:
            return inner_left_bar(g, a, b)


def _inner_right_bar(g, y, a, b):
    match np.ndim(a), np.ndim(b):
        case 1, 1:
            return g * a
        case 2, 2:
            return g.T @ a
        case _:
            return inner_right_bar(g, a, b)


_NUMBERS = (((), (3,)), ((2, 3), ()))
_DOTS = (*_SHAPES, *_NUMBERS, ((2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)))
_INNERS = (((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((5, 2, 3), (4, 3)), *_NUMBERS)

dot_left_bar, dot_right_bar = _linear_pair(np.dot, runtime.dot_left_bar, runtime.dot_right_bar, _DOTS)
inner_left_bar, inner_right_bar = _linear_pair(np.inner, runtime.inner_left_bar, runtime.inner_right_bar, _INNERS)

vjp(
    np.dot,
    _dot_left_bar,
    _dot_right_bar,
    at_run_time=(dot_left_bar, dot_right_bar),
    infer=_dot_type,
    method="dot",
    signature=lambda a, b: None,
    at=_DOTS,
)
vjp(
    np.inner,
    _inner_left_bar,
    _inner_right_bar,
    at_run_time=(inner_left_bar, inner_right_bar),
    infer=_inner_type,
    signature=lambda a, b, /: None,
    at=_INNERS,
)

# Products of flattened operands


def _flat(x):
    try:
        return x if np.ndim(x) == 1 else np.ravel(x)
    except RankUnknownError:
        return np.ravel(x)


def _shaped_like(flat, x):
    try:
        return flat if np.ndim(x) == 1 else np.reshape(flat, np.shape(x))
    except RankUnknownError:
        return np.reshape(flat, np.shape(x))


def _count(x: Type) -> Dim:
    count = element_count(x.shape) if isinstance(x.shape, tuple) else None
    return DATA_DEPENDENT if count is None else count


def _outer_type(a: Type, b: Type) -> tuple[Type, ...]:
    return (array(common_dtype(a, b), (_count(a), _count(b))),)


def _vdot_type(a: Type, b: Type) -> tuple[Type, ...]:
    return (value_type(common_dtype(a, b), ()),)


vjp(
    np.outer,
    lambda g, y, a, b: _shaped_like(g @ _flat(b), a),
    lambda g, y, a, b: _shaped_like(_flat(a) @ g, b),
    infer=_outer_type,
    at=(((2,), (3,)), ((2, 2), (3,)), ((), (3,))),
)
vjp(
    np.vdot,
    lambda g, y, a, b: _shaped_like(conjugate(g) * conjugate(_flat(b)), a),
    lambda g, y, a, b: _shaped_like(g * conjugate(_flat(a)), b),
    infer=_vdot_type,
    signature=lambda a, b, /: None,
    at=(((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (6,))),
)

# tensordot


def _tensordot_type(a: Type, b: Type, *, axes: Any = 2) -> tuple[Type, ...]:
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return (array(common_dtype(a, b), named_shape("tensordot", a.shape, b.shape, axes=axes)),)
    a_axes, b_axes = (tuple(range(-axes, 0)), tuple(range(axes))) if isinstance(axes, int) else axes
    summed_a, summed_b = normal_axes(a_axes, len(a.shape)), normal_axes(b_axes, len(b.shape))
    left = tuple(dim for axis, dim in enumerate(a.shape) if axis not in summed_a)
    right = tuple(dim for axis, dim in enumerate(b.shape) if axis not in summed_b)
    return (array(common_dtype(a, b), left + right),)


_CONTRACTIONS = (
    ((2, 3, 4), (3, 4, 5)),
    ((3,), (3, 4), {"axes": 1}),
    ((2, 3), (4,), {"axes": 0}),
    ((2, 3, 4), (4, 2), {"axes": ((0, 2), (1, 0))}),
    ((2, 3), (3, 4), {"axes": (-1, 0)}),
)

tensordot_left_bar, tensordot_right_bar = _linear_pair(
    np.tensordot, runtime.tensordot_left_bar, runtime.tensordot_right_bar, _CONTRACTIONS, {"axes": 2}
)
vjp(
    np.tensordot,
    lambda g, y, a, b, axes=2: tensordot_left_bar(g, a, b, axes=axes),
    lambda g, y, a, b, axes=2: tensordot_right_bar(g, a, b, axes=axes),
    static={"axes": 2},
    infer=_tensordot_type,
    at=_CONTRACTIONS,
)
