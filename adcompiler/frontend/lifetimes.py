"""Which names may still be read: a write need not be checked against those that are not.

The classical analysis of live variables, backwards over a function's statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import gast

Names = frozenset[str]

_NONE: Names = frozenset()
_FUNCTIONS = (gast.FunctionDef, gast.Lambda)


def may_be_read(name: str, node: Any, statement: Any) -> bool:
    """Whether a function may read one of its names while `statement` runs, or after it.

    Parameters
    ----------
    name : str
    node : gast.AST
        The function.
    statement : gast.AST or None
        What runs now: one of the function's statements. Without one, only nested functions can read the name.
    """
    lifetimes = _lifetimes(node)
    if name in lifetimes.nested:
        return True
    if statement is None:
        return False
    after = lifetimes.after.get(id(statement))
    return after is None or name in after or name in _reads(statement)


@lru_cache(maxsize=256)
def _lifetimes(node: Any) -> _Lifetimes:
    return _Lifetimes(node)


def _reads(node: Any) -> Names:
    """The names that a piece of syntax reads."""
    return frozenset(_names_read(node))


def _names_read(node: Any) -> Iterator[str]:
    for part in gast.walk(node):
        if isinstance(part, gast.Name) and not isinstance(part.ctx, gast.Store | gast.Param):
            yield part.id
        elif isinstance(part, gast.AugAssign) and isinstance(part.target, gast.Name):
            yield part.target.id


def _assigned(target: Any) -> Iterator[str]:
    """The names that an assignment to `target` surely gives a new value."""
    match target:
        case gast.Name(id=name):
            yield name
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            for element in elements:
                yield from _assigned(element)
        case gast.Starred(value=value):
            yield from _assigned(value)


class _Lifetimes:
    """The names that may be read after each statement of a function."""

    def __init__(self, node: Any) -> None:
        inner = (part for part in gast.walk(node) if isinstance(part, _FUNCTIONS) and part is not node)
        self.nested = _NONE.union(*map(_reads, inner))
        self.after: dict[int, Names] = {}
        """By the identity of the statement, which the function keeps alive."""
        self._function = node
        if isinstance(node.body, list):
            self._block(node.body, _NONE, _NONE, _NONE)

    def _block(self, statements: Sequence[Any], after: Names, left: Names, again: Names) -> Names:
        """The names that may be read from a block's start on; `left` and `again` are those after the loop around it is
        left, and before its next round."""
        for statement in reversed(statements):
            self.after[id(statement)] = after
            after = self._before(statement, after, left, again)
        return after

    def _before(self, statement: Any, after: Names, left: Names, again: Names) -> Names:
        match statement:
            case gast.Return() | gast.Raise():
                return _reads(statement)
            case gast.Break():
                return left
            case gast.Continue():
                return again
            case gast.If(test=test, body=body, orelse=orelse):
                branches = (self._block(block, after, left, again) for block in (body, orelse))
                return _reads(test).union(*branches)
            case gast.For(target=target, iter=iterated, body=body, orelse=orelse):
                ended = self._block(orelse, after, left, again)
                before = self._round(body, ended, after, frozenset(_assigned(target)))
                return before | _reads(iterated) | _reads(target)
            case gast.While(test=test, body=body, orelse=orelse):
                ended = self._block(orelse, after, left, again) | _reads(test)
                return self._round(body, ended, after, _NONE)
            case gast.Assign(targets=targets, value=value):
                assigned = (name for target in targets for name in _assigned(target))
                return (after - frozenset(assigned)) | _reads(statement)
            case gast.AnnAssign(target=target, value=value) if value is not None:
                return (after - frozenset(_assigned(target))) | _reads(statement)
            case gast.FunctionDef(name=name):
                return after - {name} | _reads(statement)
            case gast.Expr() | gast.AugAssign() | gast.Assert() | gast.Pass():
                return after | _reads(statement)
        return self._anywhere(statement, after | left | again)

    def _round(self, body: Sequence[Any], ended: Names, left: Names, targets: Names) -> Names:
        """What may be read before a round of a loop, of which nothing or more may follow."""
        before = ended
        while True:
            found = ended | (self._block(body, before, left, before) - targets)
            if found == before:
                return before
            before = found

    def _anywhere(self, statement: Any, after: Names) -> Names:
        """A statement that may be left at any point (`try`, `with`, `match`): all that it reads may be read in it."""
        live = after | _reads(statement)
        for part in gast.walk(statement):
            if isinstance(part, gast.stmt) and part is not statement:
                self.after[id(part)] = live
        return live
