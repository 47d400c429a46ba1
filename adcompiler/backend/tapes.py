"""Tapes: what a loop collects becomes a list that the loop appends to.

After `write_tapes` loops carry values and collect nothing; a tape is a list like the user's own, empty before its loop
and carried by it, with an `append` at the earliest place of the body where the kept value exists, so that its variable
is free again soon. Equations
whose results nobody uses are gone, and what takes an element of a loop apart stands at the top of its body, where
the loop's target can do it: `for y, t in reversed(tape)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adcompiler.ir.build import NameSupply
from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.nodes import Atom, Equation, Program, Region, Value, mentions, walk
from adcompiler.ir.rewrite import region_with, with_regions
from adcompiler.rules.structure import has_several_results
from adcompiler.rules.table import RULES


def write_tapes(program: Program) -> Program:
    """Make appends of what loops collect, and drop equations that are not needed."""
    body = without_dead_code(program.body)
    return replace(program, body=_hoist_items(_rewrite_region(body, NameSupply.beside(program)), len(body.parameters)))


def hoist_items(program: Program) -> Program:
    """A program in which what takes a tuple apart comes first: of a parameter, in its region; of a result, after it.

    All items of a tuple that is taken apart at once get their variables at once.
    """

    def hoisted(region: Region, sequences: int) -> Region:
        equations = [
            with_regions(equation, list(map(hoisted, equation.regions, _sequences(equation))))
            if equation.regions
            else equation
            for equation in region.equations
        ]
        return _hoist_items(region_with(region, equations), sequences)

    body = hoisted(program.body, len(program.body.parameters))
    return program if body is program.body else replace(program, body=body)


def _sequences(equation: Equation) -> list[int]:
    """How many parameters of each region are elements of sequences."""
    return [equation.parameters.get("sequences", 0)] * len(equation.regions)


def _values(atoms: Iterable[Atom]) -> list[Value]:
    return [atom for atom in atoms if isinstance(atom, Value)]


def _rewrite_region(region: Region, names: NameSupply) -> Region:
    equations = tuple(rewritten for equation in region.equations for rewritten in _rewrite(equation, names))
    return replace(region, equations=equations)


def _rewrite(equation: Equation, names: NameSupply) -> list[Equation]:
    """An equation with its regions rewritten, after the lists that it fills."""
    if not equation.regions:
        return [equation]
    if not equation.is_loop:
        return [replace(equation, regions=tuple(_rewrite_region(region, names) for region in equation.regions))]
    sequences = equation.parameters.get("sequences", 0)
    carried = len(equation.inputs) - sequences
    tapes = equation.outputs[carried:]
    regions = []
    for region in equation.regions:
        parameters = tuple(_renamed(tape, names) for tape in tapes)
        results = region.results
        if region is equation.regions[-1]:
            appends = [
                _append(tape, element, names) for tape, element in zip(parameters, results[carried:], strict=True)
            ]
            region = replace(region, equations=_insert_appends(region, appends))
            results = (*(append.outputs[0] for append in appends), *results[:carried])
        elements, others = region.parameters[:sequences], region.parameters[sequences:]
        region = Region((*elements, *parameters, *others), region.equations, results)
        regions.append(_rewrite_region(_hoist_items(region, sequences), names))
    lists = [
        Equation(RULES["make_list"].primitive, (), (_renamed(tape, names),), span=equation.span, sweep=equation.sweep)
        for tape in tapes
    ]
    empty = (made.outputs[0] for made in lists)
    inputs = (*equation.inputs[:sequences], *empty, *equation.inputs[sequences:])
    outputs = (*tapes, *equation.outputs[:carried])
    return [*lists, replace(equation, inputs=inputs, outputs=outputs, regions=tuple(regions))]


def _renamed(tape: Value, names: NameSupply) -> Value:
    return Value(names.fresh(tape.hint), tape.type, tape.hint)


def _append(tape: Value, element: Atom, names: NameSupply) -> Equation:
    return Equation(RULES["append"].primitive, (tape, element), (_renamed(tape, names),))


def _insert_appends(body: Region, appends: list[Equation]) -> tuple[Equation, ...]:
    """The equations of a body, with each element appended where it, or all that it is made of, exists."""
    equations = list(body.equations)
    packs = {e.outputs[0]: e for e in equations if e.primitive.name == "make_tuple"}
    mentioned: set[Atom] = {atom for equation in walk(body) for atom in mentions(equation)}
    for append in appends:
        element = append.inputs[1]
        packed = packs.get(element) if isinstance(element, Value) else None
        moved = [append]
        parts: Iterable[Atom] = (element,)
        if packed is not None and element not in mentioned:
            equations.remove(packed)
            moved = [packed, append]
            parts = packed.inputs
        mentioned.add(element)
        wanted = set(_values(parts))
        after = max((n + 1 for n, e in enumerate(equations) if not wanted.isdisjoint(e.outputs)), default=0)
        while after < len(equations) and equations[after] in appends:
            after += 1
        equations[after:after] = moved
    return tuple(equations)


def _hoist_items(body: Region, sequences: int) -> Region:
    """The same body with the items of its elements, and of functions' results, taken first."""
    whole = {*body.parameters[:sequences], *(e.outputs[0] for e in body.equations if has_several_results(e))}
    items: dict[Atom, list[Equation]] = {}
    for equation in body.equations:
        if equation.primitive.name == "item" and equation.inputs[0] in whole:
            items.setdefault(equation.inputs[0], []).append(equation)
    if not items:
        return body
    elements = items.keys() & set(body.parameters)
    equations = [e for e in body.equations if e.primitive.name == "item" and e.inputs[0] in elements]
    for equation in body.equations:
        if not (equation.primitive.name == "item" and equation.inputs[0] in items):
            equations.append(equation)
            for output in equation.outputs:
                equations += items.get(output, ())
    return region_with(body, equations)
