"""Classes of a file that is only read: stand-ins with the same names, bases, fields and methods.

A stand-in is a real class, so that all that is known of classes holds for it; its methods are sources, which nobody can
call, and which the compiler follows as it follows those of live functions.
"""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING, Any

import gast

from adcompiler.errors import DifferentiationError
from adcompiler.frontend.literals import literal_value
from adcompiler.frontend.scope import Known

if TYPE_CHECKING:
    from adcompiler.frontend.static_scope import StaticScope

_TRANSPARENT = ("differentiable",)
_METHOD_KINDS: dict[str, Any] = {"property": property, "staticmethod": staticmethod, "classmethod": classmethod}


def read_class(node: Any, scope: StaticScope) -> type:
    """The stand-in for a class definition.

    Raises
    ------
    DifferentiationError
        What the class is depends on running the file: a decorator, a base or a value that is computed.
    """
    bases = tuple(base for base in (_base(expression, scope) for expression in node.bases) if base is not None)
    owner: list[type] = []
    body: dict[str, Any] = {"__module__": scope.text.file, "__qualname__": node.name}
    fields: list[tuple[str, Any, Any]] = []
    annotations: dict[str, str] = {}
    for statement in node.body:
        match statement:
            case gast.FunctionDef(name=name):
                body[name] = _method(statement, body, owner, scope)
            case gast.AnnAssign(target=gast.Name(id=name), value=value):
                default = dataclasses.MISSING if value is None else _value(value, scope)
                fields.append((name, Any, default))
                annotations[name] = ast.unparse(gast.gast_to_ast(statement.annotation))
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                body[name] = (
                    body[value.id] if isinstance(value, gast.Name) and value.id in body else _value(value, scope)
                )
            case gast.Pass() | gast.Expr(value=gast.Constant()):
                pass
            case _:
                raise _unknown(statement, scope)
    if node.keywords:
        raise _unknown(node.keywords[0].value, scope)
    owner.append(_make(node, bases, body, fields, scope))
    owner[0].__annotations__ = annotations  # as text: `dataclass` would look names up in a module that is not there
    return owner[0]


def _make(node: Any, bases: tuple[type, ...], body: dict[str, Any], fields: list[Any], scope: StaticScope) -> type:
    options = [_dataclass_options(decorator, scope) for decorator in node.decorator_list]
    if not options:
        stated = {name: default for name, _, default in fields if default is not dataclasses.MISSING}
        return type(node.name, bases, {**stated, **body})
    described = [f if f[2] is not dataclasses.MISSING else f[:2] for f in fields]
    made = dataclasses.make_dataclass(node.name, described, bases=bases, namespace=body, **options[0])
    made.__module__ = body["__module__"]  # which Python 3.12 takes to be ours
    return made


def _dataclass_options(decorator: Any, scope: StaticScope) -> dict[str, Any]:
    called = decorator.func if isinstance(decorator, gast.Call) else decorator
    name = called.attr if isinstance(called, gast.Attribute) else getattr(called, "id", None)
    if name != "dataclass":
        raise _unknown(decorator, scope)
    return {k.arg: literal_value(k.value) for k in getattr(decorator, "keywords", ())}


def _base(node: Any, scope: StaticScope) -> type | None:
    name: str = node.attr if isinstance(node, gast.Attribute) else getattr(node, "id", "")
    if name in ("object", "ABC", "Protocol"):
        return None
    binding = scope.lookup(name) if isinstance(node, gast.Name) else None
    if isinstance(binding, Known) and isinstance(binding.value, type):
        return binding.value
    raise _unknown(node, scope)


def _method(node: Any, body: dict[str, Any], owner: list[type], scope: StaticScope) -> Any:
    method: Any = scope.method(node, owner)
    for decorator in reversed(node.decorator_list):
        called = decorator.func if isinstance(decorator, gast.Call) else decorator
        name = called.attr if isinstance(called, gast.Attribute) else getattr(called, "id", None)
        if name == "setter" and isinstance(body.get(node.name), property):
            method = body[node.name].setter(method)
        elif name in _METHOD_KINDS:
            method = _METHOD_KINDS[name](method)
        elif name not in (*_TRANSPARENT, "abstractmethod"):
            raise _unknown(decorator, scope)
    return method


def _value(node: Any, scope: StaticScope) -> Any:
    """A value in the body of a class: a literal, a `field(default_factory=list)`."""
    if isinstance(node, gast.Call) and getattr(node.func, "attr", getattr(node.func, "id", None)) == "field":
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        factory = options.pop("default_factory", None)
        try:
            known = {name: literal_value(value) for name, value in options.items()}
        except ValueError:
            raise _unknown(node, scope) from None
        if factory is not None:
            binding = scope.lookup(factory.id) if isinstance(factory, gast.Name) else None
            if not isinstance(binding, Known):
                raise _unknown(node, scope)
            known["default_factory"] = binding.value
        return dataclasses.field(**known)
    try:
        return literal_value(node)
    except ValueError:
        raise _unknown(node, scope) from None


def _unknown(node: Any, scope: StaticScope) -> DifferentiationError:
    return DifferentiationError(
        "what this part of a class is, is known only by running the file",
        scope.text.span(node),
        "differentiate it from Python, or leave it out",
    )
