"""Tuples, lists and dicts that are known item by item: what they hold, and what writes into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adcompiler.frontend import list_operations
from adcompiler.frontend.heap import Constant, Container, Object, Ref, Unbound, Walk, if_present
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom


def structure_of(state: State, ref: Ref, node: Any) -> Container | None:
    """What a tuple, list, dict or instance holds now; None for anything else."""
    ref = if_present(ref)
    if isinstance(ref, Constant) and isinstance(ref.value, list | dict):
        ref = state.adopted(ref.value) or ref
    match ref:
        case Container():
            return ref
        case Walk(kind=kind, parts=(owner,)) if kind in _VIEWS:
            held = structure_of(state, owner, node)
            return None if held is None else _VIEWS[kind](certain_keys(state, held, node), held.items)
        case Object():
            content = state.content_of(ref, node)
            return content if isinstance(content, Container) else None
        case Constant(value=tuple() | list() as value):
            items = tuple(state.lift_item(value, number) for number in range(len(value)))
            return Container(items, type(value), getattr(value, "_fields", None))
        case Constant(value=dict() as value):
            return Container(tuple(state.lift_item(value, key) for key in value), dict, tuple(value))
    return None


_VIEWS: dict[type, Callable[[Sequence[Any], tuple[Ref, ...]], Container]] = {
    type({}.keys()): lambda keys, items: Container(tuple(map(Constant, keys)), tuple),
    type({}.values()): lambda keys, items: Container(items, tuple),
    type({}.items()): lambda keys, items: _pairs(keys, items),
}


def item_of(state: State, content: Container, key: Any, node: Any) -> Ref:
    """`content[key]` for a key that is known: an item, or a part of a tuple or list for a slice."""
    if content.kind is dict:
        found = content.get(key) if is_hashable(key) else None
        if found is None:
            state.refuse(node, f"this raises KeyError: {key!r}")
        return readable(state, found, repr(key), node)
    try:
        found = content.items[key]
    except IndexError as error:
        if content.kind is list:
            state.doubt(node, f"this raises IndexError: {str(error).replace('tuple', 'list')}")
        state.refuse(node, f"this raises IndexError: {error}")
    except TypeError as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")
    if not isinstance(found, tuple):
        return readable(state, found, "this item", node)
    return state.new_list(found) if content.kind is list else Container(found, tuple)


def readable(state: State, ref: Ref, what: str, node: Any) -> Ref:
    """An item, unless it has no value here."""
    if isinstance(ref, Unbound):
        state.refuse_unbound(node, f"{what} {ref.reason or 'may have no value here'}", ref)
    return ref


def certain_keys(state: State, content: Container, node: Any) -> tuple[Any, ...]:
    """The keys of a dict, all of which are there on every path."""
    for key in content.uncertain:
        message = f"whether this dict has the key {key!r} depends on the path"
        state.refuse_structure(node, message, "give it a value on every path")
    return content.keys or ()


def set_item(state: State, owner: Object, key: Any, item: Ref, node: Any) -> None:
    """`owner[key] = item` of a list or dict."""
    content = structure_of(state, owner, node)
    assert content is not None
    if content.kind is dict:
        state.change(owner, content.put(key, item), node)
        return
    items = list(content.items)
    try:
        if isinstance(key, slice):
            given = structure_of(state, item, node)
            if given is None:
                state.refuse(node, "what is assigned to a part of a list must be a list whose length is known")
            items[key] = given.items
        else:
            items[key] = item
    except (IndexError, TypeError, ValueError) as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")
    state.change(owner, Container(tuple(items), list), node)


def delete_item(state: State, owner: Object, key: Any, node: Any) -> None:
    """`del owner[key]` of a list or dict."""
    content = structure_of(state, owner, node)
    assert content is not None
    if content.kind is dict:
        item_of(state, content, key, node)
        state.change(owner, content.drop(key), node)
        return
    items = list(content.items)
    try:
        del items[key]
    except (IndexError, TypeError) as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")
    state.change(owner, Container(tuple(items), list), node)


def has_key(state: State, content: Container, key: Any, node: Any) -> Atom:
    """`key in content`, of a dict: known, or a flag."""
    if not is_hashable(key):
        state.refuse(node, f"this raises TypeError: unhashable type: '{type(key).__name__}'")
    return state.read_value(content.presence(key), node)


def is_hashable(key: Any) -> bool:
    """Whether a value can be a key."""
    try:
        hash(key)
    except TypeError:
        return False
    return True


def append(state: State, owner: Object, item: Ref, node: Any) -> None:
    """`owner.append(item)`."""
    content = state.content_of(owner, node)
    if isinstance(content, Container):
        state.change(owner, Container((*content.items, item), list), node)
    else:
        list_operations.append(state, owner, item, node)


def pairs_of(state: State, ref: Ref, node: Any) -> list[tuple[Any, Ref]]:
    """The keys and items of a dict, or of a list of pairs."""
    content = structure_of(state, ref, node)
    if content is not None and content.kind is dict:
        return list(zip(certain_keys(state, content, node), content.items, strict=True))
    pairs = [] if content is None else [structure_of(state, item, node) for item in content.items]
    if content is None or any(pair is None or len(pair.items) != 2 for pair in pairs):
        state.refuse(node, "a dict, or a list of pairs, is needed here")
    return [(state.constant_of(p.items[0], node, "the key of a dict"), p.items[1]) for p in pairs if p is not None]


def _pairs(keys: Sequence[Any], items: Sequence[Ref]) -> Container:
    pairs = zip(keys, items, strict=True)
    return Container(tuple(Container((Constant(key), item), tuple) for key, item in pairs), tuple)
