"""Functions that rearrange elements: broadcasting, reshaping, moving axes, cutting and repeating."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Dim, Extent, Type, Unranked, array, may_be_one
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    element_count,
    normal_axes,
    same_shape_type,
    shape_from,
    value_type,
    with_shape,
)
from adcompiler.rules.table import REQUIRED, overridable, vjp

function: Callable[..., Any]  # in the loops below

# Broadcasting

unbroadcast = overridable(runtime.unbroadcast)


def _to_shape_type(x: Type, shape: Type) -> tuple[Type, ...]:
    return (array(x.dtype, shape_from(shape)),)


def unbroadcast_type(g: Type, shape: Type) -> tuple[Type, ...]:
    """A sum of `g`, or `g` itself."""
    target = shape_from(shape)
    result = value_type(g.dtype, target)
    return (Type("unknown" if target == () else result.kind, g.dtype, target),)


vjp(
    np.broadcast_to,
    lambda g, y, array, shape: unbroadcast(g, np.shape(array)),
    None,
    infer=_to_shape_type,
    views=True,
    at=(((3, 1), (2, 3, 4)), ((3,), (2, 3)), ((), (2,)), ((2,), (2,))),
)


vjp(
    unbroadcast,
    lambda h, y, g, shape: h,
    None,
    infer=unbroadcast_type,
    aliases=(runtime.unbroadcast,),
    views=True,
    at=(((2, 3, 4), (3, 1)), ((2, 3), (3,)), ((2,), ()), ((2,), (2,))),
)

# Reshaping


def reshape_type(x: Type, shape: Type) -> tuple[Type, ...]:
    """The shape asked for; one length of -1 is what the others leave."""
    target = shape_from(shape)
    if isinstance(target, Unranked):
        return (array(x.dtype, target),)
    count = element_count(x.shape) if isinstance(x.shape, tuple) else None
    dims = [DATA_DEPENDENT if isinstance(dim, Extent) and dim.drop else dim for dim in target]
    others = math.prod(dim for dim in dims if isinstance(dim, int))
    if dims.count(DATA_DEPENDENT) == 1 and sum(isinstance(dim, Extent) for dim in dims) == 1 and others:
        at = dims.index(DATA_DEPENDENT)
        if isinstance(count, int):
            dims[at] = count // others
        elif count is not None and others == 1:
            dims[at] = count
    return (array(x.dtype, tuple(dims)),)


def ravel(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The one axis of the flattened array."""
    count = element_count(dims)
    return (DATA_DEPENDENT if count is None else count,)


def ravel_type(x: Type) -> tuple[Type, ...]:
    """An array with one axis."""
    if isinstance(x.shape, Unranked):
        return (array(x.dtype, (Extent(f"size({x.shape})"),)),)
    return (array(x.dtype, ravel(x.shape)),)


vjp(
    np.reshape,
    lambda g, y, a, shape: np.reshape(g, np.shape(a)),
    None,
    infer=reshape_type,
    method="reshape",
    synonyms={"newshape": "shape"},
    views=True,
    at=(((2, 3), (3, 2)), ((2, 3), -1), ((4,), (2, 1, -1)), ((), (1, 1)), ((1,), ())),
)
vjp(
    np.ravel,
    lambda g, y, a: np.reshape(g, np.shape(a)),
    infer=ravel_type,
    method="ravel",
    views=True,
    at=(((2, 3),), ((),)),
)
vjp(
    np.ndarray.flatten,
    lambda g, y, a: np.reshape(g, np.shape(a)),
    infer=ravel_type,
    method="flatten",
    name="flatten",
    spelling="np.ndarray.flatten",
    signature=lambda a: None,
    at=(((2, 3),),),
)

# Moving axes


def transpose(dims: tuple[Dim, ...], axes: tuple[int, ...] | None = None) -> tuple[Dim, ...]:
    """The dims in another order: reversed, unless it is given."""
    return dims[::-1] if axes is None else tuple(dims[axis] for axis in axes)


def swapaxes(dims: tuple[Dim, ...], axis1: int, axis2: int) -> tuple[Dim, ...]:
    """Two dims exchanged."""
    order = list(dims)
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return tuple(order)


