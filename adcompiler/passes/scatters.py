"""Arrays that are zero, or one number, but for what was written at some positions; and the indices of such writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adcompiler.ir.dims import Dim
from adcompiler.ir.nodes import Atom, Equation, Slot
from adcompiler.ir.types import Type
from adcompiler.rules.table import RULES


@dataclass(frozen=True)
class Scatter:
    """An array that is `base`, but for `values` at some positions: added to it, or in the place of what is there."""

    write: Equation
    base: Equation
    """What makes the array before the write: `zeros`, or `broadcast_to`."""

    @property
    def type(self) -> Type:
        """Of the whole array."""
        return self.write.outputs[0].type

    @property
    def shape(self) -> tuple[Dim, ...]:
        """Of the whole array."""
        assert isinstance(self.type.shape, tuple)
        return self.type.shape

    @property
    def values(self) -> Atom:
        """What is written."""
        return self.write.inputs[1]

    @property
    def slots(self) -> tuple[Atom, ...]:
        """The parts of the index that are not static."""
        return self.write.inputs[2:]

    @property
    def index(self) -> tuple[Any, ...]:
        """The index, with slots."""
        index: tuple[Any, ...] = self.write.parameters["index"]
        return index

    @property
    def is_zero_elsewhere(self) -> bool:
        """Whether there is nothing but what was written."""
        return self.base.primitive.name == "zeros"


def is_integer(item: Any) -> bool:
    """Whether an item of an index is an integer that is written out."""
    return isinstance(item, int) and not isinstance(item, bool)


def type_of_part(array: Type, slots: Sequence[Atom], index: Sequence[Any]) -> Type:
    """The type of `array[index]`."""
    (type,) = RULES["getitem"].primitive.infer(array, *(slot.type for slot in slots), index=tuple(index))
    return type


def renumbered_item(item: Any, slots: Sequence[Atom], used: list[Atom]) -> Any:
    """An item of an index with its slots counted anew: among `used`, to which they are added."""
    match item:
        case Slot(number):
            used.append(slots[number])
            return Slot(len(used) - 1)
        case slice():
            parts = (renumbered_item(part, slots, used) for part in (item.start, item.stop, item.step))
            return slice(*parts)
        case _:
            return item
