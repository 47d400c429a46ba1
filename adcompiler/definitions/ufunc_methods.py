"""Methods of ufuncs: `np.add.reduce(x)`, `np.multiply.accumulate(x)`, `np.hypot.reduce(x)`.

Those that NumPy has a function for mean that function; the others, what the ufunc does with one row after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.definitions.table import define


def _along_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that a method is, but for the axis, which is the first unless it is given."""

    def method(array, axis=0, **keywords):
        return function(array, axis=axis, **keywords)

    return method


def _reduce(ufunc: np.ufunc) -> Callable[..., Any]:
    def reduce(array, axis=0, keepdims=False, initial=None):
        if axis is None:
            array, axis = np.ravel(array), 0
        rows = np.moveaxis(array, axis, 0)
        total = rows[0] if initial is None else ufunc(initial, rows[0])
        for row in rows[1:]:
            total = ufunc(total, row)
        return np.expand_dims(total, axis) if keepdims else total

    return reduce


def _accumulate(ufunc: np.ufunc) -> Callable[..., Any]:
    def accumulate(array, axis=0):
        rows = np.moveaxis(array, axis, 0)
        totals = [rows[0]]
        for row in rows[1:]:
            totals.append(ufunc(totals[-1], row))
        return np.stack(totals, axis=axis)

    return accumulate


def _reduceat(ufunc: np.ufunc) -> Callable[..., Any]:
    def reduceat(array, indices, axis=0):
        rows = np.moveaxis(array, axis, 0)
        totals = []
        for part in range(len(indices)):
            stop = indices[part + 1] if part + 1 < len(indices) else len(rows)
            total = rows[indices[part]]
            for place in range(indices[part] + 1, stop):
                total = ufunc(total, rows[place])
            totals.append(total)
        return np.stack(totals, axis=axis)

    return reduceat


def _at(ufunc: np.ufunc) -> Callable[..., Any]:
    def at(a, indices, b):
        values = np.broadcast_to(b, np.shape(a[indices]))
        for number in range(len(indices)):
            a[indices[number]] = ufunc(a[indices[number]], values[number])

    return at


_AT = (((3,),), ((2, 3),), ((2, 3), {"axis": -1}))

_REDUCE: dict[np.ufunc, Callable[..., Any]] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.fmax: np.nanmax,
    np.fmin: np.nanmin,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATE: dict[np.ufunc, Callable[..., Any]] = {np.add: np.cumsum, np.multiply: np.cumprod}

for _ufunc, _function in _REDUCE.items():
    define(_ufunc.reduce, _along_first(_function), spelling=f"np.{_ufunc.__name__}.reduce", at=_AT)
for _ufunc, _function in _ACCUMULATE.items():
    define(_ufunc.accumulate, _along_first(_function), spelling=f"np.{_ufunc.__name__}.accumulate", at=_AT)

_ROW_BY_ROW = (
    *(np.subtract, np.divide, np.power, np.float_power, np.hypot, np.fmax, np.fmin, np.logaddexp, np.logaddexp2),
    *(np.fmod, np.remainder, np.arctan2, np.copysign),
)
_WITH_A_REDUCTION = {*_REDUCE, np.logaddexp, np.logaddexp2}

for _ufunc in (*_ROW_BY_ROW, np.multiply, np.maximum, np.minimum):
    _name = f"np.{_ufunc.__name__}"
    if _ufunc not in _WITH_A_REDUCTION:
        define(_ufunc.reduce, _reduce(_ufunc), spelling=f"{_name}.reduce")
    if _ufunc in _ROW_BY_ROW:
        define(_ufunc.accumulate, _accumulate(_ufunc), spelling=f"{_name}.accumulate")
    define(_ufunc.reduceat, _reduceat(_ufunc), spelling=f"{_name}.reduceat")
    define(_ufunc.at, _at(_ufunc), spelling=f"{_name}.at")
