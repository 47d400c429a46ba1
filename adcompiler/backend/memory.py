"""Memory: copies written into the program, so that afterwards every update can be made in place.

Values of the IR are immutable; Python's arrays are not. `analysis.ownership` finds where an update would be seen by
somebody else, and this module inserts the copies that prevent it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adcompiler.analysis.facts import Facts
from adcompiler.analysis.liveness import Liveness
from adcompiler.analysis.ownership import find_copies, returned_arrays
from adcompiler.analysis.positions import Positions
from adcompiler.analysis.sharing import Copies, OperandCopy, ResultCopy, YieldCopy, has_memory, is_view
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Equation, Primitive, Program, Region, Value
from adcompiler.ir.rewrite import with_inputs

COPY = Primitive("copy", "np.copy")
COPY_NUMBER = Primitive("positive", "np.positive")
"""Copies what may be a number as well as an array, and leaves a number a number."""

ACCUMULATE = {"add": Primitive("add_in_place", updates=True), "subtract": Primitive("subtract_in_place", updates=True)}
"""`x_bar += …`, of an array that this function owns."""


def place_copies(facts: Facts, *, own_results: bool = False) -> Program:
    """Insert the copies without which an update in place, or a result, would be seen where it must not."""
    program, positions = facts.program, facts.positions
    decided = find_copies(positions, facts.liveness, own_results=own_results)
    if not decided.copies and not decided.in_place:
        return program
    placement = _Placement(positions, decided, facts.liveness, NameSupply.beside(program))
    return replace(program, body=placement.region(program.body))


class _Placement:
    def __init__(self, positions: Positions, decided: Copies, liveness: Liveness, names: NameSupply) -> None:
        self._positions = positions
        self._decided = decided
        self._liveness = liveness
        self._names = names
        self._returned = {value for value, _, _ in returned_arrays(positions)}

    def region(self, region: Region) -> Region:
        """A region with its copies."""
        block = self._positions.block(region)
        equations: list[Equation] = []
        parameters = list(region.parameters)
        for number, parameter in enumerate(parameters):
            if ResultCopy(parameter) in self._decided.copies:
                parameters[number] = self._rename(parameter)
                equations.append(_copy(parameters[number], parameter))
        for equation in region.equations:
            placed = list(self._equation(equation))
            if equation.primitive.updates and placed[0].primitive is COPY:
                equations = self._copied_early(equations, placed.pop(0), equation)
            equations += placed
        results = list(region.results)
        for index, atom in enumerate(results):
            if YieldCopy(block.start, index) in self._decided.copies and isinstance(atom, Value):
                sweep = next((e.sweep for e in reversed(equations)), "forward")
                final = block.role == "program"
                hint = None if final else atom.hint
                results[index] = Value(self._names.fresh(hint), atom.type, hint)
                equations.append(replace(_copy(atom, results[index], number=final), sweep=sweep))
        return Region(tuple(parameters), tuple(equations), tuple(results))

    def _copied_early(self, before: list[Equation], copy: Equation, update: Equation) -> list[Equation]:
        """Copy the target of an update before the statement reads it: `x = x.copy(); x[0] = x[1]`."""
        (target,), (fresh,) = copy.inputs, copy.outputs
        later = self._liveness.after(update)
        start = len(before)
        while start and _is_part_of(before[start - 1], update):
            equation = before[start - 1]
            (output,) = equation.outputs
            may_share = has_memory(output.type) and (is_view(equation) or output.type.kind == "tuple")
            if may_share and (output in later or output in update.inputs):
                break  # what was read is needed as it was
            start -= 1
        if target in later or not any(target in equation.inputs for equation in before[start:]):
            return [*before, copy]
        assert isinstance(target, Value)
        return [*before[:start], copy, *(with_inputs(equation, {target: fresh}) for equation in before[start:])]

    def _equation(self, equation: Equation) -> Iterable[Equation]:
        start = self._positions.of(equation).start
        returned = equation.primitive.name == "make_tuple" and any(
            use.equation is None and use.block is self._positions.program
            for use in self._positions.uses.get(equation.outputs[0], ())
        )
        inputs = list(equation.inputs)
        for index, atom in enumerate(inputs):
            if OperandCopy(start, index) in self._decided.copies and isinstance(atom, Value):
                hint = self._hint(equation, index, atom)
                inputs[index] = Value(self._names.fresh(hint), atom.type, hint)
                yield replace(_copy(atom, inputs[index], number=returned), span=equation.span, sweep=equation.sweep)
        outputs = equation.outputs
        copies: list[Equation] = []
        for output in equation.outputs:
            if ResultCopy(output) in self._decided.copies:
                raw = self._rename(output)
                number = output in self._returned and equation.primitive.name != "getitem"
                copies.append(replace(_copy(raw, output, number=number), span=equation.span, sweep=equation.sweep))
                outputs = tuple(raw if each == output else each for each in outputs)
        primitive = equation.primitive
        if outputs and outputs[0] in self._decided.in_place:
            primitive = ACCUMULATE[primitive.name]
        regions = tuple(map(self.region, equation.regions))
        yield replace(equation, primitive=primitive, inputs=tuple(inputs), outputs=outputs, regions=regions)
        yield from copies

    def _hint(self, equation: Equation, index: int, atom: Value) -> str | None:
        """The name of a copy: what the variable that is updated is called; none for a part of an expression."""
        if equation.regions:
            return equation.regions[-1].parameters[index].hint
        if equation.primitive.updates and index == 0:
            return equation.outputs[0].hint or atom.hint
        return None

    def _rename(self, value: Value) -> Value:
        return Value(self._names.fresh(None), value.type)


def _is_part_of(equation: Equation, update: Equation) -> bool:
    """Whether an equation computes something for the statement of an update."""
    plain = not (equation.regions or equation.primitive.updates or equation.has_effect) and len(equation.outputs) == 1
    return plain and equation.sweep == update.sweep and equation.span is not None and _line(equation) == _line(update)


def _line(equation: Equation) -> tuple[str, int, str] | None:
    span = equation.span
    return None if span is None else (span.file, span.line, span.statement)


def _copy(source: Value, target: Atom, *, number: bool = False) -> Equation:
    assert isinstance(target, Value)
    primitive = COPY_NUMBER if number and source.type.kind == "unknown" else COPY
    return Equation(primitive, (source,), (target,))