def moveaxis(dims: tuple[Dim, ...], source: Any, destination: Any) -> tuple[Dim, ...]:
    """Dims at `source` put at `destination`, the others in their order."""
    sources, targets = normal_axes(source, len(dims)), normal_axes(destination, len(dims))
    order = [axis for axis in range(len(dims)) if axis not in sources]
    for target, moved in sorted(zip(targets, sources, strict=True)):
        order.insert(target, moved)
    return tuple(dims[axis] for axis in order)


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The permutation that undoes `axes`."""
    return None if axes is None else tuple(int(axis) for axis in np.argsort([axis % len(axes) for axis in axes]))


vjp(
    np.transpose,
    lambda g, y, a, axes=None: np.transpose(g, _inverse(axes)),
    infer=with_shape(transpose),
    static={"axes": None},
    method="transpose",
    views=True,
    at=(((2, 3),), ((2, 3, 4), {"axes": (1, 2, 0)}), ((2, 3, 4), {"axes": (-1, 0, 1)}), ((3,),), ((),)),
)
vjp(
    np.swapaxes,
    lambda g, y, a, *, axis1, axis2: np.swapaxes(g, axis1, axis2),
    infer=with_shape(swapaxes),
    static={"axis1": REQUIRED, "axis2": REQUIRED},
    method="swapaxes",
    views=True,
    at=(((2, 3, 4), {"axis1": 0, "axis2": -1}),),
)
vjp(
    np.moveaxis,
    lambda g, y, a, *, source, destination: np.moveaxis(g, destination, source),
    infer=with_shape(moveaxis),
    static={"source": REQUIRED, "destination": REQUIRED},
    views=True,
    at=(((2, 3, 4), {"source": 0, "destination": -1}), ((2, 3, 4), {"source": (0, 1), "destination": (-1, 0)})),
)

# Axes of length one


def expand_dims(dims: tuple[Dim, ...], axis: int | tuple[int, ...]) -> tuple[Dim, ...]:
    """Axes of length one at the places `axis` of the result."""
    places = normal_axes(axis, len(dims) + (len(axis) if isinstance(axis, tuple) else 1))
    rest = iter(dims)
    return tuple(1 if place in places else next(rest) for place in range(len(dims) + len(places)))


def squeeze(dims: tuple[Dim, ...], axis: int | tuple[int, ...] | None = None) -> tuple[Dim, ...] | None:
    """Without the axes of length one; which these are must be known."""
    if axis is None:
        return None if any(may_be_one(dim) and dim != 1 for dim in dims) else tuple(dim for dim in dims if dim != 1)
    return tuple(dim for place, dim in enumerate(dims) if place not in normal_axes(axis, len(dims)))


def atleast_1d(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """One axis at least."""
    return dims or (1,)


def atleast_2d(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Two axes at least, new ones in front."""
    return (1,) * (2 - len(dims)) + dims


vjp(
    np.expand_dims,
    lambda g, y, a, *, axis: np.squeeze(g, axis),
    infer=with_shape(expand_dims),
    static={"axis": REQUIRED},
    views=True,
    at=(((2, 3), {"axis": 0}), ((2, 3), {"axis": -1}), ((2, 3), {"axis": (0, 2)})),
)
vjp(
    np.squeeze,
    lambda g, y, a, axis=None: np.reshape(g, np.shape(a)) if axis is None else np.expand_dims(g, axis),
    infer=with_shape(squeeze),
    static={"axis": None},
    method="squeeze",
    views=True,
    at=(((1, 3, 1),), ((1, 3, 1), {"axis": 0}), ((1, 3, 1), {"axis": (0, -1)})),
)
for function, dims in ((np.atleast_1d, atleast_1d), (np.atleast_2d, atleast_2d)):
    vjp(
        function,
        lambda g, y, a: np.reshape(g, np.shape(a)),
        infer=with_shape(dims),
        signature=lambda a: None,
        views=True,
        at=(((),), ((3,),), ((2, 3),)),
    )

# Order and repetition


vjp(
    np.flip,
    lambda g, y, m, axis=None: np.flip(g, axis),
    infer=same_shape_type,
    static={"axis": None},
    views=True,
    at=(((2, 3),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": (0, 1)})),
)
for function in (np.fliplr, np.flipud):
    vjp(
        function,
        lambda g, y, m, function=function: function(g),
        infer=same_shape_type,
        views=True,
        at=(((2, 3),),),
    )
vjp(
    np.roll,
    lambda g, y, a, *, shift, axis=None: np.roll(g, _negated(shift), axis),
    infer=same_shape_type,
    static={"shift": REQUIRED, "axis": None},
    at=(((5,), {"shift": 2}), ((2, 3), {"shift": -1}), ((2, 3), {"shift": (1, 2), "axis": (0, 1)})),
)


def _negated(shift: int | tuple[int, ...]) -> int | tuple[int, ...]:
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift
