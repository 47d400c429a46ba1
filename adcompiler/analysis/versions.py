"""Versions: the values that are the contents of one array before and after writes to parts of it.

`A1 = setitem(A0, v)` is a later version of `A0`; so is what an `if` yields where both branches yield a version of `A0`,
and what a loop yields where its body yields a version of what it carries (buffers may trade places). No write changes a
shape, and what was written can be read.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.nodes import IF, Atom, Equation, Program, Region, Value
from adcompiler.ir.rewrite import definitions_in
from adcompiler.rules.table import RULES

_WRITES = ("setitem", "additem")


@dataclass(frozen=True)
class Versions:
    """How the arrays of a program change."""

    before: Mapping[Value, Value] = field(default_factory=dict)
    """For each later version, the one it follows, which is in scope where the later one is defined."""
    entering: Mapping[Value, Value] = field(default_factory=dict)
    """For the arrays that loops carry and write, inside: what they are before the first round."""
    chains: Sequence[tuple[Value, ...]] = ()
    """The later versions of each array, in the order in which they are defined; buffers that trade places are one."""
    views: Mapping[Value, Equation] = field(default_factory=dict)
    """For parts that are read, written into, and written back: by what was read, the equation that writes it back."""
    trades: Sequence[frozenset[Value]] = ()
    """What a loop yields for buffers that trade places in it: of these all are restored, or none."""
    arrays: Mapping[Value, Value] = field(default_factory=dict)
    """For every version, the oldest too, the value that stands for its array."""

    def oldest(self, value: Value) -> Value:
        """The version before all writes, which has the shape of every later one."""
        while (older := self.before.get(value) or self.entering.get(value)) is not None:
            value = older
        return value


def find_versions(program: Program) -> Versions:
    """Follow every array that is written through a program."""
    found = _Finder()
    found.visit(program.body)
    chains: dict[Value, list[Value]] = {}
    for value in found.before:
        chains.setdefault(found.array_of(value), []).append(value)
    written = [tuple(chain) for chain in chains.values() if not found.written.isdisjoint(chain)]
    versions = (*found.before, *found.before.values(), *found.entering)
    arrays = {value: found.array_of(value) for value in versions}
    return Versions(found.before, found.entering, written, found.views, found.trades, arrays)


class _Finder:
    def __init__(self) -> None:
        self.before: dict[Value, Value] = {}
        self.entering: dict[Value, Value] = {}
        self.views: dict[Value, Equation] = {}
        self.written: set[Value] = set()
        self.trades: list[frozenset[Value]] = []
        self._same: dict[Value, Value] = {}

    def array_of(self, value: Value) -> Value:
        """One value to stand for all versions of an array."""
        while value in self._same:
            value = self._same[value]
        return value

    def _link(self, later: Value, earlier: Value) -> None:
        one, other = self.array_of(later), self.array_of(earlier)
        if one != other:
            self._same[one] = other

    def _follow(self, later: Value, earlier: Value) -> None:
        self.before[later] = earlier
        self._link(later, earlier)

    def visit(self, region: Region) -> None:
        definitions = definitions_in(region.equations)
        for equation in region.equations:
            for inner in equation.regions:
                self.visit(inner)
            if equation.primitive.name in _WRITES and _is_array(array := equation.inputs[0]):
                self._follow(equation.outputs[0], array)
                self.written.add(equation.outputs[0])
                self._visit_write(equation, definitions)
            elif equation.primitive is IF:
                self._visit_if(equation)
            elif equation.is_loop:
                self._visit_loop(equation)

    def _visit_write(self, write: Equation, definitions: Mapping[Value, Equation]) -> None:
        """A part that was read here and is a later version now: the array it is written back to follows it."""
        read = written_part(write)
        first = self._first(write.inputs[1], definitions) if read is not None else None
        view = definitions.get(first) if isinstance(first, Value) and first != write.inputs[1] else None
        if read is None or view is None or view.primitive != read.primitive or view.static != read.static:
            return
        if view.inputs == (write.inputs[0], *read.inputs[1:]):
            self.views[view.outputs[0]] = write
            self._link(view.outputs[0], write.outputs[0])

    def _first(self, atom: Atom, inside: Container[Value]) -> Atom:
        """The oldest version, in this region or from outside, that a value of the region leads back to."""
        while isinstance(atom, Value) and atom in inside and atom in self.before:
            atom = self.before[atom]
        return atom

    def _visit_if(self, equation: Equation) -> None:
        for number, output in enumerate(equation.outputs):
            inside = {value for region in equation.regions for e in region.equations for value in e.outputs}
            then, orelse = (self._first(region.results[number], inside) for region in equation.regions)
            if then == orelse and _is_array(then) and then not in inside:
                self._follow(output, then)

    def _visit_loop(self, equation: Equation) -> None:
        """Yielded versions of carried values, if each of these yields one, in some order."""
        sequences, initial, body = loop_parts(equation)
        parameters = body.parameters[len(sequences) :]
        inside = definitions_in(body.equations)
        firsts = [self._first(result, inside) for result in body.results[: len(initial)]]
        numbers = {
            number: parameters.index(first)
            for number, first in enumerate(firsts)
            if first in parameters and _is_array(first) and _is_array(initial[number]) and firsts.count(first) == 1
        }
        while numbers and numbers.keys() != set(numbers.values()):
            numbers = {
                number: other for number, other in numbers.items() if other in numbers and number in numbers.values()
            }
        for cycle in _cycles(numbers):
            self.trades.append(frozenset(equation.outputs[number] for number in cycle))
        for number, other in numbers.items():
            earlier = initial[other]
            assert isinstance(earlier, Value)
            self._follow(equation.outputs[number], earlier)
            self._link(parameters[number], equation.outputs[number])
            self._link(parameters[other], equation.outputs[number])
            if other == number:
                for region in equation.regions:
                    self.entering[region.parameters[len(sequences) + number]] = earlier


def written_part(equation: Equation) -> Equation | None:
    """The read of a later version that gives what was written to it, if that is the same to the last bit."""
    if equation.primitive.name != "setitem":
        return None
    array, value, *slots = equation.inputs
    if not isinstance(value, Value) or any(slot.type.kind != "scalar" for slot in slots):
        return None
    primitive = RULES["getitem"].primitive
    (type,) = primitive.infer(array.type, *(slot.type for slot in slots), **equation.parameters)
    if type != value.type or type.dtype is None:
        return None
    return Equation(primitive, (equation.outputs[0], *slots), (value,), equation.static, span=equation.span)


def _cycles(permutation: Mapping[int, int]) -> Iterator[set[int]]:
    """The numbers that trade places with each other: all others are mapped to themselves."""
    pending = set(permutation)
    while pending:
        cycle, number = set[int](), min(pending)
        while number not in cycle:
            cycle.add(number)
            number = permutation[number]
        pending -= cycle
        if len(cycle) > 1:
            yield cycle


def _is_array(atom: Atom) -> TypeGuard[Value]:
    return isinstance(atom, Value) and atom.type.kind in ("array", "unknown")
