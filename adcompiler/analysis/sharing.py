"""Sharing: which values may share memory, and where a copy would keep them apart.

The question is about pairs of values that are alive at one time: `v = A[i]` shares with whatever `A` shares with; two
carried values of a loop share if their initial values do, or if what the body yields for them does (so swapped
buffers stay apart); what an equation creates shares with nothing older. All rules are of the form "if either … or …",
hence "they may share" is a path in a graph of pairs, and each step of it a place where a copy would help.

Memory is of two kinds, and asked about apart: that of arrays, to which lists refer too, and that of lists themselves.
`xs.append(v)` changes the list, not `v`; `v[0] = 1` changes what the list refers to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from adcompiler.analysis.liveness import Values
from adcompiler.analysis.positions import Positions
from adcompiler.ir.nodes import CALL, FINALLY, FOR, UNDEFINED, Atom, Equation, Literal, Region, Value
from adcompiler.ir.types import Type
from adcompiler.record import record

READ_ONLY = ("broadcast_to", "diag", "diagonal")
"""Views that NumPy lets nobody write."""

_KEEPING: dict[str, tuple[int, ...] | None] = {
    "make_tuple": None,
    "make_list": None,
    "append": (1,),
    "extend": (1,),
    "setitem": (1,),
}
"""Which inputs a list or tuple keeps by reference; None for all."""

_FROM_CALLER = 1


class Foreign(Enum):
    """Memory that must not be written: the caller's, or read-only."""

    CALLER = "caller"


class Memory(Enum):
    """What an update writes into."""

    ARRAYS = "arrays"
    LISTS = "lists"

    @classmethod
    def of(cls, target: Type) -> Memory:
        """The memory that an update of a value of this type writes into."""
        return cls.LISTS if target.kind == "list" else cls.ARRAYS


def has_memory(type: Type, memory: Memory = Memory.ARRAYS) -> bool:
    """Whether a value of this type is, or refers to, memory of a kind that can be written."""
    if type.kind == "list":
        return memory is Memory.LISTS or items_have_memory(type, memory)
    if type.kind == "tuple":
        return items_have_memory(type, memory)
    return type.kind == "residuals" or (memory is Memory.ARRAYS and type.kind in ("array", "unknown"))


def items_have_memory(type: Type, memory: Memory) -> bool:
    """Whether what a list or tuple holds is, or refers to, memory of a kind."""
    return any(has_memory(item, memory) for item in type.elements)


@record(frozen=True, slots=True)
class OperandCopy:
    """Copy an input just before its equation (before the loop, for an initial value)."""

    number: int
    """Where the equation starts."""
    index: int


@record(frozen=True, slots=True)
class ResultCopy:
    """Copy a view, or an element of what a loop runs over, where it is made."""

    value: Value


@record(frozen=True, slots=True)
class YieldCopy:
    """Copy a region's result at its end."""

    number: int
    """Where the block starts."""
    index: int


Copy = OperandCopy | ResultCopy | YieldCopy


@dataclass(slots=True)
class Copies:
    """What must be copied, and which additions may be done in place though they need not."""

    copies: dict[Copy, None] = field(default_factory=dict)
    repeated: dict[Copy, None] = field(default_factory=dict)
    """Those that are made in every round of a loop."""
    in_place: dict[Value, None] = field(default_factory=dict)
    """Outputs of accumulations `x_bar = x_bar + …` that may be written `x_bar += …`."""


@record(frozen=True, slots=True)
class Cut:
    """A copy that would prevent a flow."""

    copy: Copy
    loops: int
    """How many loops are around it."""
    rank: int
    """Among copies that run equally often, those of what is kept or made from an array come before those of it."""


Node = Value | Foreign
_Pair = tuple[Node, Node]


@record(frozen=True, slots=True)
class Flow:
    """One way in which a pair of values may come to share memory: because this pair does."""

    pair: _Pair
    cuts: tuple[Cut, ...] = ()


