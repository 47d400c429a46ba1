"""Python syntax: short constructors for the gast nodes that generated code is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import gast


class Comment(str):
    """The text of a comment line; an expression statement whose constant is one prints as a comment."""

    __slots__ = ()


def comment(text: str) -> gast.stmt:
    """`# text` on a line of its own."""
    return gast.Expr(gast.Constant(Comment(text), None))


def is_comment(node: gast.AST) -> bool:
    """Whether a statement is a comment."""
    match node:
        case gast.Expr(value=gast.Constant(value=Comment())):
            return True
    return False


def load(name: str) -> gast.expr:
    """A variable that is read."""
    return gast.Name(name, gast.Load(), None, None)


def store(name: str) -> gast.expr:
    """A variable that is assigned."""
    return gast.Name(name, gast.Store(), None, None)


def constant(value: Any) -> gast.expr:
    """A number, string, None or `...` as Python writes it."""
    return gast.Constant(value, None)


def dotted(path: str) -> gast.expr:
    """`np.linalg.norm`, from its text."""
    first, *rest = path.split(".")
    node = load(first)
    for name in rest:
        node = attribute(node, name)
    return node


def attribute(value: gast.expr, name: str) -> gast.expr:
    """`value.name`."""
    return gast.Attribute(value, name, gast.Load())


def call(
    function: gast.expr, arguments: Iterable[gast.expr], keywords: Iterable[tuple[str, gast.expr]] = ()
) -> gast.expr:
    """`function(*arguments, **keywords)`."""
    return gast.Call(function, list(arguments), [gast.keyword(name, value) for name, value in keywords])


def tuple_of(items: Iterable[gast.expr]) -> gast.expr:
    """`(a, b)`; without parentheses where Python needs none."""
    return gast.Tuple(list(items), gast.Load())


def subscript(value: gast.expr, index: gast.expr, *, stored: bool = False) -> gast.expr:
    """`value[index]`."""
    return gast.Subscript(value, index, gast.Store() if stored else gast.Load())


def assign(target: gast.expr, value: gast.expr) -> gast.stmt:
    """`target = value`."""
    return gast.Assign([target], value, None)


def assign_names(names: Sequence[str], values: Sequence[gast.expr]) -> gast.stmt:
    """`a, b = values`, all at once."""
    if len(names) == 1:
        return assign(store(names[0]), values[0])
    return assign(gast.Tuple([store(name) for name in names], gast.Store()), tuple_of(values))


def expression_statement(value: gast.expr) -> gast.stmt:
    """An expression that is evaluated for its effect."""
    return gast.Expr(value)


def conjunction(left: gast.expr, right: gast.expr) -> gast.expr:
    """`left and right`; `a < b < c` for `a < b and b < c` where `b` is a variable."""
    match left, right:
        case (
            gast.Compare(ops=ops, comparators=[*before, gast.Name(id=shared)]),
            gast.Compare(left=gast.Name(id=name), ops=more, comparators=after),
        ) if shared == name:
            return gast.Compare(left.left, [*ops, *more], [*before, load(name), *after])
    return gast.BoolOp(gast.And(), [left, right])


def negation(condition: gast.expr) -> gast.expr:
    """`not condition`, as one writes it: `not a < b` is not `a >= b`, because of NaN, but `not a == b` is `a != b`."""
    match condition:
        case gast.UnaryOp(op=gast.Not(), operand=operand):
            return operand
        case gast.Compare(left=left, ops=[gast.Eq()], comparators=comparators):
            return gast.Compare(left, [gast.NotEq()], comparators)
        case gast.Compare(left=left, ops=[gast.NotEq()], comparators=comparators):
            return gast.Compare(left, [gast.Eq()], comparators)
    return gast.UnaryOp(gast.Not(), condition)


def parse_expression(text: str) -> gast.expr:
    """An expression from its source text (the default of a parameter)."""
    return gast.parse(text, mode="eval").body
