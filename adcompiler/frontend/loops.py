"""The statements `for` and `while`, with `else`, and leaving them early."""

from __future__ import annotations

from typing import Any

import gast

from adcompiler.frontend.conditions import condition
from adcompiler.frontend.frames import RETURNED
from adcompiler.frontend.heap import Constant, Ref, Walk
from adcompiler.frontend.iteration import Manner, course_of, walk_along
from adcompiler.frontend.merge import branch, negated
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.rounds import as_loop, repeat_while
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import assign, blocks_of, execute_block, statements_in, unless_left
from adcompiler.ir.nodes import Atom, Literal


@reads(gast.For)
def _for(state: State, node: Any) -> None:
    ref = read(state, node.iter)
    course = course_of(state, ref, node.iter)

    def body(item: Ref) -> None:
        assign(state, node.target, item)
        execute_block(state, node.body)

    manner = Manner(node, _may_leave(node.body), _position_name(node.target, ref))
    with state.holding(ref):
        left = as_loop(state, lambda: walk_along(state, course, body, manner))
    _otherwise(state, node, left)


def _position_name(target: Any, ref: Ref) -> str | None:
    """The name that a position of the loop goes by, unless it is the one for what nobody reads."""
    if isinstance(ref, Walk) and ref.kind is reversed:
        (ref,) = ref.parts
    if isinstance(ref, Walk) and ref.kind is enumerate and isinstance(target, gast.Tuple):
        target = target.elts[0]
    elif not (isinstance(ref, Walk) and ref.kind is range):
        return None
    return target.id if isinstance(target, gast.Name) and target.id != "_" else None


@reads(gast.While)
def _while(state: State, node: Any) -> None:
    def test() -> Atom:
        with state.at(node.test):
            return condition(state, read(state, node.test), node.test)

    ended: list[Ref | None] = []

    def run() -> None:
        leaves = _may_leave(node.body)
        ended.append(repeat_while(state, test, lambda: execute_block(state, node.body), node, leaves=leaves))

    left = as_loop(state, run)
    _otherwise(state, node, left, ended[-1])
    if isinstance(node.test, gast.Constant) and node.test.value and not _breaks(node.body):
        if not _may_leave(node.body):
            raise PathEnds  # only an exception ends it
        state.frame.names[RETURNED] = Constant(True)


def _otherwise(state: State, node: Any, left: Ref, ended: Ref | None = None) -> None:
    """The `else` of a loop: what follows unless it was left by `break` or `return`; `ended` says so if it is given."""
    if not node.orelse:
        return
    returned = state.read_value(state.frame.names.get(RETURNED, Constant(False)), node)

    def run() -> None:
        execute_block(state, node.orelse)

    def unless_returned() -> None:
        unless_left(state, returned, run, node)

    test = negated(state, state.read_value(left, node)) if ended is None else state.read_value(ended, node)
    branch(state, test, run if returned == Literal(False) else unless_returned, lambda: None, node)


def _may_leave(statements: list[Any]) -> bool:
    """Whether a loop's body contains a `break` of this loop, or a `return`."""
    return _breaks(statements) or any(isinstance(inner, gast.Return) for inner in statements_in(statements))


def _breaks(statements: list[Any]) -> bool:
    """Whether a loop's body contains a `break` of this loop."""
    for statement in statements:
        if isinstance(statement, gast.Break):
            return True
        of_loop = isinstance(statement, gast.For | gast.While)
        if any(_breaks(block) for block in blocks_of(statement)[of_loop:]):
            return True
    return False
