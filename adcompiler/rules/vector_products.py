"""Products of vectors, and of the vectors and matrices in stacks of them.

`np.vdot`, `np.vecdot` and `np.vecmat` take the conjugate of the first operand.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adcompiler.errors import UnknownTypeError
from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Shape, Type, array, broadcast_shapes
from adcompiler.rules.complex_numbers import conjugate
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    common_dtype,
    element_count,
    joined_dtype,
    named_shape,
    normal_axes,
    value_type,
)
from adcompiler.rules.products import equally_shaped, summed_like
from adcompiler.rules.rule import RankUnknownError
from adcompiler.rules.table import linear

# Products of flattened operands


def flat(x):
    """The operand as a vector."""
    try:
        return x if np.ndim(x) == 1 else np.ravel(x)
    except RankUnknownError:
        return np.ravel(x)


def shaped_like(vector, x):
    """A vector in the shape of the operand."""
    return vector if equally_shaped(vector, x) else np.reshape(vector, np.shape(x))


def _count(x: Type) -> Dim:
    count = element_count(x.shape) if isinstance(x.shape, tuple) else None
    return DATA_DEPENDENT if count is None else count


def _outer_type(a: Type, b: Type) -> tuple[Type, ...]:
    return (array(joined_dtype(a, b), (_count(a), _count(b))),)


def _vdot_type(a: Type, b: Type) -> tuple[Type, ...]:
    return (value_type(joined_dtype(a, b), ()),)


linear(
    np.outer,
    lambda g, y, a, b: shaped_like(g @ flat(b), a),
    lambda g, y, a, b: shaped_like(flat(a) @ g, b),
    infer=_outer_type,
    at=(((2,), (3,)), ((2, 2), (3,)), ((), (3,))),
)
linear(
    np.vdot,
    lambda g, y, a, b: shaped_like(conjugate(g) * conjugate(flat(b)), a),
    lambda g, y, a, b: shaped_like(g * conjugate(flat(a)), b),
    infer=_vdot_type,
    signature=lambda a, b, /: None,
    at=(((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (6,))),
)

# Stacks of vectors and matrices


def _stacked(name: str, a: Shape, b: Shape, core: Callable[..., tuple[Dim, ...]], ranks: tuple[int, int]) -> Shape:
    """The broadcast of the first axes, and what `core` makes of the last ones."""
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return named_shape(name, a, b)
    if len(a) < ranks[0] or len(b) < ranks[1]:
        raise TypeError(f"`np.{name}` needs operands with at least {ranks[0]} and {ranks[1]} axes")
    batch = broadcast_shapes(a[: len(a) - ranks[0]], b[: len(b) - ranks[1]])
    return (*batch, *core(a, b)) if isinstance(batch, tuple) else named_shape(name, a, b)


def _vecdot_type(a: Type, b: Type, *, axis: int = -1) -> tuple[Type, ...]:
    name = "vecdot" if axis == -1 else f"vecdot{axis}"
    left, right = _with_axis_last(a.shape, axis), _with_axis_last(b.shape, axis)
    return (value_type(common_dtype(a, b), _stacked(name, left, right, lambda a, b: (), (1, 1))),)


def _with_axis_last(shape, axis):
    if axis == -1 or not isinstance(shape, tuple):
        return shape
    (place,) = normal_axes(axis, len(shape))
    return (*shape[:place], *shape[place + 1 :], shape[place])


def _from_the_end(axis, x):
    """The same axis, whatever broadcasting adds before the operand's first one."""
    if axis < 0:
        return axis
    try:
        return axis - np.ndim(x)
    except RankUnknownError:
        message = "the derivative of a product along an axis depends on how many there are"
        raise UnknownTypeError(message, hint="count the axis from the end, or give types for the parameters") from None


def _vecdot_bar(g, other, x, axis):
    """The product with `g`, whose axis lacks: for real operands that of `g` and the other one."""
    bar = np.expand_dims(g, -1) * np.moveaxis(other, axis, -1) if axis != -1 else np.expand_dims(g, -1) * other
    if axis == -1:
        return summed_like(bar, x)
    return summed_like(np.moveaxis(bar, -1, _from_the_end(axis, x)), x)


linear(
    np.vecdot,
    lambda g, y, a, b, axis=-1: _vecdot_bar(conjugate(g), conjugate(b), a, axis),
    lambda g, y, a, b, axis=-1: _vecdot_bar(g, conjugate(a), b, axis),
    static={"axis": -1},
    infer=_vecdot_type,
    signature=lambda x1, x2, /, *, axis=-1: None,
    aliases=(np.linalg.vecdot,),
    at=(
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (4, 2, 3)),
        ((4, 1, 3), (2, 3)),
        ((3, 2), (3, 2), {"axis": 0}),
        ((2, 3, 4), (3, 4), {"axis": -2}),
        ((2, 0), (1, 0)),
    ),
)

