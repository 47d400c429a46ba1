"""Functions that move axes, add and remove those of length one, and turn the order of elements round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.dims import Dim, may_be_one
from adcompiler.ir.types import Type
from adcompiler.rules.inference import named_shape, normal_axes, rearranged_type, same_shape_type, with_shape
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear

function: Callable[..., Any]  # in the loops below

# Moving axes


def transpose(dims: tuple[Dim, ...], axes: tuple[int, ...] | None = None) -> tuple[Dim, ...]:
    """The dims in another order: reversed, unless it is given."""
    return dims[::-1] if axes is None else tuple(dims[axis] for axis in normal_axes(axes, len(dims)))


def swapaxes(dims: tuple[Dim, ...], axis1: int, axis2: int) -> tuple[Dim, ...]:
    """Two dims exchanged."""
    order = list(dims)
    first, second = normal_axes((axis1, axis2), len(dims))
    order[first], order[second] = order[second], order[first]
    return tuple(order)


def matrix_transpose(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The last two dims exchanged."""
    return swapaxes(dims, -1, -2)


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


linear(
    np.transpose,
    lambda g, y, a, axes=None: np.transpose(g, _inverse(axes)),
    infer=with_shape(transpose),
    static={"axes": None},
    method="transpose",
    aliases=(np.permute_dims,),
    views=True,
    at=(((2, 3),), ((2, 3, 4), {"axes": (1, 2, 0)}), ((2, 3, 4), {"axes": (-1, 0, 1)}), ((3,),), ((),)),
)
linear(
    np.matrix_transpose,
    lambda g, y, x: np.matrix_transpose(g),
    infer=with_shape(matrix_transpose),
    views=True,
    at=(((2, 3),), ((4, 2, 3),), ((2, 1, 0, 3),)),
)
linear(
    np.swapaxes,
    lambda g, y, a, *, axis1, axis2: np.swapaxes(g, axis1, axis2),
    infer=with_shape(swapaxes),
    static={"axis1": REQUIRED, "axis2": REQUIRED},
    method="swapaxes",
    views=True,
    at=(((2, 3, 4), {"axis1": 0, "axis2": -1}),),
)
linear(
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


linear(
    np.expand_dims,
    lambda g, y, a, *, axis: np.squeeze(g, axis),
    infer=with_shape(expand_dims),
    static={"axis": REQUIRED},
    views=True,
    at=(((2, 3), {"axis": 0}), ((2, 3), {"axis": -1}), ((2, 3), {"axis": (0, 2)})),
)
linear(
    np.squeeze,
    lambda g, y, a, axis=None: np.reshape(g, np.shape(a)) if axis is None else np.expand_dims(g, axis),
    infer=with_shape(squeeze),
    static={"axis": None},
    method="squeeze",
    views=True,
    at=(((1, 3, 1),), ((1, 3, 1), {"axis": 0}), ((1, 3, 1), {"axis": (0, -1)})),
)
# The order of elements

linear(
    np.flip,
    lambda g, y, m, axis=None: np.flip(g, axis),
    infer=same_shape_type,
    static={"axis": None},
    views=True,
    at=(((2, 3),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": (0, 1)}), ((),), ((2, 3, 4), {"axis": (0, -1)})),
)
for function in (np.fliplr, np.flipud):
    linear(
        function,
        lambda g, y, m, function=function: function(g),
        infer=same_shape_type,
        views=True,
        at=(((2, 3),),),
    )
linear(
    np.roll,
    lambda g, y, a, shift, axis=None: np.roll(g, _negated(shift), axis=axis),
    None,
    infer=same_shape_type,
    static={"axis": None},
    at=(
        *(((5,), 2), ((2, 3), -1), ((2, 3), (1, 2)), ((2, 0), 1), ((), 3)),
        *(((2, 3), (1, 2), {"axis": (0, 1)}), ((2, 3, 4), 5, {"axis": (0, -1)}), ((2, 3), (1, -3), {"axis": 1})),
    ),
)


def _rot90_type(m: Type, *, k: int = 1, axes: tuple[int, int] = (0, 1)) -> tuple[Type, ...]:
    """Two axes are exchanged by an odd number of quarter turns."""
    if not isinstance(m.shape, tuple):
        return (rearranged_type(m, named_shape("rot90", m.shape, k=k % 2, axes=axes)),)
    return (rearranged_type(m, swapaxes(m.shape, *axes) if k % 2 else m.shape),)


linear(
    np.rot90,
    lambda g, y, m, k=1, axes=(0, 1): np.rot90(g, -k, axes),
    infer=_rot90_type,
    static={"k": 1, "axes": (0, 1)},
    views=True,
    at=(
        *(((2, 3),), ((2, 3), {"k": 2}), ((2, 3), {"k": -1}), ((2, 3), {"k": 4})),
        *(((2, 3, 4), {"axes": (1, 2)}), ((2, 3, 4), {"k": 3, "axes": (-1, 0)})),
    ),
)


def _negated(shift: Any) -> Any:
    return tuple(-s for s in shift) if isinstance(shift, tuple | list) else -shift
