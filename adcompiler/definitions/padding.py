"""Padding with something else than known constants: one axis after the other."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define
from adcompiler.rules.differences import padded_places


def pad(array, pad_width, mode="constant", *, constant_values=0, end_values=0, stat_length=None, reflect_type="even"):
    """The array with margins along its axes, which each mode fills in its own way."""
    rank = np.ndim(array)
    widths, constants, ends = _pairs(pad_width, rank), _pairs(constant_values, rank), _pairs(end_values, rank)
    lengths = _pairs(stat_length, rank)
    for axis in range(rank):
        before, after = widths[axis]
        if before != 0 or after != 0:
            if mode in ("edge", "wrap", "symmetric", "reflect"):
                if reflect_type == "odd" and mode in ("symmetric", "reflect"):
                    array = _reflected_oddly(array, before, after, axis, mode)
                else:
                    places = padded_places(np.shape(array)[axis], before, after, mode=mode)
                    array = np.take(array, places, axis=axis)
            elif mode == "linear_ramp":
                array = _ramp(array, before, after, axis, ends[axis])
            elif mode == "constant":
                array = _between(array, constants[axis][0], constants[axis][1], before, after, axis)
            else:
                array = _with_statistics(array, before, after, axis, mode, lengths[axis])
    return array


def _pairs(value, rank):
    """What is given for each axis, before and behind it: once for all, a pair for all, or a pair for each."""
    if isinstance(value, dict):
        return [_pair(value.get(axis, value.get(axis - rank, 0))) for axis in range(rank)]
    if not isinstance(value, (tuple, list)):
        return [(value, value)] * rank
    if not isinstance(value[0], (tuple, list)):
        return [_pair(value if len(value) == 2 else value[0])] * rank
    return [_pair(part) for part in value] if len(value) == rank else [_pair(value[0])] * rank


def _pair(value):
    if isinstance(value, (tuple, list)):
        return (value[0], value[1]) if len(value) == 2 else (value[0], value[0])
    return (value, value)


def _margin(array, value, width, axis):
    """A value all over a margin along an axis."""
    edge = (*np.shape(array)[:axis], width, *np.shape(array)[axis + 1 :])
    return np.broadcast_to(value, edge)


def _between(array, first, last, before, after, axis):
    """The array between two margins, each filled with a value."""
    parts = [array]
    if before != 0:
        parts = [_margin(array, first, before, axis), *parts]
    if after != 0:
        parts = [*parts, _margin(array, last, after, axis)]
    return np.concatenate(parts, axis=axis)


def _statistic(array, mode, axis, length, at_the_end):
    part = array
    if length is not None:
        places = np.arange(np.shape(array)[axis])
        part = np.take(array, places[-length:] if at_the_end else places[:length], axis=axis)
    if mode == "maximum":
        return np.max(part, axis=axis, keepdims=True)
    if mode == "minimum":
        return np.min(part, axis=axis, keepdims=True)
    if mode == "mean":
        return np.mean(part, axis=axis, keepdims=True)
    ordered = np.sort(part, axis=axis)
    count = np.shape(part)[axis]
    middle = np.take(ordered, [(count - 1) // 2], axis=axis) + np.take(ordered, [count // 2], axis=axis)
    return middle / 2


def _with_statistics(array, before, after, axis, mode, lengths):
    first = _statistic(array, mode, axis, lengths[0], False)
    last = _statistic(array, mode, axis, lengths[1], True)
    return _between(array, first, last, before, after, axis)


def _ramp(array, before, after, axis, ends):
    """Margins that run from the values at the ends to the edges."""
    parts = [array]
    if before != 0:
        edge = np.take(array, 0, axis=axis)
        parts = [np.linspace(ends[0], edge, before, endpoint=False, axis=axis), *parts]
    if after != 0:
        edge = np.take(array, np.shape(array)[axis] - 1, axis=axis)
        parts = [*parts, np.flip(np.linspace(ends[1], edge, after, endpoint=False, axis=axis), axis)]
    return np.concatenate(parts, axis=axis)


def _reflected_oddly(array, before, after, axis, mode):
    """Reflected in the points at its ends: where it has been reflected twice, it goes on by what it has risen."""
    length = np.shape(array)[axis]
    period = 2 * length if mode == "symmetric" else max(2 * length - 2, 1)
    places = np.arange(-before, length + after)
    rounds, places = np.floor_divide(places, period), np.remainder(places, period)
    forwards = np.less(places, length)
    along = (1,) * axis + (-1,) + (1,) * (np.ndim(array) - 1 - axis)
    inner = np.take(array, np.where(forwards, places, period - places - (mode == "symmetric")), axis=axis)
    first, last = np.take(array, [0], axis=axis), np.take(array, [length - 1], axis=axis)
    forwards, rounds = np.reshape(forwards, along), np.reshape(rounds, along).astype(array.dtype)
    return np.where(forwards, inner, 2 * last - inner) + 2 * rounds * (last - first)


define(np.pad, pad)
