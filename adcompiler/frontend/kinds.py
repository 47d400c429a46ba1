"""Questions about what something is: `isinstance`, `type`, `callable`, decided before the program runs or refused."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from adcompiler.errors import UnknownTypeError
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
    Walk,
)
from adcompiler.frontend.meanings import Arguments, Keywords, means
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom
from adcompiler.ir.types import Type

_PYTHON_NUMBERS: dict[str, type] = {"float64": float, "int64": int, "bool": bool, "complex128": complex}


_NUMBERS = frozenset((float, int, bool, complex, np.ndarray, *(np.dtype(c).type for c in "?bhilBHILefdFD")))
"""What a number or array may be of which nothing is known."""


def possible_classes(state: State, ref: Ref) -> frozenset[type] | None:
    """The classes that a value may have when the program runs; None where that is not known."""
    match ref:
        case Constant(value=value):
            return frozenset([type(value)])
        case Container(kind=kind) | Object(kind=kind) | Walk(kind=kind):
            return frozenset([kind])
        case ShapeOf():
            return frozenset([tuple])
        case Closure():
            return frozenset([types.FunctionType])
        case Partial(function=Constant(value=function)) if function is not super:
            return frozenset([types.MethodType])
        case Method():
            return frozenset([types.MethodType, types.BuiltinMethodType])
        case View():
            type_ = state.type_of(ref)
            return None if type_ is None else _classes_of(type_, exact=True)
        case Cell():
            atom = state.heap.values[ref]
            return _classes_of(atom.type, exact=_is_exact(state, atom))
    return None


def _classes_of(type_: Type, *, exact: bool) -> frozenset[type] | None:
    """The classes of a number or array; one that comes from several paths may be any number that fits."""
    if type_.kind == "array":
        return frozenset([np.ndarray])
    if type_.kind == "tuple":
        return frozenset([tuple])
    if type_.is_numeric and (type_.kind != "scalar" or type_.dtype is None):
        return _NUMBERS
    if type_.kind != "scalar" or type_.dtype is None:
        return None
    python = _PYTHON_NUMBERS.get(type_.dtype)
    if exact and type_.weak:
        return None if python is None else frozenset([python])
    own = np.dtype(type_.dtype).type
    if exact:
        return frozenset([own])
    return frozenset([own, float, int, bool, np.bool_, np.int64, *([python] if python else [])])


def _is_exact(state: State, atom: Atom) -> bool:
    """Whether the type says what the value is: it is computed in one way, from arguments."""
    straight = {
        value
        for equation in state.builder.open_equations()
        if not equation.regions and equation.primitive.name != "item"
        for value in equation.outputs
    }
    return straight.union(state.parameters.values()).issuperset(state.builder.sources(atom))


@means(isinstance)
def _isinstance(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 2 or keywords:
        state.refuse(node, "`isinstance` takes two arguments")
    return Constant(is_instance(state, arguments[0], state.constant_of(arguments[1], node, "the class"), node))


def is_instance(state: State, ref: Ref, classes: Any, node: Any) -> bool:
    """`isinstance(ref, classes)`, where it is known."""
    found = possible_classes(state, ref)
    try:
        answers = {issubclass(cls, classes) for cls in found or ()}
    except TypeError as error:
        state.refuse(node, f"this raises TypeError: {error}")
    if len(answers) != 1:
        state.refuse(node, "the class of this is not known before the program runs", "give types", UnknownTypeError)
    return answers.pop()


@means(type)
def _type(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    found = possible_classes(state, arguments[0]) if len(arguments) == 1 else None
    if found is None or len(found) != 1:
        state.refuse(node, "the class of this is not known before the program runs", "give types", UnknownTypeError)
    return Constant(next(iter(found)))


@means(callable)
def _callable(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    match arguments:
        case [Constant(value=value)]:
            return Constant(callable(value))
        case [Closure() | Method() | Partial()]:
            return Constant(True)
    return Constant(False)
