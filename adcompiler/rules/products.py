"""Products of vectors and matrices.

Each is linear in each operand; `a_bar` is what makes ⟨g, da · b⟩ = ⟨a_bar, da⟩, and so the pullback of a pullback is
the product again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Relation, Shape, Type, array, broadcast_shapes, relate
from adcompiler.rules.inference import (
    broadcast_type,
    common_dtype,
    joined_dtype,
    named_shape,
    normal_axes,
    value_type,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import linear

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
        dtype = common_dtype(*(type for n, type in enumerate(types) if n != of))
        shape = types[of].shape
        return (Type("unknown", dtype, ()) if shape == () else value_type(dtype, shape),)

    return infer


def equally_shaped(one, other):
    """Whether two operands are known to have the same shape."""
    match getattr(one, "type", None), getattr(other, "type", None):
        case Type(shape=left), Type(shape=right):
            return relate(left, right) is Relation.EQUAL
        case None, None:
            return np.shape(one) == np.shape(other)
        case _:
            return False


def summed_like(bar, x):
    """A cotangent summed over the axes along which the operand was broadcast, if any."""
    return bar if equally_shaped(bar, x) else unbroadcast(bar, np.shape(x))


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
        case _, 1:
            return np.expand_dims(g, -1) * b
        case 1, _:
            return np.tensordot(b, g, (_stack_and_columns(b), _up_to(np.ndim(b) - 1)))
        case 2, _:
            return np.tensordot(g, b, (_stack_and_columns(b), _stack_and_columns(b)))
        case _:
            return summed_like(g @ np.matrix_transpose(b), a)


def _stack_and_columns(x):
    return [*_up_to(np.ndim(x) - 2), np.ndim(x) - 1]


def _matmul_right_bar(g, y, a, b):
    """From dy = a @ db: b_bar = a.T @ g."""
    match np.ndim(a), np.ndim(b):
        case 1, 1:
            return g * a
        case 2, (1 | 2):
            return a.T @ g
        case 1, 2:
            return np.outer(a, g)
        case 1, _:
            return np.expand_dims(a, -1) * np.expand_dims(g, -2)
        case _, 1:
            rows = _up_to(np.ndim(a) - 1)
            return np.tensordot(g, a, (rows, rows))
        case _, 2:
            rows = _up_to(np.ndim(a) - 1)
            return np.tensordot(a, g, (rows, rows))
        case _:
            return summed_like(np.matrix_transpose(a) @ g, b)


_SHAPES = (((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)))
_BATCHES = (
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (2, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (2, 5, 3, 4)),
    ((2, 5, 2, 3), (3,)),
    ((1, 2, 0), (3, 0, 1)),
)


def _linear_pair(product, left, right, points, static=None):
    """Enter the two bars of a product in the table; each is linear, and its pullbacks are the product and the other."""
    left_bar, right_bar = overridable(left), overridable(right)
    results = [
        (np.shape(product(np.ones(a), np.ones(b), **(options[0] if options else {}))), a, b, options)
        for a, b, *options in points
    ]
    linear(
        left_bar,
        lambda h, y, g, a, b, **axes: product(h, b, **axes),
        None,
        lambda h, y, g, a, b, **axes: right_bar(g, h, b, **axes),
        static=static,
        infer=bar_type(1),
        aliases=(left,),
        at=tuple((g, np.zeros(a), b, *options) for g, a, b, options in results),
    )
    linear(
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
linear(
    np.matmul,
    _matmul_left_bar,
    _matmul_right_bar,
    at_run_time=(matmul_left_bar, matmul_right_bar),
    infer=matmul_type,
    at=_SHAPES + _BATCHES,
)

# dot and inner: matmul for vectors and matrices, but not beyond


def _dot_type(a: Type, b: Type) -> tuple[Type, ...]:
    dtype = joined_dtype(a, b)
    if a.shape == () or b.shape == ():
        return (broadcast_type((a, b), dtype),)
    if not (isinstance(a.shape, tuple) and isinstance(b.shape, tuple)):
        return (value_type(dtype, named_shape("dot", a.shape, b.shape)),)
    rest = b.shape[:-2] + b.shape[-1:] if len(b.shape) > 1 else ()
    return (value_type(dtype, a.shape[:-1] + rest),)


def _inner_type(a: Type, b: Type) -> tuple[Type, ...]:
    dtype = joined_dtype(a, b)
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
    if np.ndim(b) == 1:
        return _matmul_left_bar(g, y, a, b)
    if np.ndim(a) <= 2 == np.ndim(b):
        return _matmul_left_bar(g, y, a, b)
    kept = [axis for axis in range(np.ndim(b)) if axis != np.ndim(b) - 2]
    return np.tensordot(g, b, (_from(np.ndim(a) - 1, g), kept))


def _dot_right_bar(g, y, a, b):
    if np.ndim(b) == 0:
        return unbroadcast(g * a, ())
    if np.ndim(a) == 0:
        return g * a
    if np.ndim(a) <= 2 >= np.ndim(b):
        return _matmul_right_bar(g, y, a, b)
    rows = _up_to(np.ndim(a) - 1)
    b_bar = np.tensordot(g, a, (rows, rows))
    return b_bar if np.ndim(b) == 1 else np.swapaxes(b_bar, -1, -2)


def _inner_left_bar(g, y, a, b):
    match np.ndim(a), np.ndim(b):
        case 0, _:
            return unbroadcast(g * b, ())
        case (_, 0) | (1, 1):
            return g * b
        case 2, 2:
            return g @ b
        case _:
            return np.tensordot(g, b, (_from(np.ndim(a) - 1, g), _up_to(np.ndim(b) - 1)))


def _inner_right_bar(g, y, a, b):
    match np.ndim(a), np.ndim(b):
        case _, 0:
            return unbroadcast(g * a, ())
        case (0, _) | (1, 1):
            return g * a
        case 2, 2:
            return g.T @ a
        case _:
            return np.tensordot(g, a, (_up_to(np.ndim(a) - 1), _up_to(np.ndim(a) - 1)))


def _up_to(count):
    return list(range(count))


def _from(first, x):
    return list(range(first, np.ndim(x)))


_NUMBERS = (((), (3,)), ((2, 3), ()))
_DOTS = (*_SHAPES, *_NUMBERS, ((2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)))
_INNERS = (((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((5, 2, 3), (4, 3)), *_NUMBERS)

dot_left_bar, dot_right_bar = _linear_pair(np.dot, runtime.dot_left_bar, runtime.dot_right_bar, _DOTS)
inner_left_bar, inner_right_bar = _linear_pair(np.inner, runtime.inner_left_bar, runtime.inner_right_bar, _INNERS)

linear(
    np.dot,
    _dot_left_bar,
    _dot_right_bar,
    at_run_time=(dot_left_bar, dot_right_bar),
    infer=_dot_type,
    method="dot",
    signature=lambda a, b: None,
    at=_DOTS,
)
linear(
    np.inner,
    _inner_left_bar,
    _inner_right_bar,
    at_run_time=(inner_left_bar, inner_right_bar),
    infer=_inner_type,
    signature=lambda a, b, /: None,
    at=_INNERS,
)

# tensordot


def _tensordot_type(a: Type, b: Type, *, axes: Any = 2) -> tuple[Type, ...]:
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return (array(joined_dtype(a, b), named_shape("tensordot", a.shape, b.shape, axes=axes)),)
    _, left = _summed_axes(axes, 0, len(a.shape))
    _, right = _summed_axes(axes, 1, len(b.shape))
    shape = tuple(a.shape[axis] for axis in left) + tuple(b.shape[axis] for axis in right)
    return (array(joined_dtype(a, b), shape),)


def _summed_axes(axes, operand, rank):
    """The axes of an operand (0, 1) that are summed over, in their order, and those that are kept."""
    each = (tuple(range(-axes, 0)), tuple(range(axes))) if isinstance(axes, int) else axes
    summed = normal_axes(each[operand], rank)
    return summed, [axis for axis in range(rank) if axis not in summed]


def _tensordot_left_bar(g, y, a, b, axes=2):
    """The product with `b`, over the axes that `b` kept; what was summed over is then in the order of `b`."""
    (summed, kept), (b_summed, b_kept) = _summed_axes(axes, 0, np.ndim(a)), _summed_axes(axes, 1, np.ndim(b))
    bar = np.tensordot(g, b, (_from(len(kept), g), b_kept))
    return _in_order(bar, kept + [summed[b_summed.index(axis)] for axis in sorted(b_summed)])


def _tensordot_right_bar(g, y, a, b, axes=2):
    (a_summed, a_kept), (summed, kept) = _summed_axes(axes, 0, np.ndim(a)), _summed_axes(axes, 1, np.ndim(b))
    bar = np.tensordot(a, g, (a_kept, _up_to(len(a_kept))))
    return _in_order(bar, [summed[a_summed.index(axis)] for axis in sorted(a_summed)] + kept)


def _in_order(bar, axes):
    """A cotangent whose axes are those of the operand with these numbers."""
    order = tuple(int(place) for place in np.argsort(axes))
    return bar if order == tuple(range(len(axes))) else np.transpose(bar, order)


_CONTRACTIONS = (
    ((2, 3, 4), (3, 4, 5)),
    ((3,), (3, 4), {"axes": 1}),
    ((2, 3), (4,), {"axes": 0}),
    ((2, 3, 4), (4, 2), {"axes": ((0, 2), (1, 0))}),
    ((2, 3), (3, 4), {"axes": (-1, 0)}),
    ((2, 3), (2, 3)),
    ((), (3,), {"axes": 0}),
    ((2, 3, 4, 1), (4, 2, 3), {"axes": ((2, 1, 0), (0, 2, 1))}),
)

tensordot_left_bar, tensordot_right_bar = _linear_pair(
    np.tensordot, runtime.tensordot_left_bar, runtime.tensordot_right_bar, _CONTRACTIONS, {"axes": 2}
)
linear(
    np.tensordot,
    _tensordot_left_bar,
    _tensordot_right_bar,
    at_run_time=(tensordot_left_bar, tensordot_right_bar),
    static={"axes": 2},
    infer=_tensordot_type,
    at=_CONTRACTIONS,
)
