"""Loops over blocks of rows: which equations go into which, and whether that is worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from adcompiler.analysis.rows import Treatment, is_view, rows_of, shape_source, treatment
from adcompiler.ir.dims import Dim
from adcompiler.ir.nodes import Atom, Equation, Value, free_values
from adcompiler.ir.rewrite import definitions_in
from adcompiler.ir.types import Type

IsLarge = Callable[[Type], bool]
"""Whether an array of a type is larger than the cache."""

LEAST_SAVED = 3
"""Arrays that a loop must avoid to be worth its code: with fewer it gained nothing that could be measured."""


def mentioned(equation: Equation) -> list[Value]:
    """The values that an equation mentions, in its regions too."""
    values = [atom for atom in equation.inputs if isinstance(atom, Value)]
    for region in equation.regions:
        values += free_values(region)
    return values


@dataclass
class RowPlan:
    """Which equations are computed by rows, and when: in the loop with this number, or before it.

    What needs a sum over all rows that one loop makes comes after that loop; what it computes by rows, in a later one.
    """

    given: list[Equation]
    used: frozenset[Value]
    """What is mentioned after these equations."""
    count: Dim
    whole: set[int] = field(default_factory=set)
    """Equations that could be computed by rows, but not with enough others to be worth it."""
    treatments: dict[int, Treatment] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    stored: set[Value] = field(default_factory=set)
    """Values computed by rows that are needed whole, or in another loop."""

    def __post_init__(self) -> None:
        self.definitions = definitions_in(self.given)
        self.needed: set[int] = set()
        self.number_of = {output: number for number, each in enumerate(self.given) for output in each.outputs}

    def settle(self, is_large: IsLarge) -> bool:
        """Find the loops that are worth it; whether there are any."""
        possible = {}
        for number, equation in enumerate(self.given):
            found = treatment(equation, self.count, self.definitions)
            if found is not None:
                possible[number] = found
        while True:
            self.treatments = {number: found for number, found in possible.items() if number not in self.whole}
            if not self.treatments:
                return False
            self._level()
            loops = self.loops()
            poor = {number for loop in loops.values() if not self._is_worth_it(loop) for number in loop}
            poor |= {number for number in self.treatments if self._is_at_hand(number)}
            if not poor:
                return any(is_large(type) for type in self.widest())
            self.whole |= poor

    def loops(self) -> dict[int, list[int]]:
        """The equations of each loop, by its number."""
        found: dict[int, list[int]] = {}
        for number in self.treatments:
            found.setdefault(self.levels[number], []).append(number)
        return dict(sorted(found.items()))

    def widest(self) -> list[Type]:
        """The types with most axes among what is computed by rows."""
        types = {self.given[number].outputs[0].type: None for number in self.treatments if self.has_rows(number)}
        for number in self.treatments:
            for position in self.treatments[number].by_rows:
                if position != self.treatments[number].turned:
                    types[self.given[number].inputs[position].type] = None
        rank = max(type.rank or 0 for type in types if rows_of(type) == self.count)
        return [type for type in types if rows_of(type) == self.count and type.rank == rank]

    def has_rows(self, number: int) -> bool:
        """Whether an equation is computed by rows and has a result with rows."""
        return number in self.treatments and not self.treatments[number].combined

    def in_rows(self, value: Atom) -> bool:
        """Whether a value is computed by rows."""
        return isinstance(value, Value) and value in self.number_of and self.has_rows(self.number_of[value])

    def row_inputs(self, number: int) -> list[Value]:
        """The values of which an equation takes some rows: of a shape, what it is the shape of."""
        equation = self.given[number]
        source = shape_source(equation, self.definitions)
        found = []
        for position in sorted(self.treatments[number].by_rows - {self.treatments[number].numbered}):
            atom = equation.inputs[position]
            if position == self.treatments[number].turned and isinstance(atom, Value):
                atom = self.definitions[atom].inputs[0]
            is_shape = source is not None and atom.type.kind == "tuple"
            found.append(source if is_shape and source is not None else atom)
        return [atom for atom in found if isinstance(atom, Value)]

    def whole_inputs(self, number: int) -> list[Value]:
        """The values that an equation needs whole."""
        equation = self.given[number]
        if number not in self.treatments:
            return mentioned(equation)
        by_rows = self.treatments[number].by_rows
        inputs = [atom for position, atom in enumerate(equation.inputs) if position not in by_rows]
        return [atom for atom in inputs if isinstance(atom, Value)]

    def _level(self) -> None:
        self.levels = {}
        for number in range(len(self.given)):
            level = 0
            if number in self.treatments:
                for value in self.row_inputs(number):
                    level = max(level, self._level_of(value, by_rows=True))
            for value in self.whole_inputs(number):
                level = max(level, self._level_of(value, by_rows=False))
            self.levels[number] = level
        self._sink()
        self._find_needed()
        self.stored = {value for value in self.used if self.in_rows(value)}
        for number in self.needed:
            self.stored.update(value for value in self.whole_inputs(number) if self.in_rows(value))
            if number in self.treatments:
                for value in self.row_inputs(number):
                    if self.in_rows(value) and self.levels[self.number_of[value]] != self.levels[number]:
                        self.stored.add(value)

    def _find_needed(self) -> None:
        """What is still asked for: shapes and numbers of rows are those of a block."""
        self.needed = set()
        used = set(self.used)
        for number in reversed(range(len(self.given))):
            if used.isdisjoint(self.given[number].outputs):
                continue
            self.needed.add(number)
            used.update(self.whole_inputs(number))
            if number in self.treatments:
                used.update(self.row_inputs(number))

    def _level_of(self, value: Value, *, by_rows: bool) -> int:
        """From which loop on a value is there; whole, it is there before that loop."""
        number = self.number_of.get(value)
        if number is None:
            return 0
        if number in self.treatments and (self.treatments[number].combined or not by_rows):
            return self.levels[number] + 1
        return self.levels[number]

    def _sink(self) -> None:
        """Compute from whole arrays what only a later loop needs in that loop."""
        first_use: dict[Value, int] = {}
        for number in reversed(range(len(self.given))):
            output = self.given[number].outputs[0] if self.given[number].outputs else None
            if self.has_rows(number) and output in first_use and output not in self.used:
                level = first_use[output]
                if level > self.levels[number] and not any(map(self.in_rows, self.row_inputs(number))):
                    self.levels[number] = level
            for value in self.whole_inputs(number):
                first_use[value] = -1
            if number in self.treatments:
                for value in self.row_inputs(number):
                    first_use[value] = min(first_use.get(value, self.levels[number]), self.levels[number])

    def _is_at_hand(self, number: int) -> bool:
        """Whether this is needed whole, and whole is but a view of what is there, or zeros."""
        equation = self.given[number]
        if not self.has_rows(number) or equation.outputs[0] not in self.stored:
            return False
        costs_nothing = is_view(equation) or shape_source(equation, self.definitions) is not None
        return costs_nothing and not any(map(self.in_rows, self.row_inputs(number)))

    def _is_worth_it(self, loop: list[int]) -> bool:
        made = [self.given[number] for number in loop if self.has_rows(number)]
        saved = sum(equation.outputs[0] not in self.stored and not is_view(equation) for equation in made)
        return saved >= max(LEAST_SAVED, sum(equation.outputs[0] in self.stored for equation in made))
