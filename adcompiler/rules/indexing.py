"""Reading and writing parts of arrays.

A static `index` is a tuple of integers, None, Ellipsis, slices and slots; `Slot(k)` (also within a slice) is the k-th
input after the array and, when writing, the written value. The index of a list has one item; that of a list of lists
(`rules.nested_lists`) may have one for each level.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.nodes import Slot
from adcompiler.ir.types import Type
from adcompiler.rules.creation import zeros_of
from adcompiler.rules.indexed_types import Index, getitem_type, lasting_writes_type, written_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import linear, nondifferentiable, vjp

REVERSED: Index = (slice(None, None, -1),)
"""What turns the order of a list, a range or the first axis round."""


def fill_slots(index: Index, slots: tuple[Any, ...]) -> Index:
    """The index itself: each slot replaced by its value."""

    def fill(item: Any) -> Any:
        match item:
            case Slot(number):
                return slots[number]
            case slice():
                return slice(fill(item.start), fill(item.stop), fill(item.step))
            case _:
                return item

    return tuple(map(fill, index))


def slots_of(index: Index) -> list[Slot]:
    """The slots in the places of an index (those within slices are integers)."""
    return [item for item in index if isinstance(item, Slot)]


# Derivatives


def _getitem(x, *slots, index):
    if isinstance(x, (tuple, list, range)):
        for place in fill_slots(index, slots):
            x = x[place]
        return x
    return x[fill_slots(index, slots)]


def _with_replaced(x, places, change):
    """A list with another item at a place (in the list at a place, …), or other items in a slice."""
    place, *inner = places
    items = list(x)
    items[place] = _with_replaced(items[place], inner, change) if inner else change(items[place])
    return items


def _setitem(x, v, *slots, index):
    if isinstance(x, list):
        return _with_replaced(x, fill_slots(index, slots), lambda _: v)
    result = np.array(x)
    result[fill_slots(index, slots)] = v
    return result


def _additem(x, v, *slots, index):
    if isinstance(x, list):
        return _with_replaced(x, fill_slots(index, slots), lambda old: runtime.add_items(old, v))
    result = np.array(x)
    np.add.at(result, fill_slots(index, slots), v)
    return result


def _lasting_writes(shape, *slots, index):
    return runtime.lasting_writes(shape, fill_slots(index, slots))


getitem, setitem, additem = overridable(_getitem), overridable(_setitem), overridable(_additem)
lasting_writes = overridable(_lasting_writes)


def _getitem_bar(g, y, x, *slots, index):
    """Every element read gets its cotangent back, an element read twice the sum of both."""
    return additem(zeros_of(x), g, *slots, index=index)


def _additem_value_bar(g, y, x, v, *slots, index):
    return unbroadcast(getitem(g, *slots, index=index), np.shape(v))


def _setitem_value_bar(g, y, x, v, *slots, index):
    return unbroadcast(written_bar(g, *slots, index=index), np.shape(v))


def written_bar(g, *slots, index):
    """What a later write to the same element replaced has no influence: `x[[0, 0]] = v` keeps `v[1]`."""
    read = getitem(g, *slots, index=index)
    if any(may_repeat(slots[slot.number]) for slot in slots_of(index)):
        read = np.where(lasting_writes(np.shape(g), *slots, index=index), read, 0)
    return read


def may_repeat(slot: Any) -> bool:
    """Whether an index could name an element twice: unless it is one integer, or a mask."""
    type = getattr(slot, "type", None)
    if isinstance(type, Type):
        return may_repeat_in(type)
    return np.ndim(slot) > 0 and np.asarray(slot).dtype != np.bool_


def may_repeat_in(type: Type) -> bool:
    """Whether an index of this type could name an element twice."""
    return type.dtype != "bool" and type.kind != "scalar" and type.shape != ()


_points = (
    ((5,), {"index": (2,)}),
    ((5,), {"index": (slice(1, -1),)}),
    ((4, 3), {"index": (-1,)}),
    ((4, 3), {"index": (slice(None), 1)}),
    ((4, 3), {"index": (Ellipsis, None, slice(None, None, -1))}),
    ((4, 3), {"index": (slice(None, None, 2), slice(1, None))}),
    ((4, 3), np.array([0, 2, 0]), {"index": (Slot(0),)}),
    ((4, 3, 2), np.array([0, 2, 0]), {"index": (slice(None), Slot(0), 1)}),
    ((4, 3, 2), np.array([0, 1]), {"index": (0, slice(None), Slot(0))}),
    ((4, 3), np.array([[True, False, True]] * 4), {"index": (Slot(0),)}),
    ((4, 3), 1, {"index": (slice(Slot(0), None), 0)}),
    ((4, 3), 1, 2, {"index": (Slot(0), Slot(1))}),
)
"""An array, slots and an index."""

linear(
    getitem,
    _getitem_bar,
    None,
    static={"index": REQUIRED},
    infer=getitem_type,
    name="getitem",
    spelling="",
    views=True,
    at=_points,
)


def _writing_points():
    for shape, *slots, static in _points:
        part = np.zeros(shape)[fill_slots(static["index"], tuple(slots))].shape
        yield shape, part, *slots, static
        if part:
            yield shape, part[1:], *slots, static
            yield shape, (), *slots, static


vjp(
    setitem,
    lambda g, y, x, v, *slots, index: setitem(g, 0, *slots, index=index),
    _setitem_value_bar,
    None,
    jvp=(
        lambda x_dot, y, x, v, *slots, index: setitem(x_dot, 0, *slots, index=index),
        lambda v_dot, y, x, v, *slots, index: setitem(zeros_of(x, v_dot), v_dot, *slots, index=index),
        None,
    ),
    static={"index": REQUIRED},
    infer=written_type,
    name="setitem",
    spelling="",
    updates=True,
    at=tuple(_writing_points()),
)

nondifferentiable(
    lasting_writes,
    operands=2,
    static={"index": REQUIRED},
    infer=lasting_writes_type,
    name="lasting_writes",
    spelling="lasting_writes",
    at=(
        ((5,), np.array([2, 0, 2]), {"index": (Slot(0),)}),
        ((4, 3, 2), np.array([0, 2, 0]), {"index": (slice(1, None), Slot(0))}),
        ((4, 3, 2), np.array([1, 1]), {"index": (Slot(0), Ellipsis, 1)}),
    ),
)

vjp(
    additem,
    lambda g, y, x, v, *slots, index: g,
    _additem_value_bar,
    None,
    jvp=(
        lambda x_dot, y, x, v, *slots, index: x_dot,
        lambda v_dot, y, x, v, *slots, index: additem(zeros_of(x, v_dot), v_dot, *slots, index=index),
        None,
    ),
    static={"index": REQUIRED},
    infer=written_type,
    name="additem",
    spelling="",
    updates=True,
    at=tuple(_writing_points()),
)
