"""What is tested: the truth of a value, `and` and `or`, and `a if test else b`.

Apart from `expressions`, as each of these may read a part on one path alone.
"""

from __future__ import annotations

from typing import Any

import gast

from adcompiler.frontend import growing, list_operations
from adcompiler.frontend.classes import instance_kind, method_of
from adcompiler.frontend.heap import Closure, Constant, Container, Maybe, Method, Object, Partial, Ref
from adcompiler.frontend.merge import branch
from adcompiler.frontend.readers import as_call, call, read, reads
from adcompiler.frontend.refinement import refined
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal


@reads(gast.BoolOp)
def _boolean(state: State, node: Any) -> Ref:
    stop_at = isinstance(node.op, gast.Or)

    def link_from(position: int) -> Ref:
        ref = read(state, node.values[position])
        if position + 1 == len(node.values):
            return ref
        if isinstance(ref, Constant):
            return ref if bool(ref.value) is stop_at else link_from(position + 1)
        test = condition(state, ref, node.values[position])
        if growing.is_growing(state, ref):
            ref = state.bind(test)  # as good where the truth of the whole is asked for, and no list elsewhere

        def rest() -> Ref:
            return refined(state, node.values[position], not stop_at, lambda: link_from(position + 1))

        def short() -> Ref:
            return ref

        return branch(state, test, short, rest, node) if stop_at else branch(state, test, rest, short, node)

    return link_from(0)


def condition(state: State, ref: Ref, node: Any) -> Atom:
    """The value of a reference that is tested: `if x`, `while x`, `not x`."""
    match ref:
        case Constant(value=value):
            return Literal(bool(value))
        case Container(items=items):
            return Literal(bool(items))
        case Object(kind=kind) if kind is list or kind is dict:
            content = state.content_of(ref, node)
            if isinstance(content, Container):
                return Literal(bool(content.items))
            return state.emit("greater", list_operations.length(state, ref, node), Literal(0))
        case Closure() | Method() | Partial():
            return Literal(True)
        case Maybe(present=present, value=value):
            there = state.read_value(present, node)
            result = branch(state, there, lambda: _truth(state, value, node), lambda: Constant(False), node)
            return state.read_value(result, node)
    if instance_kind(ref) is not None:
        for spelling in ("__bool__", "__len__"):
            if (method := method_of(state, ref, spelling)) is not None:
                return condition(state, call(state, method, [], {}, as_call(node)), node)
        return Literal(True)
    atom = state.read_value(ref, node)
    if isinstance(atom, Literal):
        return Literal(bool(atom.value))
    if atom.type.rank not in (0, None):
        state.refuse(node, "the truth value of an array is ambiguous", "use `.all()` or `.any()`")
    return atom


def _truth(state: State, ref: Ref, node: Any) -> Ref:
    atom = condition(state, ref, node)
    return Constant(atom.value) if isinstance(atom, Literal) else state.bind(atom)


@reads(gast.IfExp)
def _conditional(state: State, node: Any) -> Ref:
    test = condition(state, read(state, node.test), node.test)
    if isinstance(test, Literal):
        return read(state, node.body if test.value else node.orelse)
    return branch(
        state,
        test,
        lambda: refined(state, node.test, True, lambda: read(state, node.body)),
        lambda: refined(state, node.test, False, lambda: read(state, node.orelse)),
        node,
    )
