"""Calls: what is called, and whether that has a meaning, a rule or a definition, or is followed into its source.

Apart from what is then done about it: `meanings`, `rule_calls`, `method_calls`, `inline`.
"""

from __future__ import annotations

import functools
import itertools
import types
from typing import Any

import gast
import numpy as np

from adcompiler.definitions import definition_of
from adcompiler.errors import DifferentiationError, MissingRuleError
from adcompiler.frontend.classes import instantiate, is_named_tuple, is_user_class, method_of, super_of
from adcompiler.frontend.containers import pairs_of
from adcompiler.frontend.effects import print_call
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.expressions import gast_text
from adcompiler.frontend.heap import Closure, Constant, Method, Object, Partial, Ref
from adcompiler.frontend.inline import inline
from adcompiler.frontend.library_objects import interpolate, is_interpolant, is_sparse, sparse_matmul
from adcompiler.frontend.list_functions import call_with_lists
from adcompiler.frontend.meanings import INSTANCES, MEANINGS, Arguments, Keywords
from adcompiler.frontend.method_calls import call_method, draw
from adcompiler.frontend.opaque import call_opaque, is_opaque, make_exception
from adcompiler.frontend.parse import FunctionSource, function_source, unwrap
from adcompiler.frontend.places import Itself
from adcompiler.frontend.readers import calls, read, reads
from adcompiler.frontend.rule_calls import apply_rule, by_definition
from adcompiler.frontend.scope import is_exception_class
from adcompiler.frontend.state import State
from adcompiler.ir.named import named
from adcompiler.ir.types import parameter_types
from adcompiler.rules.table import rule_of


@reads(gast.Call)
def _call(state: State, node: Any) -> Ref:
    callee = read(state, node.func)
    arguments: list[tuple[Ref, Any]] = []
    for argument in node.args:
        with state.holding(callee, *(ref for ref, _ in arguments)):
            if isinstance(argument, gast.Starred):
                items = unpacked(state, read(state, argument.value), None, argument)
                arguments.extend((item, argument) for item in items)
            else:
                arguments.append((read(state, argument), argument))
    keywords: Keywords = {}
    for keyword in node.keywords:
        with state.holding(callee, *(ref for ref, _ in arguments), *keywords.values()):
            ref = read(state, keyword.value)
            given = [(keyword.arg, ref)] if keyword.arg is not None else pairs_of(state, ref, keyword.value)
        for name, item in given:
            if name in keywords:
                state.refuse(keyword.value, f"this raises TypeError: the keyword `{name}` is given twice")
            keywords[name] = item
    return call(state, callee, arguments, keywords, node)


@calls
def call(state: State, callee: Ref, arguments: list[tuple[Ref, Any]], keywords: Keywords, node: Any) -> Ref:
    """Call whatever `callee` is."""
    refs = [ref for ref, _ in arguments]
    match callee:
        case Closure(source=source, frame=frame, defaults=defaults):
            return inline(state, source, refs, keywords, node, outer=frame, defaults=defaults)
        case Method(owner=owner, name=name):
            return call_method(state, owner, name, refs, keywords, node)
        case Partial(function=function, arguments=first, keywords=given):
            return call(state, function, [*((ref, node) for ref in first), *arguments], {**given, **keywords}, node)
        case Constant(value=function) if function is super and not refs:
            return super_of(state, node)
        case Constant(value=function) if rule_of(function) is not None:  # before its class is looked into
            return call_known(state, function, refs, keywords, node)
        case Constant(value=function) if is_interpolant(function):
            return interpolate(state, function, refs, keywords, node)
        case Object() | Constant() if (method := method_of(state, callee, "__call__")) is not None:
            return call(state, method, arguments, keywords, node)
        case Constant(value=print_) if print_ is print:
            return print_call(state, node, arguments, keywords)
        case Constant(value=function):
            return call_known(state, function, refs, keywords, node)
    state.refuse(node.func, "what is called here is not known before the program runs")


_SPECIAL_METHODS: dict[Any, str] = {
    abs: "__abs__",
    float: "__float__",
    int: "__int__",
    bool: "__bool__",
    round: "__round__",
    reversed: "__reversed__",
    str: "__str__",
    divmod: "__divmod__",
}
"""What these call, of an object of a class that has it."""


