"""Arrays that a loop nest reads and writes element by element: `A[i, j]`, and nothing else.

An array is followed from version to version through the nest. It may be written if each version is left behind by the
next, so that all of them can be one object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adcompiler.analysis.activity import loop_parts
from adcompiler.ir.nodes import IF, Equation, Literal, Region, Slot, Value
from adcompiler.ir.types import Type
from adcompiler.rules.structure import SHAPE_QUERIES

_WRITES = ("setitem", "additem")
_STORED = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint32", "uint16", "uint8", "bool")
"""Numbers that an array of float64 takes as they are."""


class OtherUseError(Exception):
    """The array is used as a whole, or in part, or is kept."""


@dataclass(frozen=True, slots=True)
class Access:
    """One place where an element is read or written."""

    equation: Equation
    loops: tuple[Equation, ...]
    """The loops around it, outermost first."""
    is_conditional: bool


@dataclass
class Elements:
    """How a nest uses the elements of one array."""

    versions: dict[Value, None] = field(default_factory=dict)
    """Every version that is known in the nest."""
    accesses: list[Access] = field(default_factory=list)
    queries: list[Equation] = field(default_factory=list)
    """What asks for its shape."""

    @property
    def is_written(self) -> bool:
        """Whether there is more than one version."""
        return any(access.equation.primitive.name in _WRITES for access in self.accesses)


class Mentions:
    """The values that equations mention, themselves or in their regions; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[Value]] = {}

    def of(self, node: Equation | Region) -> frozenset[Value]:
        """The values that an equation or a region mentions."""
        found = self._known.get(id(node))
        if found is None:
            atoms, inner = (node.inputs, node.regions) if isinstance(node, Equation) else (node.results, node.equations)
            own = frozenset(atom for atom in atoms if isinstance(atom, Value))
            found = self._known[id(node)] = own.union(*map(self.of, inner))
        return found


def elements_of(array: Value, nest: Equation, mentions: Mentions) -> Elements:
    """How a loop uses the elements of an array that it mentions, or of one that it carries: the initial value.

    Raises
    ------
    OtherUseError
        It uses the array in another way.
    """
    follower = _Follower(array.type, mentions)
    follower.loop(array, nest, (), is_conditional=False)
    return follower.found


class _Follower:
    def __init__(self, type: Type, mentions: Mentions) -> None:
        self.type = type
        self.mentions = mentions
        self.found = Elements()

    def loop(self, array: Value, loop: Equation, loops: tuple[Equation, ...], *, is_conditional: bool) -> Value:
        """Follow an array into a loop: the version after it, which is the array itself if the loop only reads it."""
        sequences, initial, body = loop_parts(loop)
        if array in sequences:
            raise OtherUseError
        inside = (*loops, loop)
        if array not in initial:
            for region in loop.regions:
                self._only_read(array, region, inside, is_conditional=is_conditional)
            return array
        number = initial.index(array)
        if initial.count(array) > 1 or any(array in self.mentions.of(region) for region in loop.regions):
            raise OtherUseError
        for condition in loop.regions[:-1]:
            self._only_read(condition.parameters[number], condition, inside, is_conditional=is_conditional)
        parameter = body.parameters[len(sequences) + number]
        last = self._follow(parameter, body, inside, is_conditional=is_conditional)
        if body.results[number] != last or body.results.count(last) > 1:
            raise OtherUseError
        return self._version(loop.outputs[number])

    def _only_read(self, array: Value, region: Region, loops: tuple[Equation, ...], *, is_conditional: bool) -> None:
        last = self._follow(array, region, loops, is_conditional=is_conditional)
        if last != array or array in region.results:
            raise OtherUseError

    def _version(self, value: Value) -> Value:
        self.found.versions[value] = None
        return value

    def _follow(self, array: Value, region: Region, loops: tuple[Equation, ...], *, is_conditional: bool) -> Value:
        """The version at the end of a region, of which all that were before have been left behind."""
        current = self._version(array)
        behind: set[Value] = set()
        for equation in region.equations:
            mentioned = self.mentions.of(equation)
            if equation.primitive.name in SHAPE_QUERIES and (current in mentioned or not behind.isdisjoint(mentioned)):
                self.found.queries.append(equation)
                continue
            if not behind.isdisjoint(mentioned):
                raise OtherUseError
            if current not in mentioned:
                continue
            following = self._use(current, equation, loops, is_conditional=is_conditional)
            if following != current:
                behind.add(current)
                current = following
        if not behind.isdisjoint(atom for atom in region.results if isinstance(atom, Value)):
            raise OtherUseError
        return current

    def _use(self, current: Value, equation: Equation, loops: tuple[Equation, ...], *, is_conditional: bool) -> Value:
        name = equation.primitive.name
        if name == "getitem" and self._is_element(equation, equation.inputs[1:]):
            self.found.accesses.append(Access(equation, loops, is_conditional))
            return current
        if name in _WRITES and self._is_element(equation, equation.inputs[2:]) and _can_be_stored(equation):
            self.found.accesses.append(Access(equation, loops, is_conditional))
            return self._version(equation.outputs[0])
        if equation.is_loop:
            return self.loop(current, equation, loops, is_conditional=is_conditional)
        if equation.primitive is IF and current not in equation.inputs:
            return self._branches(current, equation, loops)
        raise OtherUseError

    def _branches(self, current: Value, equation: Equation, loops: tuple[Equation, ...]) -> Value:
        last = [self._follow(current, region, loops, is_conditional=True) for region in equation.regions]
        yielded = [
            number
            for number in range(len(equation.outputs))
            if any(region.results[number] == version for region, version in zip(equation.regions, last, strict=True))
        ]
        if not yielded and all(version == current for version in last):
            return current
        if len(yielded) != 1 or any(
            region.results[yielded[0]] != version for region, version in zip(equation.regions, last, strict=True)
        ):
            raise OtherUseError
        return self._version(equation.outputs[yielded[0]])

    def _is_element(self, access: Equation, slots: Sequence[object]) -> bool:
        """Whether the index is an integer for each axis, and neither it nor what is written is an array."""
        index = access.parameters["index"]
        if len(index) != self.type.rank or access.inputs.count(access.inputs[0]) > 1:
            return False
        if not all(isinstance(item, Slot) or type(item) is int for item in index):
            return False
        return all(map(_is_integer, slots))


def _is_integer(atom: object) -> bool:
    if not isinstance(atom, Value | Literal):
        return False
    return atom.type.kind == "scalar" and (atom.type.dtype or "").startswith(("int", "uint"))


def _can_be_stored(write: Equation) -> bool:
    value = write.inputs[1]
    return value.type.kind == "scalar" and value.type.dtype in _STORED
