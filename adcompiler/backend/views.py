"""Writes through views: `y[1:-1][0] = 5`, not a copy of the part that is written and put back.

A program of values says it in three steps: read a part, write into that, write the part back. In memory the part is a
view, and the second step has done it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adcompiler.ir.nodes import Equation, Primitive, Program, Region, Slot, Value, walk
from adcompiler.ir.rewrite import count_uses, definitions_in, rebuilt, region_with, with_regions

OF_PART = {
    "setitem": Primitive("setitem_of_part", updates=True),
    "additem": Primitive("additem_of_part", updates=True),
}
"""`array[first][second] = value`, or `+=`: the static `path` holds the indices, whose slots follow the value."""

_WRITES = {name: OF_PART[name.removesuffix("_of_part")] for name in (*OF_PART, *(p.name for p in OF_PART.values()))}


def path_of(access: Equation) -> tuple[Any, ...]:
    """The indices of a read or a write, outer before inner: one for each level of a list of lists."""
    given = access.parameters
    path: tuple[Any, ...]
    if "path" in given:
        path = given["path"]
    elif access.inputs[0].type.kind == "list":
        path = tuple((item,) for item in given["index"])
    else:
        path = (given["index"],)
    return path


def write_through_views(program: Program) -> Program:
    """Write a part of a part at once, where it is written back."""
    if sum(equation.primitive.name in _WRITES for equation in walk(program.body)) < 2:
        return program
    while (body := _Writer(program).region(program.body)) is not program.body:
        program = replace(program, body=body)
    return program


class _Writer:
    def __init__(self, program: Program) -> None:
        self._uses = count_uses(program.body)

    def region(self, region: Region) -> Region:
        """A region with such writes, and those within it."""
        definitions = definitions_in(region.equations)
        replaced: dict[Value, tuple[Equation, ...]] = {}
        for equation in region.equations:
            found = self._at_once(equation, definitions)
            if replaced.keys().isdisjoint(found):
                replaced.update(found)
        equations: list[Equation] = []
        for equation in region.equations:
            if equation.regions:
                equation = with_regions(equation, [self.region(inner) for inner in equation.regions])
            equations += replaced.get(equation.outputs[0], (equation,)) if equation.outputs else (equation,)
        return region_with(region, equations)

    def _at_once(self, write: Equation, definitions: Mapping[Value, Equation]) -> dict[Value, tuple[Equation, ...]]:
        """For a part that is written back: what to put in the place of equations, by their outputs.

        A write into the part becomes one to the array; what reads the part and writes it back is needed no more. Who
        reads the part after that reads it of the array.
        """
        if write.primitive.name != "setitem":
            return {}
        array, part, *slots = write.inputs
        inner: list[Equation] = []
        while (
            isinstance(part, Value)
            and (self._uses[part] == 1 or not inner)
            and (update := definitions.get(part)) is not None
        ):
            if update.primitive.name not in _WRITES:
                break
            inner.append(update)
            part = update.inputs[0]
        read = definitions.get(part) if isinstance(part, Value) else None
        if not inner or read is None or read.primitive.name != "getitem" or read.static != write.static:
            return {}
        if read.inputs != (array, *slots) or any(slot.type.kind != "scalar" for slot in slots):
            return {}
        replaced: dict[Value, tuple[Equation, ...]] = {write.outputs[0]: ()}
        if self._uses[read.outputs[0]] == 1:
            replaced[read.outputs[0]] = ()
        before = array
        for number, update in enumerate(reversed(inner), 1):
            after = write.outputs[0] if number == len(inner) else Value(update.outputs[0].name, array.type)
            replaced[update.outputs[0]] = (_of_part(update, before, after, tuple(slots), write),)
            before = after
        written = inner[0].outputs[0]
        if self._uses[written] > 1:
            again = rebuilt(read, inputs=(write.outputs[0], *slots), outputs=(written,))
            replaced[written] = (*replaced[written], replace(again, sweep=inner[0].sweep, span=inner[0].span))
        return replaced


def _of_part(update: Equation, array: Any, output: Value, slots: tuple[Any, ...], write: Equation) -> Equation:
    """One write into a part, as a write to the array."""
    _, value, *within = update.inputs
    path = (write.parameters["index"], *(_shifted(index, len(slots)) for index in path_of(update)))
    inputs = (array, value, *slots, *within)
    static = (("path", path),)
    return Equation(_WRITES[update.primitive.name], inputs, (output,), static, (), update.span, update.sweep)


def _shifted(item: Any, count: int) -> Any:
    match item:
        case tuple():
            return tuple(_shifted(part, count) for part in item)
        case Slot(number):
            return Slot(number + count)
        case slice():
            return slice(*(_shifted(bound, count) for bound in (item.start, item.stop, item.step)))
    return item
