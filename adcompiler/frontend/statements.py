"""Statements without loops, and blocks that may be left early.

`return`, `break` and `continue` set flags (`%returned`, `%stop`, `%skip`) among the frame's names. What follows a
statement that always leaves in one branch moves into the other; what follows one that may leave runs under a test of
the flags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import gast

from adcompiler.frontend.attributes import attribute
from adcompiler.frontend.classes import set_attribute
from adcompiler.frontend.conditions import condition
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.flat import assign_flat, fill_flat, is_array
from adcompiler.frontend.frames import FLAGS, RETURN, RETURNED, SKIP, STOP
from adcompiler.frontend.heap import UNBOUND, Cell, Constant, Object, Ref, Unbound, View
from adcompiler.frontend.merge import branch
from adcompiler.frontend.readers import execute, read, reads
from adcompiler.frontend.refinement import refine
from adcompiler.frontend.state import State
from adcompiler.frontend.subscripts import assign_subscript, rename, update_name, update_subscript, updated
from adcompiler.ir.nodes import Atom, Literal, Value


def execute_block(state: State, statements: Sequence[Any]) -> None:
    """Carry out statements in order until one leaves the block."""
    for position, statement in enumerate(statements):
        rest = statements[position + 1 :]
        if rest and isinstance(statement, gast.If) and _leaves(statement.body) != _leaves(statement.orelse):
            _execute_if(state, statement, rest)
            return
        execute(state, statement)
        left = has_left(state, statement)
        if isinstance(left, Literal):
            if left.value:
                return
        elif rest:
            unless_left(state, left, partial(execute_block, state, rest), statement)
            return


def unless_left(state: State, left: Atom, action: Callable[[], None], node: Any) -> None:
    """Do something on the paths that have not left the block; `left` is the computed flag that says so."""
    computed = [name for name in FLAGS if not isinstance(state.frame.names.get(name, UNBOUND), Constant | Unbound)]

    def leave() -> None:
        if len(computed) == 1:
            state.frame.names[computed[0]] = Constant(True)

    def stay() -> None:
        before = dict(state.frame.names)
        unset = {name: Constant(False) for name in computed}
        state.frame.names.update(unset)
        for name, ref in state.frame.names.items():
            if isinstance(ref, Unbound) and ref.otherwise is not None:
                state.frame.names[name] = ref.otherwise
        action()
        if len(computed) > 1:  # not set here: what it was before, which is the same on this path
            state.frame.names.update({n: before[n] for n in computed if state.frame.names.get(n) is unset[n]})

    branch(state, left, leave, stay, node)


def has_left(state: State, node: Any) -> Atom:
    """Whether the present path has left the block: known, or a computed flag."""
    flags: list[Atom] = []
    for name in FLAGS:
        ref = state.frame.names.get(name)
        if ref is not None and not isinstance(ref, Unbound):
            flags.append(state.read_value(ref, node))
    if any(isinstance(flag, Literal) and flag.value for flag in flags):
        return Literal(True)
    result: Atom = Literal(False)
    for flag in flags:
        if not isinstance(flag, Literal):
            result = flag if isinstance(result, Literal) else either(state, result, flag, node)
    return result


def either(state: State, one: Atom, other: Atom, node: Any) -> Atom:
    """`one or other`, of flags."""
    ref = branch(state, one, lambda: Constant(True), lambda: state.bind(other), node)
    return state.read_value(ref, node)


def _leaves(statements: Sequence[Any]) -> bool:
    """Whether every path through a block leaves it by `return`, `break` or `continue`."""
    for statement in statements:
        if isinstance(statement, gast.Return | gast.Break | gast.Continue):
            return True
        if isinstance(statement, gast.If) and _leaves(statement.body) and _leaves(statement.orelse):
            return True
    return False


def blocks_of(statement: Any) -> list[list[Any]]:
    """The blocks of a compound statement, in order; a function defined in it is none."""
    if isinstance(statement, gast.FunctionDef | gast.ClassDef):
        return []
    parts = [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
    own = [getattr(statement, field, []) for field in ("body", "orelse", "finalbody")]
    return [own[0], *(part.body for part in parts), *own[1:]]


def statements_in(statements: Sequence[Any]) -> Iterator[Any]:
    """Every statement of a block, with those in the blocks within."""
    for statement in statements:
        yield statement
        for block in blocks_of(statement):
            yield from statements_in(block)


@reads(gast.If)
def _if(state: State, node: Any) -> None:
    _execute_if(state, node, ())


def _execute_if(state: State, node: Any, rest: Sequence[Any]) -> None:
    """An `if` with the statements after it, which go to the branch that does not leave."""
    state.frame.statement = node
    with state.at(node.test):
        test = condition(state, read(state, node.test), node.test)
    then, orelse = list(node.body), list(node.orelse)
    if rest:
        (orelse if _leaves(node.body) else then).extend(rest)

    def run(statements: list[Any], outcome: bool) -> None:
        refine(state, node.test, outcome)
        execute_block(state, statements)

    with state.at(node.test):
        branch(state, test, lambda: run(then, True), lambda: run(orelse, False), node.test)


@reads(gast.Return)
def _return(state: State, node: Any) -> None:
    ref: Ref = Constant(None) if node.value is None else read(state, node.value)
    state.frame.names[RETURN] = ref
    state.frame.names[RETURNED] = Constant(True)
    _leave_behind(state)


@reads(gast.Break)
def _break(state: State, node: Any) -> None:
    state.frame.names[STOP] = Constant(True)
    _leave_behind(state)


@reads(gast.Continue)
def _continue(state: State, node: Any) -> None:
    state.frame.names[SKIP] = Constant(True)
    _leave_behind(state)


def _leave_behind(state: State) -> None:
    """On a path that leaves the block, nobody reads what cannot be known: until the block is done, others may."""
    for name, ref in state.frame.names.items():
        if isinstance(ref, Unbound) and ref.reason is not None:
            state.frame.names[name] = replace(ref, otherwise=UNBOUND)


def forget_flag(state: State, name: str) -> None:
    """A loop or a round of it is done: whoever left it reads on, and what cannot be known there can no longer here."""
    state.frame.names.pop(name, None)
    for other, ref in state.frame.names.items():
        if isinstance(ref, Unbound) and ref.otherwise is not None:
            state.frame.names[other] = Unbound(ref.reason)


@reads(gast.Pass)
def _pass(state: State, node: Any) -> None:
    pass


@reads(gast.Expr)
def _expression(state: State, node: Any) -> None:
    if not isinstance(node.value, gast.Constant):
        read(state, node.value)


@reads(gast.Assign)
def _assign(state: State, node: Any) -> None:
    says_nothing = isinstance(node.value, gast.Constant) and node.value.value is None
    ref = UNBOUND if says_nothing and state.frame.source.is_generated else read(state, node.value)
    for target in node.targets:
        assign(state, target, ref)


@reads(gast.AnnAssign)
def _annotated_assign(state: State, node: Any) -> None:
    if node.value is not None:
        assign(state, node.target, read(state, node.value))


def assign(state: State, target: Any, ref: Ref) -> None:
    """Assign to a name, a subscript, or a tuple of targets."""
    match target:
        case gast.Name(id=name):
            state.assign(name, named(state, ref, name, target))
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            _assign_elements(state, elements, ref, target)
        case gast.Subscript(value=gast.Attribute(attr="flat")):
            assign_flat(state, target, ref)
        case gast.Subscript():
            assign_subscript(state, target, ref)
        case gast.Attribute():
            with state.holding(ref):
                owner = read(state, target.value)
            if target.attr == "flat" and isinstance(owner, Cell | View) and is_array(state, owner):
                fill_flat(state, owner, ref, target)
                return
            set_attribute(state, owner, target.attr, named(state, ref, target.attr, target), target)
        case _:
            state.refuse(target, "this target of an assignment is not supported")


def named(state: State, ref: Ref, name: str, node: Any) -> Ref:
    """A reference that gets a name: what was just computed is called so, and a view is read."""
    if isinstance(ref, Object) and ref.name is None:
        ref.name = name
        content = state.heap.contents.get(ref)
        if isinstance(content, Value):
            state.heap.contents[ref] = state.rename(content, name)
    if isinstance(ref, View) and ref.snapshot is None:
        part = state.rename(state.read_value(ref, node), name)
        return replace(ref, snapshot=(state.heap.values[ref.cell], part))
    return rename(state, ref, name)


def _assign_elements(state: State, targets: Sequence[Any], ref: Ref, node: Any) -> None:
    starred = [position for position, target in enumerate(targets) if isinstance(target, gast.Starred)]
    if not starred:
        _assign_each(state, targets, unpacked(state, ref, len(targets), node))
        return
    items = unpacked(state, ref, None, node)
    first, after = starred[0], len(targets) - starred[0] - 1
    if len(items) < first + after:
        state.refuse(node, f"{len(items)} values cannot be unpacked into {len(targets)} names")
    middle = items[first : len(items) - after]
    assign(state, targets[first].value, state.new_list(middle))
    kept = items[:first] + items[len(items) - after :]
    _assign_each(state, [*targets[:first], *targets[first + 1 :]], kept)


def _assign_each(state: State, targets: Sequence[Any], items: Sequence[Ref]) -> None:
    for position, (target, item) in enumerate(zip(targets, items, strict=True)):
        with state.holding(*items[position:]):
            assign(state, target, item)


@reads(gast.NamedExpr)
def _assignment_expression(state: State, node: Any) -> Ref:
    ref = read(state, node.value)
    within = [frame for frame in state.frames if frame.is_comprehension]
    if state.frame not in within:
        assign(state, node.target, ref)
        return state.frame.names[node.target.id]
    inner = []
    while state.frame.is_comprehension:
        if state.frame.depth != state.builder.depth or state.frame.outer is not state.frames[-2]:
            state.refuse(
                node, "an assignment expression in a comprehension that may not reach it is not supported", "use a loop"
            )
        inner.append(state.frames.pop())
    try:
        assign(state, node.target, ref)
        return state.frame.names[node.target.id]
    finally:
        state.frames.extend(reversed(inner))


@reads(gast.AugAssign)
def _augmented_assign(state: State, node: Any) -> None:
    match node.target:
        case gast.Name():
            update_name(state, node.target, type(node.op), read(state, node.value))
        case gast.Subscript():
            update_subscript(state, node.target, type(node.op), lambda: read(state, node.value))
        case gast.Attribute():
            owner = read(state, node.target.value)
            with state.holding(owner):
                old = attribute(state, owner, node.target)
                with state.holding(old):
                    change = read(state, node.value)
            set_attribute(state, owner, node.target.attr, updated(state, old, type(node.op), change, node), node.target)
        case _:
            state.refuse(node.target, "this target of an update is not supported", "use a local variable")
