"""Calls: of functions with a rule, of array methods, of builtins, and of the user's own functions."""

from __future__ import annotations

import functools
import itertools
import types
from collections.abc import Callable
from typing import Any, get_args

import gast
import numpy as np

from adcompiler.definitions import Definition, definition_of
from adcompiler.errors import DifferentiationError, MissingRuleError, UnknownTypeError
from adcompiler.frontend.classes import instantiate, is_named_tuple, is_user_class, method_of, super_of
from adcompiler.frontend.container_methods import call_container_method
from adcompiler.frontend.containers import pairs_of
from adcompiler.frontend.copying import COPYING
from adcompiler.frontend.effects import print_call
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.expressions import derived, gast_text, numeric
from adcompiler.frontend.heap import (
    Cell,
    Closure,
    Constant,
    Container,
    Method,
    Object,
    Partial,
    Ref,
    ShapeOf,
    View,
)
from adcompiler.frontend.inline import inline
from adcompiler.frontend.library_objects import as_mentioned, interpolate, is_interpolant, is_sparse, sparse_matmul
from adcompiler.frontend.list_functions import call_with_lists
from adcompiler.frontend.opaque import call_opaque, call_opaque_method, is_opaque, make_exception
from adcompiler.frontend.outputs import with_output
from adcompiler.frontend.parse import FunctionSource, function_source, unwrap
from adcompiler.frontend.readers import ARRAY_METHODS, calls, read, reads
from adcompiler.frontend.scope import is_exception_class
from adcompiler.frontend.state import State
from adcompiler.frontend.text import call_text_method
from adcompiler.frontend.views import note_order
from adcompiler.ir.named import named
from adcompiler.ir.nodes import Atom
from adcompiler.ir.types import GENERATOR, OPAQUE, parameter_types
from adcompiler.rules.randomness import METHODS as DRAWING
from adcompiler.rules.rule import Rule
from adcompiler.rules.table import method_rule, rule_of

Arguments = list[Ref]
Keywords = dict[str, Ref]

_REFERENCES = get_args(Ref)

Reading = Callable[[State, Arguments, Keywords, Any], Ref]
_MEANINGS: dict[Any, Reading] = {**COPYING}


def means(*functions: Any) -> Callable[[Reading], Reading]:
    """Register what a call of a known function means, where that is not the equation of a rule."""

    def register(reading: Reading) -> Reading:
        for function in functions:
            _MEANINGS[function] = reading
        return reading

    return register


_INSTANCES: dict[type, Reading] = {}


def means_of(kind: type) -> Callable[[Reading], Reading]:
    """Register what a call of an instance of a library's class means; the instance is the first argument."""

    def register(reading: Reading) -> Reading:
        _INSTANCES[kind] = reading
        return reading

    return register


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
            return _call_method(state, owner, name, refs, keywords, node)
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
    meaning = _MEANINGS.get(function) if _is_hashable(function) else None
    if meaning is not None:
        return meaning(state, arguments, keywords, node)
    instance = _INSTANCES.get(type(function))
    if instance is not None:
        return instance(state, [Constant(function), *arguments], keywords, node)
    rule = rule_of(function)
    if rule is not None:
        return apply_rule(state, rule, arguments, keywords, node)
    definition = definition_of(function)
    if definition is not None:
        return _by_definition(state, definition, arguments, keywords, node)
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
        return _draw(state, Constant(named(owner, "generator")), function.__name__, arguments, keywords, node)
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
        state.known[id(function), "class"] = (lambda: function, function)
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


