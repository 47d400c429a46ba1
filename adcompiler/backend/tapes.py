"""Tapes: what a loop collects becomes a list that the loop appends to.

After `write_tapes` loops carry values and collect nothing; a tape is an `empty_list` before its loop and an `append`
at the earliest place of the body where the kept value exists, so that its variable is free again soon. Equations
whose results nobody uses are gone, and what takes an element of a loop apart stands at the top of its body, where
the loop's target can do it: `for y, t in reversed(tape)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adcompiler.analysis.sharing import APPEND, EMPTY_LIST
from adcompiler.ir.dead_code import without_dead_code
from adcompiler.ir.nodes import Atom, Equation, Program, Region, Value, free_values


def write_tapes(program: Program) -> Program:
    """Make appends of what loops collect, and drop equations that are not needed."""
    body = without_dead_code(program.body)
    return replace(program, body=_hoist_items(_rewrite_region(body), len(body.parameters)))


def hoist_items(program: Program) -> Program:
    """A program in which what takes the elements of a loop, or a parameter, apart comes first in its region again.

    All items of a tuple that is taken apart at once get their variables at once.
    """

    def hoisted(region: Region, sequences: int) -> Region:
        equations = tuple(
            replace(equation, regions=tuple(map(hoisted, equation.regions, _sequences(equation))))
            if equation.regions
            else equation
            for equation in region.equations
        )
        return _hoist_items(replace(region, equations=equations), sequences)

    return replace(program, body=hoisted(program.body, len(program.body.parameters)))


def _sequences(equation: Equation) -> list[int]:
    """How many parameters of each region are elements of sequences."""
    return [equation.parameters.get("sequences", 0)] * len(equation.regions)


def _values(atoms: Iterable[Atom]) -> list[Value]:
    return [atom for atom in atoms if isinstance(atom, Value)]


def _rewrite_region(region: Region) -> Region:
    equations = tuple(rewritten for equation in region.equations for rewritten in _rewrite(equation))
    return replace(region, equations=equations)


def _rewrite(equation: Equation) -> list[Equation]:
    """An equation with its regions rewritten, after the lists that it fills."""
    if not equation.regions:
        return [equation]
    if not equation.is_loop:
        return [replace(equation, regions=tuple(map(_rewrite_region, equation.regions)))]
    *conditions, body = equation.regions
    carried = len(equation.inputs) - equation.parameters.get("sequences", 0)
    tapes = list(zip(equation.outputs[carried:], body.results[carried:], strict=True))
    body = Region(body.parameters, _insert_appends(body, tapes), body.results[:carried])
    regions = (*conditions, _hoist_items(body, len(body.parameters) - carried))
    lists = [
        replace(equation, primitive=EMPTY_LIST, inputs=(), outputs=(tape,), static=(), regions=()) for tape, _ in tapes
    ]
    return [*lists, replace(equation, outputs=equation.outputs[:carried], regions=tuple(map(_rewrite_region, regions)))]


def _insert_appends(body: Region, tapes: list[tuple[Value, Atom]]) -> tuple[Equation, ...]:
    """The equations of a body, with each element appended where it, or all that it is made of, exists."""
    equations = list(body.equations)
    for tape, element in tapes:
        append = Equation(APPEND, (tape, element), ())
        packed = next((e for e in equations if element in e.outputs and e.primitive.name == "make_tuple"), None)
        moved = [append]
        parts: Iterable[Atom] = (element,)
        if packed is not None and not any(element in _mentions(e) for e in equations):
            equations.remove(packed)
            moved = [packed, append]
            parts = packed.inputs
        wanted = set(_values(parts))
        after = max((n + 1 for n, e in enumerate(equations) if wanted.intersection(e.outputs)), default=0)
        while after < len(equations) and equations[after].primitive is APPEND:
            after += 1
        equations[after:after] = moved
    return tuple(equations)


def _hoist_items(body: Region, sequences: int) -> Region:
    """The same body with the items of its elements taken first."""
    elements = body.parameters[:sequences]
    first = [e for e in body.equations if e.primitive.name == "item" and e.inputs[0] in elements]
    rest = [e for e in body.equations if not (e.primitive.name == "item" and e.inputs[0] in elements)]
    return replace(body, equations=(*first, *rest))


def _mentions(equation: Equation) -> set[Value]:
    return set(_values(equation.inputs)).union(*map(free_values, equation.regions))
