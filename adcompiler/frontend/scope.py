"""What a free name means: looked up in a live function, or read from a file's own text.

`LiveScope` asks the function's closure, globals and builtins. `StaticScope` knows a file that is never run: its
imports (of NumPy and the standard modules the compiler has rules for; of the user's own files, which are read the same
way), its definitions, and its constants.
"""

from __future__ import annotations

import builtins
import importlib
import tokenize
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import MethodType
from typing import Any

import gast

from adcompiler.errors import DifferentiationError, UnsupportedSyntaxError
from adcompiler.frontend.parse import FunctionSource, SourceText, parse_text
from adcompiler.ir.nodes import Named
from adcompiler.ir.types import Type, type_of_constant, unknown


@dataclass(frozen=True)
class Known:
    """A Python object that is known before the program runs: a function, a module, a string, a flag."""

    value: Any


def snapshot(value: Any) -> Any:
    """What a value is now, so that a later change, in place too, shows as inequality.

    Numbers, strings and containers compare by content, methods by their function, everything else by identity.
    """
    match value:
        case int() | float() | complex() | str() | bytes() | None:
            return type(value), value
        case tuple() | list() | set() | frozenset():
            return type(value), tuple(map(snapshot, value))
        case dict():
            return dict, tuple((snapshot(key), snapshot(item)) for key, item in value.items())
        case MethodType(__func__=function, __self__=owner):
            return _Same(function), _Same(owner)
    return _Same(value)


@dataclass(frozen=True, eq=False)
class _Same:
    """Equal for one object alone."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def is_exception_class(value: object) -> bool:
    """Whether calling this makes an exception. Of a file that is only read, nothing but exceptions is `Named`."""
    if isinstance(value, Named) and value.value is None:
        return True
    return isinstance(value, type) and issubclass(value, BaseException)


@dataclass(frozen=True)
class Lifted:
    """A number or array outside the function, read when it is called: a hidden input."""

    name: str
    type: Type | None
    """None where only the value can tell."""
    value: Any = None


Binding = Known | Lifted


class Scope(ABC):
    """The names around a function."""

    @abstractmethod
    def lookup(self, name: str) -> Binding | None:
        """What `name` means, or None where it is not defined."""

    @abstractmethod
    def key(self, name: str) -> object:
        """What tells this name from one spelled alike in another scope."""


@dataclass(frozen=True, eq=False)
class LiveScope(Scope):
    """The closure, globals and builtins of a live function."""

    function: Any

    def lookup(self, name: str) -> Binding | None:
        """What `name` means now; the closure's cells come before globals and builtins."""
        function = self.function
        if name in function.__code__.co_freevars:
            cell = function.__closure__[function.__code__.co_freevars.index(name)]
            try:
                return _classify(name, cell.cell_contents)
            except ValueError:
                return None
        if name in function.__globals__:
            return _classify(name, function.__globals__[name])
        if hasattr(builtins, name):
            return Known(getattr(builtins, name))
        return None

    def reader(self, name: str) -> Callable[[], Any]:
        """A function that reads the value of a free variable at the time of the call."""
        function = self.function
        if name in function.__code__.co_freevars:
            cell = function.__closure__[function.__code__.co_freevars.index(name)]
            return lambda: cell.cell_contents
        namespace = function.__globals__
        return lambda: namespace[name]

    def key(self, name: str) -> object:
        """The cell or namespace that holds the name."""
        function = self.function
        if name in function.__code__.co_freevars:
            return id(function.__closure__[function.__code__.co_freevars.index(name)])
        return id(function.__globals__), name


