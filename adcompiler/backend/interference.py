"""Interference: which values are alive together, which must share a variable, and which would like to.

Values share a variable where one is the other after an update in place, and where a loop carries them: at the start
of an iteration, in the condition, after the loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from adcompiler.analysis.liveness import Liveness
from adcompiler.backend.nesting import Nesting
from adcompiler.ir.nodes import FINALLY, TRY, Atom, Equation, Region, Value


@dataclass(slots=True, eq=False)
class Group:
    """Values that must share a variable, in order of definition."""

    members: list[Value]
    order: int
    bits: int = 0
    """Its members, in the numbering of liveness."""
    seen: int = 0
    """All that is alive where one of its members gets its variable."""
    partners: list[Atom] = field(default_factory=list)
    """What is assigned to it, or it to: an assignment less if both have one name."""

    @property
    def hints(self) -> list[str]:
        """The names its members ask for."""
        return [value.hint for value in self.members if value.hint]


class Interference:
    """The groups of a program's values that are not nested."""

    def __init__(self, nesting: Nesting, liveness: Liveness) -> None:
        self._nesting = nesting
        self._liveness = liveness
        self._numbering = liveness.numbering
        self._group_of: dict[Value, Group] = {}
        self._moments: list[tuple[tuple[Value, ...], int]] = []
        """Values that get their variables at one moment, and all that are alive then."""
        body = nesting.program.body
        self._define(body.parameters, liveness.at_entry(body).bits)
        self._visit(body)
        for group in self.groups:
            group.bits = self._numbering.set_of(group.members)
        known = self._numbering.set_of(self._group_of)
        for values, alive in self._moments:
            assert not alive & ~known
            for value in values:
                group = self._group_of[value]
                assert not alive & group.bits & ~self._numbering.bit(value), f"{value} is not alone"
                group.seen |= alive

    @cached_property
    def groups(self) -> list[Group]:
        """The groups, in order of definition."""
        return sorted(dict.fromkeys(self._group_of.values()), key=lambda group: group.order)

    def group(self, atom: Atom) -> Group | None:
        """The group of a value with a name."""
        return self._group_of.get(atom) if isinstance(atom, Value) else None

    def _define(self, values: tuple[Value, ...], live: int) -> None:
        self._found(values)
        self._moments.append((values, live | self._numbering.set_of(values)))

    def _found(self, values: Iterable[Value]) -> None:
        for value in values:
            if value not in self._group_of:
                self._group_of[value] = Group([value], len(self._group_of))

    def _join(self, *values: Value) -> None:
        self._found(values)
        kept = min((self._group_of[value] for value in values), key=lambda group: group.order)
        for value in values:
            gone = self._group_of[value]
            if gone is not kept:
                for member in gone.members:
                    self._group_of[member] = kept
                kept.members += gone.members
                kept.partners += gone.partners

    def _relate(self, left: Atom, right: Atom) -> None:
        for one, other in ((left, right), (right, left)):
            group = self.group(one)
            if group is not None:
                group.partners.append(other)

    def _visit(self, region: Region) -> None:
        for equation in region.equations:
            if equation.outputs and equation.outputs[0] in self._nesting.values:
                continue
            match equation.primitive:
                case _ if equation.yields_outputs and not self._nesting.is_conditional(equation):
                    self._visit_branches(equation)
                case _ if equation.is_loop:
                    self._visit_loop(equation)
                case _ if equation.primitive.updates and isinstance(target := equation.inputs[0], Value):
                    self._join(target, equation.outputs[0])
            self._define(equation.outputs, self._liveness.after(equation).bits)
            if equation.yields_outputs:
                for inner in equation.regions:
                    for result, output in zip(inner.results, equation.outputs, strict=True):
                        self._relate(result, output)

    def _visit_branches(self, equation: Equation) -> None:
        for region in equation.regions:
            if region.parameters:
                self._define(region.parameters, self._liveness.at_entry(region).bits)
            self._visit(region)
        *_, last = equation.regions
        if equation.primitive is TRY:  # the handler deletes the name of the exception when it is done
            together = self._numbering.set_of((*last.parameters, *equation.outputs))
        elif equation.primitive is FINALLY:  # what the body yields has its variable before the end is reached
            together = self._liveness.at_entry(last).bits | self._numbering.set_of(equation.outputs)
        else:
            return
        self._found(equation.outputs)
        self._moments.append((equation.outputs, together))

    def _visit_loop(self, loop: Equation) -> None:
        for region in loop.regions:
            self._define(region.parameters, self._liveness.at_entry(region).bits)
        body = loop.regions[-1]
        elements = len(body.parameters) - len(loop.outputs)
        for number, output in enumerate(loop.outputs, elements):
            self._join(output, *(region.parameters[number] for region in loop.regions))
            self._relate(output, loop.inputs[number])
            self._keep_from_range(loop, number - elements, elements)
        for region in loop.regions:
            self._visit(region)
        for output, result in zip(loop.outputs, body.results, strict=True):
            self._relate(output, result)

    def _keep_from_range(self, loop: Equation, carried: int, elements: int) -> None:
        """The bounds of a range are read after the carried variables have been assigned what they start with."""
        start = loop.inputs[elements + carried]
        read = {part for sequence in loop.inputs[:elements] for part in self._nesting.named_parts(sequence)}
        self._moments.append(((loop.outputs[carried],), self._numbering.set_of(read - {start})))