class Sharing:
    """Which values may share memory of one kind while both are alive, given the copies decided on so far."""

    def __init__(self, positions: Positions, decided: Copies, memory: Memory) -> None:
        self._positions = positions
        self._decided = decided
        self._memory = memory
        self._sources: dict[Value, int] = {}
        self._find_sources()

    def suspects(self, target: Atom, values: Values) -> list[Value]:
        """The values for which sharing with `target` cannot be ruled out at a glance."""
        sources = self._sources_of(target)
        return [value for value in values.among(self._sources) if self._sources[value] & sources]

    def path(self, left: Node | Atom, right: Node | Atom) -> list[Flow] | None:
        """Why two values that are alive at once may share memory: the flows to one source; None if they do not."""
        if not self._sources_of(left) & self._sources_of(right):
            return None
        start = self._ordered(left, right)  # type: ignore[arg-type]  # a literal is not memory
        came_from: dict[_Pair, tuple[_Pair, Flow] | None] = {start: None}
        pending = [start]
        while pending:
            pair = pending.pop()
            if pair[0] == pair[1]:
                return _trace(came_from, pair)
            for flow in self._flows(*pair):
                if any(cut.copy in self._decided.copies for cut in flow.cuts):
                    continue
                following = self._ordered(*flow.pair)
                if following not in came_from and all(map(self._is_memory, following)):
                    came_from[following] = (pair, flow)
                    pending.append(following)
        return None

    def _sources_of(self, node: Node | Atom) -> int:
        """Where the memory of a value may come from, as bits: most pairs have none in common."""
        if isinstance(node, Value):
            return self._sources.get(node, 0)
        return _FROM_CALLER if isinstance(node, Foreign) else 0

    def _find_sources(self) -> None:
        """Bits for the caller, for each value that is created and for each that a loop carries.

        More than there can be, since pairs are not looked at and copies decided on later do not count.
        """
        values = sorted((value for value in self._positions.defined_at if self._is_memory(value)), key=self._age)
        origins = {value: [flow.pair[0] for flow in self._flows(value, Foreign.CALLER)] for value in values}
        for number, value in enumerate(values, 1):
            is_source = self._is_new(value) or not origins[value] or value not in self._positions.definition
            self._sources[value] = _FROM_CALLER << number if is_source else 0
        changed = True
        while changed:
            changed = False
            for value in values:
                found = self._sources[value]
                for origin in origins[value]:
                    found |= self._sources_of(origin)
                changed |= found != self._sources[value]
                self._sources[value] = found

    def _is_new(self, value: Value) -> bool:
        """Whether a value is a list that its equation makes, whatever it holds."""
        equation = self._positions.definition.get(value)
        if self._memory is Memory.ARRAYS or equation is None or value.type.kind != "list" or equation.regions:
            return False
        name = equation.primitive.name
        is_item = name in ("item", "stop_gradient") or (name == "getitem" and not _is_part(equation, value))
        return not (equation.primitive.updates or is_item)

    def _is_memory(self, node: Node | Atom) -> bool:
        return isinstance(node, Foreign) or (isinstance(node, Value) and has_memory(node.type, self._memory))

    def _ordered(self, left: Node, right: Node) -> _Pair:
        """The pair with the value that is defined later in front."""
        return (left, right) if self._age(left) >= self._age(right) else (right, left)

    def _age(self, node: Node) -> int:
        return 0 if isinstance(node, Foreign) else self._positions.defined_at[node]

    def _flows(self, later: Node, earlier: Node) -> Iterator[Flow]:
        if isinstance(later, Foreign):
            return
        equation = self._positions.definition.get(later)
        if equation is None:
            yield from self._flows_of_parameter(later, earlier)
        elif equation.is_loop:
            number = equation.outputs.index(later)
            other = equation.outputs.index(earlier) if earlier in equation.outputs else None
            yield Flow((_carried(equation, number), earlier if other is None else _carried(equation, other)))
        elif equation.yields_outputs:
            index = equation.outputs.index(later)
            for region in equation.regions:
                atom: Atom | Foreign = earlier
                if earlier in equation.outputs:
                    atom = _yielded_with(equation, region, equation.outputs.index(earlier))
                yield from _flow(region.results[index], atom, self._yielded(region, index))
        else:
            yield from self._flows_of_equation(equation, later, earlier)

    def _flows_of_equation(self, equation: Equation, later: Value, earlier: Node) -> Iterator[Flow]:
        name = equation.primitive.name
        if equation.primitive is CALL:
            yield from self._flows_of_call(equation, later, earlier)
        elif equation.primitive.updates or later in self._decided.in_place:
            yield from _flow(equation.inputs[0], earlier, self._passed(equation, 0))
        if name in _KEEPING and later.type.kind in ("list", "tuple"):
            for index, atom in enumerate(equation.inputs):
                if self._is_kept(equation, index):
                    yield from _flow(atom, earlier, self._passed(equation, index))
        elif is_view(equation) and self._is_seen(equation, later):
            yield from _flow(equation.inputs[0], earlier, self._made(later))
            if equation.primitive.name in READ_ONLY and isinstance(earlier, Foreign):
                yield Flow((earlier, earlier), self._made(later))

    def _is_kept(self, equation: Equation, index: int) -> bool:
        """Whether an input, or what is in it, becomes a part of a list or tuple."""
        name, type = equation.primitive.name, equation.inputs[index].type
        if index not in (_KEEPING[name] or (index,)):
            return False
        return name != "extend" or items_have_memory(type, self._memory)

    def _is_seen(self, equation: Equation, view: Value) -> bool:
        """Whether a view shows memory of this kind: part of a list is a new list of the same items."""
        is_part = equation.primitive.name == "getitem" and _is_part(equation, view)
        return not is_part or items_have_memory(view.type, self._memory)

    def _flows_of_call(self, call: Equation, later: Value, earlier: Node) -> Iterator[Flow]:
        """Results are memory of their own; what is kept for the backward sweep refers to them and to the arguments."""
        if isinstance(earlier, Value) and earlier in call.outputs:
            kept = [value for value in (later, earlier) if value.type.kind == "residuals"]
            if kept:
                (result,) = {later, earlier}.difference(kept) or {later}
                yield Flow((result, result), self._made(result))
        elif later.type.kind == "residuals":
            for index, atom in enumerate(call.inputs):
                yield from _flow(atom, earlier, self._passed(call, index))
            for output in call.outputs:
                if output != later:
                    yield from _flow(output, earlier, self._made(output))

    def _flows_of_parameter(self, later: Value, earlier: Node) -> Iterator[Flow]:
        block = self._positions.block_of[later]
        loop = block.owner
        if loop is not None and not loop.is_loop:
            return  # the exception of a handler, the object of a context
        if loop is None:  # a parameter of the program
            if isinstance(earlier, Foreign):
                yield Flow((earlier, earlier))
            return
        sequences = loop.parameters["sequences"] if loop.primitive is FOR else 0
        index = block.region.parameters.index(later)
        if index < sequences:
            yield from _flow(loop.inputs[index], earlier, self._made(later))
            return
        body = loop.regions[-1]
        entering, repeating = self._passed(loop, index), self._yielded(body, index - sequences)
        if isinstance(earlier, Value) and (other := self._number_in(loop, earlier)) is not None:
            if other == index:
                yield Flow((later, later))
                return
            yield from _flow(loop.inputs[index], loop.inputs[other], entering + self._passed(loop, other))
            cuts = repeating + self._yielded(body, other - sequences)
            yield from _flow(body.results[index - sequences], body.results[other - sequences], cuts)
            return
        yield from _flow(body.results[index - sequences], earlier, repeating)
        yield from _flow(loop.inputs[index], earlier, entering)

    def _number_in(self, loop: Equation, value: Value) -> int | None:
        """The position of a value among the parameters of a loop's regions."""
        block = self._positions.block_of[value]
        is_parameter = block.owner is loop and value not in self._positions.definition
        return block.region.parameters.index(value) if is_parameter else None

    # Copies that would cut a flow.

    def _cuts(self, atom: Atom, cut: Cut) -> tuple[Cut, ...]:
        """The copy, if it leaves no memory shared: of an array or a number, of a list that holds no lists.

        What some path leaves undefined cannot be copied on its way from there.
        """
        if atom in self._positions.perhaps_undefined:
            return ()
        if self._memory is Memory.ARRAYS:
            return (cut,) if atom.type.is_numeric else ()
        return (cut,) if atom.type.kind == "list" and not items_have_memory(atom.type, self._memory) else ()

    def _passed(self, equation: Equation | None, index: int) -> tuple[Cut, ...]:
        assert equation is not None
        position = self._positions.of(equation)
        holds = equation.primitive.name in _KEEPING and equation.outputs[0].type.kind in ("list", "tuple")
        rank = 0 if holds else 2
        return self._cuts(equation.inputs[index], Cut(OperandCopy(position.start, index), position.block.loops, rank))

    def _yielded(self, region: Region, index: int) -> tuple[Cut, ...]:
        block = self._positions.block(region)
        return self._cuts(region.results[index], Cut(YieldCopy(block.start, index), block.loops, 3))

    def _made(self, value: Value) -> tuple[Cut, ...]:
        loops = self._positions.block_of[value].loops
        definition = self._positions.definition.get(value)
        if not self._is_surely_there(value):
            return ()
        rank = -1 if definition is not None and is_fill(definition) else 1  # `np.full` costs no more than a copy later
        return self._cuts(value, Cut(ResultCopy(value), loops, rank))

    def _is_surely_there(self, value: Value) -> bool:
        """Whether a value can be copied where it is defined: what was kept may be of a path that was not taken."""
        definition = self._positions.definition.get(value)
        if definition is not None and definition.primitive.name != "item":
            return True
        block = self._positions.block_of[value]
        return any(
            use.block is block and use.equation is not None and not use.equation.regions
            for use in self._positions.uses.get(value, ())
        )