if hasattr(np, "matvec"):  # since NumPy 2.2
    linear(
        np.matvec,
        lambda g, y, a, b: summed_like(np.expand_dims(g, -1) * np.expand_dims(b, -2), a),
        lambda g, y, a, b: summed_like(np.matvec(np.matrix_transpose(a), g), b),
        infer=lambda a, b: (
            array(common_dtype(a, b), _stacked("matvec", a.shape, b.shape, lambda a, b: a[-2:-1], (2, 1))),
        ),
        signature=lambda x1, x2, /: None,
        at=(((2, 3), (3,)), ((5, 2, 3), (3,)), ((2, 3), (5, 3)), ((5, 1, 2, 3), (4, 3)), ((1, 2, 0), (3, 0))),
    )
    linear(
        np.vecmat,
        lambda g, y, a, b: summed_like(conjugate(np.matvec(b, g)), a),
        lambda g, y, a, b: summed_like(np.expand_dims(conjugate(a), -1) * np.expand_dims(g, -2), b),
        infer=lambda a, b: (
            array(common_dtype(a, b), _stacked("vecmat", a.shape, b.shape, lambda a, b: b[-1:], (1, 2))),
        ),
        signature=lambda x1, x2, /: None,
        at=(((2,), (2, 3)), ((2,), (5, 2, 3)), ((5, 2), (2, 3)), ((4, 2), (5, 1, 2, 3)), ((3, 0), (1, 0, 2))),
    )

# The vector product


def _cross_axes(axisa, axisb, axisc, axis):
    return (axisa, axisb, axisc) if axis is None else (axis, axis, axis)


def _cross_type(
    a: Type, b: Type, *, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> tuple[Type, ...]:
    axisa, axisb, axisc = _cross_axes(axisa, axisb, axisc, axis)
    dtype = joined_dtype(a, b)
    if not isinstance(a.shape, tuple) or not isinstance(b.shape, tuple):
        return (array(dtype, named_shape("cross", a.shape, b.shape, axes=(axisa, axisb, axisc))),)
    left, right = _with_axis_last(a.shape, axisa), _with_axis_last(b.shape, axisb)
    for length in (left[-1], right[-1]):
        if isinstance(length, int) and length != 3:
            raise ValueError(
                "the derivative of `np.cross` is known for vectors with three components, and these have "
                f"{length}: write `a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]` for two"
            )
    batch = broadcast_shapes(left[:-1], right[:-1])
    if not isinstance(batch, tuple):
        return (array(dtype, named_shape("cross", a.shape, b.shape, axes=(axisa, axisb, axisc))),)
    (place,) = normal_axes(axisc, len(batch) + 1)
    return (array(dtype, (*batch[:place], 3, *batch[place:])),)


def _cross(left, right, axes):
    """`np.cross` with its axes said as shortly as possible."""
    if axes == (-1, -1, -1):
        return np.cross(left, right)
    if len(set(axes)) == 1:
        return np.cross(left, right, axis=axes[0])
    return np.cross(left, right, axisa=axes[0], axisb=axes[1], axisc=axes[2])


def _cross_left_bar(g, y, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The triple product of `g`, `da` and `b` is that of `da`, `b` and `g`."""
    axisa, axisb, axisc = _cross_axes(axisa, axisb, axisc, axis)
    return summed_like(_cross(b, g, (axisb, axisc, _from_the_end(axisa, a))), a)


def _cross_right_bar(g, y, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The triple product of `g`, `a` and `db` is that of `db`, `g` and `a`."""
    axisa, axisb, axisc = _cross_axes(axisa, axisb, axisc, axis)
    return summed_like(_cross(g, a, (axisc, axisa, _from_the_end(axisb, b))), b)


linear(
    np.cross,
    _cross_left_bar,
    _cross_right_bar,
    static={"axisa": -1, "axisb": -1, "axisc": -1, "axis": None},
    infer=_cross_type,
    at=(
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (4, 2, 3)),
        ((4, 1, 3), (2, 3)),
        ((3, 2), (3, 2), {"axis": 0}),
        ((3, 2), (2, 3), {"axisa": 0, "axisc": 0}),
        ((3, 2), (4, 2, 3), {"axisa": 0, "axisc": 1}),
        ((2, 3, 4), (3,), {"axisa": 1}),
        ((0, 3), (3,)),
    ),
)
