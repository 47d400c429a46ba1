"""Ufuncs of every pair of elements: `np.add.outer(a, b)`.

It is the ufunc of `a`, with an axis of length one for each axis of `b`, and `b`: so are its partials.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import adcompiler.rules.elementwise
import adcompiler.rules.nondifferentiable
import adcompiler.rules.parts
import adcompiler.rules.powers
import adcompiler.rules.selection  # noqa: F401  (these five fill RULES)
from adcompiler.errors import UnknownTypeError
from adcompiler.ir.nodes import InferTypes
from adcompiler.ir.types import Type, Unranked
from adcompiler.rules.inference import UNKNOWN_SHAPE, value_type
from adcompiler.rules.table import RULES, nondifferentiable, vjp

Partial = Callable[..., Any] | None


def _outer_type(name: str) -> InferTypes:
    def infer(a: Type, b: Type) -> tuple[Type, ...]:
        operands = (replace(operand, kind="array", shape=(), weak=False) for operand in (a, b))
        (number,) = RULES[name].primitive.infer(*operands)
        if isinstance(a.shape, Unranked) or isinstance(b.shape, Unranked):
            return (Type("unknown", number.dtype, UNKNOWN_SHAPE),)
        return (value_type(number.dtype, a.shape + b.shape),)

    return infer


def _left(partial: Partial) -> tuple[Partial, Partial]:
    """Pullback and pushforward of the left operand from the partial of the ufunc."""
    if partial is None:
        return None, None

    def bar(g, y, a, b):
        rank = np.ndim(b)
        return np.sum(partial(g, y, _lifted(a, rank), b), axis=_axes(range(-rank, 0)))

    def dot(a_dot, y, a, b):
        rank = np.ndim(b)
        return partial(_lifted(a_dot, rank), y, _lifted(a, rank), b)

    return bar, dot


def _right(partial: Partial) -> tuple[Partial, Partial]:
    if partial is None:
        return None, None

    def bar(g, y, a, b):
        return np.sum(partial(g, y, _lifted(a, np.ndim(b)), b), axis=_axes(range(np.ndim(a))))

    def dot(b_dot, y, a, b):
        return partial(b_dot, y, _lifted(a, np.ndim(b)), b)

    return bar, dot


def _axes(places: range) -> int | tuple[int, ...]:
    return places[0] if len(places) == 1 else tuple(places)


def _lifted(a, count: int):
    return np.expand_dims(a, tuple(range(-count, 0))) if count else a


def _without_ranks(g, a, b):
    raise UnknownTypeError("which axes of an outer product are those of which operand is not known", hint="give types")


_SHAPES = (((2,), (3,)), ((2, 3), (4,)), ((), (3,)))
_POSITIVE = ((np.array([0.5, 2.0]), (3,)), (np.array([[0.5], [2.0]]), (3,)))
_WITH_ARRAYS = {
    "power": _POSITIVE,
    "float_power": _POSITIVE,
    "heaviside": ((np.array([0.0, 2.0]), (3,)),),
    "ldexp": (((2, 3), np.array([1, -2, 3])),),
    "copysign": (((2, 3), np.array([1.0, -2.0])),),
    "nextafter": (((2, 3), np.array([1.0, -2.0])),),
}

for rule in list(RULES.values()):
    ufunc, name = rule.function, rule.primitive.name
    if not isinstance(ufunc, np.ufunc) or (ufunc.nin, ufunc.nout) != (2, 1) or ufunc.signature is not None:
        continue
    points = _WITH_ARRAYS.get(name, _SHAPES)
    known: dict[str, Any] = {
        "infer": _outer_type(name),
        "name": f"{name}.outer",
        "spelling": f"np.{name}.outer",
        "signature": lambda a, b, /: None,
    }
    if rule.kind == "nondifferentiable":
        nondifferentiable(ufunc.outer, operands=2, **known)
        continue
    (left_bar, left_dot), (right_bar, right_dot) = _left(rule.pullbacks[0]), _right(rule.pullbacks[1])
    vjp(
        ufunc.outer,
        left_bar,
        right_bar,
        jvp=(left_dot, right_dot),
        at_run_time=[None if bar is None else _without_ranks for bar in (left_bar, right_bar)],
        at=points,
        **known,
    )
