"""The order of contributions to a part of a cotangent that was cleared: one that can be assigned comes first."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adcompiler.analysis.stretches import are_apart, stretches
from adcompiler.ir.nodes import Equation, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, region_with, with_regions
from adcompiler.passes.merge_writes import as_assignment, clears, is_basic, part_of_write


def assign_first(program: Program) -> Program:
    """Begin with the contribution to the very part that was cleared, which is assigned and need not be added.

    `y_bar[1:-1] = 0.0; y_bar[2:] += g; y_bar[1:-1] += g` becomes `y_bar[1:-1] = g; y_bar[2:] += g`. Other additions may
    come in between: in which order contributions are summed, nobody says.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(y):
    ...     y[1:] = y[1:] - y[:-1]
    ...     return np.sum(y)
    ... '''
    >>> show_pass(assign_first, text, y="float64[n]", gradient=True)  # doctest: +ELLIPSIS
    program grad_f(y: float64[n], out_bar: float64):
    ...
        t...: float64 = negative(out_bar)
        y_bar...: float64[n] = setitem(t..., out_bar, index=(slice(1, None, None),))
        y_bar...: float64[n] = additem(y_bar..., t..., index=(slice(None, -1, None),))
        return y_bar...
    """
    if not any(map(_is_addition, walk(program.body))):
        return program
    return replace(program, body=_reorder(program.body, count_uses(program.body)))


def _is_addition(equation: Equation) -> bool:
    is_array = equation.primitive.name == "additem" and equation.inputs[0].type.kind == "array"
    return is_array and equation.sweep == "backward"


def _reorder(region: Region, uses: Counter[Value]) -> Region:
    equations = [
        with_regions(equation, [_reorder(inner, uses) for inner in equation.regions]) for equation in region.equations
    ]
    position = 0
    while position < len(equations):
        if _is_addition(equations[position]) and is_basic(equations[position]):
            position -= _moved_first(equations, position, uses)
        position += 1
    return region_with(region, equations)


def _moved_first(equations: list[Equation], position: int, uses: Counter[Value]) -> int:
    """Move an addition to where its part is cleared, and drop the clearing; how many equations fewer there are."""
    addition = equations[position]
    chain = additions_since(equations, position, uses)
    place = chain[-1] if chain else position
    clearing = next((n for n in range(place - 1, -1, -1) if equations[place].inputs[0] in equations[n].outputs), None)
    if not chain or clearing is None or uses[equations[clearing].outputs[0]] > 1:
        return 0
    cleared = equations[clearing]
    if not clears(cleared) or cleared.sweep != "backward" or part_of_write(cleared) != part_of_write(addition):
        return 0
    if not is_known_before(addition, equations, place):
        return 0
    assignment = replace(
        as_assignment(addition), inputs=(cleared.inputs[0], *addition.inputs[1:]), outputs=cleared.outputs
    )
    equations[chain[0]] = replace(equations[chain[0]], outputs=addition.outputs)
    del equations[position]
    equations.insert(place, assignment)
    del equations[clearing]
    return 1


def additions_since(equations: list[Equation], position: int, uses: Counter[Value]) -> list[int]:
    """The positions of the additions before one, to the same array and the latest first, that it may come before."""
    addition = equations[position]
    found: list[int] = []
    array = addition.inputs[0]
    for number in range(position - 1, -1, -1):
        earlier = equations[number]
        if array not in earlier.outputs:
            continue
        is_write = earlier.primitive.name in ("setitem", "additem") and earlier.sweep == "backward"
        if not is_write or not isinstance(array, Value) or uses[array] > 1:
            break
        if earlier.primitive.name == "setitem" and not are_apart(stretches(earlier), stretches(addition)):
            break
        found.append(number)
        array = earlier.inputs[0]
    return found


def is_known_before(addition: Equation, equations: list[Equation], place: int) -> bool:
    """Whether what is added, and where, is known before the equation at a place."""
    later = {output for equation in equations[place:] for output in equation.outputs}
    return later.isdisjoint(atom for atom in addition.inputs[1:] if isinstance(atom, Value))