def _by_definition(state: State, definition: Definition, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """A function of a library as if its definition stood there."""
    try:
        arguments, keywords = definition.arranged(arguments, keywords, _constant_or_ref)
    except TypeError as error:
        state.refuse(node, str(error))
    if definition.takes_arrays:
        arguments = [_as_operand(state, state.plain(ref), node) for ref in arguments]
        keywords = {name: _as_operand(state, state.plain(ref), node) for name, ref in keywords.items()}
    source = function_source(definition.definition)
    return inline(state, source, arguments, keywords, node, place=state.span(node))


def _taken_apart(state: State, function: functools.partial[Any]) -> Partial:
    """A `functools.partial` made outside of the program: its arrays are hidden inputs."""

    def part(owner: Any, key: Any) -> Ref:
        return Constant(owner[key]) if isinstance(owner[key], int | float | complex) else state.lift_item(owner, key)

    first = tuple(part(function.args, number) for number in range(len(function.args)))
    return Partial(Constant(function.func), first, {key: part(function.keywords, key) for key in function.keywords})


def _is_hashable(function: Any) -> bool:
    return getattr(type(function), "__hash__", None) is not None


# Functions with a rule

_SHAPES = ("size", "shape", "newshape", "reps", "repeats", "shift", "dimensions", "dims", "shapes", "s")
"""Operands that take a tuple of integers as it is; in other places a list of numbers becomes an array."""


def apply_rule(state: State, rule: Rule, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """The equation of a call of a function in the table."""
    arguments = [state.plain(ref) for ref in arguments]
    keywords = {name: state.plain(ref) for name, ref in keywords.items()}
    written = with_output(state, rule, arguments, keywords, lambda a, k: apply_rule(state, rule, a, k, node), node)
    if written is not None:
        return written
    definition = definition_of(rule.function)
    if definition is not None and any(frame.source.function is definition.definition for frame in state.frames):
        definition = None  # which says what it means by what the rule does take
    try:
        operands, static = rule.bind(
            [_constant_or_ref(ref) for ref in arguments], {k: _constant_or_ref(ref) for k, ref in keywords.items()}
        )
    except TypeError as error:
        if definition is None:
            state.refuse(node, str(error))
        return _by_definition(state, definition, arguments, keywords, node)
    if definition is not None and any(isinstance(value, dict) or _may_vary(state, value) for value in static.values()):
        return _by_definition(state, definition, arguments, keywords, node)
    known = {name: _known(state, value, f"`{name}=`", node) for name, value in static.items()}
    refs = [_ref(operand) for operand in operands]
    if rule.primitive.packs and len(refs) == 1:
        refs = _sequence_items(state, refs[0], node)
    if rule.primitive.name == "array" and isinstance(refs[0], Container):
        return array_of(state, refs[0], known, node)
    if rule.primitive.named is not None:
        refs = [as_mentioned(state, *pair) for pair in zip(refs, rule.operands, strict=True)]
    prepared = [
        _as_shape(ref) if _takes_tuple(rule, number) else _as_operand(state, ref, node)
        for number, ref in enumerate(refs)
    ]
    try:
        return derived(state, rule.primitive.name, prepared, known, node)
    except (TypeError, ValueError) as error:
        state.refuse(node, str(error))
    except UnknownTypeError as error:
        state.refuse(node, error.message, error.hint, UnknownTypeError)


def _may_vary(state: State, value: Any) -> bool:
    """Whether there is a number in this that may be differentiated."""
    match value:
        case tuple() | list() | Container():
            return any(_may_vary(state, item) for item in (value.items if isinstance(value, Container) else value))
        case Cell() | View():
            type_ = state.type_of(value)
            return type_ is not None and type_.dtype is not None and type_.may_be_differentiable
    return False


def _takes_tuple(rule: Rule, number: int) -> bool:
    return bool(rule.operands) and rule.operands[min(number, len(rule.operands) - 1)] in _SHAPES


def _constant_or_ref(ref: Ref) -> Any:
    match ref:
        case Constant(value=value):
            return value
        case Container(items=items, kind=kind) if all(map(_is_constant, items)):
            return kind(map(_constant_or_ref, items))
    return ref


def _is_constant(ref: Ref) -> bool:
    return isinstance(ref, Constant) or (isinstance(ref, Container) and all(map(_is_constant, ref.items)))


def _ref(value: Any) -> Ref:
    if isinstance(value, _REFERENCES):
        return value  # type: ignore[no-any-return]
    if isinstance(value, tuple | list):
        return Container(tuple(_ref(item) for item in value), type(value))
    return Constant(value)


def _known(state: State, value: Any, what: str, node: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_known(state, item, what, node) for item in value)
    return state.constant_of(value, node, what) if isinstance(value, _REFERENCES) else value


def _sequence_items(state: State, ref: Ref, node: Any) -> list[Ref]:
    if isinstance(ref, Container):
        return list(ref.items)
    type_ = state.type_of(ref)
    if isinstance(ref, Cell | View) and type_ is not None and type_.kind == "array" and type_.shape:
        first = type_.shape[0] if isinstance(type_.shape, tuple) else None
        if isinstance(first, int):
            return list(unpacked(state, ref, first, node))
    state.refuse(node, "a tuple or list of arrays is needed here")


def _as_shape(ref: Ref) -> Ref:
    """Numbers that are known are a constant, not a tuple that is made."""
    known = _constant_or_ref(ref)
    return Constant(tuple(known)) if isinstance(known, tuple | list) else ref


def _as_operand(state: State, ref: Ref, node: Any) -> Ref:
    """A list of numbers where NumPy takes an array becomes one."""
    return array_of(state, ref, {}, node) if isinstance(ref, Container) else ref


def array_of(state: State, ref: Container, static: dict[str, Any], node: Any) -> Ref:
    """`np.array([...])`, of lists to any depth."""
    return note_order(state, state.bind(state.emit("array", _nested(state, ref, node), **static)), "array", ())


def _nested(state: State, ref: Ref, node: Any) -> Atom:
    if isinstance(ref, Container):
        return state.emit("make_tuple", *(_nested(state, item, node) for item in ref.items))
    return numeric(state, ref, node)


# Array methods


def _draw(state: State, owner: Ref, name: str, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """A method of a generator of random numbers."""
    rule = DRAWING.get(name)
    if rule is None:
        state.refuse(node.func, f"the method `.{name}()` of a random generator is not supported")
    return apply_rule(state, rule, [owner, *arguments], keywords, node)


def _call_method(state: State, owner: Ref, name: str, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if isinstance(owner, Constant) and isinstance(owner.value, str):
        return call_text_method(state, owner.value, name, arguments, keywords, node)
    if state.type_of(owner) == OPAQUE and not isinstance(owner, Constant):
        return call_opaque_method(state, owner, name, arguments, keywords, node)
    if state.type_of(owner) == GENERATOR:
        return _draw(state, owner, name, arguments, keywords, node)
    if isinstance(owner, Container | Object) or (isinstance(owner, Constant) and not hasattr(owner.value, "dtype")):
        return call_container_method(state, owner, name, arguments, keywords, node)
    if name in ("reshape", "transpose") and arguments and not isinstance(arguments[0], Container | ShapeOf):
        # x.reshape(2, 3) for x.reshape((2, 3)), x.transpose(1, 0) for x.transpose((1, 0))
        first = state.type_of(arguments[0])
        if len(arguments) > 1 or (first is not None and first.kind == "scalar" and name == "transpose"):
            arguments = [Container(tuple(arguments), tuple)]
    if name in ARRAY_METHODS:
        return ARRAY_METHODS[name](state, [owner, *arguments], keywords, node)
    rule = method_rule(name)
    if rule is None:
        state.refuse(node.func, f"the array method `.{name}()` is not supported")
    result = apply_rule(state, rule, [owner, *arguments], keywords, node)
    if name == "copy" and isinstance(result, Cell):
        result.in_order = True  # which `np.copy` does not promise
    return result
