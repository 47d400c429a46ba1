"""Activations of functions that are read, and what is known of functions that are called instead."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from adcompiler.errors import DifferentiationError
from adcompiler.frontend.heap import Ref
from adcompiler.frontend.parse import FunctionSource
from adcompiler.frontend.places import Place
from adcompiler.ir.nodes import Equation, Program
from adcompiler.spans import Span

RETURN, RETURNED, STOP, SKIP = "%return", "%returned", "%stop", "%skip"
"""Pseudo-names of a frame: the value it returns, and whether it has returned, left a loop, skipped a round."""

FLAGS = (RETURNED, STOP, SKIP)


@dataclass(eq=False)
class Frame:
    """One activation of a function that is read: its names, and whether it has been left."""

    source: FunctionSource
    names: dict[str, Ref] = field(default_factory=dict)
    outer: Frame | None = None
    """The frame a nested function was defined in."""
    statement: Any = None
    local_names: frozenset[str] = frozenset()
    is_comprehension: bool = False
    """Whether this is the scope of a comprehension, which assignment expressions see through."""
    depth: int = 0
    """How many regions were open when it was entered."""
    place: Span | None = None
    """The call that this stands for, where a definition of ours is read in the place of a library's function."""
    key: object = None
    """What tells this activation from those of other functions, or of the same with other structures as arguments."""


@dataclass(frozen=True)
class FreeVariable:
    """A number or array outside the function: a hidden input of the program."""

    name: str
    read: Place | None
    value: Any = None


@dataclass
class Callees:
    """What is known of functions that are called and not read in place."""

    known: list[Any] = field(default_factory=list)
    """Those that may be called from here."""
    recursive: set[object] = field(default_factory=set)
    """The keys of activations that turned out to contain themselves."""
    static: dict[object, dict[Any, DifferentiationError]] = field(default_factory=dict)
    """By function: the places in its arguments that are needed when it is compiled, and what is said where they are not
    known."""
    programs: dict[str, Program] = field(default_factory=dict)
    """Those that were read, by name."""
    assumed: list[Any] = field(default_factory=list)
    """Those that were called while they were being read: what is known of them may change yet."""
    often: frozenset[Hashable] = frozenset()
    """What tells the functions that are not to be read in place, since that would be done too often."""
    never: set[Hashable] = field(default_factory=set)
    """Of these, those that cannot be called."""
    in_place: list[tuple[Hashable, Hashable, tuple[Equation, ...]]] = field(default_factory=list)
    """What was read in place, of which activation, and what it came to."""
    lookups: list[tuple[Frame, str, Ref]] = field(default_factory=list)
    """What names of enclosing functions stood for where they were read."""
