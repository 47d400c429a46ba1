"""Writes at places counted through a whole array, whatever its order in memory: `A.flat[i] = v`, `np.put`."""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.elements import Index, Slots
from adcompiler.frontend.heap import Cell, Ref, View
from adcompiler.frontend.indices import read_index
from adcompiler.frontend.readers import read
from adcompiler.frontend.state import State
from adcompiler.frontend.subscripts import assign_subscript, replace_content, store, written_value
from adcompiler.ir.nodes import Atom, Literal, Slot


def is_array(state: State, ref: Ref) -> bool:
    """Whether a reference is an array that can be written into."""
    type_ = state.type_of(ref)
    return isinstance(ref, Cell | View) and type_ is not None and type_.kind == "array"


def assign_flat(state: State, target: Any, ref: Ref) -> None:
    """`A.flat[i] = ref`, of an array `A`."""
    with state.holding(ref):
        owner = read(state, target.value.value)
        if not isinstance(owner, Cell | View) or not is_array(state, owner):
            assign_subscript(state, target, ref)
            return
        index, slots = read_index(state, target.slice)
    write_flat(state, owner, index, slots, written_value(state, ref, target), target)


def fill_flat(state: State, owner: Cell | View, ref: Ref, node: Any) -> None:
    """`A.flat = ref`: over and over, if there are fewer than elements."""
    size = state.emit("size", state.read_value(owner, node))
    write_flat(state, owner, (slice(None),), (), cycled(state, written_value(state, ref, node), size, node), node)


def write_flat(state: State, a: Cell | View, index: Index, slots: Slots, value: Atom, node: Any) -> None:
    """Write at places of the flattened array: at the indices of these places, if the number of axes is known."""
    whole = state.read_value(a, node)
    if whole.type.rank == 1:
        store(state, a, index, slots, value, node)
        return
    places = _places(state, whole, index, slots)
    if places is not None:
        found = state.emit("unravel_index", places, state.emit("shape", whole))
        each = tuple(state.emit("item", found, index=axis) for axis in range(whole.type.rank or 0))
        store(state, a, tuple(map(Slot, range(len(each)))), each, value, node)
        return
    flat = state.emit("setitem", state.emit("ravel", whole), value, *slots, index=index)
    replace_content(state, a, state.emit("reshape", flat, state.emit("shape", whole)), node)


def _places(state: State, whole: Atom, index: Index, slots: Slots) -> Atom | None:
    """The places that an index of one axis selects, none of them negative; None if it is a mask."""
    if not whole.type.rank or len(index) != 1:
        return None
    size = state.emit("size", whole)
    item = index[0]
    if isinstance(item, slice):
        return state.emit("getitem", state.emit("arange", size), *slots, index=index)
    if isinstance(item, int):
        return Literal(item) if item >= 0 else state.emit("add", size, Literal(item))
    if not isinstance(item, Slot) or (places := slots[item.number]).type.dtype in ("bool", None):
        return None
    return state.emit("where", state.emit("less", places, Literal(0)), state.emit("add", places, size), places)


def cycled(state: State, value: Atom, count: Atom, node: Any) -> Atom:
    """As many values as there are places: repeated from the start if there are fewer, and cut off."""
    shape = value.type.shape
    if shape == () or (isinstance(shape, tuple) and all(dim == 1 for dim in shape) and len(shape) == 1):
        return value
    if isinstance(shape, tuple) and len(shape) == 1 and shape[0] == count.type.extent:
        return value
    flat = state.emit("ravel", value)
    places = state.emit("remainder", state.emit("arange", count), state.emit("size", value))
    return state.emit("getitem", flat, places, index=(Slot(0),))
