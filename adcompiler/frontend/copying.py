"""Copies of structures: `copy.copy`, `copy.deepcopy`, and the functions of `dataclasses` that make one from another."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from adcompiler.frontend.classes import instance_kind, method_of
from adcompiler.frontend.containers import structure_of
from adcompiler.frontend.heap import Cell, Constant, Container, Object, Ref, View
from adcompiler.frontend.meanings import Arguments, Keywords, means
from adcompiler.frontend.readers import call
from adcompiler.frontend.state import State


@means(copy.copy)
def _copy(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (ref,) = _one(state, arguments, keywords, node)
    if (method := method_of(state, ref, "__copy__")) is not None:
        return call(state, method, [], {}, node)
    return _shallow(state, ref, node)


def _shallow(state: State, ref: Ref, node: Any) -> Ref:
    content = _content(state, ref, node)
    if content is not None:
        return state.heap.new_object(content) if _is_object(ref) else ref
    return _copied_array(state, ref, node)


@means(copy.deepcopy)
def _deepcopy(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (ref,) = _one(state, arguments, keywords, node)
    return _deep(state, ref, node, {})


def _deep(state: State, ref: Ref, node: Any, memo: dict[Ref, Ref]) -> Ref:
    """A copy of all that a reference reaches; what is reached twice is copied once."""
    if ref in memo:
        return memo[ref]
    if (method := method_of(state, ref, "__deepcopy__")) is not None:
        return call(state, method, [(state.new_dict((), ()), node)], {}, node)
    content = _content(state, ref, node)
    if content is None:
        found = _copied_array(state, ref, node)
        if isinstance(ref, Cell):
            memo[ref] = found
        return found
    if not _is_object(ref):
        return dataclasses.replace(content, items=tuple(_deep(state, item, node, memo) for item in content.items))
    made = memo[ref] = Object(content.kind)
    state.heap.contents[made] = dataclasses.replace(content, items=())
    items = tuple(_deep(state, item, node, memo) for item in content.items)
    state.heap.contents[made] = dataclasses.replace(content, items=items)
    return made


def _content(state: State, ref: Ref, node: Any) -> Container | None:
    """What a structure holds; of an instance outside the program, all its attributes."""
    content = structure_of(state, ref, node)
    value = ref.value if isinstance(ref, Constant) else getattr(ref, "origin", None)
    if isinstance(value, list | dict | tuple) or value is None or instance_kind(ref) is None:
        return content
    content = content if content is not None else Container((), type(value), ())
    for name in vars(value):
        if content.get(name) is None:
            content = content.put(name, state.lift_attribute(value, name))
    return content


def _is_object(ref: Ref) -> bool:
    return isinstance(ref, Object) or (isinstance(ref, Constant) and not isinstance(ref.value, tuple))


def _copied_array(state: State, ref: Ref, node: Any) -> Ref:
    type_ = state.type_of(ref) if isinstance(ref, Cell | View) else None
    if type_ is None or not type_.is_numeric or type_.kind == "scalar":
        return ref
    return state.bind(state.emit("copy", state.read_value(ref, node)))


@means(dataclasses.replace)
def _replace(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """`dataclasses.replace(instance, **changes)`: made by the class, from the fields that it is made from."""
    content = _instance(state, arguments[:1], node)
    fields = dataclasses.fields(content.kind)
    given = {field.name: content.get(field.name) for field in fields if field.init}
    made: Keywords = {name: item for name, item in given.items() if item is not None} | keywords
    return call(state, Constant(content.kind), [], made, node)


@means(dataclasses.asdict)
def _as_dict(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    content = _instance(state, arguments, node)

    def converted(ref: Ref) -> Ref:
        inner = structure_of(state, ref, node)
        if inner is None:
            return _copied_array(state, ref, node)
        items = tuple(map(converted, inner.items))
        if dataclasses.is_dataclass(inner.kind):
            return state.new_dict(inner.keys or (), items)
        made = dataclasses.replace(inner, items=items)
        return state.heap.new_object(made) if isinstance(ref, Object) else made

    return state.new_dict(content.keys or (), map(converted, content.items))


@means(vars)
def _vars(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (ref,) = _one(state, arguments, keywords, node)
    content = _content(state, ref, node)
    if content is None or instance_kind(ref) is None:
        state.refuse(node, "`vars` needs an object of a class here")
    return state.new_dict(content.keys or (), content.items)


def _instance(state: State, arguments: Arguments, node: Any) -> Container:
    (ref,) = _one(state, arguments, {}, node)
    content = _content(state, ref, node)
    if content is None or not dataclasses.is_dataclass(content.kind):
        state.refuse(node, "an instance of a dataclass is needed here")
    return content


def _one(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Arguments:
    if len(arguments) != 1 or keywords:
        state.refuse(node, "this takes one argument")
    return arguments
