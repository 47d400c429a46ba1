"""Padding, and differences of neighbours: what changes the length of an axis by a constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim, less
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import given_shape_type, length_from, named_shape, normal_axes
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear, nondifferentiable, vjp


def longer(dim: Dim, by: int) -> Dim:
    """The length of an axis that grows by a constant, or shrinks by a negative one."""
    return dim + by if by > 0 else less(dim, -by)


# Padding


def pad_widths(pad_width: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """How much is added before and after each axis."""
    if isinstance(pad_width, dict):
        given = [pad_width.get(axis, pad_width.get(axis - rank, 0)) for axis in range(rank)]
        return tuple(width if isinstance(width, tuple) else (width, width) for width in given)
    pairs = np.broadcast_to(pad_width, (rank, 2))
    return tuple((int(before), int(after)) for before, after in pairs)


def _pad_type(a: Type, *, pad_width: Any, constant_values: Any = 0) -> tuple[Type, ...]:
    if not isinstance(a.shape, tuple):
        return (array(a.dtype, named_shape("pad", a.shape, pad_width=pad_width)),)
    widths = pad_widths(pad_width, len(a.shape))
    return (array(a.dtype, tuple(longer(dim, sum(width)) for dim, width in zip(a.shape, widths, strict=True))),)


def _pad_bar(g, y, array, pad_width, constant_values=0):
    widths = pad_widths(pad_width, np.ndim(array))
    return g[tuple(slice(before or None, -after or None) for before, after in widths)]


unpad = overridable(runtime.unpad)

linear(
    unpad,
    lambda h, y, g, pad_width: np.pad(h, pad_width),
    static={"pad_width": REQUIRED},
    infer=lambda g, **_: (array(g.dtype, named_shape("unpad", g.shape)),),
    aliases=(runtime.unpad,),
    views=True,
    at=(((5,), {"pad_width": 1}), ((4, 5), {"pad_width": ((1, 0), (2, 1))})),
)
vjp(
    np.pad,
    _pad_bar,
    jvp=lambda x_dot, y, array, pad_width, constant_values=0: np.pad(x_dot, pad_width),
    at_run_time=(lambda g, x, pad_width, **_: unpad(g, pad_width=pad_width),),
    static={"pad_width": REQUIRED, "constant_values": 0},
    infer=_pad_type,
    signature=lambda array, pad_width, mode="constant", *, constant_values=0: None,
    at=(
        ((3,), {"pad_width": 2}),
        ((2, 3), {"pad_width": ((1, 0), (2, 1))}),
        ((2, 3), {"pad_width": (0, 1), "constant_values": 1.5}),
        ((2, 0), {"pad_width": (0, 2)}),
        ((2, 1, 2), {"pad_width": ((0, 0), (1, 2), (0, 3)), "constant_values": (1, 2.0)}),
    ),
)


def _padded_places_type(length: Type, before: Type, after: Type, **_: str) -> tuple[Type, ...]:
    return (array("int64", (length_from(length) + length_from(before) + length_from(after),)),)


padded_places = overridable(runtime.padded_places)

nondifferentiable(
    padded_places,
    operands=3,
    static={"mode": REQUIRED},
    infer=_padded_places_type,
    aliases=(runtime.padded_places,),
    at=((3, 1, 2, {"mode": "reflect"}),),
)

# Differences


def _diff_type(a: Type, *, n: int = 1, axis: int = -1) -> tuple[Type, ...]:
    if n < 1:
        raise ValueError("`np.diff` takes differences at least once")
    return (_stretched("diff", a, axis, -n),)


def _stretched(name: str, a: Type, axis: int, by: int) -> Type:
    if not isinstance(a.shape, tuple):
        return array(a.dtype, named_shape(name, a.shape, axis=axis, by=by))
    (place,) = normal_axes(axis, len(a.shape))
    return array(a.dtype, (*a.shape[:place], longer(a.shape[place], by), *a.shape[place + 1 :]))


diff_bar = overridable(runtime.diff_bar)

linear(
    diff_bar,
    lambda h, y, g, shape, n=1, axis=-1: np.diff(h, n=n, axis=axis),
    None,
    static={"n": 1, "axis": -1},
    infer=given_shape_type,
    aliases=(runtime.diff_bar,),
    at=(((3,), (4,)), ((1, 4), (2, 4), {"axis": 0}), ((3,), (5,), {"n": 2})),
)
linear(
    np.diff,
    lambda g, y, a, n=1, axis=-1: diff_bar(g, np.shape(a), n=n, axis=axis),
    static={"n": 1, "axis": -1},
    infer=_diff_type,
    signature=lambda a, n=1, axis=-1, prepend=None, append=None: None,
    at=(
        *(((4,),), ((2, 4), {"axis": 0}), ((5,), {"n": 2}), ((2, 4, 3), {"axis": 1, "n": 3})),
        *(((3, 1),), ((2, 0),), ((2, 3), {"n": 5})),
    ),
)
