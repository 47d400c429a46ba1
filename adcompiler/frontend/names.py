"""Statements about names themselves: `del`, `global`, `nonlocal`."""

from __future__ import annotations

from typing import Any

import gast

from adcompiler.frontend.classes import delete_attribute
from adcompiler.frontend.heap import Unbound
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.state import State
from adcompiler.frontend.subscripts import delete_subscript


@reads(gast.Delete)
def _delete(state: State, node: Any) -> None:
    for target in node.targets:
        _delete_target(state, target)


def _delete_target(state: State, target: Any) -> None:
    match target:
        case gast.Name(id=name):
            ref = state.frame.names.get(name)
            if ref is None or isinstance(ref, Unbound):
                state.refuse(target, f"`{name}` {getattr(ref, 'reason', None) or 'has no value to delete'}")
            state.assign(name, Unbound("was deleted"))
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            for element in elements:
                _delete_target(state, element)
        case gast.Attribute():
            delete_attribute(state, read(state, target.value), target.attr, target)
        case gast.Subscript():
            delete_subscript(state, target)
        case _:
            state.refuse(target, "this cannot be deleted")


@reads(gast.Global)
def _global(state: State, node: Any) -> None:
    for name in node.names:
        if name in state.frame.local_names:
            state.refuse(
                node,
                f"assignment to the global `{name}` is not supported",
                "pass the value as an argument and return the new one",
            )
        state.frame.names[name] = state.lookup_free(name, node)


@reads(gast.Nonlocal)
def _nonlocal(state: State, node: Any) -> None:
    for name in node.names:
        if name in state.frame.local_names:
            state.refuse(
                node, f"assignment to `{name}` of the enclosing function is not supported", "return the new value"
            )
