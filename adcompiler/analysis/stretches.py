"""Which stretches of its axes a write goes to: those that are apart, and those that cover an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcompiler.ir.dims import OPEN, Dim, Extent, is_at_most, is_length, is_negative
from adcompiler.ir.nodes import Atom, Equation, Literal, Slot
from adcompiler.ir.types import Type
from adcompiler.record import record

Bound = Dim | Atom | None
"""A number, as far as it is known; else the value that has it, which is equal to itself. None for an axis's own end."""


@record(frozen=True, slots=True)
class Stretch:
    """The elements of an axis from one bound to another, as slices have them; numbers below zero count from the end.

    Parameters
    ----------
    start, stop : Bound
        Nothing outside of them is selected.
    whole : bool
        Whether all between them is.
    """

    start: Bound = None
    stop: Bound = None
    whole: bool = True


_ALL = Stretch()
_SOME = Stretch(whole=False)

Places = tuple[list[Stretch], list[Stretch]]
"""Stretches of the first axes, and of the last ones in reverse: between them, an ellipsis, masks, what is not named."""


def are_apart(one: Places, other: Places) -> bool:
    """Whether two writes are sure to have no element in common: on one axis they go to stretches that are apart."""
    return any(
        _ends_before(first, second) or _ends_before(second, first)
        for side, other_side in zip(one, other, strict=True)
        for first, second in zip(side, other_side, strict=False)
    )


def cover(writes: Sequence[Equation], array: Type) -> bool:
    """Whether writes to parts of an array are sure to reach each element: along one axis they go to all of it."""
    rank = array.rank
    if not isinstance(array.shape, tuple) or rank is None or not writes:
        return False
    found: list[list[Stretch]] = []
    for write in writes:
        first, last = stretches(write)
        named = sum(item is not None and item is not Ellipsis for item in write.parameters["index"])
        if len(first) + len(last) != named or named > rank:
            return False
        found.append([*first, *[_ALL] * (rank - named), *reversed(last)])
    axes = [(list(along), dim) for along, dim in zip(zip(*found, strict=True), array.shape, strict=True)]
    partial = [(along, dim) for along, dim in axes if not all(_reach_end([stretch], dim) for stretch in along)]
    return not partial or (len(partial) == 1 and _reach_end(*partial[0]))


def _reach_end(left: list[Stretch], dim: Dim) -> bool:
    """Whether stretches that meet or overlap lead from one end of an axis to the other."""
    reached: Bound = 0
    while (found := next((s for s in left if s.whole and _is_at_most(s.start or 0, reached)), None)) is not None:
        if found.stop is None or (_is_length(found.stop) and _is_at_most(dim, found.stop)):
            return True  # a bound beyond the end is the end
        reached = found.stop
        left = [stretch for stretch in left if stretch is not found]
    return False


def stretches(write: Equation) -> Places:
    """What an index, its slots the inputs after the array and the value, selects of each axis."""
    index, slots = write.parameters["index"], write.inputs[2:]
    if write.inputs[0].type.kind == "list" and any(isinstance(item, slice) for item in index):
        return [], []  # to replace a slice of a list may move the items after it
    at = index.index(Ellipsis) if Ellipsis in index else len(index)
    return _of_axes(index[:at], slots), _of_axes(index[:at:-1], slots)


def _of_axes(items: Sequence[Any], slots: Sequence[Atom]) -> list[Stretch]:
    """One for each axis, up to a mask: of that nobody knows for how many axes it stands."""
    found = []
    for item in items:
        if isinstance(item, slice):
            found.append(_sliced(item, slots))
        elif _is_integer(item, slots):
            found.append(_at(_bound(item, slots)))
        elif isinstance(item, Slot) and (slots[item.number].type.dtype or "").startswith(("int", "uint")):
            found.append(_SOME)
        elif item is not None:
            break
    return found


def _is_integer(item: Any, slots: Sequence[Atom]) -> bool:
    if not isinstance(item, Slot):
        return type(item) is int
    type_ = slots[item.number].type
    return type_.kind == "scalar" and (type_.dtype or "").startswith(("int", "uint"))


def _sliced(item: slice, slots: Sequence[Atom]) -> Stretch:
    bounds = (bound for bound in (item.start, item.stop) if bound is not None)
    if not all(_is_integer(bound, slots) for bound in bounds):
        return _SOME
    step = 1 if item.step is None else item.step
    if type(step) is not int or step < 1:
        return _SOME
    return Stretch(_bound(item.start, slots), _bound(item.stop, slots), step == 1)


def _at(number: Bound) -> Stretch:
    """The one element at an integer."""
    if number == -1:
        return Stretch(number)
    if isinstance(number, int) or (isinstance(number, Extent) and is_length(number)):
        return Stretch(number, number + 1)
    return Stretch(number, whole=False)


def _bound(bound: Any, slots: Sequence[Atom]) -> Bound:
    if not isinstance(bound, Slot):
        return None if bound is None else int(bound)
    atom = slots[bound.number]
    if isinstance(atom, Literal):
        return int(atom.value)
    extent = atom.type.extent
    # A name that a loop gives anew in each round says less than the value itself.
    is_known = isinstance(extent, int) or (extent is not None and extent != OPEN and not extent.is_own)
    return extent if is_known else atom


def _ends_before(one: Stretch, other: Stretch) -> bool:
    return one.stop is not None and other.start is not None and _is_at_most(one.stop, other.start)


def _is_at_most(one: Bound, other: Bound) -> bool:
    """Whether a bound is sure not to come after another on any axis, wherever that ends."""
    if one == other:
        return True
    if not isinstance(one, int | Extent) or not isinstance(other, int | Extent):
        return False
    same_sign = (is_length(one) and is_length(other)) or (is_negative(one) and is_negative(other))
    return same_sign and is_at_most(one, other)


def _is_length(bound: Bound) -> bool:
    return isinstance(bound, int | Extent) and is_length(bound)
