"""Writing programs: fresh names, and a builder that infers types as it appends equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from adcompiler.ir.dims import OPEN, OPEN_FOR_ALL, Dim, extent
from adcompiler.ir.nodes import IF, Atom, Equation, Primitive, Program, Value, free_values, walk
from adcompiler.ir.raising import may_raise
from adcompiler.ir.types import Shape, Type, Unranked
from adcompiler.spans import Span


class NameSupply:
    """Unique names for values: the hint itself where it is free, else with a number (`y.2`)."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._plain: set[str] = set()

    def fresh(self, hint: str | None) -> str:
        """A name not given out before."""
        stem = hint or "t"
        count = self._used.get(stem, 0) + 1
        self._used[stem] = count
        if hint and hint not in self._plain:
            self._plain.add(hint)
            return hint
        return f"{stem}.{count}"

    def __contains__(self, name: str) -> bool:
        """Whether a name has been given out."""
        return name in self._plain

    @classmethod
    def beside(cls, program: Program) -> NameSupply:
        """A supply that avoids every name in `program`."""
        supply = cls()

        def reserve(values: Sequence[Value]) -> None:
            for value in values:
                stem, _, number = value.name.rpartition(".")
                stem, count = (stem, int(number)) if stem and number.isdigit() else (value.name, 1)
                supply._used[stem] = max(count, supply._used.get(stem, 0))
                if stem == value.name:
                    supply._plain.add(stem)

        reserve(program.body.parameters)
        for equation in walk(program.body):
            reserve(equation.outputs)
            for region in equation.regions:
                reserve(region.parameters)
        return supply


def tape_name(kept: str) -> str:
    """What a list of values called `kept` is called: `y_tape`, and `y_tapes` for a list of such lists."""
    return kept if kept.endswith("_tapes") else f"{kept}s" if kept.endswith("_tape") else f"{kept}_tape"


def own_shape(type: Type, name: str, around: str | None = None) -> Type:
    """Name what inference left open (`?`, a size that depends on data) after the value that has it.

    What the elements of a tuple share is named after the tuple, `around`.
    """
    if type.kind == "tuple" and type.elements:
        elements = tuple(own_shape(element, f"{name}[{number}]", name) for number, element in enumerate(type.elements))
        return type if elements == type.elements else replace(type, elements=elements)
    match type.shape:
        case ():
            return type
        case Unranked(parts=parts):
            named: Shape = Unranked(frozenset(name if part == "?" else part for part in parts))
        case dims:
            if OPEN not in dims and OPEN_FOR_ALL not in dims:
                return type
            shared: dict[Dim, Dim] = {OPEN_FOR_ALL: extent(f"{around or name}#")}
            named = tuple(extent(f"{name}#{n}") if dim == OPEN else shared.get(dim, dim) for n, dim in enumerate(dims))
    return type if named == type.shape else replace(type, shape=named)


_RECENT = 50
"""How far back it is looked for what was computed already."""


class Builder:
    """Appends equations to the innermost open region.

    `span` and `sweep` are stamped on each equation; set them as the position moves.
    """

    def __init__(self, names: NameSupply) -> None:
        self.names = names
        self.span: Span | None = None
        self.sweep = "forward"
        self.risks = 0
        """How many equations so far may raise; those in the branches of an `if` are counted one by one."""
        self._open: list[list[Equation]] = [[]]

    def value(self, type: Type, hint: str | None = None) -> Value:
        """A new value, for a region's parameter or an equation's output."""
        return Value(self.names.fresh(hint), type, hint)

    def emit(
        self, primitive: Primitive, *inputs: Atom, hint: str | None = None, type: Type | None = None, **static: Any
    ) -> Value:
        """Append an equation with one output and return it; its type is inferred unless given."""
        name = self.names.fresh(hint)
        inferred = type or primitive.infer(*(atom.type for atom in inputs), **static)[0]
        output = Value(name, own_shape(inferred, name), hint)
        parameters = tuple(sorted(static.items())) if static else ()
        equation = Equation(primitive, inputs, (output,), parameters, (), self.span, self.sweep)
        self.risks += may_raise(equation)
        self._open[-1].append(equation)
        return output

    def append(self, equation: Equation) -> None:
        """Append a finished equation, giving it the current span and sweep where it has none."""
        self.risks += equation.primitive is not IF and may_raise(equation)
        self._open[-1].append(replace(equation, span=equation.span or self.span, sweep=self.sweep))

    def extend(self, equations: Iterable[Equation]) -> None:
        """Append what was collected in a region of its own."""
        self._open[-1].extend(equations)

    @contextmanager
    def region(self, equations: list[Equation] | None = None) -> Iterator[list[Equation]]:
        """Collect what is appended in the `with` block in a list of its own: a new one, or more of a given one."""
        equations = [] if equations is None else equations
        self._open.append(equations)
        try:
            yield equations
        finally:
            self._open.pop()

    def rename(self, value: Atom, hint: str) -> Atom:
        """Give a value that nothing mentions yet a name, if it has none; any other atom is returned as it is."""
        if not isinstance(value, Value) or value.hint is not None:
            return value
        equations = self._open[-1]
        for position in range(len(equations) - 1, -1, -1):
            equation = equations[position]
            if equation.outputs == (value,):
                named = self.value(value.type, hint)
                equations[position] = replace(equation, outputs=(named,))
                return named
            if equation.regions or value in equation.inputs:
                break
        return value

    def recent(self, primitive: Primitive, *inputs: Atom, **static: Any) -> Value | None:
        """The output of such an equation, if it is among the latest of the innermost open region."""
        parameters = tuple(sorted(static.items()))
        for equation in reversed(self._open[-1][-_RECENT:]):
            if (equation.primitive, equation.inputs, equation.static) == (primitive, inputs, parameters):
                return equation.outputs[0]
        return None

    def checkpoint(self) -> list[Equation]:
        """What the innermost open region holds so far, to go back to."""
        return list(self._open[-1])

    def roll_back(self, checkpoint: list[Equation]) -> None:
        """Forget what was appended to this region since the checkpoint."""
        self._open[-1][:] = checkpoint

    @property
    def depth(self) -> int:
        """How many regions are open."""
        return len(self._open)

    def sources(self, atom: Atom) -> frozenset[Value]:
        """The values that an atom follows from, itself among them, as far as the open regions say."""
        found = {atom} if isinstance(atom, Value) else set()
        for equation in reversed(self.open_equations()):
            if not found.isdisjoint(equation.outputs):
                found.update(value for value in equation.inputs if isinstance(value, Value))
                found.update(value for region in equation.regions for value in free_values(region))
        return frozenset(found)

    def open_equations(self) -> list[Equation]:
        """The equations of every open region, outer before inner."""
        return [equation for equations in self._open for equation in equations]

    @property
    def equations(self) -> tuple[Equation, ...]:
        """What the innermost open region holds so far."""
        return tuple(self._open[-1])
