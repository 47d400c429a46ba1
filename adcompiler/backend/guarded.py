"""`try`, `finally` and `with` as statements, around blocks that are written already."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import gast

from adcompiler.backend import syntax
from adcompiler.backend.expressions import Expressions
from adcompiler.backend.forms import called
from adcompiler.ir.nodes import FINALLY, TRY, WITH, Equation, Primitive

Block = list[gast.stmt]
Writer = Callable[[Equation, list[Block], list[str | None], Expressions], Block]


def _try(equation: Equation, blocks: list[Block], names: list[str | None], expressions: Expressions) -> Block:
    tried, handler = blocks
    kinds = [expressions.constant(kind) for kind in equation.parameters["catches"]]
    clauses = list(_clauses(kinds, names[0], handler))
    handlers = [
        gast.ExceptHandler(
            _one_or_several(kinds),
            syntax.store(names[0]) if names[0] and _mentions(block, names[0]) else None,
            block or [gast.Pass()],
        )
        for kinds, block in clauses
    ]
    return [gast.Try(tried or [gast.Pass()], handlers, [], [])]


def _one_or_several(kinds: Sequence[gast.expr]) -> gast.expr | None:
    return (kinds[0] if len(kinds) == 1 else syntax.tuple_of(kinds)) if kinds else None


def _clauses(
    kinds: Sequence[gast.expr], name: str | None, block: Block, before: tuple[gast.stmt, ...] = ()
) -> Iterator[tuple[Sequence[gast.expr], Block]]:
    """One clause, or one for each branch of a handler that first asks which exception it has."""
    asked = _question(block, name)
    if asked is None:
        yield kinds, [*before, *block]
        return
    flags = ([], []) if asked.flag is None else tuple([_assign(asked.flag, value)] for value in (True, False))
    here = [kind for kind in kinds if _text(kind) in asked.kinds]
    yield asked.classes, [*before, *flags[0], *asked.then, *asked.rest_where(True)]
    others = [kind for kind in kinds if kind not in here]
    yield from _clauses(others, name, [*asked.orelse, *asked.rest_where(False)], (*before, *flags[1]))


@dataclass(frozen=True)
class _Question:
    """`flag = isinstance(error, classes)`, a branch over it, and what follows on both paths."""

    flag: str | None
    classes: list[gast.expr]
    then: Block
    orelse: Block
    rest: Block

    @property
    def kinds(self) -> set[str]:
        """The classes as text."""
        return set(map(_text, self.classes))

    def rest_where(self, known: bool) -> Block:
        """What follows, where the flag is known."""
        return [_where_known(statement, self.flag, known) for statement in self.rest]


def _where_known(statement: gast.stmt, flag: str | None, known: bool) -> gast.stmt:
    match statement:
        case gast.Assign(targets=[target], value=gast.UnaryOp(op=gast.Not(), operand=gast.Name(id=name))):
            if name == flag:
                return gast.Assign([target], syntax.constant(not known), None)
    return statement


def _question(block: Block, name: str | None) -> _Question | None:
    match block:
        case [gast.Assign(targets=[gast.Name(id=flag)], value=test), gast.If(test=asked) as branch, *rest]:
            negated = isinstance(asked, gast.UnaryOp) and isinstance(asked.op, gast.Not)
            if getattr(asked.operand if negated else asked, "id", None) != flag:
                return None
        case [gast.If(test=test) as branch, *rest]:
            flag, negated = None, False
        case _:
            return None
    match test:
        case gast.Call(func=gast.Name(id="isinstance"), args=[gast.Name(id=subject), classes]) if subject == name:
            listed = list(classes.elts) if isinstance(classes, gast.Tuple) else [classes]
            then, orelse = (branch.orelse, branch.body) if negated else (branch.body, branch.orelse)
            return _Question(flag, listed, then, orelse, rest)
    return None


def _assign(name: str, value: bool) -> gast.stmt:
    return syntax.assign(syntax.store(name), syntax.constant(value))


def _text(node: gast.expr) -> str:
    return ast.unparse(gast.gast_to_ast(node))


def _mentions(block: Block, name: str) -> bool:
    return any(isinstance(node, gast.Name) and node.id == name for statement in block for node in gast.walk(statement))


def _finally(equation: Equation, blocks: list[Block], names: list[str | None], expressions: Expressions) -> Block:
    tried, final = blocks
    if not final:
        return tried
    match tried:
        case [gast.Try(finalbody=[]) as inner]:
            inner.finalbody = final
            return [inner]
    return [gast.Try(tried or [gast.Pass()], [], [], final)]


def _with(equation: Equation, blocks: list[Block], names: list[str | None], expressions: Expressions) -> Block:
    given = equation.parameters
    if given.get("call") is None:
        manager = expressions(equation.inputs[0])
    else:
        manager = called(expressions, given["call"], equation.inputs, given.get("keywords", ()))
    items = [gast.withitem(manager, syntax.store(names[0]) if names[0] else None)]
    match blocks[0]:
        case [gast.With(items=further, body=body)]:
            return [gast.With([*items, *further], body, None)]
    return [gast.With(items, blocks[0] or [gast.Pass()], None)]


GUARDED: dict[Primitive, Writer] = {TRY: _try, FINALLY: _finally, WITH: _with}
"""How each is written, given its regions' statements and the names of their parameters, where those are used."""
