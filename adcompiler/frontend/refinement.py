"""What a test says of a name that may be None: in the branch of `if x is not None`, it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gast

from adcompiler.frontend.heap import NOTHING, Container, Maybe, Object, Ref
from adcompiler.frontend.state import State


def refined(state: State, test: Any, outcome: bool, action: Callable[[], Ref]) -> Ref:
    """Do something where a test has had this outcome."""
    refine(state, test, outcome)
    return action()


def refine(state: State, test: Any, outcome: bool) -> None:
    """Take note of the outcome of a test, on the path that is being read."""
    match test:
        case gast.UnaryOp(op=gast.Not(), operand=operand):
            refine(state, operand, not outcome)
        case gast.BoolOp(op=op, values=values) if isinstance(op, gast.And) is outcome:
            for number, value in enumerate(values):
                if not _may_change(values[number + 1 :]):
                    refine(state, value, outcome)
        case gast.Compare(left=left, ops=[gast.Is() | gast.Eq()], comparators=[gast.Constant(value=None)]):
            _settle(state, left, present=not outcome)
        case gast.Compare(left=left, ops=[gast.IsNot() | gast.NotEq()], comparators=[gast.Constant(value=None)]):
            _settle(state, left, present=outcome)
        case gast.Name() | gast.Attribute() if outcome:
            _settle(state, test, present=True)


def _may_change(expressions: Sequence[Any]) -> bool:
    """Whether what was tested before may be something else after these: a call or `:=` may have changed it."""
    return any(isinstance(node, gast.Call | gast.NamedExpr) for part in expressions for node in gast.walk(part))


def _settle(state: State, node: Any, *, present: bool) -> None:
    """A name, or an attribute of one, that is None or is not."""
    match node:
        case gast.Name(id=name):
            ref = state.frame.names.get(name)
            if isinstance(ref, Maybe):
                state.frame.names[name] = ref.value if present else NOTHING
        case gast.Attribute(value=gast.Name(id=name), attr=attribute):
            owner = state.frame.names.get(name)
            content = state.heap.contents.get(owner) if isinstance(owner, Object) else None
            held = content.get(attribute) if isinstance(content, Container) else None
            if isinstance(owner, Object) and isinstance(content, Container) and isinstance(held, Maybe):
                state.heap.contents[owner] = content.put(attribute, held.value if present else NOTHING)