def _is_part(read: Equation, part: Value) -> bool:
    """Whether a `getitem` reads a part of a list, which is a new list, rather than an item."""
    has_slice = any(isinstance(item, slice) for item in read.parameters["index"])
    return part.type.kind == "list" == read.inputs[0].type.kind and has_slice


def is_view(equation: Equation) -> bool:
    """Whether the result of an ordinary equation may share the memory of its first input."""
    if equation.primitive.name == "getitem":  # an integer array as an index makes a copy
        return not any(atom.type.kind == "array" for atom in equation.inputs[1:])
    if equation.primitive.name == "astype":  # `np.float32(x)` gives an array of that dtype itself
        return equation.inputs[0].type.kind == "unknown"
    if equation.primitive.name == "einsum":
        return len(equation.inputs) == 1
    return equation.primitive.views or equation.primitive.name == "item"


def is_fill(equation: Equation) -> bool:
    """Whether this broadcasts what may be a number: its copy is `np.full`."""
    return equation.primitive.name == "broadcast_to" and equation.inputs[0].type.kind != "array"


def _yielded_with(equation: Equation, region: Region, number: int) -> Atom:
    """What becomes output `number` when a region yields the others: both regions of a `finally` run."""
    own = region.results[number]
    if equation.primitive is not FINALLY or own != Literal(UNDEFINED):
        return own
    return next((r.results[number] for r in equation.regions if r.results[number] != own), own)


def _carried(loop: Equation, number: int) -> Value:
    """The value at the start of an iteration that becomes output `number` of a loop."""
    parameters = loop.regions[-1].parameters
    return parameters[len(parameters) - len(loop.outputs) + number]


def _flow(left: Atom | Foreign, right: Atom | Foreign, cuts: tuple[Cut, ...]) -> Iterator[Flow]:
    if isinstance(left, (Value, Foreign)) and isinstance(right, (Value, Foreign)):
        yield Flow((left, right), cuts)


def _trace(came_from: dict[_Pair, tuple[_Pair, Flow] | None], end: _Pair) -> list[Flow]:
    flows: list[Flow] = []
    step = came_from[end]
    while step is not None:
        end, flow = step
        flows.append(flow)
        step = came_from[end]
    return flows[::-1]
