"""What programs do with lists whose length is not known: items, operators and methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adcompiler.frontend.growing import (
    as_ref,
    grow,
    has_memory,
    is_growing,
    item_value,
    keep_memory,
    list_type,
    list_value,
    new_list,
    share_memory,
)
from adcompiler.frontend.heap import Cell, Constant, Container, Content, Object, Ref, View
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Slot
from adcompiler.ir.types import OPAQUE

Index = tuple[Any, ...]
Slots = tuple[Atom, ...]


def length(state: State, owner: Object, node: Any) -> Atom:
    """`len(owner)`."""
    return state.emit("len", list_value(state, state.content_of(owner, node), node))


def is_computed_place(state: State, content: Content, place: Ref) -> bool:
    """Whether this asks for an item of a tuple or list at a position that the program computes.

    Where a loop may be read round by round, positions will be known.
    """
    if not isinstance(content, Container) or content.keys is not None or not isinstance(place, Cell | View):
        return False
    type_, value = state.type_of(place), state.heap.values.get(place) if isinstance(place, Cell) else None
    if type_ is None or type_.rank != 0 or not (type_.dtype or "").startswith("int"):
        return False
    is_asked_for = isinstance(value, Literal) or value in state.parameters.values()
    return not is_asked_for and not state.attempts and _are_alike(state, content)


def _are_alike(state: State, content: Container) -> bool:
    """Whether items are of one kind, so that a variable can be any of them."""
    made = list_type(state, Container(content.items, list))
    return made is not None and OPAQUE not in made.elements


def read_item_of(state: State, owner: Ref, content: Container, index: Index, slots: Slots, node: Any) -> Ref:
    """An item of a tuple or list whose items are known one by one, at a position that is computed."""
    if isinstance(owner, Object):
        return read_item(state, owner, index, slots, node)
    value = list_value(state, Container(content.items, list), node)
    return read_item(state, new_list(state, value, (content,)), index, slots, node)


def read_item(state: State, owner: Object, index: Index, slots: Slots, node: Any) -> Ref:
    """`owner[index]`: an item, or a list of some."""
    content = state.content_of(owner, node)
    value = list_value(state, content, node)
    if isinstance(content, Container):
        share_memory(state, owner, content)
    (place,) = _one(state, index, node)
    part = state.emit("getitem", value, *slots, index=index)
    if isinstance(place, slice):
        return new_list(state, part, (owner,))
    if part.type == OPAQUE:
        state.doubt(node, "nothing is known of the items of this list")
    return as_ref(state, part, owner)


def _one(state: State, index: Index, node: Any) -> Index:
    if len(index) != 1 or index[0] is None or index[0] is Ellipsis:
        state.refuse(node, "this raises TypeError: list indices must be integers or slices")
    return index


def write_item(state: State, owner: Object, index: Index, slots: Slots, item: Ref, node: Any) -> None:
    """`owner[index] = item`."""
    (place,) = _one(state, index, node)
    if isinstance(place, slice):
        state.refuse(node, "writing to a part of a list whose length is not known is not supported", "write a loop")
    value = grow(state, owner, node)
    _become(state, owner, "setitem", value, item_value(state, item, node), *slots, node=node, index=index)
    keep_memory(state, owner, (item,))


def delete(state: State, owner: Object, index: Index, slots: Slots, node: Any) -> None:
    """`del owner[index]`."""
    (place,) = _one(state, index, node)
    value = grow(state, owner, node)
    if isinstance(place, slice):
        state.refuse(node, "deleting a part of a list whose length is not known is not supported", "use `pop`")
    _become(state, owner, "delete", value, *slots, node=node, index=index)


def _become(state: State, owner: Object, name: str, *inputs: Atom, node: Any, **static: Any) -> None:
    with state.at(node):
        state.change(owner, state.emit(name, *inputs, hint=owner.name, **static), node)
    owner.resized += name not in ("setitem", "getitem")


def operate(state: State, name: str, left: Ref, right: Ref, node: Any) -> Ref | None:
    """`xs + ys` and `[x] * n`, as a new list; None for other operands."""
    if name == "multiply" and _is_list_of_one(state, left) and _is_computed_integer(state, right):
        return _repeated(state, left, right, node)
    if name == "multiply" and _is_list_of_one(state, right) and _is_computed_integer(state, left):
        return _repeated(state, right, left, node)
    if not any(is_growing(state, ref) for ref in (left, right)):
        return None
    if name != "add" or not all(isinstance(ref, Object) and ref.kind is list for ref in (left, right)):
        state.refuse(node, "this operator on a list whose length is not known is not supported", "use `np.array(...)`")
    values = [_items(state, ref, node) for ref in (left, right)]
    return new_list(state, state.emit("extend", *values), (left, right))


def _is_list_of_one(state: State, ref: Ref) -> bool:
    content = state.heap.contents.get(ref) if isinstance(ref, Object) else None
    return isinstance(content, Container) and content.kind is list and len(content.items) == 1


def _is_computed_integer(state: State, ref: Ref) -> bool:
    type_ = state.type_of(ref) if isinstance(ref, Cell) else None
    return type_ is not None and type_.kind == "scalar" and (type_.dtype or "").startswith("int")


def _repeated(state: State, ref: Ref, count: Ref, node: Any) -> Ref:
    assert isinstance(ref, Object)
    content = state.content_of(ref, node)
    assert isinstance(content, Container)
    value = item_value(state, content.items[0], node)
    made = state.emit("repeat_item", value, state.read_value(count, node))
    repeated = new_list(state, made, (ref,))
    repeated.repeats = has_memory(value.type)
    return repeated


def _items(state: State, ref: Ref, node: Any) -> Atom:
    """What a list is made longer by."""
    if isinstance(ref, Object) and ref.kind is list:
        return list_value(state, state.content_of(ref, node), node)
    if isinstance(ref, Container) and ref.keys is None:
        return state.emit("make_list", *(item_value(state, item, node) for item in ref.items))
    type_ = state.type_of(ref)
    if type_ is not None and type_.kind == "array":
        return state.emit("rows", state.read_value(ref, node))
    state.refuse(node, "a list is needed here")


def extend(state: State, owner: Object, items: Ref, node: Any) -> None:
    """`owner.extend(items)`, `owner += items`."""
    added = _items(state, items, node)
    _become(state, owner, "extend", grow(state, owner, node), added, node=node)
    share_memory(state, owner, items)


# Methods


def call_method(
    state: State, owner: Object, name: str, arguments: Sequence[Ref], keywords: dict[str, Ref], node: Any
) -> Ref:
    """A method of a list whose length is not known."""
    method = _METHODS.get(name)
    if method is None or keywords:
        state.refuse(node.func, f"`.{name}()` of a list whose length is not known is not supported")
    try:
        return method(state, owner, node, *arguments)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:  # the call does not fit
            state.refuse(node, f"these are not the arguments of `.{name}()`")
        raise


def append(state: State, owner: Object, item: Ref, node: Any) -> None:
    """`owner.append(item)`."""
    value = item_value(state, item, node)
    _become(state, owner, "append", grow(state, owner, node), value, node=node)
    keep_memory(state, owner, (item,))


def _append(state: State, owner: Object, node: Any, item: Ref) -> Ref:
    append(state, owner, item, node)
    return Constant(None)


def _extend(state: State, owner: Object, node: Any, items: Ref) -> Ref:
    extend(state, owner, items, node)
    return Constant(None)


def _pop(state: State, owner: Object, node: Any, position: Ref = Constant(-1)) -> Ref:  # noqa: B008  (immutable)
    place = state.read_value(position, node)
    index: Index = (place.value,) if isinstance(place, Literal) else (Slot(0),)
    slots: Slots = () if isinstance(place, Literal) else (place,)
    item = read_item(state, owner, index, slots, node)
    delete(state, owner, index, slots, node)
    return item


def _insert(state: State, owner: Object, node: Any, position: Ref, item: Ref) -> Ref:
    value, place = item_value(state, item, node), state.read_value(position, node)
    whole = grow(state, owner, node)
    if place == Literal(0):
        before: Atom = state.emit("make_list", value)
        after: Atom = whole
    else:
        before = state.emit("append", state.emit("getitem", whole, place, index=(slice(None, Slot(0)),)), value)
        after = state.emit("getitem", whole, place, index=(slice(Slot(0), None),))
    _become(state, owner, "extend", before, after, node=node)
    keep_memory(state, owner, (item,))
    return Constant(None)


def _clear(state: State, owner: Object, node: Any) -> Ref:
    _become(state, owner, "make_list", node=node)
    return Constant(None)


def _reverse(state: State, owner: Object, node: Any) -> Ref:
    _become(state, owner, "getitem", grow(state, owner, node), node=node, index=(slice(None, None, -1),))
    return Constant(None)


def _copy(state: State, owner: Object, node: Any) -> Ref:
    return new_list(state, grow(state, owner, node), (owner,))


_METHODS: dict[str, Callable[..., Ref]] = {
    "append": _append,
    "extend": _extend,
    "pop": _pop,
    "insert": _insert,
    "clear": _clear,
    "reverse": _reverse,
    "copy": _copy,
}
