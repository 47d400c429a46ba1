"""Numbers evenly spaced between two ends, which may be arrays."""

from __future__ import annotations

import numpy as np

from adcompiler.ir.types import Type, array, broadcast_shapes
from adcompiler.rules.inference import UNKNOWN_SHAPE, common_dtype, float_dtype, length_from, normal_axes
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import OMITTED
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.structure import axis_length, cast_like
from adcompiler.rules.table import vjp


def _spaced_type(
    start: Type,
    stop: Type,
    num: Type | None = None,
    *,
    endpoint: bool = True,
    axis: int = 0,
    dtype: str | None = None,
) -> tuple[Type, ...]:
    """The shape of the ends with one axis more."""
    ends = broadcast_shapes(start.shape, stop.shape)
    dtype = dtype or float_dtype(common_dtype(start, stop), weak=True)
    if not isinstance(ends, tuple):
        return (array(dtype, UNKNOWN_SHAPE),)
    (place,) = normal_axes(axis, len(ends) + 1)
    return (array(dtype, (*ends[:place], 50 if num is None else length_from(num), *ends[place:])),)


def _weighted_sum(g, *ends, endpoint, axis):
    """The sum along `axis` of `g`, weighted with numbers that run from one end to another."""
    weights = linspace(*ends, axis_length(g, axis=axis), endpoint=endpoint)
    moved = g if axis == 0 else np.moveaxis(g, axis, 0)
    return np.tensordot(cast_like(weights, g), moved, axes=1)


def _linspace_bar(*ends):
    """From y = (1 - t) start + t stop, with t from 0 to 1 along the axis."""

    def bar(g, y, start, stop, num=50, endpoint=True, axis=0, dtype=None):
        end = start if ends == (1, 0) else stop
        return unbroadcast(_weighted_sum(g, *ends, endpoint=endpoint, axis=axis), np.shape(end))

    return bar


linspace = overridable(np.linspace)

_POINTS = (
    *((0.5, 2.0), (0.5, 2.0, 7), (0.5, 2.0, 4, {"endpoint": False}), ((2,), (3, 1), 4), (0.5, 2.0, 1), (0.5, 2.0, 0)),
    *(((2,), (3, 2), 4, {"axis": -1}), ((2,), (), 3, {"axis": 1, "endpoint": False})),
)

vjp(
    np.linspace,
    _linspace_bar(1, 0),
    _linspace_bar(0, 1),
    None,
    jvp=(
        lambda x_dot, y, start, stop, *num, **how: linspace(x_dot, np.zeros_like(stop), *num, **how),
        lambda x_dot, y, start, stop, *num, **how: linspace(np.zeros_like(start), x_dot, *num, **how),
        None,
    ),
    infer=_spaced_type,
    static={"endpoint": True, "axis": 0, "dtype": None},
    signature=lambda start, stop, num=OMITTED, endpoint=True, *, dtype=None, axis=0: None,
    aliases=(linspace,),
    at=_POINTS,
)


def _geomspace_bar(*ends):
    """From y = start^(1 - t) stop^t, with t from 0 to 1 along the axis: dy/dstart = (1 - t) y / start."""

    def bar(g, y, start, stop, num=50, endpoint=True, axis=0, dtype=None):
        end = start if ends == (1, 0) else stop
        return unbroadcast(_weighted_sum(g * y, *ends, endpoint=endpoint, axis=axis) / end, np.shape(end))

    return bar


vjp(
    np.geomspace,
    _geomspace_bar(1, 0),
    _geomspace_bar(0, 1),
    None,
    jvp=(
        lambda x_dot, y, start, stop, *num, **how: y * linspace(x_dot / start, np.zeros_like(stop), *num, **how),
        lambda x_dot, y, start, stop, *num, **how: y * linspace(np.zeros_like(start), x_dot / stop, *num, **how),
        None,
    ),
    infer=_spaced_type,
    static={"endpoint": True, "axis": 0, "dtype": None},
    signature=lambda start, stop, num=OMITTED, endpoint=True, dtype=None, axis=0: None,
    at=(
        *((0.5, 2.0), (0.5, 2.0, 7), (-0.5, -2.0, 4, {"endpoint": False}), (0.5, 2.0, 1)),
        *((np.array([0.5, 3.0]), np.array([[2.0], [1.0]]), 4), (np.array([0.5, 3.0]), 2.0, 3, {"axis": -1})),
    ),
)
