"""Instances of the user's classes: how they are made, their attributes, and the methods that operators call.

An instance that the program makes is an object whose content is its attributes. One that lives outside is a constant,
whose attributes are read where it lives, until the program writes into it: from then on it is an object too, and what
was written is read from there. The instance outside is never changed.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from abc import ABCMeta
from enum import Enum
from types import FunctionType, ModuleType
from typing import Any

import gast

from adcompiler.frontend.containers import readable
from adcompiler.frontend.heap import Constant, Container, Object, Partial, Ref
from adcompiler.frontend.parse import FunctionSource
from adcompiler.frontend.places import MISSING, InClass
from adcompiler.frontend.readers import call
from adcompiler.frontend.state import State

_MADE_BY_A_STATEMENT = 1 << 9
"""CPython's `Py_TPFLAGS_HEAPTYPE`."""


def is_user_class(value: Any) -> bool:
    """Whether this is a class written in Python, instances of which are read attribute by attribute."""
    return bool(
        isinstance(value, type)
        and type(value) in (type, ABCMeta)
        and value.__flags__ & _MADE_BY_A_STATEMENT
        and not issubclass(value, BaseException | Enum | dict | list | str | int | float | complex | set)
        and not hasattr(value, "__array_priority__")
        and (value.__module__.partition(".")[0] not in ("numpy", "adcompiler") or _is_in_definition(value))
    )


def _is_in_definition(value: type) -> bool:
    """Whether instances of a class of ours stand for what a library's function returns."""
    return value.__module__.startswith("adcompiler.definitions.")


def is_named_tuple(kind: Any) -> bool:
    """Whether this is the class of a named tuple."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


def find_in_class(kind: type, name: str, after: type | None = None) -> Any:
    """What a class, or the ones that it inherits from, has under a name; `MISSING` if nothing."""
    return InClass(kind, name, after)()


def method_of(state: State, owner: Ref, name: str) -> Partial | None:
    """A method written in Python of an instance, for an operator that calls it; None where there is none."""
    kind = instance_kind(owner)
    if kind is None:
        return None
    found = _look_up(state, kind, name)
    return Partial(Constant(found), (owner,)) if _is_function(found) else None


def _look_up(state: State, kind: type, name: str, after: type | None = None) -> Any:
    """As `find_in_class`; the program stands on what is found."""
    found = find_in_class(kind, name, after)
    if found is not MISSING or not name.startswith("__"):
        state.known[id(kind), name, after] = (InClass(kind, name, after), found)
    return found


def instance_kind(ref: Ref) -> type | None:
    """The class of an instance of a class of the user's."""
    match ref:
        case Object(kind=kind) if kind is not list and kind is not dict:
            return kind
        case Constant(value=value) if is_user_class(type(value)) and not isinstance(value, ModuleType | tuple):
            return type(value)
    return None


def _is_generated(init: Any) -> bool:
    """Whether an `__init__` was written by `dataclass`."""
    return isinstance(init, FunctionType) and init.__code__.co_filename == "<string>"


def _is_function(value: Any) -> bool:
    return isinstance(value, FunctionType | FunctionSource) or hasattr(value, "__adcompiler_wrapped__")


def attribute_of(state: State, owner: Object, name: str, node: Any, *, after: type | None = None) -> Ref:
    """`owner.name` of an instance; with `after`, as `super()` finds it."""
    kind = owner.kind
    found = _look_up(state, kind, name, after)
    if isinstance(found, property):
        return _inline(state, found.fget, [owner], node)
    content = state.content_of(owner, node)
    assert isinstance(content, Container)
    own = content.get(name) if after is None else None
    if own is not None:
        return readable(state, own, f"`{name}`", node)
    if after is None and owner.origin is not None and name in getattr(owner.origin, "__dict__", {}):
        return state.lift_attribute(owner.origin, name)
    if isinstance(found, functools.cached_property):
        value = _inline(state, found.func, [owner], node)
        state.change(owner, content.put(name, value), node)
        return value
    if isinstance(found, staticmethod):
        return Constant(found.__func__)
    if isinstance(found, classmethod):
        return Partial(Constant(found.__func__), (Constant(kind),))
    if _is_function(found):
        return Partial(Constant(found), (owner,))
    if name == "__class__":
        return Constant(kind)
    if name == "__dict__":
        return state.heap.new_object(dataclasses.replace(content, kind=dict))
    if found is MISSING or inspect.isdatadescriptor(found):
        if find_in_class(kind, "__getattr__") is not MISSING:
            state.refuse(node, f"`{kind.__name__}` computes its attributes (`__getattr__`)", "give it this attribute")
        state.refuse(node, f"this object of class `{kind.__name__}` has no attribute `{name}` here")
    base = next(base for base in kind.__mro__ if name in base.__dict__)
    return state.lift_attribute(base, name)


