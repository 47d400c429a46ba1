"""Objects that are no numbers while a program runs: exceptions, and what is passed to them.

They are opaque values of the program: made, handed on and asked for their text, never differentiated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler.frontend.heap import Closure, Constant, Ref
from adcompiler.frontend.state import State
from adcompiler.ir.named import named
from adcompiler.ir.nodes import Atom, Literal

_PLAIN = (int, float, complex, str, bytes, tuple, np.generic, type(None))
"""Constants that are written as they are; others have names."""


def opaque_argument(state: State, ref: Ref, node: Any) -> Atom:
    """What is passed on without being computed with: a value, or a constant of any kind."""
    if isinstance(ref, Closure):
        state.refuse(node, "a function defined here cannot be passed on to code that is not followed")
    if not isinstance(ref, Constant):
        return state.read_value(ref, node)
    return Literal(ref.value if isinstance(ref.value, _PLAIN) else named(ref.value))


def make_exception(state: State, type_: Any, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    """`ValueError(f"negative {x}")`: made when the program runs, by the class itself."""
    atoms = [opaque_argument(state, ref, node) for ref in (*arguments, *keywords.values())]
    static: dict[str, Any] = {"keywords": tuple(keywords)} if keywords else {}
    return state.bind(state.emit("exception", *atoms, kind=named(type_), **static))
