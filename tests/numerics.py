"""Numerical derivatives for the tests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np


def central_difference(
    function: Callable[..., Any], arguments: tuple[Any, ...], position: int, step: float = 1e-6
) -> Any:
    """The gradient of a scalar function for one argument, element by element; arguments are copied for each call."""
    base = np.asarray(arguments[position], dtype=float)
    gradient = np.zeros(base.shape)
    for index in np.ndindex(base.shape):
        values = []
        for shift in (step, -step):
            moved = base.copy()
            moved[index] += shift
            varied = copy.deepcopy(list(arguments))
            is_array = isinstance(arguments[position], np.ndarray)
            varied[position] = moved if is_array else type(arguments[position])(moved)
            values.append(float(function(*varied)))
        gradient[index] = (values[0] - values[1]) / (2 * step)
    return gradient


def floating_positions(arguments: tuple[Any, ...]) -> tuple[int, ...]:
    """The arguments that can be differentiated for."""
    return tuple(
        position
        for position, argument in enumerate(arguments)
        if not isinstance(argument, bool | int | str | None) and np.asarray(argument).dtype.kind == "f"
    )
