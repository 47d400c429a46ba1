"""The scope of a file that is read and never run.

It knows the file's imports (of NumPy and the standard modules the compiler has rules for; of the user's own files,
which are read the same way), its definitions of functions and classes, and its constants.
"""

from __future__ import annotations

import builtins
import collections
import importlib
import tokenize
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import gast

from adcompiler.errors import DifferentiationError, UnsupportedSyntaxError
from adcompiler.frontend.literals import default_nodes, literal_value
from adcompiler.frontend.parse import FunctionSource, SourceText, parse_text
from adcompiler.frontend.scope import Binding, Known, Lifted, Scope, is_exception_class, is_number_or_array
from adcompiler.frontend.static_classes import read_class
from adcompiler.ir.nodes import Named
from adcompiler.ir.types import type_of_constant, unknown


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


def _called(function: Any) -> str | None:
    """The last part of the name of what is called."""
    return function.attr if isinstance(function, gast.Attribute) else getattr(function, "id", None)


READABLE_MODULES = (
    "numpy",
    "scipy",
    "math",
    "cmath",
    "itertools",
    "numbers",
    "statistics",
    "operator",
    "adcompiler",
    "typing",
    "collections",
    "functools",
    "dataclasses",
    "__future__",
)
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
    classes: dict[Any, type] = field(default_factory=dict)
    """By node: the classes that were asked for."""
    files: dict[Path, StaticScope] = field(default_factory=dict, repr=False)
    """Other files that were read for this one, or for one of them: a function is the same wherever it is imported."""

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
            if isinstance(statement, gast.FunctionDef | gast.ClassDef):
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
            case gast.Assign(value=gast.Call(func=func)) if _called(func) == "namedtuple":
                return Known(self._named_tuple(statement.value))
            case gast.ClassDef() if self._is_exception(statement):
                return Known(Named(name, Path(self.text.file).stem))
            case gast.ClassDef():
                return Known(self._class(statement))
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
                return Known(FunctionSource(name, value, self.text, self, default_nodes(value)))
            return Lifted(name, unknown(name))
        if is_number_or_array(constant):
            return Lifted(name, type_of_constant(constant), constant)
        return Known(constant)

    def function_names(self) -> list[str]:
        """The names of the functions that the file defines, in order."""
        functions = gast.FunctionDef | gast.AsyncFunctionDef
        return [name for name, statement in self.bindings.items() if isinstance(statement, functions)]

    def _class(self, node: Any) -> type:
        """The class that a statement of this file defines."""
        if node not in self.classes:
            self.classes[node] = read_class(node, self)
        return self.classes[node]

    def _named_tuple(self, node: Any) -> type:
        if node not in self.classes:
            try:
                name, fields = map(literal_value, node.args)
            except ValueError:
                raise DifferentiationError(
                    "which fields this named tuple has is known only by running the file", self.text.span(node)
                ) from None
            self.classes[node] = collections.namedtuple(name, fields)
        return self.classes[node]

    def method(self, node: Any, owner: list[type]) -> FunctionSource:
        """The source of a method, without its decorators."""
        return FunctionSource(node.name, node, self.text, self, default_nodes(node), owner=owner)

    def function(self, node: Any) -> FunctionSource:
        """The source of a function defined in this file."""
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, gast.Call) else decorator
            name = called.attr if isinstance(called, gast.Attribute) else getattr(called, "id", None)
            if name != "differentiable":
                has_rule = "rule" in {part.attr for part in gast.walk(called) if isinstance(part, gast.Attribute)}
                raise DifferentiationError(
                    f"`{node.name}` is decorated: what it does is known only by running it",
                    self.text.span(decorator, node),
                    "rules are known to `ad.source`, in Python"
                    if has_rule
                    else "differentiate the undecorated function",
                )
        return FunctionSource(node.name, node, self.text, self, default_nodes(node))

    def _imported(self, statement: Any, name: str) -> Binding | None:
        if isinstance(statement, gast.ImportFrom):
            alias = next(alias for alias in statement.names if (alias.asname or alias.name) == name)
            module = self.module(statement.module or "", statement.level or 0)
            if isinstance(module, StaticScope):
                return module.lookup(alias.name)
            if module is not None and hasattr(module, alias.name):
                return Known(getattr(module, alias.name))
            submodule = self.module(f"{statement.module or ''}.{alias.name}".strip("."), statement.level or 0)
            return Known(submodule) if submodule is not None else None
        alias = next(alias for alias in statement.names if (alias.asname or alias.name.split(".")[0]) == name)
        module = self.module(alias.name if alias.asname else alias.name.split(".")[0], 0)
        return Known(module) if module is not None else None

    def _file(self, path: Path) -> StaticScope:
        if path not in self.files:
            self.files[path] = replace(StaticScope.read(path), files=self.files)
        return self.files[path]

    def module(self, dotted: str, level: int) -> Any:
        """A module with rules, imported; or a file of the user's, read."""
        folder = self.folder
        for _ in range(level - 1):
            folder = folder.parent
        path = folder.joinpath(*dotted.split(".")) if dotted else folder
        for candidate in (path.with_suffix(".py") if dotted else path / "__init__.py", path / "__init__.py"):
            if candidate.is_file():
                return self._file(candidate.resolve())
        if level == 0 and dotted.split(".")[0] in READABLE_MODULES:
            return importlib.import_module(dotted)
        return None
