"""Loops over the items of lists, rather than over their positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.build import NameSupply, own_shape
from adcompiler.ir.nodes import FOR, IF, Atom, Equation, Literal, Program, Region, Slot, Value, walk
from adcompiler.ir.rewrite import count_uses, definitions_in, region_with, substitute, with_regions


def walk_lists(program: Program) -> Program:
    """Let a loop over the positions of lists, forwards or backwards, run over the lists themselves.

    Lists are as long as the loop is if that can be seen: the loop runs to the length of one, and another grew in a loop
    that ran as often.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> text = '''
    ... def f(x, n):
    ...     xs = [x * i for i in range(n)]
    ...     total = x
    ...     for a in reversed(xs):
    ...         total = total * a
    ...     return total
    ... '''
    >>> show_pass(walk_lists, text, x="float64", n="int")  # doctest: +ELLIPSIS
    program f(x: float64, n: int64*):
    ...
        total...: float64, ... = for(..., xs, x, ..., reverse=True, sequences=2)
    ...
    """
    if not any(_reads_item(equation) for equation in walk(program.body)):
        return program
    return replace(program, body=_Walker(NameSupply.beside(program)).region(program.body))


def _reads_item(equation: Equation) -> bool:
    """Whether this is `xs[i]` of a list, at a position that is computed."""
    is_item = equation.primitive.name == "getitem" and equation.inputs[0].type.kind == "list"
    return is_item and equation.parameters["index"] == (Slot(0),)


Length = tuple[str, Atom]
"""`("value", n)` or `("len", xs)`: equal for lengths that are surely equal."""


@dataclass
class _Walker:
    names: NameSupply
    definitions: dict[Value, Equation] = field(default_factory=dict)

    def region(self, region: Region) -> Region:
        """A region in which loops run over lists."""
        equations = []
        for equation in region.equations:
            current = with_regions(equation, [self.region(inner) for inner in equation.regions])
            for new in self._walking(current):
                self.definitions.update(dict.fromkeys(new.outputs, new))
                equations.append(new)
        return region_with(region, equations)

    # Lengths

    def _length(self, atom: Atom) -> Length:
        """What a number of rounds is the length of."""
        made = self._definition(atom)
        if made is not None and made.primitive.name == "len":
            return self._length_of(made.inputs[0])
        if made is not None and made.primitive is IF:  # the length of the shorter of two
            number = [output == atom for output in made.outputs].index(True)
            ends = {self._length(region.results[number]) for region in made.regions}
            if len(ends) == 1:
                return ends.pop()
        return "value", atom

    def _definition(self, atom: Atom) -> Equation | None:
        return self.definitions.get(atom) if isinstance(atom, Value) else None

    def _length_of(self, xs: Atom) -> Length:
        """The length of a list: if it grew from nothing by an item in each round of a loop, how often that ran."""
        loop = self._definition(xs)
        if loop is None or loop.primitive is not FOR:
            return "len", xs
        sequences, initial, body = loop_parts(loop)
        number = [output == xs for output in loop.outputs].index(True)
        if number >= len(initial):
            return "len", xs
        start, result = self._definition(initial[number]), body.results[number]
        append = definitions_in(body.equations).get(result) if isinstance(result, Value) else None
        parameter = body.parameters[len(sequences) + number]
        is_empty = start is not None and start.primitive.name == "make_list" and not start.inputs
        if not is_empty or append is None or append.primitive.name != "append" or append.inputs[0] != parameter:
            return "len", xs
        return self._rounds(sequences[0]) or ("len", xs)

    def _rounds(self, sequence: Atom) -> Length | None:
        if sequence.type.kind == "list":
            return self._length_of(sequence)
        made = self._definition(sequence)
        is_plain = made is not None and made.primitive.name == "range" and made.inputs[0] == Literal(0)
        if made is None or not is_plain or made.inputs[2] != Literal(1):
            return None
        return self._length(made.inputs[1])

    # Loops

    def _walking(self, loop: Equation) -> list[Equation]:
        """A loop over lists in the place of one over their positions; any other equation as it is."""
        if loop.primitive is not FOR or loop.parameters["sequences"] != 1:
            return [loop]
        rounds = self._rounds(loop.inputs[0])
        if rounds is None or not any(map(_reads_item, walk(loop.regions[0]))):
            return [loop]
        found = self._over_items(self._flipped(loop, rounds), rounds)
        if found is None:
            return [loop]
        made = self._definition(loop.inputs[0])
        if rounds[0] == "value" and made is not None and made.inputs[1] != rounds[1]:
            positions = Value(self.names.fresh(None), loop.inputs[0].type)
            plain = replace(made, inputs=(Literal(0), rounds[1], Literal(1)), outputs=(positions,))
            return [plain, replace(found, inputs=(positions, *found.inputs[1:]))]
        return [found]

    def _flipped(self, loop: Equation, rounds: Length) -> Equation:
        """The loop the other way round, if its body needs positions counted from the end alone."""
        (body,) = loop.regions
        index = body.parameters[0]
        mirrored = [equation for equation in body.equations if self._is_mirrored(equation, index, rounds)]
        if not mirrored or count_uses(body)[index] != len(mirrored):
            return loop
        hint = next((equation.outputs[0].hint for equation in mirrored if equation.outputs[0].hint), index.hint)
        position = Value(self.names.fresh(hint), index.type, hint)
        mapping: Mapping[Value, Atom] = {equation.outputs[0]: position for equation in mirrored}
        rest = substitute(region_with(body, [e for e in body.equations if e not in mirrored]), mapping)
        rest = replace(rest, parameters=(position, *rest.parameters[1:]))
        static = dict(loop.static) | {"reverse": not loop.parameters["reverse"]}
        return replace(loop, regions=(rest,), static=tuple(sorted(static.items())))

    def _is_mirrored(self, equation: Equation, index: Value, rounds: Length) -> bool:
        """Whether this is `n - 1 - i`, where the loop has `n` rounds."""
        if equation.primitive.name != "subtract" or equation.inputs[1] != index:
            return False
        last = self._definition(equation.inputs[0])
        is_last = last is not None and last.primitive.name == "subtract" and last.inputs[1] == Literal(1)
        return last is not None and is_last and self._length(last.inputs[0]) == rounds

    def _over_items(self, loop: Equation, rounds: Length) -> Equation | None:
        (body,) = loop.regions
        index = body.parameters[0]
        inside = {output for equation in walk(body) for output in equation.outputs} | set(body.parameters)
        elements: dict[Value, Value] = {}
        mapping: dict[Value, Atom] = {}
        for equation in walk(body):
            if _reads_item(equation) and equation.inputs[1] == index:
                xs, (item,) = equation.inputs[0], equation.outputs
                if isinstance(xs, Value) and xs not in inside and self._length_of(xs) == rounds:
                    if xs not in elements:
                        name = self.names.fresh(item.hint)
                        elements[xs] = Value(name, own_shape(xs.type.elements[0], name), item.hint)
                    mapping[item] = elements[xs]
        if not elements:
            return None
        sequences, initial, _ = loop_parts(loop)
        body = substitute(_without(body, mapping), mapping)
        parameters = (index, *elements.values(), *body.parameters[1:])
        static = dict(loop.static) | {"sequences": 1 + len(elements)}
        return replace(
            loop,
            inputs=(*sequences, *elements, *initial),
            static=tuple(sorted(static.items())),
            regions=(replace(body, parameters=parameters),),
        )


def _without(region: Region, gone: Mapping[Value, Atom]) -> Region:
    """A region without the equations that define these."""
    equations = [
        with_regions(equation, [_without(inner, gone) for inner in equation.regions])
        for equation in region.equations
        if not any(output in gone for output in equation.outputs)
    ]
    return region_with(region, equations)
