"""Ufuncs of every pair of elements: `np.add.outer(a, b)`.

It is the ufunc of `a`, with an axis of length one for each axis of `b`, and `b`: so are its partials.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import adcompiler.rules.elementwise
import adcompiler.rules.powers
import adcompiler.rules.selection  # noqa: F401  (these three fill RULES)
from adcompiler.errors import UnknownTypeError
from adcompiler.ir.nodes import InferTypes
from adcompiler.ir.types import Type, Unranked
from adcompiler.rules.inference import UNKNOWN_SHAPE, value_type
from adcompiler.rules.table import RULES, vjp


def _outer_type(name: str) -> InferTypes:
    def infer(a: Type, b: Type) -> tuple[Type, ...]:
        operands = (replace(operand, kind="array", shape=(), weak=False) for operand in (a, b))
        (number,) = RULES[name].primitive.infer(*operands)
        if isinstance(a.shape, Unranked) or isinstance(b.shape, Unranked):
            return (Type("unknown", number.dtype, UNKNOWN_SHAPE),)
        return (value_type(number.dtype, a.shape + b.shape),)

    return infer


def _bars(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The partials of the ufunc, summed over the axes of the other operand."""
    left, right = RULES[name].pullbacks
    assert left is not None
    assert right is not None

    def left_bar(g, y, a, b):
        ranks = np.ndim(a), np.ndim(b)
        return np.sum(left(g, y, _lifted(a, ranks[1]), b), axis=_axes(range(-ranks[1], 0)))

    def right_bar(g, y, a, b):
        ranks = np.ndim(a), np.ndim(b)
        return np.sum(right(g, y, _lifted(a, ranks[1]), b), axis=_axes(range(ranks[0])))

    return left_bar, right_bar


def _axes(places: range) -> int | tuple[int, ...]:
    return places[0] if len(places) == 1 else tuple(places)


def _lifted(a, count: int):
    return np.expand_dims(a, tuple(range(-count, 0))) if count else a


def _without_ranks(g, a, b):
    raise UnknownTypeError("which axes of an outer product are those of which operand is not known", hint="give types")


for ufunc in (np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum):
    name = ufunc.__name__
    vjp(
        ufunc.outer,
        *_bars(name),
        at_run_time=(_without_ranks, _without_ranks),
        infer=_outer_type(name),
        name=f"{name}.outer",
        spelling=f"np.{name}.outer",
        signature=lambda a, b, /: None,
        at=(((2,), (3,)), ((2, 3), (4,)), ((), (3,))) if ufunc is not np.power else ((np.array([0.5, 2.0]), (3,)),),
    )
