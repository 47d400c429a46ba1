"""Calls of the user's own functions: read in place with a frame of their own, where they do not call themselves."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import gast

from adcompiler.frontend.frames import RETURN, Frame
from adcompiler.frontend.heap import NOTHING, UNBOUND, Constant, Container, Ref, Unbound
from adcompiler.frontend.readers import read
from adcompiler.frontend.recursion import enter
from adcompiler.frontend.scope import LiveScope
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import execute_block, has_left, statements_in, unless_left
from adcompiler.ir.nodes import Literal
from adcompiler.spans import Span


def inline(
    state: State,
    source: Any,
    arguments: list[Ref],
    keywords: dict[str, Ref],
    node: Any,
    *,
    outer: Frame | None = None,
    defaults: dict[str, Ref] | None = None,
    place: Span | None = None,
) -> Ref:
    """Read the body of a function as part of the program; its result is what the call stands for.

    With a `place`, all of it belongs there, and so does what of ours is called by it: not the user's functions, which a
    definition may be handed.
    """
    names = _bind(state, source, arguments, keywords, node, dict(defaults or {}))
    if place is None and _is_ours(source):
        place = state.frame.place
    return enter(state, Frame(source, names, outer, place=place), node, run)


_PACKAGE = str(Path(__file__).parents[1])


def _is_ours(source: Any) -> bool:
    """Whether this is a function of this package, whose lines tell a user nothing."""
    return bool(source.text.file.startswith(_PACKAGE))


def run(state: State, frame: Frame, node: Any) -> Ref:
    """Read a function's body in a frame whose parameters are bound."""
    source = frame.source
    frame.local_names = local_names(source.node)
    state.frames.append(frame)
    try:
        _refuse_complex(state, frame)
        _inherit_known_names(state, frame)
        if isinstance(source.node, gast.Lambda):
            frame.statement = source.node.body
            return read(state, source.node.body)
        with state.at(source.node):
            _refuse_generators(state, source.node)
        execute_block(state, source.node.body)
        if not _returns_values(source.node):
            return Constant(None)
        left = has_left(state, source.node)
        if left == Literal(False):
            return NOTHING
        if left != Literal(True):
            unless_left(state, left, lambda: frame.names.update({RETURN: NOTHING}), source.node)
        result = frame.names.get(RETURN, UNBOUND)
        if isinstance(result, Unbound):
            state.refuse(source.node, f"`{source.name}` returns {result.reason or 'a value on some paths only'}")
        return result
    finally:
        state.frames.pop()


def _inherit_known_names(state: State, frame: Frame) -> None:
    """What the code of a gradient stands on, the program that calls it stands on too."""
    for number, known in enumerate(getattr(frame.source.function, "known_names", ())):
        state.known[frame.source.function, number] = (known.read, known.value)


def _refuse_complex(state: State, frame: Frame) -> None:
    """A gradient that another program calls was generated without types, for real numbers."""
    if not getattr(frame.source.function, "is_for_real_numbers", False):
        return
    if any((type_ := state.type_of(ref)) is not None and type_.is_complex for ref in frame.names.values()):
        state.refuse(
            frame.source.node,
            f"`{frame.source.name}`, as part of another program, is for real numbers",
            "pass real and imaginary parts as two arguments",
        )


@lru_cache(maxsize=256)
def _returns_values(node: Any) -> bool:
    """Whether a function has a `return` with a value other than None."""
    returns = [statement for statement in statements_in(node.body) if isinstance(statement, gast.Return)]
    return not all(r.value is None or (isinstance(r.value, gast.Constant) and r.value.value is None) for r in returns)


@lru_cache(maxsize=256)
def local_names(node: Any) -> frozenset[str]:
    """The names a function assigns, so that a read before the assignment is an error, as in Python."""
    if isinstance(node, gast.Lambda):
        return frozenset()
    found: set[str] = set()
    pending = list(node.body)
    while pending:
        current = pending.pop()
        if isinstance(current, gast.FunctionDef):
            found.add(current.name)
            continue
        if isinstance(current, gast.Lambda):
            continue
        if isinstance(current, gast.comprehension):  # its targets are its own
            pending += [current.iter, *current.ifs]
            continue
        found.update(_bound_by(current))
        pending.extend(gast.iter_child_nodes(current))
    return frozenset(found)


def _bound_by(node: Any) -> list[str]:
    """The names that a node binds itself."""
    match node:
        case gast.Name(ctx=gast.Store() | gast.Del(), id=name):
            return [name]
        case gast.Import(names=names) | gast.ImportFrom(names=names):
            return [alias.asname or alias.name.split(".")[0] for alias in names]
        case gast.MatchAs(name=str(name)) | gast.MatchStar(name=str(name)) | gast.MatchMapping(rest=str(name)):
            return [name]
    return []


def _refuse_generators(state: State, node: Any) -> None:
    found = _first_yield(node)
    if found is not None:
        state.frame.statement = found
        state.refuse(found, "`yield` is not supported", "collect the values in an array and return it")


@lru_cache(maxsize=256)
def _first_yield(node: Any) -> Any:
    return next((inner for inner in gast.walk(node) if isinstance(inner, gast.Yield | gast.YieldFrom)), None)


def _bind(
    state: State, source: Any, arguments: list[Ref], keywords: dict[str, Ref], node: Any, defaults: dict[str, Ref]
) -> dict[str, Ref]:
    signature = source.node.args
    positional = [*signature.posonlyargs, *signature.args]
    names: dict[str, Ref] = {}
    for parameter, ref in zip(positional, arguments, strict=False):
        names[parameter.id] = ref
    extra = tuple(arguments[len(positional) :])
    if signature.vararg is not None:
        names[signature.vararg.id] = Container(extra, tuple)
    elif extra:
        state.refuse(node, f"`{source.name}` takes {len(positional)} arguments, not {len(arguments)}")
    allowed = {a.id for a in (*signature.args, *signature.kwonlyargs)}
    more: dict[str, Ref] = {}
    for name, ref in keywords.items():
        if name in allowed and name not in names:
            names[name] = ref
        elif signature.kwarg is not None and name not in allowed:
            more[name] = ref
        else:
            state.refuse(node, f"`{source.name}` has no free parameter `{name}`")
    if signature.kwarg is not None:
        names[signature.kwarg.id] = state.new_dict(more, more.values())
    for parameter in (*positional, *signature.kwonlyargs):
        if parameter.id not in names:
            names[parameter.id] = _default(state, source, parameter.id, defaults, node)
    return names


def _default(state: State, source: Any, name: str, defaults: dict[str, Ref], node: Any) -> Ref:
    if name in defaults:
        return defaults[name]
    if name not in source.defaults:
        state.refuse(node, f"`{source.name}` is called without its argument `{name}`")
    default = source.defaults[name]
    if isinstance(source.scope, LiveScope):
        if hasattr(default, "dtype") and getattr(default, "shape", ()) != ():
            state.refuse(node, f"the default of `{name}` is an array", "pass it in the call")
        return Constant(default)
    state.frames.append(Frame(source, {}))
    try:
        state.frame.statement = default
        return read(state, default)
    finally:
        state.frames.pop()
