"""Ownership: where arrays must be copied so that every update can happen in place.

`A1 = setitem(A0, v)` may write into the memory of `A0` if nothing that is still needed can see it: not the caller,
not another live value. `find_copies` looks for reasons why somebody could (see `sharing`) and removes each by a copy:
outside of loops where that is possible, of a part rather than of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from adcompiler.analysis.liveness import Liveness
from adcompiler.analysis.positions import Positions
from adcompiler.analysis.sharing import (
    Copies,
    Copy,
    Cut,
    Flow,
    Foreign,
    Memory,
    OperandCopy,
    ResultCopy,
    Sharing,
    YieldCopy,
    has_memory,
)
from adcompiler.ir.nodes import Atom, Equation, Value

_ACCUMULATING = ("add", "subtract")


def find_copies(positions: Positions, liveness: Liveness, *, own_results: bool = False) -> Copies:
    """Decide what to copy so that every update can happen in place, and that no result is somebody else's array.

    With `own_results`, that holds of every result, and not of cotangents only.

    One pass suffices: deciding on a copy, or against accumulating in place, only takes reasons away. A copy that was
    decided on early may have become needless by later ones.
    """
    decided = Copies()
    updates = [e for e in positions.equations() if e.primitive.updates or _may_accumulate(e, positions)]
    decided.in_place = {equation.outputs[0]: None for equation in updates if not equation.primitive.updates}
    sharing = {memory: Sharing(positions, decided, memory) for memory in Memory}

    def settle() -> None:
        for equation in updates:
            memory = Memory.of(equation.inputs[0].type)
            _Update(equation, positions, sharing[memory], decided).settle(liveness)
        _own_results(positions, sharing[Memory.ARRAYS], decided, every=own_results)

    settle()
    _drop_needless(decided, settle)
    return decided


_MOST_TRIED = 12
"""Of more copies in loops the rest is not tried to be dropped: each costs as much as deciding on all."""


def _drop_needless(decided: Copies, settle: Callable[[], None]) -> None:
    """Drop copies in loops without which nothing else has to be copied."""
    if len(decided.repeated) < 2:
        return
    for copy in list(decided.repeated)[:_MOST_TRIED]:
        before = replace(decided, copies=dict(decided.copies), in_place=dict(decided.in_place))
        del decided.copies[copy]
        settle()
        if decided.copies.keys() != before.copies.keys() - {copy} or decided.in_place != before.in_place:
            decided.copies, decided.in_place = before.copies, before.in_place


def _may_accumulate(equation: Equation, positions: Positions) -> bool:
    """Whether this is `x_bar = x_bar + …` of an array that keeps its dtype and shape."""
    if equation.primitive.name not in _ACCUMULATING or not isinstance(target := equation.inputs[0], Value):
        return False
    old, new = target.type, equation.outputs[0].type
    same = old.kind == new.kind == "array" and old.shape == new.shape and old.dtype == new.dtype is not None
    return same and (hint := equation.outputs[0].hint) is not None and hint == _variable(target, positions)


def _variable(value: Value, positions: Positions) -> str | None:
    """The variable that a value is asked to be in: after an update in place, the one that was updated."""
    definition = positions.definition.get(value)
    while value.hint is None and definition is not None and definition.primitive.updates:
        target = definition.inputs[0]
        assert isinstance(target, Value)
        value, definition = target, positions.definition.get(target)
    return value.hint


class _Update:
    """An update, and what is decided so that it can happen in place."""

    def __init__(self, equation: Equation, positions: Positions, sharing: Sharing, decided: Copies) -> None:
        self._equation = equation
        self._position = positions.of(equation)
        self._positions = positions
        self._sharing = sharing
        self._decided = decided
        self._is_optional = not equation.primitive.updates
        self._of_target = Cut(OperandCopy(self._position.start, 0), self._position.block.loops, 2)

    @property
    def _is_settled(self) -> bool:
        if self._is_optional:
            return self._equation.outputs[0] not in self._decided.in_place
        return self._of_target.copy in self._decided.copies

    def settle(self, liveness: Liveness) -> None:
        """Remove every reason why the update would be seen by somebody else."""
        live = liveness.after(self._equation)
        target, *operands = self._equation.inputs
        if target in live:
            self._prevent([])
        self._keep_from(Foreign.CALLER)
        seen = [value for value in self._sharing.suspects(target, live) if value not in self._equation.outputs]
        for value in sorted(seen, key=lambda value: self._positions.defined_at[value]):
            self._keep_from(value)
        if self._equation.primitive.name.startswith("additem"):  # `np.add.at` must not read what it writes
            self._keep_from(operands[0])
        elif self._equation.primitive.name.startswith("add_at_"):
            for operand in operands:
                self._keep_from(operand)

    def _keep_from(self, other: Atom | Foreign) -> None:
        """Make sure that the target does not share memory with something."""
        while not self._is_settled and (flows := self._sharing.path(self._equation.inputs[0], other)) is not None:
            self._prevent(flows)

    def _prevent(self, flows: list[Flow]) -> None:
        """Decide on one copy, or against accumulating in place."""
        if self._is_optional:
            self._decided.in_place.pop(self._equation.outputs[0], None)
            return
        cuts = [self._of_target, *(cut for flow in flows for cut in flow.cuts)]
        chosen = min(cuts, key=lambda cut: (cut.loops, cut.rank))
        self._decided.copies[chosen.copy] = None
        if chosen.loops:
            self._decided.repeated[chosen.copy] = None


def _own_results(positions: Positions, sharing: Sharing, decided: Copies, *, every: bool) -> None:
    """Copy cotangents that are the caller's memory, or that are returned twice.

    What the primal returns is returned as the primal returns it, unless `every` result is to be owned.
    """
    returned = list(returned_arrays(positions))
    for number, (value, place, is_cotangent) in enumerate(returned):
        if not (is_cotangent or every):
            continue
        while place not in decided.copies and (flows := sharing.path(value, Foreign.CALLER)) is not None:
            decided.copies[_copy_where_made(value, flows) or place] = None
        for other, other_place, _ in (*returned[:number], *(r for r in returned[number:] if not (r[2] or every))):
            apart = place in decided.copies or other_place in decided.copies
            if not apart and sharing.path(value, other) is not None:
                decided.copies[place] = None


def _copy_where_made(value: Value, flows: list[Flow]) -> Copy | None:
    """The copy of a view where it is made: of the returned value itself, or of a number that is broadcast."""
    made = [cut for flow in flows for cut in flow.cuts if cut.loops == 0 and isinstance(cut.copy, ResultCopy)]
    chosen = [cut.copy for cut in made if cut.rank < 0 or cut.copy == ResultCopy(value)]
    return chosen[-1] if chosen else None


def returned_arrays(positions: Positions) -> Iterator[tuple[Value, Copy, bool]]:
    """The arrays that the program returns, with the copy that would own each, and whether it is a cotangent."""

    def visit(atom: Atom, place: Copy) -> Iterator[tuple[Value, Copy, bool]]:
        if not isinstance(atom, Value) or not has_memory(atom.type) or atom.type.kind == "residuals":
            return
        definition = positions.definition.get(atom)
        if definition is not None and definition.primitive.name == "make_tuple":
            for index, item in enumerate(definition.inputs):
                yield from visit(item, OperandCopy(positions.of(definition).start, index))
        elif atom.type.is_numeric:
            is_seed = definition is None and (atom.hint or atom.name).endswith("_bar")
            is_made = definition is not None and definition.sweep != "forward"  # a loop over blocks is of both sweeps
            yield atom, place, is_seed or is_made

    top = positions.program
    for index, atom in enumerate(top.region.results):
        yield from visit(atom, YieldCopy(top.start, index))
