"""Writes to a part of an array that the next write to it replaces or need not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from adcompiler.analysis.stretches import Places, are_apart, stretches
from adcompiler.ir.nodes import Equation, Literal, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, region_with, with_regions
from adcompiler.rules.table import RULES

_WRITES = ("setitem", "additem")


def merge_writes(program: Program) -> Program:
    """Assign to a part of a cotangent that was just cleared, instead of adding to it.

    `y_bar[0] = 0.0; y_bar[0] += g` becomes `y_bar[0] = g`, and the first addition to each part of an array of zeros an
    assignment: to `y_bar[:, n:]` also after one to `y_bar[:, :n]`, which is sure to be apart from it. The one
    difference is that `0.0 + g` would make 0.0 of -0.0. Additions at an array of positions, where two of them may
    meet, stay.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(merge_writes, "def f(x): return np.sin(x[0])", x="float64[2]", gradient=True)
    program grad_f(x: float64[2], out_bar: float64):
        t.1: float64 = getitem(x, index=(0,))
        t.2: float64 = sin(t.1)
        t.3: float64 = cos(t.1)
        t.4: float64 = multiply(out_bar, t.3)
        t.5: float64[2] = zeros((2,))
        x_bar: float64[2] = setitem(t.5, t.4, index=(0,))
        return x_bar
    """
    if not any(equation.primitive.updates for equation in walk(program.body)):
        return program
    return replace(program, body=_merge(program.body, count_uses(program.body)))


def _merge(region: Region, uses: Counter[Value]) -> Region:
    kept: list[Equation | None] = []
    places: dict[Value, int] = {}
    parts: dict[Value, Places] = {}
    elements: dict[Value, set[object]] = {}
    for equation in region.equations:
        if equation.regions:
            equation = with_regions(equation, [_merge(inner, uses) for inner in equation.regions])
        elif equation.primitive.name in _WRITES and equation.sweep == "backward" and is_basic(equation):
            if _is_at_new_element(equation, elements, uses):
                equation = as_assignment(equation)
            else:
                equation = _merged(equation, kept, places, parts, uses)
        elif equation.primitive.name == "zeros":
            elements[equation.outputs[0]] = set()
        places.update((output, len(kept)) for output in equation.outputs)
        kept.append(equation)
    return region_with(region, [equation for equation in kept if equation is not None])


def _is_at_new_element(write: Equation, elements: dict[Value, set[object]], uses: Counter[Value]) -> bool:
    """Whether this adds to one element of an array of zeros, of which nothing but other elements were written so far.

    `elements` has those of each such array. It spares looking back over the writes to hundreds of them, one by one.
    """
    array, index = write.inputs[0], write.parameters["index"]
    written = elements.get(array) if isinstance(array, Value) and uses[array] == 1 else None
    is_element = len(index) == array.type.rank and all(type(item) is int and item >= 0 for item in index)
    if written is None or not is_element or index in written or write.primitive.name != "additem":
        return False
    written.add(index)
    elements[write.outputs[0]] = written
    return True


def _merged(
    write: Equation,
    kept: list[Equation | None],
    places: Mapping[Value, int],
    parts: dict[Value, Places],
    uses: Counter[Value],
) -> Equation:
    """What to do instead of a write; an earlier one that it makes needless becomes None in `kept`.

    Looks back over writes to other parts of the array, as long as nothing else reads what they made.
    """
    reader = len(kept)
    array = write.inputs[0]
    while isinstance(array, Value) and uses[array] == 1 and array in places:
        place = places[array]
        earlier = kept[place]
        assert earlier is not None
        if earlier.primitive.name == "zeros":
            return as_assignment(write)
        if earlier.primitive.name not in _WRITES or earlier.sweep != "backward":
            break
        before = earlier.inputs[0]
        if part_of_write(earlier) == part_of_write(write):
            if write.primitive.name == "additem" and not clears(earlier):
                break
            kept[place] = None
            if reader == len(kept):
                return as_assignment(replace(write, inputs=(before, *write.inputs[1:])))
            passed = kept[reader]
            assert passed is not None
            kept[reader] = replace(passed, inputs=(before, *passed.inputs[1:]))
            return as_assignment(write)
        for each in (earlier, write):
            if each.outputs[0] not in parts:
                parts[each.outputs[0]] = stretches(each)
        if not are_apart(parts[array], parts[write.outputs[0]]):
            break
        reader, array = place, before
    return write


def as_assignment(write: Equation) -> Equation:
    """The same write, of what was added."""
    return replace(write, primitive=RULES["setitem"].primitive)


def part_of_write(write: Equation) -> object:
    """The part of the array that is written: equal for the same part."""
    return write.parameters["index"], write.inputs[2:]


def clears(write: Equation) -> bool:
    """Whether this assigns zero."""
    return write.primitive.name == "setitem" and write.inputs[1] in (Literal(0.0), Literal(0))


def is_basic(write: Equation) -> bool:
    """Whether an index names each element once: it is made of integers, slices, None and Ellipsis."""
    return all(slot.type.kind == "scalar" and (slot.type.dtype or "").startswith("int") for slot in write.inputs[2:])
