"""Numbers that a function was given: a caller may pass a 0-d array for one, and `+=` would write into it."""

from __future__ import annotations

from adcompiler.ir.nodes import CALL, FOR, Equation, Literal, Program, Value, walk

_HANDS_ON = frozenset(("item", "make_tuple", "stop_gradient"))
"""Primitives whose result may be, or contain, the very object of their operand."""


def given_values(program: Program) -> set[Value]:
    """The values that may be an object the caller passed: parameters, what holds them on a path, and what was kept."""
    given = set(program.body.parameters)
    equations = list(walk(program.body))
    while True:
        known = len(given)
        for equation in equations:
            given.update(_handed_on(equation, given))
        if len(given) == known:
            return given


def _handed_on(equation: Equation, given: set[Value]) -> list[Value]:
    if equation.yields_outputs:
        results = zip(*(region.results for region in equation.regions), strict=True)
        return [out for out, atoms in zip(equation.outputs, results, strict=True) if not given.isdisjoint(atoms)]
    if equation.is_loop:
        sequences = equation.parameters.get("sequences", 0)
        found = list(equation.regions[-1].parameters[:sequences]) if equation.primitive is FOR else []
        carried = len(equation.inputs) - sequences
        for number, output in enumerate(equation.outputs):
            parameters = [r.parameters[sequences + number] for r in equation.regions if number < carried]
            initial = equation.inputs[sequences + number : sequences + number + 1]
            sources = (*initial, equation.regions[-1].results[number])
            if any(not isinstance(atom, Literal) and atom in given for atom in sources):
                found += [output, *parameters]
        return found
    is_element = equation.primitive.name == "getitem" and equation.inputs[0].type.kind == "array"
    if is_element and equation.outputs[0].type.kind == "scalar":
        return []  # NumPy makes a number of it
    if equation.primitive.views or equation.primitive is CALL or equation.primitive.name in _HANDS_ON:
        return list(equation.outputs) if not given.isdisjoint(equation.inputs) else []
    return []