def call_known(state: State, function: Any, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """Call a function that is known: by its rule, as a builtin, or by following it into its source."""
    of_lists = call_with_lists(state, function, arguments, keywords, node)
    if of_lists is not None:
        return of_lists
    spelling = _SPECIAL_METHODS.get(function) if _is_hashable(function) else None
    if spelling is not None and arguments and (method := method_of(state, arguments[0], spelling)) is not None:
        return call(state, method, [(ref, node) for ref in arguments[1:]], keywords, node)
    if is_sparse(owner := getattr(function, "__self__", None)) and function.__name__ == "dot" and len(arguments) == 1:
        product = sparse_matmul(state, Constant(owner), arguments[0], node.func)
        assert product is not None
        return product
    meaning = MEANINGS.get(function) if _is_hashable(function) else None
    if meaning is not None:
        return meaning(state, arguments, keywords, node)
    instance = INSTANCES.get(type(function))
    if instance is not None:
        return instance(state, [Constant(function), *arguments], keywords, node)
    rule = rule_of(function)
    if rule is not None:
        return apply_rule(state, rule, arguments, keywords, node)
    definition = definition_of(function)
    if definition is not None:
        return by_definition(state, definition, arguments, keywords, node)
    if isinstance(function, types.MethodType) and definition_of(function.__func__) is not None:
        return call_known(state, function.__func__, [Constant(function.__self__), *arguments], keywords, node)
    if hasattr(function, "makes_gradients"):
        return _gradient(state, function, arguments, keywords, node)
    if is_exception_class(function):
        return make_exception(state, function, arguments, keywords, node)
    if is_opaque(function):
        return call_opaque(state, function, arguments, keywords, node)
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.random.Generator | np.random.RandomState):
        return draw(state, Constant(named(owner, "generator")), function.__name__, arguments, keywords, node)
    try:
        function = unwrap(_for_types(state, function, arguments, keywords))
    except DifferentiationError as error:
        state.refuse(node, error.message, error.hint, type(error))
    if isinstance(function, types.MethodType):
        arguments = [Constant(function.__self__), *arguments]
        function = unwrap(function.__func__)
    if isinstance(function, functools.partial):
        return call(state, _taken_apart(state, function), [(ref, node) for ref in arguments], keywords, node)
    if isinstance(function, FunctionSource):
        return inline(state, function, arguments, keywords, node)
    if is_named_tuple(function) or is_user_class(function):
        state.known[id(function), "class"] = (Itself(function), function)
        return instantiate(state, function, arguments, keywords, node)
    if isinstance(function, types.FunctionType) and not (function.__module__ or "").startswith(("numpy", "scipy")):
        state.note_defaults(function)
        return inline(state, function_source(function), arguments, keywords, node)
    state.refuse(
        node,
        f"no derivative rule for `{gast_text(node.func)}`",
        "write it with functions that have a rule, register one with `ad.rule`, or pass the result as an argument",
        MissingRuleError,
    )


def _gradient(state: State, function: Any, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """`ad.grad(f)` in a program: the same gradient each time the program is read."""
    if any(isinstance(ref, Closure) for ref in arguments):
        name = gast_text(node.args[0])
        state.refuse(node, f"the gradient of `{name}`, which is defined in here, is not supported", "define it outside")
    values = tuple(state.constant_of(ref, node, f"what `{gast_text(node.func)}` is given") for ref in arguments)
    named = tuple((name, state.constant_of(ref, node, f"`{name}=`")) for name, ref in keywords.items())
    return Constant(_made(function, values, named))


@functools.lru_cache(maxsize=256)
def _made(function: Any, arguments: tuple[Any, ...], keywords: tuple[tuple[str, Any], ...]) -> Any:
    return function(*arguments, **dict(keywords))


def _for_types(state: State, function: Any, arguments: Arguments, keywords: Keywords) -> Any:
    """A gradient as it is generated for arguments of known types; any other function as it is."""
    if not hasattr(function, "for_types"):
        return function
    later = itertools.takewhile(keywords.__contains__, list(function.__signature__.parameters)[len(arguments) :])
    given = [*arguments, *(keywords[name] for name in later)]
    known = [type_ for ref in given if (type_ := state.type_of(ref)) is not None]
    types = parameter_types(known) if len(known) == len(arguments) + len(keywords) else None
    return function if types is None else function.for_types(types)


def _taken_apart(state: State, function: functools.partial[Any]) -> Partial:
    """A `functools.partial` made outside of the program: its arrays are hidden inputs."""

    def part(owner: Any, key: Any) -> Ref:
        return Constant(owner[key]) if isinstance(owner[key], int | float | complex) else state.lift_item(owner, key)

    first = tuple(part(function.args, number) for number in range(len(function.args)))
    return Partial(Constant(function.func), first, {key: part(function.keywords, key) for key in function.keywords})


def _is_hashable(function: Any) -> bool:
    return getattr(type(function), "__hash__", None) is not None
