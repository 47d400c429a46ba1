"""Memory: copies written into the program, so that afterwards every update can be made in place.

Values of the IR are immutable; Python's arrays are not. `analysis.ownership` finds where an update would be seen by
somebody else, and this module inserts the copies that prevent it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adcompiler.analysis.liveness import find_liveness
from adcompiler.analysis.ownership import find_copies, returned_arrays
from adcompiler.analysis.positions import Positions, number_positions
from adcompiler.analysis.sharing import Copies, OperandCopy, ResultCopy, YieldCopy
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Equation, Primitive, Program, Region, Value

COPY = Primitive("copy", "np.copy")
COPY_NUMBER = Primitive("positive", "np.positive")
"""Copies what may be a number as well as an array, and leaves a number a number."""

ACCUMULATE = {"add": Primitive("add_in_place", updates=True), "subtract": Primitive("subtract_in_place", updates=True)}
"""`x_bar += …`, of an array that this function owns."""


def place_copies(program: Program) -> Program:
    """Insert the copies without which an update in place, or a result, would be seen where it must not."""
    positions = number_positions(program)
    decided = find_copies(positions, find_liveness(program))
    if not decided.copies and not decided.in_place:
        return program
    return replace(program, body=_Placement(positions, decided, NameSupply.beside(program)).region(program.body))


class _Placement:
    def __init__(self, positions: Positions, decided: Copies, names: NameSupply) -> None:
        self._positions = positions
        self._decided = decided
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
            equations += self._equation(equation)
        results = list(region.results)
        for index, atom in enumerate(results):
            if YieldCopy(block.start, index) in self._decided.copies and isinstance(atom, Value):
                sweep = next((e.sweep for e in reversed(equations)), "forward")
                final = block.role == "program"
                hint = None if final else atom.hint
                results[index] = Value(self._names.fresh(hint), atom.type, hint)
                equations.append(replace(_copy(atom, results[index], number=final), sweep=sweep))
        return Region(tuple(parameters), tuple(equations), tuple(results))

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
        if len(outputs) == 1 and ResultCopy(outputs[0]) in self._decided.copies:
            raw = self._rename(outputs[0])
            number = outputs[0] in self._returned and equation.primitive.name != "getitem"
            copies = [replace(_copy(raw, outputs[0], number=number), span=equation.span, sweep=equation.sweep)]
            outputs = (raw,)
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


def _copy(source: Value, target: Atom, *, number: bool = False) -> Equation:
    assert isinstance(target, Value)
    primitive = COPY_NUMBER if number and source.type.kind == "unknown" else COPY
    return Equation(primitive, (source,), (target,))
