"""Calls of functions with a rule or a definition: arguments sorted and made into operands, then the equation.

Apart from `calls`, which finds out what is called: other constructs apply rules too, and know which.
"""

from __future__ import annotations

from typing import Any, get_args

from adcompiler.definitions import Definition, definition_of
from adcompiler.errors import UnknownTypeError
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.expressions import derived, numeric
from adcompiler.frontend.heap import Cell, Constant, Container, Ref, View
from adcompiler.frontend.inline import inline
from adcompiler.frontend.library_objects import as_mentioned
from adcompiler.frontend.meanings import Arguments, Keywords
from adcompiler.frontend.outputs import with_output
from adcompiler.frontend.parse import function_source
from adcompiler.frontend.state import State
from adcompiler.frontend.views import note_order
from adcompiler.ir.nodes import Atom
from adcompiler.rules.rule import Rule

_REFERENCES = get_args(Ref)

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
        return by_definition(state, definition, arguments, keywords, node)
    if definition is not None and any(isinstance(value, dict) or _may_vary(state, value) for value in static.values()):
        return by_definition(state, definition, arguments, keywords, node)
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


def by_definition(state: State, definition: Definition, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
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
