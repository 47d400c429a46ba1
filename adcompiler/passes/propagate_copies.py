"""Copy propagation: values that are another value under a second name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adcompiler.ir.nodes import FOR, IF, UNDEFINED, Atom, Equation, Literal, Program, Region, Value
from adcompiler.ir.rewrite import rebuilt, region_with, resolve, with_inputs, with_regions

_MAY_CHANGE_NOTHING = ("broadcast_to", "unbroadcast", "reshape", "astype", "conj")


def propagate_copies(program: Program) -> Program:
    """Use a value itself where an equation only passes it on.

    Passed on are: the operand of a change of shape or dtype that changes nothing, that of the conjugate of a real one,
    what both branches of an `if` yield, what a loop carries and never changes, and the results of an `if` whose
    condition is known.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = "def f(x): return np.broadcast_to(x.astype(np.float64), (3,)) * 2"
    >>> show_pass(propagate_copies, text, x="float64[3]")
    program f(x: float64[3]):
        t.3: float64[3] = multiply(x, 2)
        return t.3
    """
    while (body := _propagate(program.body, {})) is not program.body:
        program = replace(program, body=body)
    return program


def _propagate(region: Region, mapping: dict[Value, Atom]) -> Region:
    equations: list[Equation] = []
    for equation in region.equations:
        current = with_inputs(equation, mapping) if mapping else equation
        if not current.regions:
            same = _passed_on(current)
            if same is None:
                equations.append(current)
            else:
                mapping[current.outputs[0]] = same
        elif current.is_loop:
            equations.append(_propagate_loop(current, mapping))
        else:
            equations.extend(_propagate_branches(current, mapping))
    return region_with(region, equations, tuple(resolve(atom, mapping) for atom in region.results))


def _passed_on(equation: Equation) -> Atom | None:
    """The operand that is the result, if the equation changes nothing about it."""
    if equation.primitive.name not in _MAY_CHANGE_NOTHING:
        return None
    operand, output = equation.inputs[0], equation.outputs[0]
    if equation.primitive.name == "astype":
        same = operand.type.dtype == output.type.dtype and not operand.type.weak
    elif equation.primitive.name == "conj" and (operand.type.may_be_complex or operand.type != output.type):
        same = False
    else:
        same = operand.type.shape == output.type.shape and operand.type.is_numeric
        same = same and (operand.type.kind == output.type.kind or equation.sweep == "backward")
    return operand if same else None


def _propagate_branches(equation: Equation, mapping: dict[Value, Atom]) -> Iterable[Equation]:
    regions = tuple(_propagate(region, mapping) for region in equation.regions)
    condition = equation.inputs[0] if equation.primitive is IF else None
    if isinstance(condition, Literal) and isinstance(condition.value, bool):
        taken = regions[0 if condition.value else 1]
        mapping.update(zip(equation.outputs, taken.results, strict=True))
        return taken.equations
    kept: list[int] = []
    for number, output in enumerate(equation.outputs):
        first, *others = (region.results[number] for region in regions)
        if all(other == first for other in others) and (others or first not in _defined_in(regions[0])):
            mapping[output] = first
        else:
            kept.append(number)
    if len(kept) == len(equation.outputs):
        return [with_regions(equation, regions)]
    return [
        rebuilt(
            equation,
            outputs=tuple(equation.outputs[number] for number in kept),
            regions=tuple(
                replace(region, results=tuple(region.results[number] for number in kept)) for region in regions
            ),
        )
    ]


def _defined_in(region: Region) -> set[Atom]:
    """What a region defines at its top."""
    return {*region.parameters, *(output for equation in region.equations for output in equation.outputs)}


def _propagate_loop(equation: Equation, mapping: dict[Value, Atom]) -> Equation:
    sequences = equation.parameters["sequences"] if equation.primitive is FOR else 0
    carried = len(equation.inputs) - sequences
    body = equation.regions[-1]
    unchanged = []
    for number in range(carried):
        initial, parameter = equation.inputs[sequences + number], body.parameters[sequences + number]
        if body.results[number] == parameter and initial != Literal(UNDEFINED):
            unchanged.append(number)
            for value in (equation.outputs[number], *(r.parameters[sequences + number] for r in equation.regions)):
                mapping[value] = initial
    regions = [_propagate(region, mapping) for region in equation.regions]
    if not unchanged:
        return with_regions(equation, regions)
    kept = [number for number in range(sequences + carried) if number - sequences not in unchanged]
    results = [number for number in range(len(body.results)) if number not in unchanged]
    return rebuilt(
        equation,
        inputs=tuple(equation.inputs[number] for number in kept),
        outputs=tuple(equation.outputs[number] for number in results),
        regions=tuple(
            replace(
                region,
                parameters=tuple(region.parameters[number] for number in kept),
                results=tuple(region.results[number] for number in results) if last else region.results,
            )
            for region, last in zip(regions, [False] * (len(regions) - 1) + [True], strict=True)
        ),
    )
