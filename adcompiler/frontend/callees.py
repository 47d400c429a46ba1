"""Callees: functions that become programs of their own, called where the user calls them.

The leaves of a callee's arguments are its parameters, and so are the contents of cells outside that it reads (a free
variable's, a closure's). What it changes in place is a further result, which becomes the content of what it was given.
Types of parameters are those of all its calls together.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adcompiler.errors import AliasingError, DifferentiationError
from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import Cell, Constant, Container, Content, Object, Ref, View, link, may_share, reach
from adcompiler.frontend.lengths import match, substituted, widened, with_own_lengths
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.skeleton import Arguments, Place, covers
from adcompiler.frontend.state import State
from adcompiler.frontend.subscripts import replace_content
from adcompiler.ir.dims import Dim
from adcompiler.ir.nodes import CALL, Atom, Equation, Value
from adcompiler.ir.types import Shape, Type


@dataclass(frozen=True)
class Output:
    """In a callee's result: a number or array that it computes."""

    number: int
    """Among the results of its program."""
    reached: frozenset[Place | Cell]
    """Arguments and outer cells whose memory it may share."""
    siblings: frozenset[int]
    """Outputs whose memory it may share."""


@dataclass(frozen=True)
class Argument:
    """In a callee's result: the very object that stands in an argument."""

    place: Place


@dataclass(frozen=True)
class Structure:
    """In a callee's result: a tuple, or a new list, dict or instance."""

    kind: type
    keys: tuple[Any, ...] | None
    items: tuple[Returned, ...]
    number: int | None
    """Of a mutable one: which of those that are returned."""


Returned = Output | Argument | Structure | Cell | Object | Constant
"""What a callee returns, or puts into a structure; a cell or object is one outside."""


@dataclass
class Signature:
    """What calls of a callee must agree on."""

    arguments: dict[Place, Type]
    cells: dict[Cell, Type] = field(default_factory=dict)
    """Outer cells whose contents are passed."""
    values: tuple[Value, ...] = ()
    """Outer values that are passed: they are the same in every call."""
    returned: Returned | None = None
    """None where no result is known yet."""
    outputs: tuple[Type, ...] = ()
    """Of what is returned, then of what is written."""
    written: tuple[Place | Cell, ...] = ()
    """Arguments and outer cells whose new contents are further results."""
    changed: tuple[tuple[Place, Structure], ...] = ()
    """Lists, dicts and instances among the arguments that get a new content, and that."""


@dataclass(eq=False)
class Callee:
    """A function that is called."""

    name: str
    key: object
    frame: Frame
    """Of its first call: its names stand for the arguments."""
    static: Mapping[Place, DifferentiationError]
    signature: Signature
    exact: Hashable = None
    """Of a function that would be read in place too often: what tells the calls that may call it."""
    is_finished: bool = False
    """Whether its signature is known; otherwise it is being read."""
    is_independent: bool = False
    """Whether it may be called from anywhere in the program."""
    lookups: list[tuple[Frame, str, Ref]] = field(default_factory=list)
    """What names of enclosing functions stood for when it was read."""
    objects: dict[Object, Content] = field(default_factory=dict)
    """Lists, dicts and instances that it found there, with what they held."""
    parameters: dict[Value, Place] = field(default_factory=dict)
    """What its parameters for arguments were called as it was read."""

    def serves(self, state: State, key: object, exact: Hashable) -> bool:
        """Whether a call of this kind may call it: names of enclosing functions stand for what they stood for."""
        return (
            covers(self.key, key)
            and self.exact in (None, exact)
            and all(frame.names.get(name) is ref for frame, name, ref in self.lookups)
            and all(state.heap.contents.get(ref) is content for ref, content in self.objects.items())
        )

    def arguments(self, state: State, names: Mapping[str, Ref]) -> Arguments:
        """The arguments of a call, taken apart."""
        found = Arguments(state, self.static)
        found.skeleton(names)
        return found


