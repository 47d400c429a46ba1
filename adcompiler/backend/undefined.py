"""Variables without a value: those that some path does not define, but that are copied or kept all the same.

Nobody computes with such a value, so most paths need not assign it. Where it is kept on a tape, packed into a tuple or
assigned to another variable, Python would miss it: there, the paths that do not define it assign None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adcompiler.backend.nesting import Nesting
from adcompiler.ir.nodes import Atom, Equation, Value

_KEEPING = ("make_tuple", "make_list", "append", "zero_items", "copy", "positive", "stop_gradient", "astype")


def variables_read_undefined(nesting: Nesting, names: Mapping[Value, str]) -> set[str]:
    """The variables that are copied or kept somewhere while they may have no value."""
    undefined = nesting.positions.perhaps_undefined
    if not undefined:
        return set()
    read: set[str] = set()

    def note(atom: Atom, target: Value | None = None) -> None:
        """Note a read, unless what is read is assigned to the variable that has it."""
        if isinstance(atom, Value) and atom in undefined and (target is None or names.get(target) != names.get(atom)):
            read.update(names[part] for part in nesting.named_parts(atom))

    for equation in nesting.positions.equations():
        if equation.primitive.name in _KEEPING:
            for atom in equation.inputs:
                note(atom)
        for atom, target in _assignments(equation):
            note(atom, target)
    for result in nesting.program.body.results:
        note(result)
    return read


def _assignments(equation: Equation) -> Iterator[tuple[Atom, Value]]:
    """What control flow assigns to the variables of its outputs."""
    if equation.yields_outputs:
        for region in equation.regions:
            yield from zip(region.results, equation.outputs, strict=True)
    elif equation.is_loop:
        body = equation.regions[-1]
        elements = len(body.parameters) - len(equation.outputs)
        for number, output in enumerate(equation.outputs):
            yield equation.inputs[elements + number], output
            yield body.results[number], output
            for region in equation.regions:
                yield output, region.parameters[elements + number]
                yield region.parameters[elements + number], output
