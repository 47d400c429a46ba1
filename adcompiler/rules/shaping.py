"""Functions that give an array another shape: broadcasting, reshaping, more axes at least."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim, extent, quotient
from adcompiler.ir.types import Type, Unranked, array, broadcast_shapes, scalar
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    element_count,
    given_shape_type,
    shape_from,
    value_type,
    with_shape,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.table import linear, nondifferentiable

function: Callable[..., Any]  # in the loops below

# Broadcasting

unbroadcast = overridable(runtime.unbroadcast)


def unbroadcast_type(g: Type, shape: Type) -> tuple[Type, ...]:
    """A sum of `g`, or `g` itself."""
    target = shape_from(shape)
    result = value_type(g.dtype, target)
    return (Type("unknown" if target == () else result.kind, g.dtype, target),)


def _broadcast_shapes_type(*shapes: Type) -> tuple[Type, ...]:
    whole = broadcast_shapes(*map(shape_from, shapes))
    if isinstance(whole, Unranked):
        return (Type("tuple", shape=whole),)
    return (Type("tuple", elements=tuple(scalar("int64", weak=True, extent=dim) for dim in whole)),)


nondifferentiable(
    np.broadcast_shapes, infer=_broadcast_shapes_type, signature=lambda *shapes: None, at=(((2, 1), (3,)), ((), (2,)))
)

linear(
    np.broadcast_to,
    lambda g, y, array, shape: unbroadcast(g, np.shape(array)),
    None,
    infer=given_shape_type,
    views=True,
    at=(((3, 1), (2, 3, 4)), ((3,), (2, 3)), ((), (2,)), ((2,), (2,))),
)


linear(
    unbroadcast,
    lambda h, y, g, shape: h,
    None,
    infer=unbroadcast_type,
    aliases=(runtime.unbroadcast,),
    views=True,
    at=(((2, 3, 4), (3, 1)), ((2, 3), (3,)), ((2,), ()), ((2,), (2,))),
)

# Reshaping


def _refuse_order(order: str) -> None:
    """An order that says nothing of the elements, but of how they lie in memory."""
    if order not in ("C", "F"):
        raise ValueError(f"which elements `order={order!r}` reads first depends on how the array lies in memory")


def reshape_type(x: Type, shape: Type, *, order: str = "C") -> tuple[Type, ...]:
    """The shape asked for; one length of -1 is what the others leave."""
    _refuse_order(order)
    target = shape_from(shape)
    if isinstance(target, Unranked):
        return (array(x.dtype, target),)
    count = element_count(x.shape) if isinstance(x.shape, tuple) else None
    dims = list(target)
    if dims.count(DATA_DEPENDENT) == 1 and count is not None:
        at = dims.index(DATA_DEPENDENT)
        left = quotient(count, math.prod(dims[:at] + dims[at + 1 :]))
        dims[at] = DATA_DEPENDENT if left is None else left
    return (array(x.dtype, tuple(dims)),)


def ravel(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The one axis of the flattened array."""
    count = element_count(dims)
    return (DATA_DEPENDENT if count is None else count,)


def ravel_type(x: Type, *, order: str = "C") -> tuple[Type, ...]:
    """An array with one axis."""
    _refuse_order(order)
    if isinstance(x.shape, Unranked):
        return (array(x.dtype, (extent(f"size({x.shape})"),)),)
    return (array(x.dtype, ravel(x.shape)),)


def _reshape_bar(g, y, a, *_, order="C"):
    """The same elements in the same order, in the operand's shape."""
    _refuse_order(order)
    return np.reshape(g, np.shape(a), order=order)


linear(
    np.reshape,
    _reshape_bar,
    None,
    infer=reshape_type,
    static={"order": "C"},
    signature=lambda a, shape, order="C": None,
    method="reshape",
    synonyms={"newshape": "shape"},
    views=True,
    at=(
        *(((2, 3), (3, 2)), ((2, 3), -1), ((4,), (2, 1, -1)), ((), (1, 1)), ((1,), ()), ((0, 3), (3, -1))),
        *(((2, 3, 4), (4, -1), {"order": "F"}), ((2, 3), -1, {"order": "F"}), ((0, 3), (3, 0), {"order": "F"})),
    ),
)
linear(
    np.ravel,
    _reshape_bar,
    infer=ravel_type,
    static={"order": "C"},
    method="ravel",
    views=True,
    at=(((2, 3),), ((),), ((2, 0),), ((2, 3, 4), {"order": "F"})),
)
linear(
    np.ndarray.flatten,
    _reshape_bar,
    infer=ravel_type,
    static={"order": "C"},
    method="flatten",
    name="flatten",
    spelling="np.ndarray.flatten",
    signature=lambda a, order="C": None,
    at=(((2, 3),), ((2, 3), {"order": "F"})),
)


def atleast_1d(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """One axis at least."""
    return dims or (1,)


def atleast_2d(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Two axes at least, new ones in front."""
    return (1,) * (2 - len(dims)) + dims


def atleast_3d(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Three axes at least, a new one behind the two of a matrix."""
    return (*atleast_2d(dims), 1) if len(dims) < 3 else dims


for function, dims in ((np.atleast_1d, atleast_1d), (np.atleast_2d, atleast_2d), (np.atleast_3d, atleast_3d)):
    linear(
        function,
        lambda g, y, a: np.reshape(g, np.shape(a)),
        infer=with_shape(dims),
        signature=lambda a: None,
        views=True,
        at=(((),), ((3,),), ((2, 3),), ((2, 3, 4),), ((0, 2),)),
    )
