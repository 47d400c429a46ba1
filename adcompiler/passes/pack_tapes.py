"""One tape a loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import FOR, Equation, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, region_with, with_regions
from adcompiler.ir.types import Type
from adcompiler.rules.table import RULES


def pack_tapes(program: Program) -> Program:
    """Keep the tapes that one loop writes and one other loop reads as a single tape of tuples.

    One append and one pop in each iteration cost less than several.
    """
    if not any(_tapes_of(equation)[1:] for equation in walk(program.body)):
        return program
    packer = _Packer(count_uses(program.body), NameSupply.beside(program))
    return replace(program, body=packer.pack(program.body))


_Item = TypeVar("_Item")


class _Packer:
    def __init__(self, uses: Counter[Value], names: NameSupply) -> None:
        self.uses = uses
        self.names = names

    def pack(self, region: Region) -> Region:
        equations = [
            with_regions(equation, [self.pack(inner) for inner in equation.regions]) for equation in region.equations
        ]
        writers: list[int] = []
        for position, reader in enumerate(equations):
            for earlier in writers if reader.primitive is FOR else ():
                tapes = self._tapes_between(equations[earlier], reader)
                if len(tapes) > 1:
                    equations[earlier], tape = self._pack_writer(equations[earlier], tapes)
                    reader = equations[position] = self._pack_reader(reader, tapes, tape)
            if _tapes_of(reader):
                writers.append(position)
        return region_with(region, equations)

    def _tapes_between(self, writer: Equation, reader: Equation) -> list[Value]:
        sequences = reader.inputs[: reader.parameters["sequences"]]
        return [output for output in _tapes_of(writer) if output in sequences and self.uses[output] == 1]

    def _pack_writer(self, writer: Equation, tapes: list[Value]) -> tuple[Equation, Value]:
        body = writer.regions[-1]
        numbers = [writer.outputs.index(tape) for tape in tapes]
        kept = [number for number in range(len(writer.outputs)) if number not in numbers]
        items = tuple(body.results[number] for number in numbers)
        type = Type("tuple", elements=tuple(item.type for item in items))
        packed = Value(self.names.fresh(None), type)
        tape = Value(self.names.fresh("tape"), Type("list", elements=(type,)), "tape")
        make = Equation(RULES["make_tuple"].primitive, items, (packed,), span=writer.span, sweep=writer.sweep)
        body = replace(
            body,
            equations=(*body.equations, make),
            results=(*(body.results[number] for number in kept), packed),
        )
        outputs = (*(writer.outputs[number] for number in kept), tape)
        return replace(writer, outputs=outputs, regions=(*writer.regions[:-1], body)), tape

    def _pack_reader(self, reader: Equation, tapes: list[Value], tape: Value) -> Equation:
        count = reader.parameters["sequences"]
        (body,) = reader.regions
        numbers = [reader.inputs.index(packed) for packed in tapes]
        kept = [number for number in range(count) if number not in numbers]
        element = Value(self.names.fresh(None), tape.type.elements[0])
        items = tuple(
            Equation(
                RULES["item"].primitive,
                (element,),
                (body.parameters[number],),
                (("index", position),),
                span=reader.span,
                sweep=reader.sweep,
            )
            for position, number in enumerate(numbers)
        )
        static = dict(reader.static) | {"sequences": len(kept) + 1}
        return replace(
            reader,
            inputs=(*_pick(reader.inputs, kept), tape, *reader.inputs[count:]),
            static=tuple(sorted(static.items())),
            regions=(
                replace(
                    body,
                    parameters=(*_pick(body.parameters, kept), element, *body.parameters[count:]),
                    equations=(*items, *body.equations),
                ),
            ),
        )


def _pick(items: tuple[_Item, ...], numbers: Iterable[int]) -> list[_Item]:
    return [items[number] for number in numbers]


def _tapes_of(writer: Equation) -> tuple[Value, ...]:
    """The lists among a loop's outputs."""
    if not writer.is_loop:
        return ()
    sequences = writer.parameters["sequences"] if writer.primitive is FOR else 0
    return writer.outputs[len(writer.inputs) - sequences :]
