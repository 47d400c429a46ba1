"""Functions that repeat elements, and their transposes, which sum what the copies get."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Shape, Type, array
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    UNKNOWN_SHAPE,
    element_count,
    length_from,
    named_shape,
    normal_axes,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.table import linear


def _repeat_type(a: Type, repeats: Type, *, axis: int | None = None) -> tuple[Type, ...]:
    if axis is None:
        count = element_count(a.shape) if isinstance(a.shape, tuple) else None
        return (array(a.dtype, (_times(count, repeats),)),)
    if not isinstance(a.shape, tuple):
        return (array(a.dtype, named_shape("?", a.shape)),)
    (place,) = normal_axes(axis, len(a.shape))
    return (array(a.dtype, (*a.shape[:place], _times(a.shape[place], repeats), *a.shape[place + 1 :])),)


def _times(dim: Dim | None, repeats: Type) -> Dim:
    """The length of an axis whose elements are repeated equally often."""
    return DATA_DEPENDENT if dim is None or repeats.kind != "scalar" else dim * length_from(repeats)


def _like_second_type(g: Type, x: Type, *_: Type, **__: object) -> tuple[Type, ...]:
    return (array(g.dtype, x.shape),)


repeat_bar = overridable(runtime.repeat_bar)

linear(
    repeat_bar,
    lambda h, y, g, x, repeats, axis=None: np.repeat(h, repeats, axis),
    None,
    None,
    static={"axis": None},
    infer=_like_second_type,
    aliases=(runtime.repeat_bar,),
    at=(((6,), np.zeros(3), 2), ((2, 6), np.zeros((2, 3)), 2, {"axis": 1})),
)
linear(
    np.repeat,
    lambda g, y, a, repeats, axis=None: repeat_bar(g, a, repeats, axis=axis),
    None,
    static={"axis": None},
    infer=_repeat_type,
    method="repeat",
    at=(
        *(((3,), 2), ((2, 3), 2), ((2, 3), 2, {"axis": -1}), ((2, 3), np.array([1, 0, 2]), {"axis": 1}), ((), 3)),
        *(((2, 3, 2), np.array([2, 0]), {"axis": 0}), ((0, 3), 2, {"axis": 1}), ((2, 3), 0), ((3,), (1, 0, 2))),
    ),
)


def _tile_type(a: Type, reps: Type) -> tuple[Type, ...]:
    """Each axis as often as it is repeated, counted from the last."""
    counts = reps.elements if reps.kind == "tuple" and not isinstance(reps.shape, tuple) else ()
    counts = (reps,) if reps.kind == "scalar" else reps.elements if reps.kind == "tuple" else counts
    if not isinstance(a.shape, tuple) or not counts:
        return (array(a.dtype, UNKNOWN_SHAPE),)
    rank = max(len(a.shape), len(counts))
    dims = (1,) * (rank - len(a.shape)) + a.shape
    known = [1] * (rank - len(counts)) + [length_from(count) for count in counts]
    shape: Shape = tuple(dim * count for dim, count in zip(dims, known, strict=True))
    return (array(a.dtype, shape),)


tile_bar = overridable(runtime.tile_bar)

linear(
    tile_bar,
    lambda h, y, g, x, reps: np.tile(h, reps),
    None,
    None,
    infer=_like_second_type,
    aliases=(runtime.tile_bar,),
    at=(((6,), np.zeros(3), 2), ((2, 6), np.zeros(3), (2, 2))),
)
linear(
    np.tile,
    lambda g, y, A, reps: tile_bar(g, A, reps),  # noqa: N803  (NumPy's name)
    None,
    infer=_tile_type,
    at=(
        *(((3,), 2), ((2, 3), (2, 1)), ((3,), (2, 2)), ((2, 3), 2), ((), 3), ((2, 3), (2, 1, 3)), ((2, 3), (0, 1))),
        *(((0, 3), (2, 2)), ((1, 2, 2, 1), (3, 1, 1, 2))),
    ),
)
