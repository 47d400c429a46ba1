"""Functions that put elements into order, wholly or in part."""

from __future__ import annotations

import numpy as np

from adcompiler.ir.types import Type, array
from adcompiler.rules.shaping import ravel_type
from adcompiler.rules.table import vjp


def _sorted_type(a: Type, *_: Type, axis: int | None = -1) -> tuple[Type, ...]:
    return ravel_type(a) if axis is None else (array(a.dtype, a.shape),)


def _order(x, axis):
    """The places of the elements from the least to the greatest; equal ones keep their order."""
    return np.argsort(x, axis=axis, kind="stable")


def _sort_bar(g, y, a, axis=-1):
    """Each element gets the cotangent of the place it went to."""
    if axis is None:
        return np.reshape(_sort_bar(g, y, np.ravel(a)), np.shape(a))
    return np.take_along_axis(g, np.argsort(_order(a, axis), axis=axis), axis)


def _sort_dot(x_dot, y, a, axis=-1):
    if axis is None:
        return _sort_dot(np.ravel(x_dot), y, np.ravel(a))
    return np.take_along_axis(x_dot, _order(a, axis), axis)


vjp(
    np.sort,
    _sort_bar,
    jvp=_sort_dot,
    static={"axis": -1},
    infer=_sorted_type,
    signature=lambda a, axis=-1, kind=None, order=None, *, stable=None: None,
    ignored=("kind", "stable"),
    at=(((5,),), ((2, 3), {"axis": 0}), ((2, 3), {"axis": None}), ((2, 3, 4), {"axis": 1}), ((2, 0),), ((2, 1),)),
)


def _places(x, of, axis):
    """Where in `of`, which has the same elements in another order, each element of `x` is."""
    return np.take_along_axis(_order(of, axis), np.argsort(_order(x, axis), axis=axis), axis)


def _partition_bar(g, y, a, kth, axis=-1):
    """Each element gets the cotangent of the place it went to, which only the result shows."""
    if axis is None:
        return np.reshape(_partition_bar(g, y, np.ravel(a), kth), np.shape(a))
    return np.take_along_axis(g, _places(a, y, axis), axis)


def _partition_dot(x_dot, y, a, kth, axis=-1):
    if axis is None:
        return _partition_dot(np.ravel(x_dot), y, np.ravel(a), kth)
    return np.take_along_axis(x_dot, _places(y, a, axis), axis)


vjp(
    np.partition,
    _partition_bar,
    None,
    jvp=(_partition_dot, None),
    static={"axis": -1},
    infer=_sorted_type,
    signature=lambda a, kth, axis=-1, kind="introselect", order=None: None,
    ignored=("kind",),
    at=(
        *(((5,), 2), ((2, 3), 1, {"axis": 0}), ((2, 3), -2, {"axis": None}), ((3, 4, 2), 2, {"axis": 1})),
        *(((2, 5), np.array([1, 3])), ((2, 1), 0)),
    ),
)
