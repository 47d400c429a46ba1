"""The readers of syntax: registered by class, one file for each family of constructs, none importing the others.

`read` finds the reader of an expression, `execute` that of a statement. What has no reader is not in the language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from adcompiler.errors import DifferentiationError
from adcompiler.frontend.heap import Ref
from adcompiler.frontend.signals import ValueNotKnownError
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom
from adcompiler.ir.types import unknown

Reader = Callable[[State, Any], Any]
_READERS: dict[type, Reader] = {}
_CALL: list[Callable[..., Ref]] = []


def reads(*classes: type) -> Callable[[Reader], Reader]:
    """Register the reader of one or more syntax classes."""

    def register(reader: Reader) -> Reader:
        for cls in classes:
            _READERS[cls] = reader
        return reader

    return register


def read(state: State, node: Any) -> Ref:
    """What an expression stands for."""
    reader = _READERS.get(type(node))
    if reader is None:
        state.refuse(node, f"{_describe(node)} is not supported", _HINTS.get(type(node).__name__))
    builder = state.builder
    before, builder.span = builder.span, state.span(node)  # `state.at`, whose generator costs as much as most readers
    try:
        return reader(state, node)  # type: ignore[no-any-return]  # readers of expressions return references
    finally:
        builder.span = before


def calls(function: Callable[..., Ref]) -> Callable[..., Ref]:
    """Register what calls a reference."""
    _CALL.append(function)
    return function


def call(state: State, callee: Ref, arguments: list[tuple[Ref, Any]], keywords: dict[str, Ref], node: Any) -> Ref:
    """Call what `callee` stands for, with arguments that have been read; `node` is a call."""
    return _CALL[0](state, callee, arguments, keywords, node)


def as_call(node: Any) -> Any:
    """A node as a call, for refusals that name what is called."""
    return node if isinstance(node, gast.Call) else gast.copy_location(gast.Call(node, [], []), node)


def read_atom(state: State, node: Any) -> Atom:
    """The value of an expression."""
    ref = read(state, node)
    with state.at(node):
        return state.read_value(ref, node)


def execute(state: State, statement: Any) -> None:
    """Carry out a statement."""
    before = state.frame.statement
    state.frame.statement = statement
    try:
        reader = _READERS.get(type(statement))
        if reader is None:
            hint = _HINTS.get(type(statement).__name__)
            state.refuse(statement, f"{_describe(statement)} is not supported", hint)
        with state.at(statement):
            reader(state, statement)
    except DifferentiationError as problem:
        if state.problems is None or (state.attempts and isinstance(problem, ValueNotKnownError)):
            raise
        state.problems.append(problem)
        _assume_assigned(state, statement)
    finally:
        state.frame.statement = before


def _assume_assigned(state: State, statement: Any) -> None:
    """After a statement that was refused: what it assigns has some value, so that reading can go on."""
    for node in gast.walk(statement):
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
            state.assign(node.id, state.bind(state.builder.value(unknown(node.id), node.id), node.id))


_DESCRIPTIONS = {
    "Yield": "`yield`",
    "YieldFrom": "`yield from`",
    "Await": "`await`",
    "AsyncFunctionDef": "`async def`",
    "AsyncFor": "`async for`",
    "AsyncWith": "`async with`",
    "ClassDef": "a class definition",
    "Starred": "a starred expression",
}
_HINTS = {
    "ClassDef": "define it outside the differentiated function",
}


def _describe(node: Any) -> str:
    name = type(node).__name__
    return _DESCRIPTIONS.get(name, f"this construct ({name})")
