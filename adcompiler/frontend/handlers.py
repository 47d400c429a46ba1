"""`try`, `except`, `else` and `finally`.

The body and what handles its exceptions are two paths that meet. A handler begins with what was before the `try`, but
for what the body has changed before something that may have raised: that has a value that nobody can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import gast

from adcompiler.errors import AliasingError
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.frames import FLAGS, RETURN
from adcompiler.frontend.heap import UNBOUND, Cell, Constant, Container, Place, Ref, Unbound, places_of
from adcompiler.frontend.merge import RESULT, branch, meet, read_path
from adcompiler.frontend.paths import Path
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.scope import is_exception_class
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import execute_block, has_left, unless_left
from adcompiler.ir.named import named
from adcompiler.ir.nodes import FINALLY, TRY, UNDEFINED, Equation, Literal, Named, Region, Value, free_values
from adcompiler.ir.raising import may_raise
from adcompiler.ir.rewrite import exporting
from adcompiler.ir.types import OPAQUE

COMPLETED = "%completed"
"""The pseudo-name of the flag that says that the body of a `try` has not raised."""

_AMBIGUOUS = "may have been assigned in a `try` before the exception, or not"

Kinds = tuple[Named, ...]


@reads(gast.Try)
def _try(state: State, node: Any) -> None:
    if node.finalbody:
        _finally(state, node)
    else:
        _try_except(state, node)
    state.frame.names.pop(RESULT, None)


def _finally(state: State, node: Any) -> None:
    """What `finally` does happens after the rest, whether that has completed, left the block or raised."""
    before, risks = Path.here(state, []), state.builder.risks
    with state.trials.body(state.frame) as trial:
        tried = read_path(state, partial(_try_except, state, node), before)
    if tried.ended:
        before.resume(state)
        for key in trial.changed:
            if isinstance(key, str):
                state.frame.names[key] = Unbound(_AMBIGUOUS)
    else:
        tried.resume(state)
    flags = {name: state.frame.names.pop(name) for name in (*FLAGS, RETURN) if name in state.frame.names}
    with state.trials.body(state.frame) as last_trial:
        final = read_path(state, partial(execute_block, state, node.finalbody), Path.here(state, []))
    state.trials.note_before(risks, last_trial.changed, state.frame)  # the `try` may have raised, and it happened still
    if final.ended or any(name in final.names for name in (*FLAGS, RETURN)):
        state.refuse(node.finalbody[0], "`finally` cannot leave the block, or raise", "do so after the `try`")
    happens = any(equation.has_effect for equation in final.equations)
    inside, first = exporting((), tried.equations, state.builder.names)
    if not happens:
        state.builder.extend(tried.equations)
        state.builder.extend(() if tried.ended else final.equations)
    else:
        read_late = free_values(Region((), tuple(final.equations), ()))
        if any(value in read_late for value in first) or _reads(state, node.finalbody, trial.changed):
            state.refuse(
                node.finalbody[0],
                "what `finally` does here depends on what the `try` has computed, which may have raised before",
                "do so in the `try` and in its handlers",
            )
        last, second = exporting((), final.equations, state.builder.names)
        nothing = Literal(UNDEFINED)
        one = Region((), inside.equations, (*inside.results, *(nothing for _ in second)))
        other = Region((), last.equations, (*(nothing for _ in first), *last.results))
        state.builder.append(Equation(FINALLY, (), (*first, *second), (), (one, other)))
    final.resume(state)
    state.frame.names.pop(RESULT, None)
    state.frame.names.update(flags)
    if tried.ended:
        raise PathEnds


def _reads(state: State, statements: Sequence[Any], changed: Iterable[str | Place]) -> bool:
    """Whether statements mention a name that has changed, or that reaches what has."""
    mentioned = {n.id for statement in statements for n in gast.walk(statement) if isinstance(n, gast.Name)}
    places = {
        place for name in mentioned for place in places_of(state.frame.names.get(name, UNBOUND), state.heap.contents)
    }
    return any(key in (mentioned if isinstance(key, str) else places) for key in changed)


def _try_except(state: State, node: Any) -> None:
    """`try`, `except` and `else`."""
    if not node.handlers:
        execute_block(state, node.body)
        return
    handlers = [(_kinds_of(state, handler), handler) for handler in node.handlers]

    def body() -> None:
        execute_block(state, node.body)

    def handle(exception: Value) -> None:
        _handle(state, exception, handlers)

    name = next((handler.name.id for _, handler in handlers if handler.name is not None), None)
    attempt(state, [kinds for kinds, _ in handlers], body, handle, node, name)
    completed = state.frame.names.pop(COMPLETED)
    if not node.orelse:
        return
    left = has_left(state, node)
    test = state.read_value(completed, node)

    def orelse() -> None:
        branch(state, test, partial(execute_block, state, node.orelse), lambda: None, node)

    if left == Literal(False):
        orelse()
    elif left != Literal(True):
        unless_left(state, left, orelse, node)


def attempt(state: State, kinds: Sequence[Kinds], body: Any, handle: Any, node: Any, name: str | None = None) -> None:
    """Run `body()`, and `handle(exception)` where it raises one of these kinds; sets the flag `COMPLETED`."""
    before = Path.here(state, [])
    with state.trials.body(state.frame) as trial:
        tried = read_path(state, body, before)
    ambiguous = trial.ambiguous
    if not any(map(may_raise, tried.equations)):
        tried.resume(state)
        state.builder.extend(tried.equations)
        state.frame.names[COMPLETED] = Constant(True)
        if tried.ended:
            raise PathEnds
        return
    exception = state.builder.value(OPAQUE, name or ("error" if len(kinds) > 1 else None))

    def handler() -> None:
        for key in ambiguous:
            if isinstance(key, str):
                state.frame.names[key] = Unbound(_AMBIGUOUS)
        state.frame.names[COMPLETED] = Constant(False)
        handle(exception)

    handled = read_path(state, handler, before)
    if not handled.ended:
        known = before.cells(state).keys() | before.objects(state).keys()
        _refuse_writes(state, [key for key in ambiguous if not isinstance(key, str) and key in known], node)
    tried.names[COMPLETED] = Constant(True)
    every = tuple(kind for some in kinds for kind in some) if all(kinds) else ()
    static = (("catches", every),)

    def equation(outputs: tuple[Value, ...], regions: tuple[Region, Region]) -> Equation:
        one, other = regions
        return Equation(TRY, (), outputs, static, (one, Region((exception,), other.equations, other.results)))

    if not tried.ended and not handled.ended:
        meet(state, None, (tried, handled), before, equation, node)
        return
    going_on = handled if tried.ended else tried
    parameters = (exception,) if going_on is handled else ()
    region, outputs = exporting(parameters, going_on.equations, state.builder.names)
    nothing = (Literal(UNDEFINED),) * len(outputs)
    if going_on is handled:
        regions = (Region((), tuple(tried.equations), nothing), region)
    else:
        regions = (region, Region((exception,), tuple(handled.equations), nothing))
    state.builder.append(Equation(TRY, (), outputs, static, regions))
    if going_on.ended:
        raise PathEnds
    going_on.resume(state)


def _refuse_writes(state: State, places: Sequence[Place], node: Any) -> None:
    for place in places:
        name = f"`{place.name}`" if place.name else "an array" if isinstance(place, Cell) else "an object"
        state.refuse(
            node,
            f"{name} is changed in a `try` before something that may raise: no handler can know how far that came",
            "compute first and write last, or write in the `else` of the `try`",
            AliasingError,
        )


def _handle(state: State, exception: Value, handlers: Sequence[tuple[Kinds, Any]]) -> None:
    """The first handler that catches an exception; that one does is known."""
    (kinds, handler), *others = handlers

    def run() -> None:
        if handler.name is not None:
            state.assign(handler.name.id, state.bind(exception, handler.name.id))
        execute_block(state, handler.body)
        if handler.name is not None:
            state.assign(handler.name.id, Unbound("is deleted at the end of its handler"))

    if not others:
        run()
        return
    test = state.emit("is_instance", exception, kinds=kinds)
    branch(state, test, run, lambda: _handle(state, exception, others), handler)


def _kinds_of(state: State, handler: Any) -> Kinds:
    """The classes that a handler catches; none where it catches everything."""
    return () if handler.type is None else kinds_of(state, read(state, handler.type), handler.type)


def kinds_of(state: State, ref: Ref, node: Any) -> Kinds:
    """The classes of exceptions that a reference stands for."""
    items = unpacked(state, ref, None, node) if isinstance(ref, Container) or _is_tuple(ref) else (ref,)
    for item in items:
        if not isinstance(item, Constant) or not is_exception_class(item.value):
            state.refuse(node, "what is caught here is not known to be a class of exceptions")
    return tuple(named(item.value) for item in items if isinstance(item, Constant))


def _is_tuple(ref: Any) -> bool:
    return isinstance(ref, Constant) and isinstance(ref.value, tuple)
