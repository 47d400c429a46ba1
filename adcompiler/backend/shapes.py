"""Shape queries, moved to where they keep no array alive.

`y.shape` may be asked of any version of `y`: an update changes no shape. Asked of the latest, it does not stand in
the way of an update in place; asked early, it does not make a copy of a view necessary. The length of a list that
changes must be asked before it does.
"""

from __future__ import annotations

from dataclasses import replace

from adcompiler.analysis.changing import changing_lists
from adcompiler.analysis.positions import Block, Position, Positions, number_positions
from adcompiler.analysis.versions import find_versions
from adcompiler.ir.nodes import Equation, Program, Region, Value, walk
from adcompiler.rules.structure import SHAPE_QUERIES


def place_queries(program: Program) -> Program:
    """Ask every shape query of the latest version of its array, as soon as that exists."""
    if not any(equation.primitive.name in SHAPE_QUERIES for equation in walk(program.body)):
        return program
    positions = number_positions(program)
    return replace(
        program, body=_place(program.body, positions, _Versions(program, positions), changing_lists(program))
    )


def _place(region: Region, positions: Positions, versions: _Versions, changing: frozenset[Value]) -> Region:
    equations: list[Equation] = []
    first: list[Equation] = []
    early: dict[Value, list[Equation]] = {}  # by what they ask, after whose definition they stand
    defined = {output: equation for equation in region.equations for output in equation.outputs}
    for equation in region.equations:
        if equation.primitive.name in SHAPE_QUERIES and isinstance(asked := equation.inputs[0], Value):
            if asked.type.kind == "list":
                if asked not in changing:
                    equations.append(equation)
                else:
                    earliest = early.setdefault(asked, []) if asked in defined else first
                    earliest.append(replace(equation, sweep="forward"))
                continue
            latest = versions.latest(asked, positions.of(equation))
            moved = replace(equation, inputs=(latest, *equation.inputs[1:]))
            definition = defined.get(latest)
            if definition is not None and definition.sweep == equation.sweep:
                early.setdefault(latest, []).append(moved)
            else:
                equations.append(moved)
        else:
            regions = tuple(_place(inner, positions, versions, changing) for inner in equation.regions)
            equations.append(replace(equation, regions=regions))
    placed = first
    for equation in equations:
        placed.append(equation)
        for output in equation.outputs:
            placed += early.get(output, ())
    return replace(region, equations=tuple(placed))


class _Versions:
    """Which values are versions of one array, made from each other by updates."""

    def __init__(self, program: Program, positions: Positions) -> None:
        self._positions = positions
        self._first = find_versions(program).oldest
        self._members: dict[Value, list[Value]] = {}
        for value in positions.defined_at:
            self._members.setdefault(self._first(value), []).append(value)

    def latest(self, value: Value, place: Position) -> Value:
        """The version that was made last, of those in scope where a query stands."""
        found = [
            version
            for version in self._members[self._first(value)]
            if self._positions.defined_at[version] < place.start and self._is_in_scope(version, place.block)
        ]
        return max(found, key=lambda version: self._positions.defined_at[version])

    def _is_in_scope(self, value: Value, block: Block) -> bool:
        return self._positions.block_of[value].encloses(block)