def set_attribute(state: State, owner: Ref, name: str, item: Ref, node: Any) -> None:
    """`owner.name = item`."""
    if isinstance(owner, Constant) and instance_kind(owner) is not None:
        owner = state.adopt(owner.value)
    if not isinstance(owner, Object) or owner.kind in (list, dict):
        state.refuse(node, "assignment to an attribute of this is not supported", "use a local variable and return it")
    kind = owner.kind
    found = _look_up(state, kind, name)
    if isinstance(found, property):
        if found.fset is None:
            state.refuse(node, f"this raises AttributeError: `{name}` of `{kind.__name__}` has no setter")
        _inline(state, found.fset, [owner, item], node)
        return
    if dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        state.refuse(node, f"`{kind.__name__}` is frozen", "make a new one: `dataclasses.replace`")
    if find_in_class(kind, "__setattr__") is not object.__setattr__:
        state.refuse(node, f"`{kind.__name__}` has a `__setattr__` of its own", "use a local variable")
    content = state.content_of(owner, node)
    assert isinstance(content, Container)
    state.change(owner, content.put(name, item), node)


def delete_attribute(state: State, owner: Ref, name: str, node: Any) -> None:
    """`del owner.name`, of an instance that the program made."""
    if not isinstance(owner, Object) or owner.kind in (list, dict) or owner.origin is not None:
        state.refuse(node, "deleting an attribute of this is not supported")
    content = state.content_of(owner, node)
    assert isinstance(content, Container)
    if content.get(name) is None:
        state.refuse(node, f"this object of class `{owner.kind.__name__}` has no attribute `{name}` here")
    state.change(owner, content.drop(name), node)


def instantiate(state: State, kind: type, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    """`kind(*arguments, **keywords)`."""
    if is_named_tuple(kind):
        fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
        defaults = {name: Constant(value) for name, value in kind._field_defaults.items()}  # type: ignore[attr-defined]
        bound = _bind(state, kind, fields, defaults, arguments, keywords, node)
        return Container(tuple(bound[name] for name in fields), kind, fields)
    if find_in_class(kind, "__new__") is not object.__new__:
        state.refuse(node, f"`{kind.__name__}` makes its objects itself (`__new__`)", "make it before the call")
    made = state.heap.new_object(Container((), kind, ()))
    init = _look_up(state, kind, "__init__")
    if dataclasses.is_dataclass(kind) and _is_generated(init):
        _fill_fields(state, made, arguments, keywords, node)
    elif init is object.__init__:
        if arguments or keywords:
            state.refuse(node, f"this raises TypeError: {kind.__name__}() takes no arguments")
    elif _is_function(init):
        _inline(state, init, [made, *arguments], node, keywords)
    else:
        state.refuse(node, f"how `{kind.__name__}` makes its objects is not known", "make it before the call")
    return made


def _fill_fields(state: State, made: Object, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> None:
    """What the `__init__` of a dataclass does."""
    kind = made.kind
    fields = dataclasses.fields(kind)
    positional = tuple(field.name for field in fields if field.init and not field.kw_only)
    taken = {field.name for field in fields if field.init}
    given = {*positional[: len(arguments)], *keywords}
    defaults: dict[str, Ref] = {}
    for field in fields:
        if field.name in given:
            continue
        if field.default is not dataclasses.MISSING:
            defaults[field.name] = state.lift_attribute(kind, field.name)
        elif field.default_factory is not dataclasses.MISSING:
            defaults[field.name] = _call(state, Constant(field.default_factory), [], node)
    bound = _bind(state, kind, positional, defaults, arguments, keywords, node, also=taken)
    names = tuple(field.name for field in fields if field.name in bound)
    state.heap.contents[made] = Container(tuple(bound[name] for name in names), kind, names)
    after = find_in_class(kind, "__post_init__")
    if after is not MISSING:
        _inline(state, after, [made], node)


def _bind(
    state: State,
    kind: type,
    positional: tuple[str, ...],
    defaults: dict[str, Any],
    arguments: list[Ref],
    keywords: dict[str, Ref],
    node: Any,
    also: set[str] | None = None,
) -> dict[str, Ref]:
    if len(arguments) > len(positional):
        state.refuse(node, f"`{kind.__name__}` takes {len(positional)} arguments, not {len(arguments)}")
    bound = dict(zip(positional, arguments, strict=False))
    for name, ref in keywords.items():
        if name in bound or name not in (also or positional):
            state.refuse(node, f"`{kind.__name__}` has no free field `{name}`")
        bound[name] = ref
    bound = {**defaults, **bound}
    missing = [name for name in (*positional, *(also or ())) if name not in bound]
    if missing:
        state.refuse(node, f"`{kind.__name__}` is made without its `{missing[0]}`")
    return bound


def super_of(state: State, node: Any) -> Partial:
    """`super()`: the instance of the method that is read, seen from the class that defines it."""
    source = state.frame.source
    defining, parameters = source.defining_class, source.parameters
    if defining is None or not parameters:
        state.refuse(node, "`super()` is supported in methods only")
    owner = state.frame.names[parameters[0]]
    if isinstance(owner, Constant) and not isinstance(owner.value, type):
        owner = state.adopt(owner.value)
    return Partial(Constant(super), (Constant(defining), owner))


def _inline(
    state: State, function: Any, arguments: list[Ref], node: Any, keywords: dict[str, Ref] | None = None
) -> Ref:
    return _call(state, Constant(function), arguments, node, keywords)


def _call(state: State, callee: Ref, arguments: list[Ref], node: Any, keywords: dict[str, Ref] | None = None) -> Ref:
    called = node if isinstance(node, gast.Call) else gast.Call(node, [], [])
    return call(state, callee, [(ref, node) for ref in arguments], keywords or {}, gast.copy_location(called, node))
