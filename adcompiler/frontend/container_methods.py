"""The methods of tuples, lists and dicts that are known item by item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adcompiler.frontend import growing, list_operations
from adcompiler.frontend.containers import has_key, item_of, pairs_of, readable, structure_of
from adcompiler.frontend.heap import Constant, Container, Object, Ref, Walk
from adcompiler.frontend.merge import branch
from adcompiler.frontend.state import State

Arguments = Sequence[Ref]
Keywords = dict[str, Ref]
_Method = Callable[..., Ref]


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


def _update(call: _Call, other: Ref = Container((), dict, ()), **more: Ref) -> Ref:  # noqa: B008  (immutable)
    content = call.content
    for key, item in pairs_of(call.state, other, call.node):
        content = content.put(key, item)
    for key, item in more.items():
        content = content.put(key, item)
    return call.become(content)


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
