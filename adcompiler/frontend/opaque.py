"""Objects that are no numbers while a program runs: exceptions, and what is passed to them.

They are opaque values of the program: made, handed on and asked for their text, never differentiated.
"""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np

from adcompiler.frontend.heap import Closure, Constant, Ref
from adcompiler.frontend.state import State
from adcompiler.ir.named import named
from adcompiler.ir.nodes import Atom, Literal
from adcompiler.ir.types import Type

_PLAIN = (int, float, complex, str, bytes, tuple, np.generic, type(None))
"""Constants that are written as they are; others have names."""


def opaque_argument(state: State, ref: Ref, node: Any) -> Atom:
    """What is passed on without being computed with: a value, or a constant of any kind."""
    if isinstance(ref, Closure):
        state.refuse(node, "a function defined here cannot be passed on to code that is not followed")
    if not isinstance(ref, Constant):
        return state.read_value(ref, node)
    return Literal(ref.value if isinstance(ref.value, _PLAIN) else named(ref.value))


def make_exception(state: State, type_: Any, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    """`ValueError(f"negative {x}")`: made when the program runs, by the class itself."""
    atoms = [opaque_argument(state, ref, node) for ref in (*arguments, *keywords.values())]
    static: dict[str, Any] = {"keywords": tuple(keywords)} if keywords else {}
    return state.bind(state.emit("exception", *atoms, kind=named(type_), **static))


_OPAQUE_MODULES = frozenset(("logging", "warnings", "io", "_io", "os", "sys", "threading", "_thread", "queue", "json"))
"""Modules whose functions and objects do not compute: what they do is done once, in the forward sweep."""


def is_opaque(function: Any) -> bool:
    """Whether a function is called for what it does besides computing: writing, logging, waiting."""
    owner = getattr(function, "__self__", None)
    home = getattr(type(owner), "__module__", "") if owner is not None and not isinstance(owner, ModuleType) else ""
    own = getattr(function, "__module__", None) or ""
    return function in (open, warnings.warn) or any(
        name.partition(".")[0] in _OPAQUE_MODULES for name in (home, own) if name
    )


def call_opaque(state: State, function: Any, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    """A call of such a function, which has a result that nobody computes with."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, ModuleType):
        known = Constant(named(owner, _name_in(node.func)))
        return call_opaque_method(state, known, function.__name__, arguments, keywords, node)
    return _invoke(state, [], arguments, keywords, node, function=named(function))


def _name_in(node: Any) -> str:
    """What the object is called whose method this is: `log` in `log.info`."""
    owner = getattr(node, "value", None)
    return str(getattr(owner, "id", None) or getattr(owner, "attr", "thing"))


def call_opaque_method(
    state: State, owner: Ref, name: str, arguments: list[Ref], keywords: dict[str, Ref], node: Any
) -> Ref:
    """A method of an object that is no number: `file.write(text)`."""
    return _invoke(state, [owner], arguments, keywords, node, method=name)


def _invoke(
    state: State, owner: list[Ref], arguments: list[Ref], keywords: dict[str, Ref], node: Any, **static: Any
) -> Ref:
    atoms = [opaque_argument(state, ref, node) for ref in (*owner, *arguments, *keywords.values())]
    for atom in atoms:
        if _has_arrays(atom.type):
            state.refuse(node, "an array cannot be passed to code that is not followed: it may change it")
    if keywords:
        static["keywords"] = tuple(keywords)
    return state.bind(state.emit("invoke", *atoms, **static))


def _has_arrays(type_: Type) -> bool:
    """Whether a value of this type is, or may contain, an array."""
    return type_.kind in ("array", "unknown") or any(map(_has_arrays, type_.elements))
