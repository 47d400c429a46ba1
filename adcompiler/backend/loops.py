"""Loop headers: what a `for` runs over, and the targets that its elements are bound to."""

from __future__ import annotations

from collections.abc import Mapping

import gast

from adcompiler.analysis.liveness import Liveness
from adcompiler.backend import syntax
from adcompiler.backend.expressions import Expressions
from adcompiler.backend.nesting import Nesting, is_taken_apart
from adcompiler.ir.nodes import Atom, Equation, Literal, Value
from adcompiler.rules.indexing import REVERSED


def loop_header(
    loop: Equation, nesting: Nesting, liveness: Liveness, names: Mapping[Value, str], expressions: Expressions
) -> tuple[gast.expr, gast.expr]:
    """The target and the iterable of a `for`: `i, x` and `enumerate(A)`."""
    (body,) = loop.regions
    count = loop.parameters["sequences"]
    live = liveness.at_entry(body)
    elements = [(element, _target(element, nesting, names, element in live)) for element in body.parameters[:count]]
    pairs = [(sequence, target) for sequence, (_, target) in zip(loop.inputs, elements, strict=False)]
    used = [pair for pair in pairs if pair[1] is not None] or pairs[:1]
    backwards = bool(loop.parameters.get("reverse"))
    targets = [target or syntax.store("_") for _, target in used]
    sequences = [sequence for sequence, _ in used]
    if len(used) == 1:
        backwards = backwards and used[0][1] is not None  # how often it runs does not depend on the direction
        return targets[0], _iterated(sequences[0], backwards, expressions, any_order=used[0][1] is None)
    target = gast.Tuple(targets, gast.Store())
    if len(used) == 2 and not backwards and _counts(sequences[0], sequences[1], nesting):
        return target, syntax.call(expressions.function("enumerate"), [expressions(sequences[1])])
    iterated = [_iterated(sequence, backwards, expressions) for sequence in sequences]
    return target, syntax.call(expressions.function("zip"), iterated)


def _target(element: Value, nesting: Nesting, names: Mapping[Value, str], is_live: bool) -> gast.expr | None:
    """A variable, a pattern that takes the element apart, or None where nobody needs it."""
    if is_taken_apart(element, nesting.positions):
        return pattern(element, nesting, names) if nesting.positions.uses.get(element) else None
    return syntax.store(names[element]) if is_live else None


def pattern(whole: Value, nesting: Nesting, names: Mapping[Value, str]) -> gast.expr:
    """The target that takes a tuple apart: `y, t`."""
    items: dict[int, str] = {}
    for use in nesting.positions.uses[whole]:
        assert use.equation is not None
        items[use.equation.parameters["index"]] = names[use.equation.outputs[0]]
    parts = [syntax.store(items.get(index, "_")) for index in range(len(whole.type.elements))]
    return gast.Tuple(parts, gast.Store())


def _iterated(sequence: Atom, backwards: bool, expressions: Expressions, *, any_order: bool = False) -> gast.expr:
    made = expressions.nested(sequence)
    is_mirrored = made is not None and made.primitive.name == "getitem" and made.parameters["index"] == REVERSED
    if made is not None and is_mirrored and (backwards or any_order):
        return expressions(made.inputs[0])
    iterated = expressions(sequence)
    return syntax.call(expressions.function("reversed"), [iterated]) if backwards else iterated


def _counts(numbers: Atom, sequence: Atom, nesting: Nesting) -> bool:
    """Whether `numbers` is `range(len(sequence))`."""
    if not isinstance(numbers, Value) or (equation := nesting.definition(numbers)) is None:
        return False
    if equation.primitive.name != "range" or equation.inputs[0] != Literal(0) or equation.inputs[2] != Literal(1):
        return False
    stop = equation.inputs[1]
    length = nesting.positions.definition.get(stop) if isinstance(stop, Value) else None
    if length is None or length.inputs[0] != sequence:
        return False
    return length.primitive.name == "len" or (length.primitive.name == "axis_length" and length.parameters["axis"] == 0)