def is_number_or_array(value: object) -> bool:
    """Whether a free variable with this value is a hidden input: a number, an array, or a Tensor (flags are not)."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float | complex) or hasattr(value, "__array__") or hasattr(value, "__array_ufunc__")


def _classify(name: str, value: Any) -> Binding:
    return Lifted(name, None, value) if is_number_or_array(value) and not isinstance(value, type) else Known(value)


def _names_bound_by(statement: Any) -> list[str]:
    match statement:
        case gast.Import(names=names):
            return [alias.asname or alias.name.split(".")[0] for alias in names]
        case gast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
        case gast.FunctionDef(name=name) | gast.ClassDef(name=name) | gast.AsyncFunctionDef(name=name):
            return [name]
        case gast.Assign(targets=targets):
            return [node.id for target in targets for node in gast.walk(target) if isinstance(node, gast.Name)]
        case gast.AnnAssign(target=target) | gast.AugAssign(target=target) | gast.For(target=target):
            return [node.id for node in gast.walk(target) if isinstance(node, gast.Name)]
        case gast.With(items=items):
            stored = [node for item in items if item.optional_vars for node in gast.walk(item.optional_vars)]
            return [node.id for node in stored if isinstance(node, gast.Name)]
    return []


def _inner_statements(statement: Any) -> list[Any]:
    """The statements in the blocks of a compound statement."""
    found = []
    for child in gast.iter_child_nodes(statement):
        if isinstance(child, gast.stmt):
            found.append(child)
        elif not isinstance(child, gast.expr):
            found += _inner_statements(child)
    return found


READABLE_MODULES = ("numpy", "math", "operator", "adcompiler", "typing", "collections", "functools", "__future__")
"""Modules that may be imported to find what a name means, and whose numbers never change."""


@dataclass(frozen=True, eq=False)
class StaticScope(Scope):
    """The top level of a file, read and not run."""

    text: SourceText
    folder: Path
    bindings: dict[str, Any] = field(default_factory=dict)
    """By name: the statement that binds it last."""
    uncertain: set[str] = field(default_factory=set)
    """Names whose value depends on which of several statements ran last."""

    @classmethod
    def read(cls, path: Path, shown_as: str | None = None) -> StaticScope:
        """Read a file."""
        shown = shown_as or str(path)
        try:
            with tokenize.open(path) as file:
                text = file.read()
        except (SyntaxError, UnicodeDecodeError) as error:
            raise DifferentiationError(f"{shown} cannot be read: {error}") from None
        scope = cls(parse_text(shown, text), path.resolve().parent)
        for statement in scope.text.tree.body:
            scope.bind(statement)
        return scope

    def bind(self, statement: Any, *, always: bool = True) -> None:
        """Note the names that a statement binds; `always` says that it runs whenever the file does, once."""
        for name in _names_bound_by(statement):
            if not always and isinstance(self.bindings.get(name), gast.Import | gast.ImportFrom):
                continue  # `try: import numpy as np`, and what stands in for it where it is missing
            if name in self.bindings and not (always and name not in self.uncertain):
                self.uncertain.add(name)
            if not always and not isinstance(statement, gast.Import | gast.ImportFrom | gast.FunctionDef):
                self.uncertain.add(name)
            self.bindings[name] = statement
        if isinstance(statement, gast.FunctionDef):
            self.uncertain.update(
                n for node in gast.walk(statement) if isinstance(node, gast.Global) for n in node.names
            )
        elif not isinstance(statement, gast.ClassDef):
            for inner in _inner_statements(statement):
                self.bind(inner, always=False)

    def key(self, name: str) -> object:
        """The file and the name."""
        return id(self), name

    def lookup(self, name: str) -> Binding | None:
        """What the statement that binds `name` says, as far as it can be known without running it."""
        statement = self.bindings.get(name)
        if name in self.uncertain:
            if isinstance(statement, gast.FunctionDef):
                raise DifferentiationError(
                    f"`{name}` is defined in more than one place: which one holds is known only by running the file",
                    self.text.span(statement),
                    "give each its own name",
                )
            return Lifted(name, unknown(name))
        match statement:
            case None:
                return Known(getattr(builtins, name)) if hasattr(builtins, name) else None
            case gast.FunctionDef():
                return Known(self.function(statement))
            case gast.ClassDef() if self._is_exception(statement):
                return Known(Named(name, Path(self.text.file).stem))
            case gast.AsyncFunctionDef():
                raise UnsupportedSyntaxError("`async def` is not supported", self.text.span(statement))
            case gast.Import() | gast.ImportFrom():
                return self._imported(statement, name)
            case gast.Assign(targets=[gast.Name()], value=value) | gast.AnnAssign(value=value) if value is not None:
                return self._assigned(name, value)
        return Lifted(name, unknown(name))

    def _is_exception(self, statement: Any) -> bool:
        """Whether a class is one of exceptions, by what it is derived from."""
        for base in statement.bases:
            binding = self.lookup(base.id) if isinstance(base, gast.Name) else None
            if isinstance(binding, Known) and is_exception_class(binding.value):
                return True
        return False

    def _assigned(self, name: str, value: Any) -> Binding:
        try:
            constant = literal_value(value)
        except ValueError:
            if isinstance(value, gast.Lambda):
                return Known(FunctionSource(name, value, self.text, self, _default_nodes(value)))
            return Lifted(name, unknown(name))
        if is_number_or_array(constant):
            return Lifted(name, type_of_constant(constant), constant)
        return Known(constant)

    def function_names(self) -> list[str]:
        """The names of the functions that the file defines, in order."""
        functions = gast.FunctionDef | gast.AsyncFunctionDef
        return [name for name, statement in self.bindings.items() if isinstance(statement, functions)]

    def function(self, node: Any) -> FunctionSource:
        """The source of a function defined in this file."""
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, gast.Call) else decorator
            name = called.attr if isinstance(called, gast.Attribute) else getattr(called, "id", None)
            if name != "differentiable":
                raise DifferentiationError(
                    f"`{node.name}` is decorated: what it does is known only by running it",
                    self.text.span(decorator, node),
                    "differentiate the undecorated function",
                )
        return FunctionSource(node.name, node, self.text, self, _default_nodes(node))

    def _imported(self, statement: Any, name: str) -> Binding | None:
        if isinstance(statement, gast.ImportFrom):
            alias = next(alias for alias in statement.names if (alias.asname or alias.name) == name)
            module = self._module(statement.module or "", statement.level or 0)
            if isinstance(module, StaticScope):
                return module.lookup(alias.name)
            if module is not None and hasattr(module, alias.name):
                return Known(getattr(module, alias.name))
            submodule = self._module(f"{statement.module or ''}.{alias.name}".strip("."), statement.level or 0)
            return Known(submodule) if submodule is not None else None
        alias = next(alias for alias in statement.names if (alias.asname or alias.name.split(".")[0]) == name)
        module = self._module(alias.name if alias.asname else alias.name.split(".")[0], 0)
        return Known(module) if module is not None else None

    def _module(self, dotted: str, level: int) -> Any:
        """A module with rules, imported; or a file of the user's, read."""
        folder = self.folder
        for _ in range(level - 1):
            folder = folder.parent
        path = folder.joinpath(*dotted.split(".")) if dotted else folder
        for candidate in (path.with_suffix(".py") if dotted else path / "__init__.py", path / "__init__.py"):
            if candidate.is_file():
                return StaticScope.read(candidate)
        if level == 0 and dotted.split(".")[0] in READABLE_MODULES:
            return importlib.import_module(dotted)
        return None


def _default_nodes(node: Any) -> dict[str, Any]:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    pairs += [
        (argument, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    ]
    return {argument.id: default for argument, default in pairs}


def literal_value(node: Any) -> Any:
    """The value of a literal expression: a constant, a negated one, a tuple of such.

    Raises
    ------
    ValueError
        It is not a literal.
    """
    match node:
        case gast.Constant(value=value):
            return value
        case gast.UnaryOp(op=gast.USub(), operand=operand):
            return -literal_value(operand)
        case gast.Tuple(elts=elements):
            return tuple(literal_value(element) for element in elements)
    raise ValueError("not a literal")
