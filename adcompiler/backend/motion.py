"""Motion: whether an expression means the same, and costs no more, where its value is used."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from adcompiler.analysis.liveness import Liveness
from adcompiler.analysis.positions import Block, Positions, Use, around
from adcompiler.analysis.sharing import Copies, Memory, Sharing
from adcompiler.ir.nodes import Value
from adcompiler.rules.structure import SHAPE_QUERIES


class Motion:
    """Questions about moving expressions of one program from where they stand to where they are used.

    `delayed` are values that get their variables at the end of their region, not where they are defined.
    """

    def __init__(self, positions: Positions, liveness: Liveness, delayed: Collection[Value] = ()) -> None:
        self._positions = positions
        self._liveness = liveness
        equations = list(positions.equations())
        updates = [equation for equation in equations if equation.primitive.updates]
        self._targets = [equation.inputs[0] for equation in updates]
        self._updated_at = [positions.of(equation).start for equation in updates]
        self._effects = [
            positions.of(e).start for e in equations if e.primitive.updates or (e.has_effect and not e.regions)
        ]
        """Where something happens that a handler could tell had not happened."""
        self._loops = [equation for equation in equations if equation.is_loop]
        self._looped_at = [positions.of(loop).start for loop in self._loops]
        self._definitions: dict[str, list[int]] = {}
        for value, number in positions.defined_at.items():
            if value.hint is not None and value not in delayed:
                self._definitions.setdefault(value.hint, []).append(number)

    @cached_property
    def _sharing(self) -> dict[Memory, Sharing]:
        """Asked for where something is updated on the way, which most programs do not do."""
        return {memory: Sharing(self._positions, Copies(), memory) for memory in Memory}

    def is_parameter(self, value: Value) -> bool:
        """Whether a value is a parameter of the program, which the caller keeps alive."""
        return value not in self._positions.definition and self._positions.block_of[value] is self._positions.program

    def is_there(self, value: Value, use: Use) -> bool:
        """Whether a value is live at a place anyway, or may as well be: a counter lasts as long as its round."""
        if self.is_parameter(value) or self._is_counter(value):
            return True
        last = max((other.number for other in self._positions.uses.get(value, ())), default=0)
        ends = [block.end for block in self._loops_between(value, use) if block.start <= last <= block.end]
        return use.number <= max([last, *ends])

    def _is_counter(self, value: Value) -> bool:
        block = self._positions.block_of[value]
        return block.owner is not None and value not in self._positions.definition and _is_integer(value)

    def may_move(self, value: Value, parts: Iterable[Value], use: Use, *, is_risky: bool = False) -> bool:
        """Whether the expression for `value`, made of `parts`, means the same at a use.

        No variable that it reads gets its next value in between, no array that it reads is updated, no part is kept
        alive through a loop for it, and if it may raise (`is_risky`), the same handlers see the same as before.
        """
        parts = tuple(parts)
        if is_risky and self._changes_what_is_caught(value, use):
            return False
        start = self._positions.defined_at[value]
        end = max([use.number, *(block.end for block in self._loops_between(value, use))])
        if any(_is_between(self._definitions.get(part.hint or "", ()), start, end) for part in parts):
            return False
        reads = self._positions.definition[value].primitive.name not in SHAPE_QUERIES
        for number in range(*_between(self._updated_at, start, end)):
            target = self._targets[number]
            memory = Memory.of(target.type)
            is_read = reads or memory is Memory.LISTS  # the shape of an array stays, the length of a list does not
            if target in parts or (is_read and any(self._sharing[memory].path(part, target) for part in parts)):
                return False
        for number in range(*_between(self._looped_at, start, end)):
            loop = self._loops[number]
            if self._positions.of(loop).end < end:
                live = self._liveness.after(loop)
                if not all(part in live or self.is_parameter(part) for part in parts):
                    return False
        return True

    def _changes_what_is_caught(self, value: Value, use: Use) -> bool:
        """Whether an exception would be caught elsewhere if it came from a use, or after something else happened."""
        home = self._positions.block_of[value]
        tried = [block for block in around(use.block) if block.role == "tried"]
        if any(not block.encloses(home) for block in tried):
            return True
        if not tried:
            return False
        start = self._positions.defined_at[value]
        return use.equation is None or _is_between(self._effects, start, use.number)

    def _loops_between(self, value: Value, use: Use) -> Iterator[Block]:
        """The loops around a use that the definition is outside of."""
        for block in around(use.block):
            if block.repeats and not block.encloses(self._positions.block_of[value]):
                yield block


def _between(places: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Which of some places, in order, lie between two: from one position in the list to before another."""
    return bisect_right(places, start), bisect_left(places, end)


def _is_between(places: Sequence[int], start: int, end: int) -> bool:
    """Whether one of some places, in order, lies between two."""
    first, last = _between(places, start, end)
    return first < last


def _is_integer(value: Value) -> bool:
    type = value.type
    return type.kind == "scalar" and type.weak and type.dtype == "int64"
