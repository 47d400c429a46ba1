"""Functions made from functions: `functools.partial` and `reduce`, decorators, and attributes named by a text."""

from __future__ import annotations

import functools
from typing import Any

import gast

from adcompiler.frontend.attributes import attribute
from adcompiler.frontend.classes import set_attribute
from adcompiler.frontend.expressions import closure
from adcompiler.frontend.folds import fold
from adcompiler.frontend.heap import Closure, Constant, Container, Object, Partial, Ref
from adcompiler.frontend.iteration import course_of
from adcompiler.frontend.kinds import possible_classes
from adcompiler.frontend.meanings import Arguments, Keywords, means
from adcompiler.frontend.readers import as_call, call, read, reads
from adcompiler.frontend.state import State


@means(functools.partial)
def _partial(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    function, *first = arguments
    return Partial(function, tuple(first), keywords)


@means(functools.reduce)
def _reduce(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if not 2 <= len(arguments) <= 3 or keywords:
        state.refuse(node, "`reduce` takes a function, what to combine, and an initial value")
    function, source, *initial = arguments

    def step(total: Ref, item: Ref) -> Ref:
        return call(state, function, [(total, node), (item, node)], {}, node)

    with state.holding(*arguments):
        result = fold(state, course_of(state, source, node), initial[0] if initial else None, step, node, "total")
    if result is None:
        state.refuse(node, "this raises TypeError: reduce() of empty iterable with no initial value")
    return result


# Decorators


def _same(function: Any) -> Any:
    """What a decorator that leaves a function's values alone makes of it."""
    return function


@means(_same)
def _decorated_by_same(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    return arguments[0]


@means(functools.wraps)
def _wraps(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    return Constant(_same)


@means(functools.lru_cache, functools.cache)
def _cache(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """A function that is followed is computed where it is called, cached or not."""
    return arguments[0] if arguments and isinstance(arguments[0], Closure | Partial) else Constant(_same)


@reads(gast.FunctionDef)
def _function(state: State, node: Any) -> None:
    function: Ref = closure(state, node, node.name)
    for decorator in reversed(node.decorator_list):
        function = _decorated(state, decorator, function)
    state.assign(node.name, function)


def _decorated(state: State, node: Any, function: Ref) -> Ref:
    made_by = read(state, node.func if isinstance(node, gast.Call) else node)
    if isinstance(made_by, Constant) and _is_of_numba(made_by.value):
        return function
    decorator = read(state, node) if isinstance(node, gast.Call) else made_by
    return call(state, decorator, [(function, node)], {}, as_call(node))


def _is_of_numba(value: Any) -> bool:
    """Whether this is one of Numba's decorators, which compile a function and leave its values alone."""
    return (getattr(value, "__module__", None) or "").split(".")[0] == "numba"


# Attributes that are named by a text


def _named(node: Any, name: str) -> Any:
    """The syntax of an attribute of the first argument of a call."""
    return gast.copy_location(gast.Attribute(node.args[0], name, gast.Load()), node)


@means(getattr)
def _getattr(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) not in (2, 3) or keywords:
        state.refuse(node, "`getattr` takes an object, a name and a default")
    name = state.constant_of(arguments[1], node, "the name of an attribute")
    if len(arguments) == 3 and not _has(state, arguments[0], name, node):
        return arguments[2]
    return attribute(state, arguments[0], _named(node, name))


@means(hasattr)
def _hasattr(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 2 or keywords:
        state.refuse(node, "`hasattr` takes an object and a name")
    name = state.constant_of(arguments[1], node, "the name of an attribute")
    return Constant(_has(state, arguments[0], name, node))


def _has(state: State, ref: Ref, name: str, node: Any) -> bool:
    match ref:
        case Constant(value=value):
            return hasattr(value, name)
        case Container(kind=kind):
            return ref.get(name) is not None if kind is not tuple and kind is not dict else hasattr(kind, name)
        case Object(kind=kind) if kind not in (list, dict):
            content = state.content_of(ref, node)
            assert isinstance(content, Container)
            if name in content.uncertain:
                state.refuse(node, f"whether this has the attribute `{name}` depends on the path")
            in_class = any(name in base.__dict__ for base in kind.__mro__)
            return content.get(name) is not None or in_class or hasattr(ref.origin, name)
    found = possible_classes(state, ref)
    answers = {hasattr(cls, name) for cls in found or ()}
    if len(answers) != 1:
        state.refuse(node, f"whether this has the attribute `{name}` is not known", "give types")
    return answers.pop()


@means(setattr)
def _setattr(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 3 or keywords:
        state.refuse(node, "`setattr` takes an object, a name and a value")
    name = state.constant_of(arguments[1], node, "the name of an attribute")
    set_attribute(state, arguments[0], name, arguments[2], _named(node, name))
    return Constant(None)
