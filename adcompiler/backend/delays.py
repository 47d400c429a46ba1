"""Delays: values that are computed at the end of an iteration or branch, where their variable may take them.

In `a, b = b, a + b` the sum is yielded for `b`, which is still read after the sum is computed. Written where it is
computed, it would need a name of its own; written at the end, with everything else that is yielded, it needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adcompiler.analysis.liveness import Liveness
from adcompiler.analysis.positions import Block, Positions, around
from adcompiler.ir.nodes import Value
from adcompiler.ir.raising import may_raise


def find_delayed(positions: Positions, liveness: Liveness) -> set[Value]:
    """The values that would be better computed where their region yields them."""
    delayed: set[Value] = set()
    namesakes: dict[str | None, int] = {}
    for value, bit in liveness.numbering.bits.items():
        namesakes[value.hint] = namesakes.get(value.hint, 0) | bit

    def has_rival(value: Value) -> bool:
        """Whether another value that asks for the same name is alive when this one is computed."""
        alive = liveness.after(positions.definition[value]).bits & ~liveness.numbering.bit(value)
        return bool(alive & namesakes.get(value.hint, 0))

    for block in positions.blocks.values():
        if block.parent is not None:
            delayed |= _delayed_in(block, positions, has_rival)
    return delayed


def _delayed_in(block: Block, positions: Positions, has_rival: Callable[[Value], bool]) -> set[Value]:
    yielded = [atom for atom in block.region.results if isinstance(atom, Value)]
    candidates = [value for value in yielded if _may_wait(value, block, positions)]
    delayed: set[Value] = set()
    while True:
        read_late = {part.hint for value in delayed for part in _parts(value, block, positions)}
        found = {value for value in candidates if value.hint in read_late or has_rival(value)}
        if found <= delayed:
            return delayed
        delayed |= found


def _may_wait(value: Value, block: Block, positions: Positions) -> bool:
    """Whether a value has a name, is only yielded, and comes from an equation that is written as an expression."""
    definition = positions.definition.get(value)
    if definition is None or positions.block_of[value] is not block or value.hint is None:
        return False
    if may_raise(definition) and any(inner.role == "tried" for inner in around(block)):
        return False
    is_expression = not (definition.regions or definition.primitive.updates or definition.has_effect)
    return is_expression and len(positions.uses[value]) == 1


def _parts(value: Value, block: Block, positions: Positions) -> Iterator[Value]:
    """What the expression for a value reads, if its unnamed parts are nested."""
    for atom in positions.definition[value].inputs:
        if not isinstance(atom, Value):
            continue
        is_nested = atom.hint is None and len(positions.uses[atom]) == 1 and positions.block_of[atom] is block
        if is_nested and atom in positions.definition:
            yield from _parts(atom, block, positions)
        else:
            yield atom
