"""How often loops run, compared with the lengths of arrays: whether a nest comes by every element about once.

Lengths are compared by what they are made from, less what is added or dropped: `n` for `range(1, n - 1)`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from adcompiler.ir.dims import Dim, Extent
from adcompiler.ir.nodes import FOR, Atom, Equation, Literal, Program, Value, walk

Length = int | str | Value
"""A number, the symbol of a length, or an integer of the program's."""

_MADE = ("zeros", "ones", "empty", "full")
_UPWARDS, _DOWNWARDS = Literal(1), Literal(-1)


class TripCounts:
    """What is known of the loops and lengths of a program."""

    def __init__(self, program: Program) -> None:
        self.definitions: dict[Value, Equation] = {}
        """The equation that defines each value, of any region."""
        self._owners: dict[str, Value] = {}
        self._ranges: dict[Value, Equation] = {}
        """For what counts a loop, the equation of its range."""
        for equation in walk(program.body):
            for output in equation.outputs:
                self.definitions[output] = equation
                self._owners[output.name] = output
            if equation.primitive is FOR:
                for element, sequence in zip(equation.regions[0].parameters, equation.inputs, strict=False):
                    if (made := self._range(sequence)) is not None:
                        self._ranges[element] = made

    def cover(self, loops: Iterable[Equation], array: Value) -> bool:
        """Whether loops, one in the other, run about as often as an array of known rank has elements, or more often."""
        assert isinstance(array.type.shape, tuple)
        lengths = Counter(self._length(array, axis, dim) for axis, dim in enumerate(array.type.shape))
        rounds = Counter(length for loop in loops if (length := self.rounds(loop)) is not None)
        known, counted = map(_product_of_numbers, (lengths, rounds))
        return known <= counted and all(rounds[n] >= count for n, count in lengths.items() if not isinstance(n, int))

    def rounds(self, loop: Equation) -> Length | None:
        """About how often a loop runs."""
        sequences = loop.inputs[: loop.parameters["sequences"]] if loop.primitive is FOR else ()
        for sequence in sequences:
            if (made := self._range(sequence)) is not None:
                start, stop, step = made.inputs
                if step == _DOWNWARDS:
                    start, stop = stop, start
                first, last = self.length(start), self.length(stop)
                return last - first if isinstance(first, int) and isinstance(last, int) else last
        for sequence in sequences:
            if isinstance(sequence, Value) and sequence.type.kind == "array" and isinstance(sequence.type.shape, tuple):
                return self._length(sequence, 0, sequence.type.shape[0])
        return None

    def _range(self, sequence: Atom) -> Equation | None:
        """The equation of a range whose step is 1 or -1."""
        made = self.definitions.get(sequence) if isinstance(sequence, Value) else None
        is_range = made is not None and made.primitive.name == "range" and made.inputs[2] in (_UPWARDS, _DOWNWARDS)
        return made if is_range else None

    def length(self, atom: Atom) -> Length:
        """What an integer is, but for numbers that are added or subtracted; of a position in a range, its end."""
        while isinstance(atom, Value):
            extent = atom.type.extent
            if extent is not None and not (isinstance(extent, Extent) and extent.is_own):
                return _symbol(extent)
            if (positions := self._ranges.get(atom)) is not None:
                atom = positions.inputs[1 if positions.inputs[2] == _UPWARDS else 0]
                continue
            made = self.definitions.get(atom)
            values = [] if made is None else [part for part in made.inputs if isinstance(part, Value)]
            if made is None or made.primitive.name not in ("add", "subtract") or len(values) != 1:
                return atom
            (atom,) = values
        return atom.value if type(atom.value) is int else 0

    def _length(self, array: Value, axis: int, dim: Dim) -> Length:
        """The length of an axis; of an array that was made with such a length, that."""
        if not isinstance(dim, Extent) or dim.symbol is None or not dim.is_own:
            return _symbol(dim)
        made = self.definitions.get(self._owners.get(dim.symbol.name.partition("#")[0], array))
        if made is None or made.primitive.name not in _MADE:
            return _symbol(dim)
        shape = made.inputs[0]
        lengths = self.definitions.get(shape) if isinstance(shape, Value) else None
        if shape.type.kind == "scalar":
            return self.length(shape)
        is_tuple = lengths is not None and lengths.primitive.name == "make_tuple"
        return self.length(lengths.inputs[axis]) if lengths is not None and is_tuple else _symbol(dim)


def _product_of_numbers(lengths: Counter[Length]) -> int:
    return math.prod(length**count for length, count in lengths.items() if isinstance(length, int))


def _symbol(dim: Dim) -> Length:
    return dim if isinstance(dim, int) else str(dim - dim.constant)
