"""Lists whose length is not known before the program runs: their content is one value of the program.

A list becomes one where a loop, or a branch, leaves it longer or shorter than it found it. Its items are values too:
what the program holds apart (objects, functions) cannot stand in it. An array in a list is the very array, so that a
write into it, or into what is read from the list, is refused as long as both can be reached; `memory` stands for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adcompiler.frontend.heap import Cell, Constant, Container, Content, Object, Ref, ShapeOf, View, link, places_of
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Value
from adcompiler.ir.types import OPAQUE, Type, Unranked, type_of_constant
from adcompiler.rules.lists import item_of, list_of


def is_growing(state: State, ref: Ref) -> bool:
    """Whether this is a list whose length is not known."""
    content = state.heap.contents.get(ref) if isinstance(ref, Object) else None
    return isinstance(content, Value | Literal) and content.type.kind == "list"


# From items that are known one by one to a value


def item_type(state: State, ref: Ref) -> Type | None:
    """The type of the value that an item of a list would be; None for what cannot stand in one."""
    match ref:
        case Constant(value=None):
            return OPAQUE
        case Constant(value=value):
            type_ = type_of_constant(value)
            return type_ if type_.is_numeric else None
        case Cell() | View() | ShapeOf():
            return state.type_of(ref)
        case Container(items=items, keys=None):
            types = [item_type(state, item) for item in items]
            return None if None in types else Type("tuple", elements=tuple(type_ for type_ in types if type_))
        case Object():
            return list_type(state, state.heap.contents.get(ref))
    return None


def list_type(state: State, content: Content | None) -> Type | None:
    """The type of a list with this content as a value; None where it cannot be one."""
    if isinstance(content, Value | Literal):
        return content.type if content.type.kind == "list" else None
    if not isinstance(content, Container) or content.kind is not list:
        return None
    types = [item_type(state, item) for item in content.items]
    if None in types:
        return None
    made = list_of(*(type_ for type_ in types if type_))
    is_mixed = OPAQUE in made.elements and any(type_ != OPAQUE for type_ in types)
    return None if is_mixed else made


def list_value(state: State, content: Content, node: Any, hint: str | None = None) -> Atom:
    """The content of a list as one value."""
    if isinstance(content, Value | Literal):
        return content
    assert isinstance(content, Container)
    return state.emit("make_list", *(item_value(state, item, node) for item in content.items), hint=hint)


def item_value(state: State, ref: Ref, node: Any) -> Atom:
    """The value of what is put into a list."""
    if item_type(state, ref) is None:
        state.refuse(
            node,
            "this cannot be put into a list whose length is not known",
            "its items are numbers, arrays, and tuples and lists of them",
        )
    match ref:
        case Object():
            return list_value(state, state.content_of(ref, node), node)
        case Container(items=items):
            return state.emit("make_tuple", *(item_value(state, item, node) for item in items))
    return state.read_value(ref, node)


def grow(state: State, owner: Object, node: Any) -> Atom:
    """Make the content of a list one value, and return it."""
    content = state.content_of(owner, node)
    if isinstance(content, Container):
        value = list_value(state, content, node, owner.name)
        keep_memory(state, owner, content.items)
        state.heap.contents[owner] = content = value
    return content


# Memory


def memory_of(state: State, owner: Object) -> Cell:
    """What stands for the arrays in a list."""
    if owner.memory is None:
        owner.memory = Cell(owner.name)
    state.heap.values.setdefault(owner.memory, Literal(None))
    return owner.memory


def keep_memory(state: State, owner: Object, refs: Iterable[Ref]) -> None:
    """Note that a list refers to the arrays, and to the lists, that these reach; of another list, to what is in it."""
    for ref in refs:
        if not has_memory(item_type(state, ref)):
            continue
        for place in places_of(ref, state.heap.contents):
            if isinstance(place, Cell):
                memory = memory_of(state, owner)
                owner.repeats |= not memory.aliases.isdisjoint({place, *place.aliases})
                link(memory, place)
            elif place not in (owner, owner.inner):
                link(inner_of(owner), place)


def share_memory(state: State, owner: Object, other: Ref) -> None:
    """Note that a list holds what another one holds."""
    content = state.heap.contents.get(other) if isinstance(other, Object) else other
    if isinstance(content, Container):
        keep_memory(state, owner, content.items)
    elif isinstance(other, Object) and has_memory(item_type(state, other)):
        memory, its_memory = memory_of(state, owner), memory_of(state, other)
        owner.repeats |= other.repeats or its_memory is memory or its_memory in memory.aliases
        link(memory, its_memory)
        link(inner_of(owner), inner_of(other))


def inner_of(owner: Object) -> Object:
    """What stands for the lists in a list."""
    if owner.inner is None:
        owner.inner = Object(list, owner.name)
    return owner.inner


def has_memory(type_: Type | None) -> bool:
    """Whether a value of this type is, or refers to, an array or a list."""
    if type_ is None:
        return True
    if type_.kind in ("list", "tuple"):
        return type_.kind == "list" or any(map(has_memory, type_.elements))
    return type_.kind not in ("scalar", "opaque")


def is_sole_owner(state: State, owner: Object, item: Ref) -> bool:
    """Whether an array that was read from a list is in it once and nowhere else, as far as can be known."""
    if owner.repeats or owner.memory is None or not isinstance(item, Cell):
        return False
    others = owner.memory.aliases - {item}
    reached = set().union(*(places_of(ref, state.heap.contents) for _, ref in state.named()))
    return others.isdisjoint(reached) and others.isdisjoint(
        set().union(*(places_of(ref, state.heap.contents) for ref in state.pending if ref is not item))
    )


# New lists


def new_list(state: State, value: Atom, others: Iterable[Ref] = (), name: str | None = None) -> Object:
    """A list with this value; what it holds, others hold."""
    made = Object(list, name)
    state.heap.contents[made] = value
    for other in others if has_memory(item_of(value.type)) else ():
        share_memory(state, made, other)
    return made


def rows_of(state: State, array: Ref, node: Any) -> Object | None:
    """`list(array)`, where it is not known how many rows there are; None for anything else."""
    type_ = state.type_of(array) if isinstance(array, Cell | View) else None
    if type_ is None or type_.kind != "array" or not type_.rank or isinstance(type_.shape[0], int):  # type: ignore[index]
        return None
    made = new_list(state, state.emit("rows", state.read_value(array, node)))
    if has_memory(item_of(list_value(state, state.content_of(made, node), node).type)):
        keep_memory(state, made, (array,))
    return made


def as_ref(state: State, value: Atom, owner: Object) -> Ref:
    """What an item that was read from a list stands for."""
    match value.type.kind:
        case "list":
            made = new_list(state, value)
            made.memory, made.inner = memory_of(state, owner), inner_of(owner)
            link(made, inner_of(owner))
            return made
        case "tuple" if not isinstance(value.type.shape, Unranked):
            parts = (state.emit("item", value, index=number) for number in range(len(value.type.elements)))
            return Container(tuple(as_ref(state, part, owner) for part in parts), tuple)
    if isinstance(value, Literal):
        return Constant(value.value)
    cell = state.bind(value)
    if has_memory(value.type):
        link(cell, memory_of(state, owner))
    return cell
