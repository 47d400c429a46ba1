"""What the adjoint of a region computes again of the primal, and where.

Some primal values follow from what the adjoint has anyway: from the index of the loop, from the shape of an array, and
from arrays that the backward sweep restores. The latter are there from a position on, hence so is what is read of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from adcompiler.analysis.versions import Versions, written_part
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Region, Value, free_values, walk
from adcompiler.ir.rewrite import copy_equations, definitions_in, substitute
from adcompiler.rules.structure import SHAPE_QUERIES

_FREE = SHAPE_QUERIES | frozenset(("range", "transpose", "reshape", "ravel", "getitem", "not", "item", "stop_gradient"))
"""What is computed again rather than kept where all its operands are at hand: queries, views, one element."""

_CHEAP = frozenset(
    ("add", "subtract", "multiply", "negative", "astype", "less", "less_equal", "greater", "greater_equal")
)
"""One rounding or comparison per element: computed again where its operands are kept anyway."""

_CHEAP_IN_LOOPS = _CHEAP | {"divide"}
"""The same of arrays with two axes or more in the body of a loop, which would be kept for every round.

What is kept is memory that is touched for the first time: for 16x64 elements, 0.9 µs, as long as a division takes. (Of
a vector as short as most are, an operation takes 0.3 µs, and keeping it 0.03.)
"""

_CHEAP_OF_NUMBERS = _CHEAP | {"floor_divide", "remainder", "equal", "not_equal", "power"}
"""Computed again of single numbers, up to `_MOST_OPERATIONS` of them, where those follow from what is at hand."""

_MOST_OPERATIONS = 4
"""An operation on numbers takes about as long as putting one on a tape and taking it off (30 and 50 ns)."""


class Recomputation:
    """A region's adjoint, with what it mentions of the primal put into its place.

    Parameters
    ----------
    parameters, forward
        Of the primal's region.
    at_hand : mapping
        Values of the primal that the adjoint has under another name wherever it runs.
    restored : mapping
        Versions of arrays that the adjoint restores, of the region's own and from outside.
    adjoint : Region
        Its equations have positions, from 0.
    changing : frozenset of Value
        Lists of which nothing can be read again.
    in_loop : bool
        Whether the region is the body of a loop.
    """

    def __init__(
        self,
        parameters: Sequence[Value],
        forward: Sequence[Equation],
        at_hand: Mapping[Value, Atom],
        restored: Mapping[Value, Atom],
        adjoint: Region,
        changing: frozenset[Value],
        *,
        in_loop: bool = False,
    ) -> None:
        self._changing = changing
        self._in_loop = in_loop
        self._definitions = definitions_in(forward)
        self._inside = dict.fromkeys((*parameters, *self._definitions))
        self._at_hand = at_hand
        self._adjoint = adjoint
        self._restored = restored
        self._first = _first_mentions(adjoint)
        defined = {v: n + 1 for n, equation in enumerate(adjoint.equations) for v in equation.outputs}
        self._ready = {
            version: defined.get(atom, 0) if isinstance(atom, Value) else 0 for version, atom in restored.items()
        }
        """The position from which on a value is there, or follows from what is."""
        self._readings: dict[Value, tuple[Equation, int]] = {}
        """How to read what was written to an array, and from which position on."""
        self._find_ready(forward)
        others = [equation for equation in forward if not any(v in restored for v in equation.outputs)]
        self._free = computable_for_nothing(self._inside, others, at_hand, changing)
        """What follows without anything that is restored."""
        self._again: dict[Value, int] = {}

    def _find_ready(self, forward: Sequence[Equation]) -> None:
        operations = dict.fromkeys((*self._at_hand, *self._ready), 0)
        self._ready |= dict.fromkeys(self._at_hand, 0)
        for equation in forward:
            values = self._operands(equation)
            if not equation.regions and all(value in self._ready for value in values):
                position = max((self._ready[value] for value in values), default=0)
                cost = _operations(equation, sum(operations[value] for value in values), self._changing)
                for output in equation.outputs:
                    if cost is not None and output not in self._ready:
                        self._ready[output], operations[output] = position, cost
            reading = written_part(equation) if equation.outputs and equation.outputs[0] in self._restored else None
            if reading is not None and all(value in self._ready for value in self._operands(reading)):
                self._readings[reading.outputs[0]] = reading, max(self._ready[v] for v in self._operands(reading))

    def _operands(self, equation: Equation) -> list[Value]:
        """The inputs that are not simply in scope."""
        return [
            atom
            for atom in equation.inputs
            if isinstance(atom, Value) and (atom in self._inside or atom in self._restored)
        ]

    def values_to_keep(self, *, in_scope: bool) -> tuple[Value, ...]:
        """Decide what is computed again; returns the rest of what the adjoint mentions, in order of definition.

        With `in_scope`, the adjoint is in the scope of the region, and computes again only what it reads of arrays
        that it restores.
        """
        kept: dict[Value, None] = {}
        for value in self._inside:
            if value not in self._first or value in self._at_hand:
                continue
            position = self._position_again(value, kept, in_scope=in_scope)
            if position is None:
                kept[value] = None
            elif value not in self._restored:
                self._again[value] = position
        return tuple(kept)

    def _position_again(self, value: Value, kept: Mapping[Value, None], *, in_scope: bool) -> int | None:
        """The position from which on it is right to compute a value again; None if it is to be kept."""
        first, never = self._first[value], self._first[value] + 1
        position = self._ready.get(value, never)
        if value in self._restored:
            return position if position <= first else None
        if position > first and value in self._readings and not in_scope:
            reading, position = self._readings[value]
            if position <= first:
                self._definitions[value] = reading
        if position > first and value in self._free:
            position = 0
        equation = self._definitions.get(value)
        if position > first and equation is not None and _is_cheap(equation, self._in_loop):
            operands = self._operands(equation)
            there = [0 if v in kept else self._again.get(v, self._ready.get(v, never)) for v in operands]
            position = max(there, default=0)
        if position > first or (in_scope and not position):
            return None
        return position

    def rewritten(self, mapping: dict[Value, Atom], names: NameSupply) -> Region:
        """The adjoint with what it computes again, and with what `mapping` has for the rest."""
        adjoint, inside = self._adjoint, self._inside
        mapping |= {v: atom for v, atom in self._restored.items() if v in inside and v not in mapping}
        copies = self._copies(mapping)
        arriving: dict[int, dict[Value, Atom]] = {}
        for version, atom in self._restored.items():
            if version not in inside:
                arriving.setdefault(self._ready[version], {})[version] = atom
        equations: list[Equation] = []
        for position in range(len(adjoint.equations) + 1):
            mapping |= arriving.get(position, {})
            again = [replace(equation, sweep="backward") for equation in copies.get(position, ())]
            equations += copy_equations(again, names, mapping)
            equations += substitute(Region((), adjoint.equations[position : position + 1], ()), mapping).equations
        results = substitute(Region((), (), adjoint.results), mapping).results
        return Region(adjoint.parameters, tuple(equations), results)

    def _copies(self, mapping: Mapping[Value, Atom]) -> dict[int, list[Equation]]:
        """The equations to compute again, by the position before which they come.

        What follows from what is at hand comes first of all; what is read of a restored array, where it is needed.
        """
        places: dict[Value, int] = {}

        def place(value: Value, position: int) -> None:
            earliest = self._again.get(value, self._ready.get(value, 0))
            if not earliest or self._is_reading(value):
                position = earliest
            if position < places.get(value, position + 1):
                places[value] = position
                for operand in self._operands(self._definitions[value]):
                    if operand not in mapping and operand in self._inside:
                        place(operand, position)

        for value in self._again:
            place(value, self._first[value])
        copies: dict[int, list[Equation]] = {}
        done: set[Value] = set()

        def write(value: Value) -> None:
            if value in done or value not in places:
                return
            done.add(value)
            for operand in self._operands(self._definitions[value]):
                write(operand)
            copies.setdefault(places[value], []).append(self._definitions[value])

        for value in sorted(places, key=list(self._inside).index):
            write(value)
        return copies

    def _is_reading(self, value: Value) -> bool:
        return value in self._readings and self._definitions[value] is self._readings[value][0]


def arrays_behind(program: Program, versions: Versions) -> dict[Value, frozenset[Value]]:
    """For values that could be computed again if arrays were restored: these arrays."""
    behind: dict[Value, set[Value]] = {value: {array} for value, array in versions.arrays.items()}
    for equation in walk(program.body):
        if equation.primitive.name in _FREE | _CHEAP_OF_NUMBERS:
            values = [atom for atom in equation.inputs if isinstance(atom, Value)]
            found = {array for value in values for array in behind.get(value, ())}
            for output in equation.outputs if found else ():
                behind.setdefault(output, set()).update(found)
        elif equation.outputs and equation.outputs[0] in versions.arrays and (read := written_part(equation)):
            behind.setdefault(read.outputs[0], set()).add(versions.arrays[equation.outputs[0]])
    return {value: frozenset(arrays) for value, arrays in behind.items()}


def _first_mentions(region: Region) -> dict[Value, int]:
    """The position of the first equation that mentions a value, or whose regions do; results come after all."""
    first: dict[Value, int] = {}
    for position, equation in enumerate(region.equations):
        for atom in equation.inputs:
            if isinstance(atom, Value):
                first.setdefault(atom, position)
        for inner in equation.regions:
            for value in free_values(inner):
                first.setdefault(value, position)
    for atom in region.results:
        if isinstance(atom, Value):
            first.setdefault(atom, len(region.equations))
    return first


def computable_for_nothing(
    inside: Iterable[Value], forward: Sequence[Equation], at_hand: Mapping[Value, Atom], changing: frozenset[Value]
) -> frozenset[Value]:
    """Values that follow from what the adjoint has anyway by queries, views and a few operations on numbers."""
    inside = set(inside)
    operations: dict[Value, int] = dict.fromkeys(at_hand, 0)
    for equation in forward:
        values = [atom for atom in equation.inputs if isinstance(atom, Value) and atom in inside]
        if equation.regions or not all(value in operations for value in values):
            continue
        count = _operations(equation, sum(operations[value] for value in values), changing)
        if count is not None:
            operations.update(dict.fromkeys(equation.outputs, count))
    return frozenset(value for value in operations if value not in at_hand)


def _operations(equation: Equation, before: int, changing: frozenset[Value]) -> int | None:
    """How many operations on numbers it takes to compute an equation again, if that is possible, and worth it."""
    if not changing.isdisjoint(equation.inputs):
        return None
    if equation.primitive.name in _FREE:
        return before
    return before + 1 if _is_cheap_of_numbers(equation) and before < _MOST_OPERATIONS else None


def _is_cheap_of_numbers(equation: Equation) -> bool:
    if equation.primitive.name not in _CHEAP_OF_NUMBERS or any(v.type.kind != "scalar" for v in equation.outputs):
        return False
    return equation.primitive.name != "power" or equation.inputs[1] in (Literal(2), Literal(3))


def _is_cheap(equation: Equation, in_loop: bool) -> bool:
    name = equation.primitive.name
    if in_loop and name in _CHEAP_IN_LOOPS:
        return name in _CHEAP or (equation.outputs[0].type.rank or 0) > 1
    return name in _CHEAP or name in SHAPE_QUERIES