def call(state: State, callee: Callee, names: Mapping[str, Ref], node: Any) -> Ref:
    """Write a call; returns what it stands for."""
    signature = callee.signature
    arguments = callee.arguments(state, names)
    places = arguments.leaves
    atoms = {place: state.read_value(ref, node) for place, ref in places.items()}
    for place, atom in atoms.items():
        label = f"{callee.name}({'.'.join(map(str, place))})"
        signature.arguments[place] = widened(signature.arguments[place], atom.type, label)
    for number, (cell, type) in enumerate(signature.cells.items()):
        label = f"{callee.name}(free {number})"
        signature.cells[cell] = widened(type, state.heap.values[cell].type, label)
    if not callee.is_finished and callee not in state.callees.assumed:
        state.callees.assumed.append(callee)
    if signature.returned is None:
        raise PathEnds
    _refuse_aliases(state, callee, arguments, node)
    inputs = (*atoms.values(), *(state.heap.values[cell] for cell in signature.cells), *signature.values)
    lengths = _lengths_of(signature, inputs)
    outputs = []
    for number, type in enumerate(signature.outputs):
        position = number - len(signature.outputs) + len(signature.written)
        target = signature.written[position] if position >= 0 else None
        hint = target.name if isinstance(target, Cell) else target[0] if target is not None else None
        value = state.builder.value(substituted(type, lengths), hint)
        outputs.append(replace(value, type=with_own_lengths(value.type, value.name)))
    static = (("callee", callee.name), ("effect", True))
    state.builder.append(Equation(CALL, inputs, tuple(outputs), static))
    with state.holding(*places.values()):
        _write(state, callee, places, outputs, node)
        result = _Result(state, arguments, outputs)
        for place, structure in signature.changed:
            state.change(arguments.objects[place], result.content(structure), node)
        return result.ref(signature.returned)


def _lengths_of(signature: Signature, inputs: tuple[Atom, ...]) -> dict[str, Dim | Shape]:
    """What the symbols in the types of parameters stand for in a call."""
    found: dict[str, Dim | Shape] = {}
    types = [*signature.arguments.values(), *signature.cells.values(), *(value.type for value in signature.values)]
    for type, atom in zip(types, inputs, strict=True):
        match(type, atom.type, found)
    return found


def _refuse_aliases(state: State, callee: Callee, arguments: Arguments, node: Any) -> None:
    """What a callee changes must be nothing else that it knows by another name."""
    signature = callee.signature
    known: dict[Place | Cell, Ref] = {cell: cell for cell in signature.cells}
    known.update(arguments.leaves)
    for target in signature.written:
        for other, ref in known.items():
            if other != target and may_share(known.get(target, target), ref, state.heap.contents):  # type: ignore[arg-type]
                one, two = (place.name if isinstance(place, Cell) else place[0] for place in (target, other))
                state.refuse(
                    node,
                    f"`{callee.frame.source.name}` changes `{one}`, and `{two}` may share memory with it",
                    "pass a copy",
                    AliasingError,
                )
    for place, _ in signature.changed:
        if arguments.objects[place] in callee.objects:
            state.refuse(
                node,
                f"`{callee.frame.source.name}` changes `{place[0]}`, which it also knows from an enclosing function",
                "use one name for it",
                AliasingError,
            )


def _write(state: State, callee: Callee, places: Mapping[Place, Ref], outputs: list[Value], node: Any) -> None:
    """Make the new contents of what a callee has changed the contents of what it was given."""
    written = callee.signature.written
    for target, content in zip(written, outputs[len(outputs) - len(written) :], strict=True):
        ref = target if isinstance(target, Cell) else places[target]
        if not isinstance(ref, Cell | View):
            state.refuse(node, f"`{callee.frame.source.name}` changes an argument that is not an array")
        replace_content(state, ref, content, node)


@dataclass
class _Result:
    """Puts together what a call stands for."""

    state: State
    arguments: Arguments
    outputs: list[Value]
    made: dict[int, Cell] = field(default_factory=dict)
    objects: dict[int, Object] = field(default_factory=dict)
    _known: list[Output] = field(default_factory=list)

    def ref(self, returned: Returned) -> Ref:
        """The reference for a part of what the callee returns."""
        match returned:
            case Constant() | Cell() | Object():
                return returned
            case Argument(place=place) if place in self.arguments.leaves:
                return self.arguments.leaves[place]
            case Argument(place=place):
                return self.arguments.objects[place]
            case Output():
                return self._cell(returned)
            case Structure(number=number):
                if number is None:
                    return self.content(returned)
                if number not in self.objects:
                    self.objects[number] = self.state.heap.new_object(self.content(returned))
                return self.objects[number]

    def content(self, structure: Structure) -> Container:
        """What a structure holds."""
        return Container(tuple(map(self.ref, structure.items)), structure.kind, structure.keys)

    def _cell(self, output: Output) -> Cell:
        if output.number not in self.made:
            self.made[output.number] = made = self.state.bind(self.outputs[output.number])
            for reached in output.reached:
                ref = self.arguments.leaves[reached] if isinstance(reached, tuple) else reached
                for place in reach(ref, self.state.heap.contents):
                    link(made, place)
            for other in self._known:
                if other.number in output.siblings or output.number in other.siblings:
                    link(made, self.made[other.number])
            self._known.append(output)
        return self.made[output.number]
