"""Lists and dicts: their items, what writes into them, and their methods. They are known item by item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adcompiler.frontend import growing, list_operations
from adcompiler.frontend.heap import Constant, Container, Object, Ref, Unbound, Walk, if_present
from adcompiler.frontend.merge import branch
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom

Arguments = Sequence[Ref]
Keywords = dict[str, Ref]
_Method = Callable[..., Ref]


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
        found = content.get(key) if _is_hashable(key) else None
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
    if not _is_hashable(key):
        state.refuse(node, f"this raises TypeError: unhashable type: '{type(key).__name__}'")
    return state.read_value(content.presence(key), node)


def _is_hashable(key: Any) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True


def call_container_method(
    state: State, owner: Ref, name: str, arguments: Arguments, keywords: Keywords, node: Any
) -> Ref:
    """A method of a tuple, list or dict."""
    content = structure_of(state, owner, node)
    if isinstance(owner, Object) and growing.is_growing(state, owner):
        return list_operations.call_method(state, owner, name, arguments, keywords, node)
    if content is None:
        state.refuse(node.func, f"`.{name}()` of this is not supported")
    if isinstance(owner, Constant) and isinstance(owner.value, list | dict):
        owner = state.adopt(owner.value)
    method = _methods_of(content.kind).get(name)
    if method is None or (content.keys is None and content.kind is not list and name not in ("index", "count")):
        state.refuse(node.func, f"`.{name}()` of a {content.kind.__name__} is not supported")
    try:
        result: Ref = method(_Call(state, owner, content, node), *arguments, **keywords)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:  # the call does not fit
            state.refuse(node, f"these are not the arguments of `.{name}()`")
        raise
    return result


def _methods_of(kind: type) -> dict[str, _Method]:
    return _DICT_METHODS if kind is dict else _LIST_METHODS if kind is list else NAMED_TUPLE_METHODS


class _Call:
    """A method call: the object, what it holds, and where the call stands."""

    def __init__(self, state: State, owner: Ref, content: Container, node: Any) -> None:
        self.state, self.owner, self.content, self.node = state, owner, content, node

    def become(self, content: Container) -> Ref:
        """Change the object; methods that do return None."""
        assert isinstance(self.owner, Object)
        self.state.change(self.owner, content, self.node)
        return Constant(None)

    def hold(self, items: Sequence[Ref]) -> Ref:
        """Change a list."""
        return self.become(Container(tuple(items), list))

    def known(self, ref: Ref, what: str) -> Any:
        """A value that must be known before the program runs."""
        return self.state.constant_of(ref, self.node, what)

    def items_of(self, ref: Ref) -> tuple[Ref, ...]:
        """The items of an argument."""
        content = structure_of(self.state, ref, self.node)
        if content is None or content.kind is dict:
            self.state.refuse(self.node, "a tuple or list whose length is known is needed here")
        return content.items

    def depending_on(self, key: Any, there: Callable[[], Ref], missing: Callable[[], Ref]) -> Ref:
        """One thing where the dict has a key, another where it has not."""
        return branch(self.state, has_key(self.state, self.content, key, self.node), there, missing, self.node)

    def refuse_raise(self, error: str) -> Ref:
        """The call raises."""
        self.state.refuse(self.node, f"this raises {error}")


# Lists


def append(state: State, owner: Object, item: Ref, node: Any) -> None:
    """`owner.append(item)`."""
    content = state.content_of(owner, node)
    if isinstance(content, Container):
        state.change(owner, Container((*content.items, item), list), node)
    else:
        list_operations.append(state, owner, item, node)


def _append(call: _Call, item: Ref) -> Ref:
    return call.hold((*call.content.items, item))


def _extend(call: _Call, items: Ref) -> Ref:
    if growing.is_growing(call.state, items):
        assert isinstance(call.owner, Object)
        list_operations.extend(call.state, call.owner, items, call.node)
        return Constant(None)
    return call.hold(call.content.items + call.items_of(items))


def _insert(call: _Call, position: Ref, item: Ref) -> Ref:
    items = list(call.content.items)
    if not isinstance(position, Constant) and isinstance(call.owner, Object):
        growing.grow(call.state, call.owner, call.node)
        return list_operations.call_method(call.state, call.owner, "insert", (position, item), {}, call.node)
    items.insert(call.known(position, "the position in a list"), item)
    return call.hold(items)


def _pop_item(call: _Call, position: Ref = Constant(-1)) -> Ref:  # noqa: B008  (immutable)
    items = list(call.content.items)
    number = call.known(position, "the position in a list")
    if not -len(items) <= number < len(items):
        error = "pop from empty list" if not items else "pop index out of range"
        call.state.doubt(call.node, f"this raises IndexError: {error}")
    item = items.pop(number)
    call.hold(items)
    return readable(call.state, item, "this item", call.node)


def _reverse(call: _Call) -> Ref:
    return call.hold(call.content.items[::-1])


def _copy(call: _Call) -> Ref:
    return call.state.heap.new_object(call.content)


def _clear(call: _Call) -> Ref:
    content = call.content
    return call.become(Container((), content.kind, None if content.keys is None else ()))


def _index(call: _Call, item: Ref) -> Ref:
    found = _positions(call, item)
    return Constant(found[0]) if found else call.refuse_raise("ValueError: it is not in the list")


def _count(call: _Call, item: Ref) -> Ref:
    return Constant(len(_positions(call, item)))


def _remove(call: _Call, item: Ref) -> Ref:
    found = _positions(call, item)
    if not found:
        return call.refuse_raise("ValueError: list.remove(x): x not in list")
    return call.hold((*call.content.items[: found[0]], *call.content.items[found[0] + 1 :]))


def _positions(call: _Call, item: Ref) -> list[int]:
    """Where an item stands: the very object, or a constant that is equal."""
    if isinstance(item, Constant) and all(isinstance(other, Constant) for other in call.content.items):
        values = [other.value for other in call.content.items if isinstance(other, Constant)]
        return [number for number, value in enumerate(values) if value == item.value]
    if isinstance(item, Object):
        return [number for number, other in enumerate(call.content.items) if other is item]
    call.state.refuse(call.node, "looking for a value that is computed is not supported", "write a loop")


# Dicts


def _get(call: _Call, key: Ref, default: Ref = Constant(None)) -> Ref:  # noqa: B008  (immutable)
    name = call.known(key, "the key of a dict")
    return call.depending_on(name, lambda: item_of(call.state, call.content, name, call.node), lambda: default)


def _view(kind: type) -> _Method:
    """`d.keys()`, `d.values()`, `d.items()`: what the dict holds when it is looked at."""
    return lambda call: Walk(kind, (call.owner,), None)


def _pairs(keys: Sequence[Any], items: Sequence[Ref]) -> Container:
    pairs = zip(keys, items, strict=True)
    return Container(tuple(Container((Constant(key), item), tuple) for key, item in pairs), tuple)


def _update(call: _Call, other: Ref = Container((), dict, ()), **more: Ref) -> Ref:  # noqa: B008  (immutable)
    content = call.content
    for key, item in pairs_of(call.state, other, call.node):
        content = content.put(key, item)
    for key, item in more.items():
        content = content.put(key, item)
    return call.become(content)


def pairs_of(state: State, ref: Ref, node: Any) -> list[tuple[Any, Ref]]:
    """The keys and items of a dict, or of a list of pairs."""
    content = structure_of(state, ref, node)
    if content is not None and content.kind is dict:
        return list(zip(certain_keys(state, content, node), content.items, strict=True))
    pairs = [] if content is None else [structure_of(state, item, node) for item in content.items]
    if content is None or any(pair is None or len(pair.items) != 2 for pair in pairs):
        state.refuse(node, "a dict, or a list of pairs, is needed here")
    return [(state.constant_of(p.items[0], node, "the key of a dict"), p.items[1]) for p in pairs if p is not None]


def _setdefault(call: _Call, key: Ref, default: Ref = Constant(None)) -> Ref:  # noqa: B008  (immutable)
    name = call.known(key, "the key of a dict")

    def enter() -> Ref:
        call.become(call.content.put(name, default))
        return default

    return call.depending_on(name, lambda: item_of(call.state, call.content, name, call.node), enter)


def _pop_key(call: _Call, key: Ref, *default: Ref) -> Ref:
    name = call.known(key, "the key of a dict")

    def take() -> Ref:
        item = item_of(call.state, call.content, name, call.node)
        call.become(call.content.drop(name))
        return item

    return call.depending_on(name, take, lambda: default[0]) if default else take()


# Named tuples


def _replace(call: _Call, **fields: Ref) -> Ref:
    content = call.content
    for name, item in fields.items():
        if content.get(name) is None:
            return call.refuse_raise(f"ValueError: there is no field {name!r}")
        content = content.put(name, item)
    return content


def _as_dict(call: _Call) -> Ref:
    return call.state.new_dict(call.content.keys or (), call.content.items)


_LIST_METHODS: dict[str, _Method] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop_item,
    "reverse": _reverse,
    "copy": _copy,
    "clear": _clear,
    "index": _index,
    "count": _count,
    "remove": _remove,
}
_DICT_METHODS: dict[str, _Method] = {
    "get": _get,
    "keys": _view(type({}.keys())),
    "values": _view(type({}.values())),
    "items": _view(type({}.items())),
    "update": _update,
    "setdefault": _setdefault,
    "pop": _pop_key,
    "copy": _copy,
    "clear": _clear,
}
NAMED_TUPLE_METHODS: dict[str, _Method] = {
    "index": _index,
    "count": _count,
    "_replace": _replace,
    "_asdict": _as_dict,
}
