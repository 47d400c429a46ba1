"""What a rule's backward step needs, observed: the pullback is run once on symbolic values, and looked at.

An operand of which only the shape is needed is not kept, and may be overwritten before the backward sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import Atom, Equation, Value
from adcompiler.ir.types import array
from adcompiler.rules.rule import Rule
from adcompiler.rules.symbolic import Symbolic
from adcompiler.tensors.node import Layout

_VALUES_NEEDED = {
    **dict.fromkeys(("shape", "size", "ndim", "len", "axis_length", "zeros_like", "ones_like"), ()),
    "cast_like": (0,),
}
"""Primitives that need the values of some inputs only, with the positions of these."""


def residuals(
    rule: Rule,
    number: int,
    result: Layout | tuple[Layout, ...],
    operands: tuple[Any, ...],
    static: Mapping[str, Any],
) -> frozenset[int]:
    """The operands whose values the pullback for operand `number` needs; -1 for the result, -1, -2, … for several."""
    if rule.pullback(number) is None:
        return frozenset()
    layouts = tuple(map(_key, operands))
    parameters = repr(sorted(static.items())) if static else ""
    question = _Question(rule, number, result, layouts, parameters)
    known = _known.get(question)
    if known is None:
        known = _known[question] = _observe(question, operands, static)
        if len(_known) > _MOST_KNOWN:
            _known.clear()
    return known


class _Question(NamedTuple):
    rule: Rule
    number: int
    result: Layout | tuple[Layout, ...]
    operands: tuple[object, ...]
    static: str


def _key(operand: object) -> object:
    """What a rule's behaviour may depend on: the layout of an array, the value of a constant."""
    if isinstance(operand, np.ndarray):
        return Layout(operand.shape, operand.dtype)
    return operand if isinstance(operand, (int, float, complex, str)) else repr(operand)


_MOST_KNOWN = 4096
_known: dict[_Question, frozenset[int]] = {}


def _observe(question: _Question, operands: tuple[Any, ...], static: Mapping[str, Any]) -> frozenset[int]:
    builder = Builder(NameSupply())

    def symbolic(layout: Layout) -> Symbolic:
        return Symbolic(builder.value(array(layout.dtype.name, layout.shape)), builder)

    several = not isinstance(question.result, Layout)
    layouts = (question.result,) if isinstance(question.result, Layout) else question.result
    cotangents, results = (tuple(map(symbolic, layouts)) for _ in range(2))
    g, y = (cotangents, results) if several else (cotangents[0], results[0])
    stand_ins = [
        symbolic(layout) if isinstance(layout, Layout) else operand
        for operand, layout in zip(operands, question.operands, strict=True)
    ]
    pullback = question.rule.pullback(question.number)
    assert pullback is not None
    try:
        bar = pullback(g, y, *stand_ins, **static)
    except Exception:  # a rule that looks at values cannot run on symbols: it needs them all
        return frozenset(range(-len(results), len(operands)))
    used = _mentioned(bar, builder.equations)
    return frozenset(
        position
        for position, stand_in in (
            *((-1 - number, result) for number, result in enumerate(results)),
            *enumerate(stand_ins),
        )
        if isinstance(stand_in, Symbolic) and stand_in.atom in used
    )


def _mentioned(bar: Any, equations: tuple[Equation, ...]) -> set[Atom]:
    """The values `bar` depends on by more than their shape."""
    used: set[Atom] = {bar.atom} if isinstance(bar, Symbolic) else set()
    for equation in reversed(equations):
        if used.isdisjoint(equation.outputs):
            continue
        positions = _VALUES_NEEDED.get(equation.primitive.name, range(len(equation.inputs)))
        used.update(atom for atom in map(equation.inputs.__getitem__, positions) if isinstance(atom, Value))
    return used
