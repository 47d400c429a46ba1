"""Arrays of zeros of which no element stays zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from adcompiler.analysis.stretches import cover
from adcompiler.ir.nodes import Atom, Equation, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, region_with, with_regions
from adcompiler.passes.merge_writes import is_basic, part_of_write
from adcompiler.rules.table import RULES

_MOST_PARTS = 32
"""How many parts are tried to be put together."""


def leave_unfilled(program: Program) -> Program:
    """Do not fill a cotangent with zeros if assignments to its parts cover it, before anybody else reads it.

    Bounds of slices that are values are the same bound where they are the same value.

    Examples
    --------
    >>> from adcompiler.passes.merge_writes import merge_writes
    >>> from adcompiler.testing import show_pass
    >>> text = "def f(x, k): return np.sum(np.sin(x[:k])) * np.sum(x[k:])"
    >>> show_pass(lambda made: leave_unfilled(merge_writes(made)), text, x="float64[n]", k="int", gradient=True)
    ... # doctest: +ELLIPSIS
    program grad_f(x: float64[n], k: int64*, out_bar: float64):
    ...
        t.10: float64[n] = empty(t.9)
        x_bar: float64[n] = setitem(t.10, t.8, k, index=(slice(Slot(number=0), None, None),))
    ...
        x_bar.2: float64[n] = setitem(x_bar, t.13, k, index=(slice(None, Slot(number=0), None),))
        return x_bar.2
    """
    if not any(map(_is_made, walk(program.body))):
        return program
    return replace(program, body=_leave(program.body, count_uses(program.body)))


def _is_made(equation: Equation) -> bool:
    return equation.primitive.name == "zeros" and equation.sweep == "backward"


def _leave(region: Region, uses: Counter[Value]) -> Region:
    equations = [
        with_regions(equation, [_leave(inner, uses) for inner in equation.regions]) if equation.regions else equation
        for equation in region.equations
    ]
    writes = {
        equation.inputs[0]: equation
        for equation in equations
        if equation.primitive.name in ("setitem", "additem") and equation.sweep == "backward" and is_basic(equation)
    }
    for number, equation in enumerate(equations):
        if _is_made(equation) and _is_covered(equation.outputs[0], writes, uses):
            equations[number] = replace(equation, primitive=RULES["empty"].primitive)
    return region_with(region, equations)


def _is_covered(array: Value, writes: Mapping[Atom, Equation], uses: Counter[Value]) -> bool:
    """Whether the writes that follow assign to all parts, and add to those only that have been assigned to."""
    assigned: list[Equation] = []
    made = array
    while uses[array] == 1 and array in writes and len(assigned) <= _MOST_PARTS:
        write = writes[array]
        if write.primitive.name == "setitem":
            assigned.append(write)
        elif not any(part_of_write(write) == part_of_write(other) for other in assigned):
            break
        array = write.outputs[0]
    return cover(assigned, made.type)
