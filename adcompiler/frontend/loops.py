"""Loops: `for` over ranges, arrays, `enumerate`, `zip` and static containers; `while`; and leaving them early.

What a loop carries is found by reading its body: names that the body binds anew and cells whose content it changes
become carried values, with types widened until the end of the body agrees with its start. A `for` that may be left
early becomes a counted `while`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gast

from adcompiler.frontend.carried import Carried
from adcompiler.frontend.expressions import condition
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.iteration import Counter, as_ref, counter_of, static_items
from adcompiler.frontend.merge import Path, branch, negated
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.state import RETURNED, SKIP, STOP, PathEnds, State
from adcompiler.frontend.statements import (
    assign,
    blocks_of,
    either,
    execute_block,
    has_left,
    statements_in,
    unless_left,
)
from adcompiler.ir.nodes import FOR, WHILE, Atom, Equation, Literal, Region, Value
from adcompiler.ir.rewrite import rename
from adcompiler.ir.types import INT

_MOST_ROUNDS = 12


@reads(gast.For)
def _for(state: State, node: Any) -> None:
    if node.orelse:
        state.refuse(node.orelse[0], "`else` after a loop is not supported", "test a flag after the loop")
    items = static_items(state, node.iter)
    if items is not None:
        _unroll(state, node, items)
        return
    counter = counter_of(state, node.iter, node.target)
    if _may_leave(node.body):
        _counted_while(state, node, counter)
        return
    range_ = state.emit("range", counter.start, counter.stop, Literal(counter.step))
    carried = Carried(state, node)

    def body(index: Value) -> None:
        counter.bind(index)
        execute_block(state, node.body)
        state.frame.names.pop(SKIP, None)

    for _ in range(_MOST_ROUNDS):
        index = state.builder.value(INT, counter.hint)
        inits, parameters = carried.enter()
        with state.builder.region() as equations:
            _run_round(state, partial(body, index))
        if carried.leave(Path.here(state, equations)):
            results = carried.results()
            region = Region((index, *parameters), tuple(equations), results)
            outputs = carried.outputs()
            state.builder.append(
                Equation(
                    FOR,
                    (range_, *inits),
                    outputs,
                    (("reverse", counter.reverse), ("sequences", 1)),
                    (region,),
                )
            )
            carried.finish(outputs)
            return
    state.refuse(node, "the types of this loop's variables do not settle")


@reads(gast.While)
def _while(state: State, node: Any) -> None:
    if node.orelse:
        state.refuse(node.orelse[0], "`else` after a loop is not supported", "test a flag after the loop")

    def test() -> Atom:
        with state.at(node.test):
            return condition(state, read(state, node.test), node.test)

    _run_while(state, node, test, lambda: execute_block(state, node.body))
    if isinstance(node.test, gast.Constant) and node.test.value and not _breaks(node.body):
        if not _may_leave(node.body):
            raise PathEnds  # only an exception ends it
        state.frame.names[RETURNED] = Constant(True)


def _run_while(state: State, node: Any, test: Callable[[], Atom], body: Callable[[], None]) -> None:
    leaves = _may_leave(node.body)
    outer_stop = state.frame.names.get(STOP, Constant(False))
    state.frame.names[STOP] = Constant(False)
    carried = Carried(state, node)
    for _ in range(_MOST_ROUNDS):
        inits, parameters = carried.enter()
        contents, objects = dict(state.heap.values), dict(state.heap.contents)
        with state.builder.region() as condition_equations:
            going_on = _test_unless_left(state, test, node) if leaves else test()
        if any(state.heap.values.get(cell) != content for cell, content in contents.items()) or any(
            state.heap.contents.get(ref) is not content for ref, content in objects.items()
        ):
            state.refuse(
                node.test, "the test of this loop changes an array", "change it in the body: `while True: … break`"
            )
        if leaves:
            state.frame.names[STOP] = Constant(False)
            state.frame.names[RETURNED] = Constant(False)
        with state.builder.region() as equations:
            _run_round(state, body)
            state.frame.names.pop(SKIP, None)
        if carried.leave(Path.here(state, equations)):
            region = Region(parameters, tuple(equations), carried.results())
            copies = {parameter: state.builder.value(parameter.type, parameter.hint) for parameter in parameters}
            test_region = rename(Region(parameters, tuple(condition_equations), (going_on,)), copies)
            outputs = carried.outputs()
            state.builder.append(Equation(WHILE, inits, outputs, (), (test_region, region)))
            carried.finish(outputs)
            break
    else:
        state.refuse(node, "the types of this loop's variables do not settle")
    state.frame.names[STOP] = outer_stop


def _run_round(state: State, body: Callable[[], None]) -> None:
    """Read a loop's body; where each of its paths raises, no second round begins with what it leaves behind."""
    start = Path.here(state, [])
    try:
        body()
    except PathEnds:
        start.resume(state)


def _test_unless_left(state: State, test: Callable[[], Atom], node: Any) -> Atom:
    """The loop's own test, asked only while nothing has left the loop."""
    flags = [state.read_value(state.frame.names.get(name, Constant(False)), node) for name in (STOP, RETURNED)]
    flags = [flag for flag in flags if flag != Literal(False)]
    if not flags:
        return test()
    left = flags[0] if len(flags) == 1 else either(state, flags[0], flags[1], node)
    going_on = negated(state, left)
    ref = branch(state, going_on, lambda: as_ref(state, test()), lambda: Constant(False), node)
    return state.read_value(ref, node)


def _unroll(state: State, node: Any, items: list[Ref]) -> None:
    """A loop over a container whose length is known: its body once for each item."""
    outer_stop = state.frame.names.get(STOP, Constant(False))
    state.frame.names[STOP] = Constant(False)

    def run(position: int) -> None:
        if position == len(items):
            return
        assign(state, node.target, items[position])
        execute_block(state, node.body)
        state.frame.names.pop(SKIP, None)
        left = has_left(state, node)
        if left == Literal(False):
            run(position + 1)
        elif left != Literal(True):
            unless_left(state, left, partial(run, position + 1), node)

    run(0)
    state.frame.names[STOP] = outer_stop


def _counted_while(state: State, node: Any, counter: Counter) -> None:
    """A `for` that may be left early: a `while` over the same positions."""
    name = f"%{counter.hint or 'position'}:{node.lineno}.{node.col_offset}"
    start, stop, step = counter.start, counter.stop, counter.step
    if counter.reverse:
        state.refuse(node.iter, "leaving a reversed loop early is not supported", "loop over `range(n - 1, -1, -1)`")
    state.frame.names[name] = as_ref(state, start)

    def test() -> Atom:
        index = state.read_value(state.frame.names[name], node)
        return state.emit("less" if step > 0 else "greater", index, stop)

    def body() -> None:
        index = state.read_value(state.frame.names[name], node)
        counter.bind(index)
        state.frame.names[name] = state.bind(state.emit("add", index, Literal(step)))
        execute_block(state, node.body)

    _run_while(state, node, test, body)
    state.frame.names.pop(name, None)


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
