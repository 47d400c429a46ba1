"""Exceptions that a program raises: `raise`, `assert`, and the values they carry.

`raise` ends a path (`PathEnds`): nothing after it is read. Where paths meet, one that has ended contributes nothing.
"""

from __future__ import annotations

from typing import Any

import gast

from adcompiler.frontend.conditions import condition
from adcompiler.frontend.effects import message_template
from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.opaque import opaque_argument
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.scope import is_exception_class
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal


@reads(gast.Raise)
def _raise(state: State, node: Any) -> None:
    parts = [] if node.exc is None else [_exception(state, node.exc)]
    if node.cause is not None:
        parts.append(_exception(state, node.cause))
    state.effect("raise", *parts)
    raise PathEnds


def _exception(state: State, node: Any) -> Atom:
    """What is raised: an exception, a class of exceptions, or None as a cause."""
    ref: Ref = read(state, node)
    if isinstance(ref, Constant) and ref.value is not None and not is_exception_class(ref.value):
        state.refuse(node, "this is not an exception")
    return opaque_argument(state, ref, node)


@reads(gast.Assert)
def _assert(state: State, node: Any) -> None:
    test = condition(state, read(state, node.test), node.test)
    if isinstance(test, Literal) and test.value:
        return
    template, slots = message_template(state, node.msg)
    state.effect("assert", test, *slots, template=template)
    if isinstance(test, Literal):
        raise PathEnds
