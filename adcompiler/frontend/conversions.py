"""Builtins that make a number, a tuple or a text of something, and `len`."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from adcompiler.frontend.calls import call_known
from adcompiler.frontend.classes import method_of
from adcompiler.frontend.containers import certain_keys, pairs_of, structure_of
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.expressions import derived, numeric, operate
from adcompiler.frontend.growing import rows_of
from adcompiler.frontend.heap import Cell, Constant, Container, Ref, ShapeOf, View, Walk
from adcompiler.frontend.iteration import course_of, known_items, listed
from adcompiler.frontend.meanings import Arguments, Keywords, Meaning, means
from adcompiler.frontend.readers import call
from adcompiler.frontend.rule_calls import apply_rule, array_of
from adcompiler.frontend.state import State
from adcompiler.frontend.text import text_of
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


def _number(kind: type) -> Meaning:
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


@means(abs)
def _abs(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if isinstance(known := arguments[0], Constant) and isinstance(known.value, int):
        return Constant(abs(known.value))
    return _by_rule(state, abs, arguments, keywords, node)


@means(round)
def _round(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if all(isinstance(ref, Constant) for ref in arguments) and not keywords:
        values = [ref.value for ref in arguments if isinstance(ref, Constant)]
        return Constant(round(*values))
    return _by_rule(state, round, arguments, keywords, node)


def _by_rule(state: State, function: Any, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    rule = rule_of(function)
    assert rule is not None
    return apply_rule(state, rule, arguments, keywords, node)


means(float)(_number(float))
means(int)(_number(int))
means(bool)(_number(bool))


@means(str)
def _str(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    return text_of(state, arguments[0], "s", "", node) if arguments else Constant("")


@means(repr)
def _repr(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    return text_of(state, arguments[0], "r", "", node)


@means(format)
def _format(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    specification = state.constant_of(arguments[1], node, "the format") if len(arguments) > 1 else ""
    return text_of(state, arguments[0], "", specification, node)


@means(divmod)
def _divmod(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 2 or keywords:
        state.refuse(node, "`divmod` takes two arguments")
    one, other = arguments
    quotient = operate(state, "floor_divide", operator.floordiv, one, other, node)
    return Container((quotient, operate(state, "remainder", operator.mod, one, other, node)), tuple)


@means(pow)
def _pow(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 2 or keywords:
        state.refuse(node, "`pow` takes a base and an exponent", "write `x**n`")
    return operate(state, "power", operator.pow, arguments[0], arguments[1], node)


@means(id)
def _id(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    state.refuse(node, "`id` is known only when the program runs", "compare with `is`")


def items_of(state: State, ref: Ref, node: Any) -> tuple[Ref, ...]:
    """Every item of something that can be iterated over, where it is known how many there are."""
    if not isinstance(ref, Walk) or ref.course is None:
        return unpacked(state, ref, None, node)
    items = known_items(state, course_of(state, ref, node), node)
    if items is None:
        state.refuse_structure(node, "how many items this has is not known", "write them into an array: `A[i] = …`")
    return tuple(items)


def _container(kind: type) -> Meaning:
    def convert(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        if kind is list and arguments and isinstance(arguments[0], Walk):
            return listed(state, course_of(state, arguments[0], node), node)
        if kind is list and arguments and (rows := rows_of(state, arguments[0], node)) is not None:
            return rows
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


@means(set, frozenset)
def _set(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    items = items_of(state, arguments[0], node) if arguments else ()
    if not all(isinstance(item, Constant) for item in items):
        state.refuse(node, "a set of values that are computed is not supported", "use a tuple or a list")
    return Constant({item.value for item in items if isinstance(item, Constant)})


def _first_parts(keys: Sequence[Ref]) -> list[Any] | None:
    """The first parts of tuples, where these alone decide the order: they are known, and no two are equal."""
    firsts = [key.items[0] if isinstance(key, Container) and key.items else None for key in keys]
    known = [first.value for first in firsts if isinstance(first, Constant)]
    is_decided = len(known) == len(keys) and all(one != other for one, other in combinations(known, 2))
    return known if is_decided else None


@means(sorted)
def _sorted(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """Known numbers and texts now; computed numbers by `np.sort`."""
    key = keywords.pop("key", Constant(None))
    backwards = bool(state.constant_of(keywords.pop("reverse", Constant(False)), node, "`reverse=`"))
    if len(arguments) != 1 or keywords:
        state.refuse(node, "`sorted` takes something to iterate over, `key=` and `reverse=`")
    ref = arguments[0]
    if isinstance(ref, Constant) and isinstance(ref.value, set | frozenset):
        items: tuple[Ref, ...] = tuple(map(Constant, ref.value))
    else:
        items = items_of(state, ref, node)
    keys = items if key == Constant(None) else [call(state, key, [(item, node)], {}, node) for item in items]
    if all(isinstance(item, Constant | Container) for item in keys):
        values = _first_parts(keys) or [state.constant_of(item, node, "what is sorted") for item in keys]
        try:
            order = sorted(range(len(items)), key=values.__getitem__, reverse=backwards)
        except TypeError as error:
            state.refuse(node, f"this raises TypeError: {error}")
        return state.new_list(items[number] for number in order)
    if key != Constant(None):
        state.refuse(node, "the order of these is not known before the program runs", "sort arrays: `np.argsort`")
    whole = array_of(state, Container(tuple(items), list), {}, node)
    ordered = call_known(state, np.sort, [whole], {}, node)
    parts = unpacked(state, ordered, len(items), node)
    return state.new_list(parts[::-1] if backwards else parts)


@means(slice)
def _slice(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if not 1 <= len(arguments) <= 3 or keywords:
        state.refuse(node, "`slice` takes one to three arguments")
    none = Constant(None)
    bounds = [none, *arguments, none] if len(arguments) == 1 else [*arguments, none][:3]
    if all(isinstance(bound, Constant) for bound in bounds):
        return Constant(slice(*(bound.value for bound in bounds if isinstance(bound, Constant))))
    return Container(tuple(bounds), slice)
