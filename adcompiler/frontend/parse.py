"""From a function to its syntax: which text, which node, which names around it.

A `FunctionSource` is found either from a live function (its file's text, through `linecache`, so that functions typed
into IPython have one too) or, for the command line, in a file that is only read.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import os
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gast

from adcompiler.errors import DifferentiationError, SourceUnavailableError
from adcompiler.spans import GENERATED, Span

if TYPE_CHECKING:
    from adcompiler.frontend.scope import Scope

_SIMPLE_STATEMENTS = (
    gast.Assign,
    gast.AugAssign,
    gast.AnnAssign,
    gast.Return,
    gast.Expr,
    gast.Assert,
    gast.Raise,
    gast.Delete,
)


@dataclass(frozen=True, eq=False)
class SourceText:
    """A file as text, with its syntax tree."""

    file: str
    lines: tuple[str, ...]
    tree: gast.Module = field(repr=False)
    _statements: dict[Any, str] = field(default_factory=dict, repr=False)
    _spans: dict[tuple[Any, Any], Span] = field(default_factory=dict, repr=False)

    def span(self, node: Any, statement: Any | None = None) -> Span:
        """The place of `node`, within `statement` (itself if none is given)."""
        found = self._spans.get((node, statement))
        if found is None:
            found = self._spans[node, statement] = self._span(node, statement)
        return found

    def _span(self, node: Any, statement: Any | None) -> Span:
        line = self._line(node.lineno)
        end_line = node.end_lineno or node.lineno
        return Span(
            file=self.file,
            line=node.lineno,
            column=_characters(line, node.col_offset) + 1,
            end_line=end_line,
            end_column=_characters(self._line(end_line), node.end_col_offset or 0) + 1,
            text=line,
            statement=self.statement_text(statement if statement is not None else node),
        )

    def statement_text(self, node: Any) -> str:
        """The header of a statement, or all of a simple one, on one line."""
        if node not in self._statements:
            self._statements[node] = self._one_line(node)
        return self._statements[node]

    def _one_line(self, node: Any) -> str:
        line = self._line(node.lineno)
        if isinstance(node, gast.stmt) and not isinstance(node, _SIMPLE_STATEMENTS):
            return line.strip()
        if node.end_lineno == node.lineno:
            return line.encode()[node.col_offset : node.end_col_offset].decode()
        return " ".join(ast.unparse(gast.gast_to_ast(node)).split())

    def _line(self, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""


def _characters(line: str, byte_offset: int) -> int:
    return byte_offset if line.isascii() else len(line.encode()[:byte_offset].decode(errors="replace"))


@dataclass(frozen=True, eq=False)
class FunctionSource:
    """A function's syntax, where it stands, and the names it sees.

    `defaults` holds the default of each parameter that has one: a Python object for a live function, a syntax node
    for one that is only read.
    """

    name: str
    node: Any
    text: SourceText
    scope: Scope
    defaults: dict[str, Any]
    function: Callable[..., Any] | None = None
    owner: list[type] = field(default_factory=list)
    """The class that defines it, if it is a method in a file that is only read."""

    @property
    def defining_class(self) -> type | None:
        """The class whose method this is, as `super()` needs it; None where that is not known."""
        if self.owner:
            return self.owner[0]
        code = getattr(self.function, "__code__", None)
        cells = getattr(self.function, "__closure__", None)
        if code is None or not cells or "__class__" not in code.co_freevars:
            return None
        found: type = cells[code.co_freevars.index("__class__")].cell_contents
        return found

    @property
    def is_generated(self) -> bool:
        """Whether this is code of our own, in which `x = None` says that a path gives `x` no value."""
        return getattr(self.function, "__module__", None) == GENERATED

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        arguments = self.node.args
        collecting = [[star] if star is not None else [] for star in (arguments.vararg, arguments.kwarg)]
        every = (*arguments.posonlyargs, *arguments.args, *collecting[0], *arguments.kwonlyargs, *collecting[1])
        return tuple(a.id for a in every)

    @property
    def collecting(self) -> tuple[Any, ...]:
        """The nodes of the parameters that take any number of arguments: `*rest`, `**options`."""
        return tuple(star for star in (self.node.args.vararg, self.node.args.kwarg) if star is not None)

    @property
    def takes_arguments(self) -> bool:
        """Whether it can be called with any argument."""
        return bool(self.parameters)

    @property
    def annotations(self) -> dict[str, Any]:
        """The annotations as they are written: text, or the type itself for a Python number's."""
        arguments = self.node.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        texts = {a.id: ast.unparse(gast.gast_to_ast(a.annotation)) for a in every if a.annotation is not None}
        numbers = {"float": float, "int": int, "bool": bool}
        return {name: numbers.get(text, text) for name, text in texts.items()}

    @property
    def span(self) -> Span:
        """The place of the definition."""
        return self.text.span(self.node)


