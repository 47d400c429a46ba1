"""Parts of cotangents that each round of a loop clears, for the next one to begin with zeros."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import FOR, Equation, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, definitions_in, rebuilt, region_with, renewed, with_regions
from adcompiler.passes.assign_first import additions_since, is_known_before
from adcompiler.passes.merge_writes import as_assignment, clears, is_basic, part_of_write


def clear_once(program: Program) -> Program:
    """Clear a part of a cotangent after a loop, where each round would clear it at its end.

    It was zero before the loop, and each round adds to that very part: the first thing that a round does is then to
    assign to it. What the round before left there, nobody reads.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(A, B, n):
    ...     for _ in range(n):
    ...         B[1:-1] = A[:-2] + A[2:]
    ...         A[1:-1] = B[1:-1] - B[2:]
    ...     return np.sum(A)
    ... '''
    >>> show_pass(clear_once, text, A="float64[m]", B="float64[m]", n="int", gradient=True)  # doctest: +ELLIPSIS
    program grad_f(A: float64[m], B: float64[m], n: int64*, out_bar: float64):
    ...
            B_bar...: float64[m] = setitem(B_bar, t..., index=(slice(1, -1, None),))
            B_bar...: float64[m] = additem(B_bar..., t..., index=(slice(2, None, None),))
    ...
        B_bar...: float64[m] = setitem(B_bar..., 0.0, index=(slice(1, -1, None),))
    ...
    """
    if not any(equation.primitive is FOR and equation.sweep == "backward" for equation in walk(program.body)):
        return program
    return replace(program, body=_clear(program.body, count_uses(program.body), NameSupply.beside(program)))


def _clear(region: Region, uses: Counter[Value], names: NameSupply) -> Region:
    equations: list[Equation] = []
    definitions: dict[Value, Equation] = {}
    for equation in region.equations:
        equation = with_regions(equation, [_clear(inner, uses, names) for inner in equation.regions])
        after: list[Equation] = []
        if equation.primitive is FOR and equation.sweep == "backward":
            equation, after = _cleared_after(equation, definitions, uses, names)
        for new in (equation, *after):
            definitions.update(dict.fromkeys(new.outputs, new))
            equations.append(new)
    return region_with(region, equations)


def _cleared_after(
    loop: Equation, definitions: Mapping[Value, Equation], uses: Counter[Value], names: NameSupply
) -> tuple[Equation, list[Equation]]:
    """A loop whose rounds assign first, and what clears the parts after it."""
    after: list[Equation] = []
    sequences, initial, body = loop_parts(loop)
    for number, start in enumerate(initial):
        made = definitions.get(start) if isinstance(start, Value) else None
        parameter = body.parameters[len(sequences) + number]
        if made is None or made.primitive.name != "zeros" or uses[parameter] != 1:
            continue
        found = _assigning(body, parameter, number, uses, names)
        if found is None:
            continue
        body, clearing = found
        dirty = renewed(loop.outputs[number], names)
        outputs = tuple(dirty if output == loop.outputs[number] else output for output in loop.outputs)
        cleared = rebuilt(clearing, inputs=(dirty, *clearing.inputs[1:]), outputs=(loop.outputs[number],))
        after.append(cleared)
        loop = rebuilt(loop, outputs=outputs, regions=(body,))
    return loop, after


def _assigning(
    body: Region, parameter: Value, number: int, uses: Counter[Value], names: NameSupply
) -> tuple[Region, Equation] | None:
    """A body that assigns to the part first, and the equation at its end that cleared it."""
    equations = list(body.equations)
    result = body.results[number]
    clearing = definitions_in(equations).get(result) if isinstance(result, Value) else None
    if clearing is None or not clears(clearing) or not is_basic(clearing) or uses[clearing.outputs[0]] != 1:
        return None
    own = {*body.parameters, *(output for equation in equations for output in equation.outputs)}
    if not own.isdisjoint(atom for atom in clearing.inputs[2:] if isinstance(atom, Value)):
        return None
    for position, addition in enumerate(equations):
        if addition.primitive.name != "additem" or part_of_write(addition) != part_of_write(clearing):
            continue
        chain = additions_since(equations, position, uses)
        place = chain[-1] if chain else position
        only_additions = all(equations[n].primitive.name == "additem" for n in chain)
        if equations[place].inputs[0] != parameter or not only_additions:
            return None
        if not is_known_before(addition, equations, place):
            return None
        assignment = as_assignment(addition)
        if chain:
            assigned = renewed(addition.outputs[0], names)
            assignment = rebuilt(assignment, inputs=(parameter, *addition.inputs[1:]), outputs=(assigned,))
            first = equations[place]
            equations[place] = rebuilt(first, inputs=(assigned, *first.inputs[1:]))
            equations[chain[0]] = rebuilt(equations[chain[0]], outputs=addition.outputs)
        del equations[position]
        equations.insert(place, assignment)
        equations.remove(clearing)
        results = (*body.results[:number], clearing.inputs[0], *body.results[number + 1 :])
        return Region(body.parameters, tuple(equations), results), clearing
    return None
