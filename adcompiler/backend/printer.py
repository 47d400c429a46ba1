"""Python syntax trees as text: minimal parentheses, comments, lines of bounded width.

Statements carry in `lineno` the number of their origin (see `emit`), so that the printer, which alone knows what
ends up on which line, can map lines back to origins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO

import gast
from astunparse import Unparser

from adcompiler.backend.layout import WIDTH, fits, wrap
from adcompiler.backend.syntax import is_comment

(
    _CONDITIONAL,
    _OR,
    _AND,
    _NOT,
    _COMPARISON,
    _BIT_OR,
    _BIT_XOR,
    _BIT_AND,
    _SHIFT,
    _SUM,
    _PRODUCT,
    _UNARY,
    _POWER,
    _ATOM,
) = range(1, 15)
_TUPLE = 0

_BINARY: dict[type[gast.operator], int] = {
    gast.BitOr: _BIT_OR,
    gast.BitXor: _BIT_XOR,
    gast.BitAnd: _BIT_AND,
    gast.LShift: _SHIFT,
    gast.RShift: _SHIFT,
    gast.Add: _SUM,
    gast.Sub: _SUM,
    gast.Mult: _PRODUCT,
    gast.Div: _PRODUCT,
    gast.FloorDiv: _PRODUCT,
    gast.Mod: _PRODUCT,
    gast.MatMult: _PRODUCT,
    gast.Pow: _POWER,
}


def print_function(definition: gast.FunctionDef) -> tuple[str, dict[int, int]]:
    """A function definition as text.

    Returns
    -------
    text : str
    origins : dict
        The number of the origin of each line, where its statement has one; the `def` line is line 1.
    """
    printer = Printer(definition)
    lines: list[str] = []
    origins: dict[int, int] = {}
    for line in printer.lines:
        for text in wrap(line.text, line.indent, WIDTH):
            lines.append(text)
            if line.origin:
                origins[len(lines)] = line.origin
    return "\n".join(lines) + "\n", origins


@dataclass
class _Line:
    indent: int
    text: str = ""
    origin: int = field(default=0)


def _precedence(node: gast.expr) -> int:
    """How tightly an expression binds: an operand that binds less than its place asks for is parenthesised."""
    match node:
        case gast.Tuple():
            return _TUPLE
        case gast.IfExp() | gast.Lambda():
            return _CONDITIONAL
        case gast.BoolOp(op=op):
            return _AND if isinstance(op, gast.And) else _OR
        case gast.Compare():
            return _COMPARISON
        case gast.BinOp(op=op):
            return _BINARY[type(op)]
        case gast.UnaryOp(op=op):
            return _NOT if isinstance(op, gast.Not) else _UNARY
        case gast.Constant(value=int() | float() as number) if str(number).startswith("-"):
            return _UNARY
        case _:
            return _ATOM


def _is_simple(node: gast.expr) -> bool:
    """Whether a power is written without spaces around such an operand: `x**2`, `x.T**-n`."""
    match node:
        case gast.Name() | gast.Constant():
            return True
        case gast.Attribute(value=inner) | gast.UnaryOp(op=gast.USub(), operand=inner):
            return _is_simple(inner)
        case _:
            return False


class Printer(Unparser):  # type: ignore[misc]  # astunparse has no types
    """Prints a tree into `lines`: one logical line for each statement or header."""

    def __init__(self, tree: gast.AST) -> None:
        self.lines: list[_Line] = []
        self._origin = 0
        super().__init__(tree, StringIO())

    # Lines

    def fill(self, text: str = "") -> None:
        """Begin a line."""
        self.lines.append(_Line(self._indent, text, self._origin))

    def write(self, text: str) -> None:
        """Append to the current line."""
        if not self.lines:
            self.fill()
        self.lines[-1].text += text

    def dispatch(self, tree: gast.AST | list[gast.stmt]) -> None:
        """Print a node, or each of a list."""
        if isinstance(tree, gast.stmt):
            self._place(tree)
        super().dispatch(tree)

    def _place(self, statement: gast.stmt) -> None:
        """The lines that follow belong to a statement."""
        self._origin = getattr(statement, "lineno", None) or 0

    def enter(self) -> None:
        """End a header."""
        self.write(":")
        self._indent += 1

    # Statements

    def _FunctionDef(self, node: gast.FunctionDef) -> None:  # noqa: N802  (named after the node, as below)
        self.fill(f"def {node.name}(")
        self.dispatch(node.args)
        self.write(")")
        self.enter()
        self.dispatch(node.body)
        self.leave()

    def _Expr(self, node: gast.Expr) -> None:  # noqa: N802
        if is_comment(node):
            self.fill(f"# {node.value.value}")
        else:
            super()._Expr(node)

    def _Assign(self, node: gast.Assign) -> None:  # noqa: N802
        self.fill()
        for target in node.targets:
            self._bare(target)
            self.write(" = ")
        self._bare(node.value)

    def _Return(self, node: gast.Return) -> None:  # noqa: N802
        self.fill("return")
        if node.value is not None:
            self.write(" ")
            self._bare(node.value)

    def _For(self, node: gast.For) -> None:  # noqa: N802
        self.fill("for ")
        self._bare(node.target)
        self.write(" in ")
        self.dispatch(node.iter)
        self._loop_body(node.body)

    def _While(self, node: gast.While) -> None:  # noqa: N802
        self.fill("while ")
        self.dispatch(node.test)
        self._loop_body(node.body)

    def _loop_body(self, body: list[gast.stmt]) -> None:
        """The rest of a loop; what a comment says of the whole body stands at the end of the header, if it fits."""
        self.enter()
        comments = [node for statement in body for node in gast.walk(statement) if is_comment(node)]
        if len(comments) == 1 and comments[0] in body:
            header = self.lines[-1]
            text = f"{header.text}  # {comments[0].value.value}"
            if fits(text, header.indent, WIDTH):
                header.text = text
                body = [statement for statement in body if statement is not comments[0]]
        self.dispatch(body)
        self.leave()

    def _If(self, node: gast.If) -> None:  # noqa: N802
        """A chain of branches, as flat as `elif` makes it."""
        self._branch("if ", node)
        while len(node.orelse) == 1 and isinstance(node.orelse[0], gast.If):
            node = node.orelse[0]
            self._place(node)
            self._branch("elif ", node)
        if node.orelse:
            self._place(node)
            self.fill("else")
            self.enter()
            self.dispatch(node.orelse)
            self.leave()

    def _branch(self, keyword: str, node: gast.If) -> None:
        self.fill(keyword)
        self.dispatch(node.test)
        self.enter()
        self.dispatch(node.body)
        self.leave()

    def _ExceptHandler(self, node: gast.ExceptHandler) -> None:  # noqa: N802
        self.fill("except")
        if node.type is not None:
            self.write(" ")
            self.dispatch(node.type)
        if node.name is not None:
            self.write(f" as {node.name.id}")
        self.enter()
        self.dispatch(node.body)
        self.leave()

    # Expressions

    def _operand(self, node: gast.expr, minimum: int) -> None:
        """Print an operand where at least this precedence is asked for."""
        if isinstance(node, gast.Tuple) or _precedence(node) >= minimum:
            self.dispatch(node)
        else:
            self.write("(")
            self.dispatch(node)
            self.write(")")

    def _bare(self, node: gast.expr) -> None:
        """Print an expression where a tuple needs no parentheses."""
        if isinstance(node, gast.Tuple) and len(node.elts) > 1:
            self._listed(node.elts)
        else:
            self.dispatch(node)

    def _listed(self, nodes: list[gast.expr]) -> None:
        for number, node in enumerate(nodes):
            if number:
                self.write(", ")
            self.dispatch(node)

    def _BinOp(self, node: gast.BinOp) -> None:  # noqa: N802
        level = _BINARY[type(node.op)]
        left, right = (level + 1, _UNARY) if level == _POWER else (level, level + 1)
        self._operand(node.left, left)
        is_close = level == _POWER and _is_simple(node.left) and _is_simple(node.right)
        self.write("**" if is_close else f" {self.binop[type(node.op).__name__]} ")
        self._operand(node.right, right)

    def _UnaryOp(self, node: gast.UnaryOp) -> None:  # noqa: N802
        if isinstance(node.op, gast.Not):
            self.write("not ")
            self._operand(node.operand, _NOT)
        else:
            self.write(self.unop[type(node.op).__name__])
            self._operand(node.operand, _UNARY)

    def _Compare(self, node: gast.Compare) -> None:  # noqa: N802
        self._operand(node.left, _COMPARISON + 1)
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            self.write(f" {self.cmpops[type(operator).__name__]} ")
            self._operand(comparator, _COMPARISON + 1)

    def _BoolOp(self, node: gast.BoolOp) -> None:  # noqa: N802
        level = _precedence(node)
        for number, value in enumerate(node.values):
            if number:
                self.write(" and " if level == _AND else " or ")
            mixed = isinstance(value, gast.BoolOp) and _precedence(value) != level
            self._operand(value, _NOT if mixed else level)

    def _IfExp(self, node: gast.IfExp) -> None:  # noqa: N802
        self._operand(node.body, _CONDITIONAL + 1)
        self.write(" if ")
        self._operand(node.test, _CONDITIONAL + 1)
        self.write(" else ")
        self._operand(node.orelse, _CONDITIONAL)

    def _Call(self, node: gast.Call) -> None:  # noqa: N802
        self._operand(node.func, _ATOM)
        self.write("(")
        self._listed([*node.args, *node.keywords])
        self.write(")")

    def _Attribute(self, node: gast.Attribute) -> None:  # noqa: N802
        self._operand(node.value, _ATOM + isinstance(node.value, gast.Constant))
        self.write(f".{node.attr}")

    def _Subscript(self, node: gast.Subscript) -> None:  # noqa: N802
        self._operand(node.value, _ATOM)
        self.write("[")
        self._bare(node.slice)
        self.write("]")

    def _Constant(self, node: gast.Constant) -> None:  # noqa: N802
        text = repr(node.value)
        if isinstance(node.value, str) and text.startswith("'") and '"' not in text:
            self.write(f'"{text[1:-1]}"')
        else:
            super()._Constant(node)

    def _JoinedStr(self, node: gast.JoinedStr) -> None:  # noqa: N802
        parts: list[str] = []
        self._fstring_JoinedStr(node, parts.append)
        text = "".join(parts)
        if any(mark in text for mark in '"\n\\'):
            super()._JoinedStr(node)
        else:
            self.write(f'f"{text}"')

    def _fstring_FormattedValue(self, node: gast.FormattedValue, write: object) -> None:  # noqa: N802
        """A replacement field, with minimal parentheses too."""
        assert callable(write)
        inner = Printer(node.value).lines[0].text
        write("{" + (" " if inner.startswith("{") else "") + inner)
        if node.conversion != -1:
            write(f"!{chr(node.conversion)}")
        if isinstance(node.format_spec, gast.JoinedStr):
            write(":")
            self._fstring_JoinedStr(node.format_spec, write)
        write("}")
