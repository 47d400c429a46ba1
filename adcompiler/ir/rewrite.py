"""Rewriting regions: substitute atoms, copy with fresh names, replace equations.

Everything here is generic: it knows regions and scopes, not what any primitive means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Region, Value

Definitions = Mapping[Value, Equation]
Replacement = Atom | Equation | tuple[Equation, ...] | None


def rebuilt(
    equation: Equation,
    *,
    inputs: tuple[Atom, ...] | None = None,
    outputs: tuple[Value, ...] | None = None,
    regions: tuple[Region, ...] | None = None,
) -> Equation:
    """An equation with other inputs, outputs or regions: `dataclasses.replace`, at a third of its cost."""
    return Equation(
        equation.primitive,
        equation.inputs if inputs is None else inputs,
        equation.outputs if outputs is None else outputs,
        equation.static,
        equation.regions if regions is None else regions,
        equation.span,
        equation.sweep,
    )


def with_regions(equation: Equation, regions: Sequence[Region]) -> Equation:
    """An equation with other regions; itself where they are the ones it has."""
    if all(new is old for new, old in zip(regions, equation.regions, strict=True)):
        return equation
    return rebuilt(equation, regions=tuple(regions))


def substitute(region: Region, mapping: Mapping[Value, Atom]) -> Region:
    """A region that mentions `mapping[value]` wherever it mentioned `value`; definitions stay as they are."""
    return _with_mentions(region, mapping, {}) if mapping else region


def rename(region: Region, names: Mapping[Value, Value]) -> Region:
    """A region in which the definition of each value in `names`, and every mention of it, is the other value."""
    return _with_mentions(region, names, names) if names else region


def _with_mentions(region: Region, mentions: Mapping[Value, Atom], definitions: Mapping[Value, Value]) -> Region:
    """A region with other atoms for those it mentions and other values for those it defines."""

    def mapped(equation: Equation) -> Equation:
        equation = with_inputs(equation, mentions)
        for output in equation.outputs:
            if output in definitions:
                equation = rebuilt(equation, outputs=tuple([definitions.get(v, v) for v in equation.outputs]))
                break
        if equation.regions:
            equation = with_regions(
                equation, [_with_mentions(inner, mentions, definitions) for inner in equation.regions]
            )
        return equation

    return Region(
        tuple([definitions.get(value, value) for value in region.parameters]),
        tuple([mapped(equation) for equation in region.equations]),
        tuple([resolve(atom, mentions) for atom in region.results]),
    )


def exporting(
    parameters: tuple[Value, ...], equations: Sequence[Equation], names: NameSupply
) -> tuple[Region, tuple[Value, ...]]:
    """A region that yields all that it defines, and outputs that have the names by which it was known inside.

    Whatever mentions one of these values need not know that it is now defined by the equation that owns the region.
    """
    defined = (*parameters, *(output for equation in equations for output in equation.outputs))
    inside = {value: renewed(value, names) for value in defined}
    region = rename(Region(parameters, tuple(equations), defined), inside)
    return region, defined


def copy_equations(
    equations: Iterable[Equation], names: NameSupply, mapping: dict[Value, Atom]
) -> tuple[Equation, ...]:
    """Copies that define fresh values, with `mapping` applied; `mapping` gains an entry for each value defined."""
    copies = []
    for equation in equations:
        outputs = tuple(renewed(value, names) for value in equation.outputs)
        regions = tuple(_copy_region(region, names, mapping) for region in equation.regions)
        inputs = tuple(resolve(atom, mapping) for atom in equation.inputs)
        mapping.update(zip(equation.outputs, outputs, strict=True))
        copies.append(rebuilt(equation, inputs=inputs, outputs=outputs, regions=regions))
    return tuple(copies)


def renewed(value: Value, names: NameSupply) -> Value:
    """A new value like another, with its hint."""
    return Value(names.fresh(value.hint), value.type, value.hint)


def _copy_region(region: Region, names: NameSupply, mapping: dict[Value, Atom]) -> Region:
    parameters = tuple(renewed(value, names) for value in region.parameters)
    mapping.update(zip(region.parameters, parameters, strict=True))
    equations = copy_equations(region.equations, names, mapping)
    return Region(parameters, equations, tuple(resolve(atom, mapping) for atom in region.results))


def resolve(atom: Atom, mapping: Mapping[Value, Atom]) -> Atom:
    """What an atom stands for after the substitution `mapping`."""
    return mapping.get(atom, atom) if isinstance(atom, Value) else atom


def with_inputs(equation: Equation, mapping: Mapping[Value, Atom]) -> Equation:
    """An equation whose inputs are what `mapping` makes of them; itself where that changes nothing."""
    for atom in equation.inputs:
        if isinstance(atom, Value) and atom in mapping:
            return rebuilt(equation, inputs=tuple([resolve(atom, mapping) for atom in equation.inputs]))
    return equation


def replace_equations(program: Program, rewrite: Callable[[Equation, Definitions], Replacement]) -> Program:
    """Offer every equation to `rewrite`, in order, inner regions first.

    `rewrite(equation, definitions)` returns None to keep it, an atom to use instead of its one output, or one or more
    equations to stand in its place (which must define its outputs). The equation it sees has been rewritten so far:
    its inputs mention what earlier equations became, and `definitions` finds the equations that define them.
    """
    body = _replace_in(program.body, rewrite, {}, {})
    return program if body is program.body else replace(program, body=body)


def _replace_in(
    region: Region,
    rewrite: Callable[[Equation, Definitions], Replacement],
    mapping: dict[Value, Atom],
    definitions: dict[Value, Equation],
) -> Region:
    equations: list[Equation] = []
    for equation in region.equations:
        current = with_inputs(equation, mapping) if mapping else equation
        if equation.regions:
            regions = [_replace_in(inner, rewrite, mapping, definitions) for inner in equation.regions]
            current = with_regions(current, regions)
        match rewrite(current, definitions):
            case None:
                kept: tuple[Equation, ...] = (current,)
            case Value() | Literal() as atom:
                mapping[current.outputs[0]] = atom
                kept = ()
            case Equation() as other:
                kept = (other,)
            case tuple() as several:
                kept = several
        for new in kept:
            for output in new.outputs:
                definitions[output] = new
        equations.extend(kept)
    results = tuple(resolve(atom, mapping) for atom in region.results)
    return region_with(region, equations, results)


def region_with(region: Region, equations: Sequence[Equation], results: tuple[Atom, ...] | None = None) -> Region:
    """A region with other equations and results; itself where they are the ones it has."""
    results = region.results if results is None else results
    same = len(equations) == len(region.equations) and results == region.results
    if same and all(new is old for new, old in zip(equations, region.equations, strict=True)):
        return region
    return Region(region.parameters, tuple(equations), results)


def definitions_in(equations: Iterable[Equation]) -> dict[Value, Equation]:
    """The equation that defines each value, of straight-line code (values inside inner regions are left out)."""
    return {output: equation for equation in equations for output in equation.outputs}


def count_uses(region: Region) -> Counter[Value]:
    """How often each value is mentioned, as an input or as a result, in a region and those within."""
    mentions: list[Atom] = []

    def visit(region: Region) -> None:
        mentions.extend(region.results)
        for equation in region.equations:
            mentions.extend(equation.inputs)
            for inner in equation.regions:
                visit(inner)

    visit(region)
    return Counter([atom for atom in mentions if isinstance(atom, Value)])


def number_regions(region: Region) -> dict[Value, int]:
    """For each value that an equation defines, the number of the region in which that stands, the whole being 0."""
    numbers: dict[Value, int] = {}
    count = 0

    def visit(region: Region) -> None:
        nonlocal count
        number, count = count, count + 1
        for equation in region.equations:
            numbers.update(dict.fromkeys(equation.outputs, number))
            for inner in equation.regions:
                visit(inner)

    visit(region)
    return numbers
