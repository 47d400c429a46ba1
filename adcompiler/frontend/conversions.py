"""Builtins that make a number, a tuple or a text of something, and `len`."""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.calls import Arguments, Keywords, Reading, means
from adcompiler.frontend.classes import method_of
from adcompiler.frontend.containers import certain_keys, pairs_of, structure_of
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.expressions import derived, numeric
from adcompiler.frontend.heap import Cell, Constant, Container, Ref, ShapeOf, View, Walk
from adcompiler.frontend.iteration import course_of, known_items
from adcompiler.frontend.readers import call
from adcompiler.frontend.state import State
from adcompiler.rules.table import rule_of


@means(len)
def _len(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (argument,) = arguments if len(arguments) == 1 else (Constant(None),)
    if (method := method_of(state, argument, "__len__")) is not None:
        return call(state, method, [], {}, node)
    content = structure_of(state, argument, node)
    if content is not None:
        if content.kind is dict:
            certain_keys(state, content, node)
        return Constant(len(content.items))
    match argument:
        case Constant(value=value) if hasattr(value, "__len__"):
            return Constant(len(value))
        case ShapeOf(array=array) if array.type.rank is not None:
            return Constant(array.type.rank)
        case Walk(kind=kind, parts=parts) if kind is range:
            bounds = [state.read_value(part, node) for part in parts]
            return state.bind(state.emit("len", state.emit("range", *bounds)))
        case Cell() | View():
            return state.bind(state.emit("len", numeric(state, argument, node)))
    state.refuse(node, "the length of this is not known")


def _number(kind: type) -> Reading:
    def convert(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        match arguments:
            case []:
                return Constant(kind())
            case [Constant(value=value)]:
                try:
                    return Constant(kind(value))
                except (TypeError, ValueError) as error:
                    state.refuse(node, f"this raises {type(error).__name__}: {error}")
            case [ref]:
                rule = rule_of(kind)
                assert rule is not None
                return derived(state, rule.primitive.name, [ref], {}, node)
        state.refuse(node, f"`{kind.__name__}` takes one argument here")

    return convert


means(float)(_number(float))
means(int)(_number(int))
means(bool)(_number(bool))


def items_of(state: State, ref: Ref, node: Any) -> tuple[Ref, ...]:
    """Every item of something that can be iterated over, where it is known how many there are."""
    if not isinstance(ref, Walk):
        return unpacked(state, ref, None, node)
    items = known_items(state, course_of(state, ref, node), node)
    if items is None:
        state.refuse(node, "how many items this has is not known", "write them into an array: `A[i] = …`")
    return tuple(items)


def _container(kind: type) -> Reading:
    def convert(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        items = items_of(state, arguments[0], node) if arguments else ()
        return state.new_list(items) if kind is list else Container(items, tuple)

    return convert


means(tuple)(_container(tuple))
means(list)(_container(list))


@means(dict)
def _dict(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    pairs = dict(pairs_of(state, arguments[0], node)) if arguments else {}
    pairs |= keywords
    return state.new_dict(pairs, pairs.values())
