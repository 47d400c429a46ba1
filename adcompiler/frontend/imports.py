"""Imports inside a function: what they bind is known before the program runs."""

from __future__ import annotations

import importlib
from typing import Any

import gast

from adcompiler.frontend.heap import Constant, Ref, Unbound
from adcompiler.frontend.readers import reads
from adcompiler.frontend.scope import Known, LiveScope
from adcompiler.frontend.state import State
from adcompiler.frontend.static_scope import READABLE_MODULES, StaticScope

_UNKNOWN = Unbound("comes from a module that is known only when the program runs")


@reads(gast.Import)
def _import(state: State, node: Any) -> None:
    for alias in node.names:
        whole = _module(state, alias.name, 0, node)
        top = whole if alias.asname else _module(state, alias.name.split(".")[0], 0, node)
        state.assign(alias.asname or alias.name.split(".")[0], _UNKNOWN if top is None else Constant(top))


@reads(gast.ImportFrom)
def _import_from(state: State, node: Any) -> None:
    for alias in node.names:
        state.assign(alias.asname or alias.name, _imported(state, node, alias.name))


def _imported(state: State, node: Any, name: str) -> Ref:
    module = _module(state, node.module or "", node.level or 0, node)
    if isinstance(module, StaticScope):
        binding = module.lookup(name)
        return Constant(binding.value) if isinstance(binding, Known) else _UNKNOWN
    if module is None or not hasattr(module, name):
        inner = _module(state, f"{node.module or ''}.{name}".strip("."), node.level or 0, node)
        return _UNKNOWN if inner is None else Constant(inner)
    if module.__name__.split(".")[0] in READABLE_MODULES:
        return Constant(getattr(module, name))
    return state.lift_attribute(module, name)


def _module(state: State, dotted: str, level: int, node: Any) -> Any:
    """A module that the function imports: run where the function is live, else as the file's own imports are read."""
    scope = state.frame.source.scope
    if isinstance(scope, StaticScope):
        return scope.module(dotted, level)
    assert isinstance(scope, LiveScope)
    package = scope.function.__globals__.get("__package__")
    try:
        return importlib.import_module("." * level + dotted, package)
    except ImportError as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")
