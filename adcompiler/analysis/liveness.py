"""Liveness: which values are still needed, after each equation and at the start of each region.

A value from outside a loop that the loop mentions is live throughout the loop; so is what a `for` runs over, since
Python reads it element by element (but a range, which knows them all when the loop begins).

As many values may be live as there are equations, so that sets of them would take quadratic time and memory. Here a set
is the bits of one integer: the union of two that have a thousand values takes 50 ns, that of two frozensets 15 µs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field

from adcompiler.ir.nodes import FINALLY, FOR, TRY, UNDEFINED, Atom, Equation, Literal, Program, Region, Value
from adcompiler.ir.raising import may_raise

_UNDEFINED = Literal(UNDEFINED)


@dataclass(slots=True)
class Numbering:
    """A bit for each value of a program."""

    values: list[Value] = field(default_factory=list)
    bits: dict[Value, int] = field(default_factory=dict)

    def bit(self, value: Value) -> int:
        """The bit that stands for a value."""
        found = self.bits.get(value)
        if found is None:
            found = self.bits[value] = 1 << len(self.values)
            self.values.append(value)
        return found

    def set_of(self, atoms: Iterable[Atom]) -> int:
        """The bits of the values among atoms."""
        found = 0
        for atom in atoms:
            if isinstance(atom, Value):
                found |= self.bit(atom)
        return found

    def members(self, bits: int) -> Iterator[Value]:
        """The values that bits stand for."""
        while bits:
            lowest = bits & -bits
            yield self.values[lowest.bit_length() - 1]
            bits ^= lowest


class Values(Set[Value]):
    """A set of values, as bits."""

    __slots__ = ("_numbering", "bits")

    def __init__(self, bits: int, numbering: Numbering) -> None:
        self.bits = bits
        self._numbering = numbering

    def __contains__(self, atom: object) -> bool:
        return bool(self.bits & self._numbering.bits.get(atom, 0))  # type: ignore[call-overload]

    def __iter__(self) -> Iterator[Value]:
        return self._numbering.members(self.bits)

    def __len__(self) -> int:
        return self.bits.bit_count()

    def among(self, values: Collection[Value]) -> Iterator[Value]:
        """Those that are among a few others too."""
        if len(values) < len(self):
            return (value for value in values if value in self)
        return (value for value in self if value in values)


@dataclass(slots=True)
class Liveness:
    """The live values of a program. Equations and regions are told apart by identity."""

    numbering: Numbering = field(default_factory=Numbering)
    _after: dict[int, int] = field(default_factory=dict)
    _entry: dict[int, int] = field(default_factory=dict)

    def after(self, equation: Equation) -> Values:
        """The values needed after an equation, its outputs among them."""
        return Values(self._after[id(equation)], self.numbering)

    def at_entry(self, region: Region) -> Values:
        """The values needed where a region begins, its parameters among them."""
        return Values(self._entry[id(region)], self.numbering)


def find_liveness(
    program: Program, nested: Collection[Value] = (), definition: dict[Value, Equation] | None = None
) -> Liveness:
    """Compute liveness.

    Parameters
    ----------
    nested : collection of Value
        Values that are not computed where they are defined but where they are used, as a part of an expression:
        there, what they are made of is needed.
    definition : dict, optional
        The equations that define them.
    """
    finder = _Finder(nested, definition or {})
    finder.visit_region(program.body, 0, 0)
    return finder.liveness


class _Finder:
    def __init__(self, nested: Collection[Value], definition: dict[Value, Equation]) -> None:
        self.liveness = Liveness()
        self._numbering = self.liveness.numbering
        self._nested = nested
        self._definition = definition
        self._parts: dict[Value, int] = {}
        self._mentioned: dict[int, int] = {}

    def _needed(self, atoms: Iterable[Atom]) -> int:
        """The values with variables that the expressions for atoms read."""
        found = 0
        for atom in atoms:
            if isinstance(atom, Value):
                found |= self._part(atom) if atom in self._nested else self._numbering.bit(atom)
        return found

    def _part(self, value: Value) -> int:
        """The values with variables that the expression for a nested value reads."""
        found = self._parts.get(value)
        if found is None:
            equation = self._definition[value]
            found = self._needed(equation.inputs)
            for region in equation.regions:
                found |= self._free(region)
            self._parts[value] = found
        return found

    def _free(self, region: Region) -> int:
        """The values with variables that a region reads from outside."""
        found = self._mentioned.get(id(region))
        if found is None:
            own = self._numbering.set_of(region.parameters)
            found = self._needed(region.results)
            for equation in region.equations:
                found |= self._needed(equation.inputs)
                own |= self._numbering.set_of(equation.outputs)
                for inner in equation.regions:
                    found |= self._free(inner)
            found &= ~own
            self._mentioned[id(region)] = found
        return found

    def visit_region(self, region: Region, live: int, caught: int) -> int:
        """What is needed before a region, but for its parameters.

        `live` is needed after it, and `caught` where it raises: by the handlers around it.
        """
        nested = self._nested
        live |= self._needed(region.results)
        for equation in reversed(region.equations):
            if not (equation.outputs and equation.outputs[0] in nested):
                live = self._visit(equation, live, caught)
                if caught and (may_raise(equation) or any(atom in nested for atom in equation.inputs)):
                    live |= caught
        self.liveness._entry[id(region)] = live
        return live & ~self._numbering.set_of(region.parameters)

    def _visit(self, equation: Equation, live: int, caught: int) -> int:
        """What is needed before an equation, of which `live` is needed after it."""
        self.liveness._after[id(equation)] = live
        around = live & ~self._numbering.set_of(equation.outputs)
        if not equation.regions:
            return around | self._needed(equation.inputs)
        if equation.is_loop:
            return self._visit_loop(equation, live, around, caught)
        if equation.primitive is TRY:
            body, handler = equation.regions
            # Python deletes the name of the exception.
            handled = self.visit_region(handler, around | self._numbering.set_of(handler.parameters), caught)
            return self.visit_region(body, around, caught | handled)
        if equation.primitive is FINALLY:
            body, final = equation.regions
            pairs = zip(equation.outputs, body.results, strict=True)
            first = self._numbering.set_of(output for output, atom in pairs if atom != _UNDEFINED)
            after = self.visit_region(final, around | first, caught)
            return self.visit_region(body, after & ~first, caught | after)
        inside = self._needed(equation.inputs)
        for region in equation.regions:
            inside |= self.visit_region(region, around, caught)
        return inside

    def _visit_loop(self, loop: Equation, live: int, around: int, caught: int) -> int:
        through = around
        for region in loop.regions:
            through |= self._free(region)
        if loop.primitive is FOR:
            sequences = loop.inputs[: loop.parameters["sequences"]]
            through |= self._needed(atom for atom in sequences if atom.type.kind != "range")
            self.visit_region(loop.regions[0], through, caught)
        else:
            condition, body = loop.regions
            self.visit_region(body, through, caught)
            entry = self.liveness._entry[id(body)]
            going_on = 0
            for carried, inside, output in zip(condition.parameters, body.parameters, loop.outputs, strict=False):
                if entry & self._numbering.bit(inside) or live & self._numbering.bit(output):
                    going_on |= self._numbering.bit(carried)
            self.visit_region(condition, through | going_on, caught)
        return through | self._needed(loop.inputs)
