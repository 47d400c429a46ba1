"""Pops: `x_bar += xs_bar.pop()` for `x_bar += xs_bar[-1]` and `del xs_bar[-1]`.

The item is read in the last statement that mentions the list, once and whatever happens there: so it may be taken out
of the list right away.
"""

from __future__ import annotations

from collections.abc import Iterator

import gast

from adcompiler.backend import syntax

_SIMPLE = (gast.Assign, gast.AugAssign, gast.Expr)
_PERHAPS_SKIPPED = (gast.IfExp, gast.BoolOp, gast.Lambda, gast.GeneratorExp, gast.ListComp)


def read_by_pop(statements: list[gast.stmt], owner: gast.expr, index: gast.expr) -> bool:
    """Let the last statement that reads `owner[index]` pop it instead; whether that can be."""
    if not isinstance(owner, gast.Name):
        return False
    variables = {node.id for node in gast.walk(index) if isinstance(node, gast.Name)}
    for statement in reversed(statements):
        mentions = [node for node in gast.walk(statement) if isinstance(node, gast.Name) and node.id == owner.id]
        if mentions:
            return len(mentions) == 1 and isinstance(statement, _SIMPLE) and _replace(statement, owner, index)
        if any(node.id in variables for node in gast.walk(statement) if _is_stored(node)):
            return False
    return False


def _is_stored(node: gast.AST) -> bool:
    return isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)


def _replace(statement: gast.AST, owner: gast.Name, index: gast.expr) -> bool:
    for parent, name, position, child in _children(statement):
        if isinstance(child, _PERHAPS_SKIPPED):
            continue
        if _is_read(child, owner, index):
            popped = syntax.call(syntax.attribute(owner, "pop"), [] if _is_last(index) else [index])
            if position is None:
                setattr(parent, name, popped)
            else:
                getattr(parent, name)[position] = popped
            return True
        if _replace(child, owner, index):
            return True
    return False


def _children(parent: gast.AST) -> Iterator[tuple[gast.AST, str, int | None, gast.AST]]:
    """The nodes directly below another, and where each stands."""
    for name, value in gast.iter_fields(parent):
        if isinstance(value, gast.AST):
            yield parent, name, None, value
        elif isinstance(value, list):
            for position, item in enumerate(value):
                if isinstance(item, gast.AST):
                    yield parent, name, position, item


def _is_read(node: gast.AST, owner: gast.Name, index: gast.expr) -> bool:
    match node:
        case gast.Subscript(value=gast.Name(id=name), slice=place, ctx=gast.Load()) if name == owner.id:
            return bool(gast.dump(place) == gast.dump(index))
    return False


def _is_last(index: gast.expr) -> bool:
    return bool(gast.dump(index) == gast.dump(syntax.constant(-1)))