def parse_text(file: str, text: str) -> SourceText:
    """Parse a file's text.

    Raises
    ------
    DifferentiationError
        The text is not Python.
    """
    lines = tuple(text.splitlines())
    try:
        return SourceText(file, lines, gast.parse(text))
    except RecursionError:
        raise DifferentiationError(f"an expression in {file} is nested too deeply", hint="split it") from None
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        source_line = lines[line - 1] if line <= len(lines) else ""
        span = Span(file, line, column, line, column + 1, source_line, source_line)
        raise DifferentiationError(f"invalid syntax: {error.msg}", span) from None


@functools.lru_cache(maxsize=64)
def _parse_cached(file: str, text: str) -> SourceText:
    return parse_text(file, text)


def find_source(function: Callable[..., Any]) -> tuple[SourceText, Any]:
    """The text and the node of a live function.

    Raises
    ------
    SourceUnavailableError
        It is not a Python function, or no text of it is kept.
    """
    if not isinstance(function, types.FunctionType):
        raise SourceUnavailableError(
            f"`{getattr(function, '__name__', type(function).__name__)}` is not a Python function: it has no source",
            hint="only functions written in Python can be followed; write one that calls it: `lambda x: f(x)`",
        )
    code = function.__code__
    lines = lines_around(function)
    if not lines:
        raise SourceUnavailableError(
            f"no source text is kept of `{function.__qualname__}` ({code.co_filename})",
            hint="define it in a file or a notebook cell",
        )
    text = _parse_cached(code.co_filename, "".join(lines))
    candidates = [node for node in _function_nodes(text) if _first_line(node) == code.co_firstlineno]
    named = [node for node in candidates if getattr(node, "name", "<lambda>") == code.co_name]
    if len(named) > 1:
        named = [node for node in named if _contains(node, code)]
    if len(named) > 1:
        # One lambda inside another: the code is that of the innermost that contains it.
        named = [node for node in named if not any(_is_inside(other, node) for other in named)]
    if len(named) != 1:
        raise SourceUnavailableError(
            f"the source of `{function.__qualname__}` cannot be told apart in {code.co_filename}:{code.co_firstlineno}",
            hint="give it a line of its own, or use `def`",
        )
    return text, named[0]


def lines_around(function: types.FunctionType) -> list[str]:
    """The lines of the file that defines a function, as they were when it was loaded, if they are kept."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if lines and _has_changed(code.co_filename) and not _defines("".join(lines), code):
        linecache.checkcache(code.co_filename)  # the module was loaded anew
        lines = linecache.getlines(code.co_filename, function.__globals__)
    return lines


def _has_changed(file: str) -> bool:
    """Whether a file is no longer what `linecache` keeps of it."""
    kept = linecache.cache.get(file)
    if kept is None or len(kept) != 4 or kept[1] is None:
        return False
    try:
        status = os.stat(kept[3])
    except OSError:
        return False
    return (status.st_size, status.st_mtime) != kept[:2]


def _defines(text: str, code: types.CodeType) -> bool:
    """Whether a file with this text has this code in it."""
    try:
        pending = [compile(text, code.co_filename, "exec", dont_inherit=True)]
    except SyntaxError:
        return False
    while pending:
        found = pending.pop()
        if found == code:
            return True
        pending += [constant for constant in found.co_consts if isinstance(constant, types.CodeType)]
    return False


@functools.lru_cache(maxsize=64)
def _function_nodes(text: SourceText) -> tuple[Any, ...]:
    return tuple(n for n in gast.walk(text.tree) if isinstance(n, gast.FunctionDef | gast.Lambda))


def _first_line(node: Any) -> int:
    decorators = getattr(node, "decorator_list", [])
    return int(min([node.lineno, *(decorator.lineno for decorator in decorators)]))


def _is_inside(node: Any, other: Any) -> bool:
    """Whether one node is a proper part of another."""
    return node is not other and any(inner is node for inner in gast.walk(other))


def _contains(node: Any, code: types.CodeType) -> bool:
    """Whether the instructions of `code` lie in the body of a lambda."""
    body = node.body if not isinstance(node.body, list) else node
    start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    positions = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if line is not None and column is not None and (end_line, end_column) != (line, column)
    ]
    return bool(positions) and all(start <= first and last <= end for first, last in positions)


_Cached = type(functools.cache(len))


def unwrap(function: Any) -> Any:
    """The plain function behind a decorated one of ours, a cached one, or one that Numba compiles."""
    while True:
        if hasattr(function, "__adcompiler_wrapped__"):
            function = function.__adcompiler_wrapped__
        elif isinstance(function, _Cached):
            function = function.__wrapped__
        elif type(function).__module__.startswith("numba.") and hasattr(function, "py_func"):
            function = function.py_func
        else:
            return function


def function_source(function: Callable[..., Any]) -> FunctionSource:
    """The source of a live function, for `lower`."""
    from adcompiler.frontend.scope import LiveScope

    text, node = find_source(function)
    signature = inspect.signature(function)
    defaults = {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    name = "lambda" if isinstance(node, gast.Lambda) else function.__name__
    return FunctionSource(name, node, text, LiveScope(function), defaults, function)
