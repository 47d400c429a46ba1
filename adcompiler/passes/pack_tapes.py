"""One tape a loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from adcompiler.ir.build import NameSupply
from adcompiler.ir.nodes import FOR, Atom, Equation, Program, Region, Value, walk
from adcompiler.ir.rewrite import count_uses, region_with, with_regions
from adcompiler.ir.types import Type
from adcompiler.rules.table import RULES


def pack_tapes(program: Program) -> Program:
    """Keep the tapes that one loop writes and one other loop reads as a single tape of tuples.

    One append and one pop in each iteration cost less than several. A loop within a loop has one tape in each round of
    the outer loop.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x, n):
    ...     for i in range(n):
    ...         x = x * np.exp(x)
    ...     return x
    ... '''
    >>> show_pass(pack_tapes, text, gradient=True, x="float64", n="int")  # doctest: +ELLIPSIS
    program grad_f(x: float64, n: int64*, x_bar: float64):
    ...
            t.4: float64 = exp(x.3)
            x.4: float64 = multiply(x.3, t.4)
            t.11: tuple(float64, float64) = make_tuple(x.3, t.4)
            yield x.4, i.2, t.11
        x_bar.4: float64 = for(t.1, tape, x_bar, reverse=True, sequences=2)
          (i: int64*, t.12: tuple(float64, float64), x_bar.2: float64):
            x.6: float64 = item(t.12, index=0)
            t.9: float64 = item(t.12, index=1)
    ...
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
                equations[earlier], reader = self._pack_within(equations[earlier], reader)
                equations[position] = reader
                tapes = self._tapes_between(equations[earlier], reader)
                if len(tapes) > 1:
                    equations[earlier], tape = self._pack_writer(equations[earlier], tapes)
                    reader = equations[position] = self._pack_reader(reader, tapes, tape)
            if _tapes_of(reader):
                writers.append(position)
        return region_with(region, equations)

    def _pack_within(self, writer: Equation, reader: Equation) -> tuple[Equation, Equation]:
        """Two loops whose bodies have a loop each, one that writes tapes and one that reads them, with one tape there.

        These tapes are what the first of the outer loops keeps, and the second runs over.
        """
        pairs: dict[tuple[Value, Value], tuple[Equation, Equation, dict[Value, Value]]] = {}
        for tape in self._tapes_between(writer, reader):
            item = writer.regions[-1].results[writer.outputs.index(tape)]
            element = reader.regions[0].parameters[reader.inputs.index(tape)]
            inner_writer = next((e for e in writer.regions[-1].equations if item in _tapes_of(e)), None)
            inner_reader = next((e for e in reader.regions[0].equations if element in _sequences_of(e)), None)
            if not isinstance(item, Value) or not self.uses[item] == self.uses[element] == 1:
                continue
            if inner_writer is not None and inner_reader is not None:
                pair = inner_writer, inner_reader, dict[Value, Value]()
                pairs.setdefault((inner_writer.outputs[0], inner_reader.outputs[0]), pair)[2][tape] = item
        for inner_writer, inner_reader, tapes in pairs.values():
            # Two of numbers are faster apart (lu 3.6, together 3.7), eleven together (lstm_adbench 3.2, apart 3.3).
            if len(tapes) > 2:
                writer, reader = self._with_one(writer, reader, inner_writer, inner_reader, tapes)
        return writer, reader

    def _with_one(
        self,
        writer: Equation,
        reader: Equation,
        inner_writer: Equation,
        inner_reader: Equation,
        tapes: dict[Value, Value],
    ) -> tuple[Equation, Equation]:
        """The outer loops with one tape of tapes in the place of several."""
        written, read = writer.regions[-1], reader.regions[0]
        packed, item = self._pack_writer(inner_writer, list(tapes.values()))
        whole = Value(self.names.fresh("tapes"), Type("list", elements=(item.type,)), "tapes")
        element = Value(self.names.fresh("tape"), item.type, "tape")
        places = [reader.inputs.index(tape) for tape in tapes]
        unpacking = self._pack_reader(inner_reader, [read.parameters[place] for place in places], element)
        self.uses.update((item, whole, element))
        kept = [number for number, output in enumerate(writer.outputs) if output not in tapes]
        body = replace(
            written,
            equations=tuple(packed if e is inner_writer else e for e in written.equations),
            results=(*_pick(written.results, kept), item),
        )
        outputs = (*_pick(writer.outputs, kept), whole)
        writer = replace(writer, outputs=outputs, regions=(*writer.regions[:-1], body))
        count = reader.parameters["sequences"]
        kept = [number for number in range(count) if number not in places]
        body = replace(
            read,
            parameters=(*_pick(read.parameters, kept), element, *read.parameters[count:]),
            equations=tuple(unpacking if e is inner_reader else e for e in read.equations),
        )
        static = dict(reader.static) | {"sequences": len(kept) + 1}
        return writer, replace(
            reader,
            inputs=(*_pick(reader.inputs, kept), whole, *reader.inputs[count:]),
            static=tuple(sorted(static.items())),
            regions=(body,),
        )

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


def _sequences_of(loop: Equation) -> tuple[Atom, ...]:
    """What a `for` runs over."""
    return loop.inputs[: loop.parameters["sequences"]] if loop.primitive is FOR else ()


def _tapes_of(writer: Equation) -> tuple[Value, ...]:
    """The lists among a loop's outputs."""
    if not writer.is_loop:
        return ()
    sequences = writer.parameters["sequences"] if writer.primitive is FOR else 0
    return writer.outputs[len(writer.inputs) - sequences :]
