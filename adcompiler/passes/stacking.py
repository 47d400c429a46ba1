"""What a value of a loop's body is in all rounds together: an array with the rounds along its first axis.

Some are there anyway: the array or the list that the loop runs over, or the array that it reads by its counter. Of any
other the loop collects a list, which becomes an array after it. The first row of every such array belongs to the round
of the first element, in whichever direction the loop runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.build import Builder, NameSupply, tape_name
from adcompiler.ir.dims import Dim, lower_bound
from adcompiler.ir.nodes import FOR, Atom, Equation, Literal, Slot, Value
from adcompiler.ir.rewrite import definitions_in
from adcompiler.ir.types import Type
from adcompiler.rules.indexing import REVERSED
from adcompiler.rules.table import RULES


@dataclass
class Stacking:
    """The stacks of one loop.

    Parameters
    ----------
    loop : Equation
        A `for`.
    outer : mapping
        The equations that define the values around it.
    names : NameSupply
    """

    loop: Equation
    outer: Mapping[Value, Equation]
    names: NameSupply
    collected: dict[Value, Value] = field(default_factory=dict)
    """The values that the loop is to collect, and the list of each."""

    def __post_init__(self) -> None:
        self.sequences, self.initial, self.body = loop_parts(self.loop)
        self.made = definitions_in(self.body.equations)
        self._inside = {*self.body.parameters, *self.made}
        self._stacks: dict[tuple[Value, ...], Value] = {}

    def changes(self, value: Value) -> bool:
        """Whether a value is one of the loop's body, and not the same in all rounds."""
        return value in self._inside

    def source(self, value: Value) -> Value:
        """The array or list that has a value's rounds."""
        is_row = value.type.rank == 1
        elements = self.body.parameters[: len(self.sequences)]
        if value in elements:
            sequence = self.sequences[elements.index(value)]
            if isinstance(sequence, Value) and sequence.type.kind in (("list", "array") if is_row else ("list",)):
                return sequence
        if is_row and (read := self.read_by_counter(value)) is not None:
            return read[0]
        if value not in self.collected:
            hint = tape_name(value.hint) if value.hint else None
            self.collected[value] = Value(self.names.fresh(hint), Type("list", elements=(value.type,)), hint)
        return self.collected[value]

    def read_by_counter(self, value: Value) -> tuple[Value, Value] | None:
        """The array of whose parts, along its first axis, a value is one after the other, and the counter."""
        read = self.made.get(value)
        if read is None or read.primitive.name != "getitem" or read.parameters["index"] != (Slot(0),):
            return None
        array, counter = read.inputs
        is_outer = isinstance(array, Value) and array not in self._inside and array.type.kind == "array"
        if not is_outer or counter not in self.body.parameters[: len(self.sequences)]:
            return None
        made = self._definition(self.sequences[self.body.parameters.index(counter)])
        if (
            made is None
            or made.primitive.name != "range"
            or (made.inputs[0], made.inputs[2]) != (Literal(0), Literal(1))
        ):
            return None
        assert isinstance(array, Value)
        length = self._definition(made.inputs[1])
        is_length = length is not None and length.inputs[0] == array and length.primitive.name in ("len", "axis_length")
        if not is_length or length.parameters.get("axis", 0) != 0:  # type: ignore[union-attr]
            return None
        assert isinstance(counter, Value)
        return array, counter

    def _definition(self, atom: Atom) -> Equation | None:
        return self.outer.get(atom) if isinstance(atom, Value) else None

    def stacked(self, sources: Sequence[Value], type: Type, builder: Builder) -> Value:
        """The array of sources of such values, one below the other; of matrices, their rows."""
        key = tuple(sources)
        if key not in self._stacks:
            if len(sources) > 1 and any(source.type.kind != "list" for source in sources):
                parts = [self.stacked([source], type, builder) for source in sources]
                stack = builder.emit(RULES["concatenate"].primitive, *parts)
            elif sources[0].type.kind == "list":
                hint = sources[0].hint or "t_bar_tape" if len(sources) > 1 else None
                whole, *others = (self._in_order(source, builder, hint) for source in sources)
                for other in others:
                    whole = builder.emit(RULES["extend"].primitive, whole, other, hint=whole.hint)
                name = "array" if type.rank == 1 else "concatenate_list"
                stack = builder.emit(RULES[name].primitive, whole, hint=self._plural(sources[0]))
            else:
                (stack,) = sources
            self._stacks[key] = stack
        return self._stacks[key]

    def _in_order(self, tape: Value, builder: Builder, hint: str | None = None) -> Value:
        """A list that begins with the round of the first element."""
        if tape in self.collected.values() and self.loop.parameters["reverse"]:
            return builder.emit(RULES["getitem"].primitive, tape, index=REVERSED, hint=hint)
        return tape

    def _plural(self, tape: Value) -> str | None:
        """What the array of a list is called: `h_bars` for `h_bar_tape`."""
        if tape.hint is not None:
            return f"{tape.hint.removesuffix('_tape')}s"
        return "t_bars" if tape in self.collected.values() and self.loop.sweep == "backward" else None

    def collecting(self, loop: Equation) -> Equation:
        """The loop, which may be another by now, with the lists that it is to collect."""
        body = loop.regions[-1]
        return replace(
            loop,
            outputs=(*loop.outputs, *self.collected.values()),
            regions=(replace(body, results=(*body.results, *self.collected)),),
        )


def surely_runs(loop: Equation, definitions: Mapping[Value, Equation]) -> bool:
    """Whether a loop has a round at least, as far as can be seen."""
    if loop.primitive is not FOR:
        return False
    return any(_has_elements(sequence, definitions) for sequence in loop_parts(loop)[0])


def _has_elements(sequence: Atom, definitions: Mapping[Value, Equation]) -> bool:
    made = definitions.get(sequence) if isinstance(sequence, Value) else None
    if sequence.type.kind == "array":
        return isinstance(sequence.type.shape, tuple) and _is_positive(sequence.type.shape[0])
    if made is None:
        return False
    if made.primitive.name == "range":
        start, stop, step = made.inputs
        return (start, step) == (Literal(0), Literal(1)) and _is_positive(stop.type.extent)
    return sequence.type.kind == "list" and surely_runs(made, definitions)


def _is_positive(length: Dim | None) -> bool:
    least = None if length is None else lower_bound(length)
    return least is not None and least > 0
