"""Functions that are called and not read in place: those that call themselves, and those that are read too often.

A function is read in place until a call within turns out to be the same activation again: the same function with the
same names around it, and arguments of the same structure. Then reading goes back to its first call, and the function
becomes a callee (`callees`). A call with another structure (a subtree, a shorter list) is read in place, since the
recursion ends when the structure does.

Whether a function is read too often shows when the whole program is there: then that is read again, and such functions
are called, where the types of their arguments are the same.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from adcompiler.errors import DifferentiationError
from adcompiler.frontend.callees import Callee, Signature, call
from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.lengths import first_type
from adcompiler.frontend.paths import Path
from adcompiler.frontend.readings import ReadBody, define
from adcompiler.frontend.scope import LiveScope
from adcompiler.frontend.signals import PathEnds, StaticArgumentNeeded
from adcompiler.frontend.skeleton import Arguments, covers, fixed_key
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Program, Region, walk

_DEEPEST = 40


class _Recursion(Exception):  # noqa: N818  (a signal to whoever reads the first call)
    """An activation contains itself."""

    def __init__(self, key: object) -> None:
        super().__init__()
        self.key = key


def enter(state: State, frame: Frame, node: Any, read_body: ReadBody) -> Ref:
    """Read the body of a function in place, or call it; returns its result."""
    exact = fixed_key(state, frame)
    if exact in state.callees.often - state.callees.never:
        result = _call_if_possible(state, frame, exact, node, read_body)
        if result is not None:
            return result
    while True:
        frame.key = activation_key(state, frame, node)
        callee = next((known for known in state.callees.known if known.serves(state, frame.key, None)), None)
        if callee is not None:
            return call(state, callee, frame.names, node)
        for around in reversed(state.frames):
            if covers(around.key, frame.key):
                raise _Recursion(around.key)
        if frame.key not in state.callees.recursive:
            checkpoint, start = state.builder.checkpoint(), Path.here(state, [])
            try:
                result = _in_place(state, frame, node, read_body)
                state.callees.in_place.append((exact, frame.key, state.builder.equations[len(checkpoint) :]))
                return result
            except _Recursion as found:
                if found.key != frame.key:
                    raise
            state.builder.roll_back(checkpoint)
            start.resume(state)
            state.callees.recursive.add(frame.key)
        callee = callee_for(state, frame)
        try:
            define(state, callee, node, read_body)
        except StaticArgumentNeeded as request:
            if not note_static(state, callee, request):
                raise
            continue
        return call(state, callee, frame.names, node)


def _call_if_possible(state: State, frame: Frame, exact: Hashable, node: Any, read_body: ReadBody) -> Ref | None:
    """Call a function that would be read in place too often; None where it must be, since something speaks against it.

    Read in place, it may well do what a callee may not: return a function, have several names for what it changes.
    """
    frame.key = activation_key(state, frame, node)
    checkpoint, start = state.builder.checkpoint(), Path.here(state, [])
    known, programs = list(state.callees.known), dict(state.callees.programs)
    try:
        callee = next((known for known in state.callees.known if known.serves(state, frame.key, exact)), None)
        if callee is None:
            callee = callee_for(state, frame, exact=exact)
            define(state, callee, node, read_body)
        return call(state, callee, frame.names, node)
    except (DifferentiationError, PathEnds, StaticArgumentNeeded, _Recursion):
        state.builder.roll_back(checkpoint)
        start.resume(state)
        state.callees.known, state.callees.programs = known, programs
        state.callees.never.add(exact)
        return None


MOST_REPEATED = 200
"""Equations that reading one function in place again and again may add to a program. A thousand take about a second to
compile, and as many lines to read."""


def read_too_often(state: State, program: Program) -> frozenset[Hashable]:
    """What tells the functions that were read in place so often that the program should call them instead."""
    there = {output for each in (program, *program.callees) for e in walk(each.body) for output in e.outputs}
    sizes: dict[tuple[Hashable, Hashable], list[int]] = {}
    for exact, key, equations in state.callees.in_place:
        if exact is not None and any(output in there for equation in equations for output in equation.outputs):
            sizes.setdefault((exact, key), []).append(sum(1 for _ in walk(Region((), equations, ()))))
    return frozenset(exact for (exact, _), found in sizes.items() if sum(found) - max(found) > MOST_REPEATED)


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
    inner = Frame(frame.source, dict(frame.names), frame.outer, place=frame.place, key=frame.key)
    return read_body(state, inner, node)


def _function(frame: Frame) -> object:
    """The function and the names around it."""
    scope = frame.source.scope
    if frame.outer is not None:
        return frame.source.node, frame.outer
    cells = tuple(map(id, scope.function.__closure__ or ())) if isinstance(scope, LiveScope) else id(scope)
    return frame.source.node, cells


def activation_key(state: State, frame: Frame, node: Any) -> object:
    """What tells this activation from those of other functions, or with other structures as arguments."""
    static = state.callees.static.get(_function(frame), {})
    if static:
        every = Arguments(state, ())
        every.skeleton(frame.names)
        for place, leaf in every.leaves.items():
            if place in static and not isinstance(leaf, Constant):
                state.constant_of(leaf, node, f"the argument `{place[0]}`")
                raise static[place]
    return _function(frame), Arguments(state, static).skeleton(frame.names)


def callee_for(state: State, frame: Frame, called: str | None = None, exact: Hashable = None) -> Callee:
    """A callee for calls like the one with this frame, which is not read yet; its name is like `called`."""
    static = state.callees.static.get(_function(frame), {})
    stem = called or (frame.source.name if frame.source.name != "lambda" else "function")
    name, number = stem, 2
    taken = {*state.callees.programs, *(known.name for known in state.callees.known)}
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    callee = Callee(name, frame.key, frame, dict(static), Signature({}), exact)
    places = callee.arguments(state, frame.names).leaves
    callee.signature.arguments = {place: first_type(state, ref) for place, ref in places.items()}
    return callee


def note_static(state: State, callee: Callee, request: StaticArgumentNeeded) -> bool:
    """Note that an argument is needed at compile time; whether it is one of this callee's."""
    place = callee.parameters.get(request.parameter)
    if place is None:
        return False
    state.callees.static.setdefault(_function(callee.frame), {})[place] = request.error
    return True
