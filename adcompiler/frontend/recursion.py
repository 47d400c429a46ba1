"""Functions that call themselves, directly or through others.

A function is read in place until a call within turns out to be the same activation again: the same function with the
same names around it, and arguments of the same structure. Then reading goes back to its first call, and the function
becomes a callee (`callees`). A call with another structure (a subtree, a shorter list) is read in place, since the
recursion ends when the structure does.
"""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.callees import Callee, Signature, call
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.lengths import first_type
from adcompiler.frontend.merge import Path
from adcompiler.frontend.readings import ReadBody, define
from adcompiler.frontend.scope import LiveScope
from adcompiler.frontend.skeleton import Arguments, covers
from adcompiler.frontend.state import Frame, State, StaticArgumentNeeded

_DEEPEST = 40


class _Recursion(Exception):  # noqa: N818  (a signal to whoever reads the first call)
    """An activation contains itself."""

    def __init__(self, key: object) -> None:
        super().__init__()
        self.key = key


def enter(state: State, frame: Frame, node: Any, read_body: ReadBody) -> Ref:
    """Read the body of a function in place, or call it if it calls itself; returns its result."""
    while True:
        frame.key = _key(state, frame, node)
        callee = next((known for known in state.callees.known if known.serves(state, frame.key)), None)
        if callee is not None:
            return call(state, callee, frame.names, node)
        for around in reversed(state.frames):
            if covers(around.key, frame.key):
                raise _Recursion(around.key)
        if frame.key not in state.callees.recursive:
            checkpoint, start = state.builder.checkpoint(), Path.here(state, [])
            try:
                return _in_place(state, frame, node, read_body)
            except _Recursion as found:
                if found.key != frame.key:
                    raise
            state.builder.roll_back(checkpoint)
            start.resume(state)
            state.callees.recursive.add(frame.key)
        callee = _callee(state, frame)
        try:
            define(state, callee, node, read_body)
        except StaticArgumentNeeded as request:
            if not _note_static(state, callee, request):
                raise
            continue
        return call(state, callee, frame.names, node)


def _in_place(state: State, frame: Frame, node: Any, read_body: ReadBody) -> Ref:
    if len(state.frames) > _DEEPEST:
        depth = sum(around.source.node is frame.source.node for around in state.frames)
        if depth > 1:
            state.refuse(
                node,
                f"`{frame.source.name}` calls itself with a different structure each time, more than {depth} deep",
                "pass numbers and arrays, whose recursion may be of any depth",
            )
        state.refuse(node, "calls are nested too deeply")
    inner = Frame(frame.source, dict(frame.names), frame.outer, key=frame.key)
    return read_body(state, inner, node)


def _function(frame: Frame) -> object:
    """The function and the names around it."""
    scope = frame.source.scope
    if frame.outer is not None:
        return frame.source.node, frame.outer
    cells = tuple(map(id, scope.function.__closure__ or ())) if isinstance(scope, LiveScope) else id(scope)
    return frame.source.node, cells


def _key(state: State, frame: Frame, node: Any) -> object:
    static = state.callees.static.get(_function(frame), {})
    if static:
        every = Arguments(state, ())
        every.skeleton(frame.names)
        for place, leaf in every.leaves.items():
            if place in static and not isinstance(leaf, Constant):
                state.constant_of(leaf, node, f"the argument `{place[0]}`")
                raise static[place]
    return _function(frame), Arguments(state, static).skeleton(frame.names)


def _callee(state: State, frame: Frame) -> Callee:
    static = state.callees.static.get(_function(frame), {})
    stem = frame.source.name if frame.source.name != "lambda" else "function"
    name, number = stem, 2
    while name in state.callees.names:
        name, number = f"{stem}_{number}", number + 1
    state.callees.names.add(name)
    callee = Callee(name, frame.key, frame, dict(static), Signature({}))
    places = callee.arguments(state, frame.names).leaves
    callee.signature.arguments = {place: first_type(state, ref) for place, ref in places.items()}
    return callee


def _note_static(state: State, callee: Callee, request: StaticArgumentNeeded) -> bool:
    """Note that an argument is needed at compile time; whether it is one of this callee's."""
    place = callee.parameters.get(request.parameter)
    if place is None:
        return False
    state.callees.static.setdefault(_function(callee.frame), {})[place] = request.error
    return True
