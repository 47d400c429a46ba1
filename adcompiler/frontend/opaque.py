"""Objects that are no numbers while a program runs: exceptions, and what is passed to them.

They are opaque values of the program: made, handed on and asked for their text, never differentiated.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from adcompiler.frontend.heap import Closure, Constant, Ref
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Named

_PLAIN = (int, float, complex, str, bytes, tuple, np.generic, type(None))
"""Constants that are written as they are; others have names."""


def opaque_argument(state: State, ref: Ref, node: Any) -> Atom:
    """What is passed on without being computed with: a value, or a constant of any kind."""
    if isinstance(ref, Closure):
        state.refuse(node, "a function defined here cannot be passed on to code that is not followed")
    if not isinstance(ref, Constant):
        return state.read_value(ref, node)
    return Literal(ref.value if isinstance(ref.value, _PLAIN) else named(ref.value))


def named(value: Any, hint: str = "thing") -> Named:
    """How generated code refers to an object of the user's."""
    if isinstance(value, Named):
        return value
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or hint
    for module, path in _places(value, name):
        if _at(module, name) is value:
            return Named(path, module.__name__, value)
    return Named(name.rpartition(".")[2].strip("<>"), None, value)


def _places(value: Any, name: str) -> Iterator[tuple[ModuleType, str]]:
    """Where an object may be found, and what it is called then."""
    yield builtins, name
    for module, prefix in ((np, "np"), (np.linalg, "np.linalg"), (np.random, "np.random")):
        yield module, f"{prefix}.{name}"
    own = sys.modules.get(getattr(value, "__module__", None) or "")
    if own is not None and own.__name__ != "__main__":
        is_standard = own.__name__.partition(".")[0] in sys.stdlib_module_names
        yield own, f"{own.__name__}.{name}" if is_standard else name


def _at(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def make_exception(state: State, type_: Any, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    """`ValueError(f"negative {x}")`: made when the program runs, by the class itself."""
    atoms = [opaque_argument(state, ref, node) for ref in (*arguments, *keywords.values())]
    static: dict[str, Any] = {"keywords": tuple(keywords)} if keywords else {}
    return state.bind(state.emit("exception", *atoms, kind=named(type_), **static))
