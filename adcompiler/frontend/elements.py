"""The elements of what a program holds: of an array, as a view or a value of its own; of a tuple, to be unpacked."""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.classes import method_of
from adcompiler.frontend.containers import certain_keys, readable, structure_of
from adcompiler.frontend.heap import Cell, Constant, Object, Ref, ShapeOf, View, Walk, if_present, link, reach
from adcompiler.frontend.readers import as_call, call
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Slot

Index = tuple[Any, ...]
Slots = tuple[Atom, ...]


def is_basic(index: Index, slots: Slots) -> bool | None:
    """Whether an index selects by integers and slices alone; None where a slot's kind is not known."""
    kinds = {slots[item.number].type.kind for item in index if isinstance(item, Slot)}
    if kinds <= {"scalar"}:
        return True
    return False if "array" in kinds else None


def element(state: State, owner: Ref, index: Index, slots: Slots, node: Any) -> Ref:
    """`owner[index]`: a view, or a value of its own, whichever it is in NumPy."""
    base_type = state.type_of(owner)
    if base_type is None or not base_type.is_numeric or base_type.kind == "scalar":
        if base_type is not None and base_type.kind == "tuple":
            position = index[0] if len(index) == 1 and isinstance(index[0], int) else None
            if position is None:
                state.refuse(node, "the position in a tuple must be known before the program runs")
            return state.bind(state.emit("item", state.read_value(owner, node), index=position))
        if base_type is not None and base_type.kind == "scalar" and not base_type.weak and index in ((), (Ellipsis,)):
            return owner
        state.refuse(node, "this value has no elements")
    basic = is_basic(index, slots)
    assert isinstance(owner, Cell | View)
    view = View(owner, "getitem", slots, (("index", index),))
    result = state.type_of(view)
    assert result is not None
    if basic and result.kind == "array":
        return view
    value = state.bind(state.read_value(view, node))
    if basic is not False and result.kind == "unknown":
        for place in reach(view, state.heap.contents):
            link(value, place)
    return value


def unpacked(state: State, ref: Ref, count: int | None, node: Any) -> tuple[Ref, ...]:
    """The elements of a tuple, a shape, or the rows of an array, for unpacking into `count` names."""
    ref = if_present(ref)
    if (method := method_of(state, ref, "__iter__")) is not None:
        return unpacked(state, call(state, method, [], {}, as_call(node)), count, node)
    if isinstance(ref, Walk) and ref.course is not None:
        ref = call(state, Constant(tuple), [(ref, node)], {}, as_call(node))
    content = structure_of(state, ref, node)
    match ref:
        case _ if content is not None:
            found = tuple(map(Constant, certain_keys(state, content, node))) if content.kind is dict else content.items
            if isinstance(ref, Object) and content.keys is not None and content.kind is not dict:
                state.refuse(node, f"an object of class `{content.kind.__name__}` cannot be unpacked")
            for item in found:
                readable(state, item, "one of these", node)
        case Constant(value=str() as value):
            found = tuple(Constant(item) for item in value)
        case ShapeOf(array=array):
            length = array.type.rank if array.type.rank is not None else count
            if length is None:
                state.refuse(node, "how many axes this shape has is not known", "give types")
            found = tuple(state.bind(state.emit("axis_length", array, axis=axis)) for axis in range(length))
        case _:
            type_ = state.type_of(ref)
            if type_ is not None and type_.kind == "list" and count is not None:
                whole = state.read_value(ref, node)
                return tuple(state.bind(state.emit("getitem", whole, index=(n,))) for n in range(count))
            if type_ is None or not (type_.is_numeric or type_.kind == "tuple") or type_.kind == "scalar":
                state.refuse(node, "this cannot be unpacked")
            if type_.kind == "tuple":
                whole = state.read_value(ref, node)
                found = tuple(state.bind(state.emit("item", whole, index=n)) for n in range(len(type_.elements)))
            else:
                if count is None and isinstance(type_.shape, tuple) and isinstance(type_.shape[0], int):
                    count = type_.shape[0]
                if count is None:
                    state.refuse(node, "how many elements this has is not known", "index it instead")
                found = tuple(element(state, ref, (n,), (), node) for n in range(count))
    if count is not None and len(found) != count:
        state.refuse(node, f"{len(found)} values cannot be unpacked into {count} names")
    return found
