"""What a name stands for while a function is read: Python's object model, as far as it is known before running.

A *cell* is one object with an SSA value: a number, or the present contents of one buffer. Names refer to cells, so two
names for one array see each other's updates, as in Python. A *view* is a part of a cell, read afresh at each use and
written through. Tuples and lists are containers of references; functions, modules, strings and numbers known before the
program runs are *constants*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from adcompiler.ir.nodes import Atom
from adcompiler.spans import Span


@dataclass(eq=False)
class Cell:
    """One object whose value the program computes; its present value stands in `Heap.values`."""

    name: str | None = None
    aliases: set[Cell] = field(default_factory=set, repr=False)
    """Cells that may share this one's memory, as far as can be known."""


@dataclass(frozen=True, eq=False)
class View:
    """The part `base[index]` of an array; `slots` are the values that `index` mentions.

    `snapshot` is what it read when it was given a name: `(content of the cell, content of the part)`. It serves for as
    long as the cell has that content.
    """

    base: Cell | View
    index: tuple[Any, ...]
    slots: tuple[Atom, ...]
    snapshot: tuple[Atom, Atom] | None = None

    @property
    def cell(self) -> Cell:
        """The cell that owns the memory."""
        return self.base if isinstance(self.base, Cell) else self.base.cell


@dataclass(frozen=True)
class Constant:
    """A Python object known before the program runs."""

    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Constant) or type(self.value) is not type(other.value):
            return False
        if isinstance(self.value, int | float | complex | str | bool | tuple):
            return repr(self.value) == repr(other.value)
        return self.value is other.value

    def __hash__(self) -> int:
        return hash(type(self.value))


@dataclass(frozen=True, eq=False)
class Container:
    """A tuple or list whose length is known."""

    items: tuple[Ref, ...]
    kind: type


@dataclass(frozen=True, eq=False)
class ShapeOf:
    """`x.shape`: its axes are asked for one by one, or it is passed on whole."""

    array: Atom


@dataclass(frozen=True, eq=False)
class Closure:
    """A function defined inside the function being read (`def` or `lambda`), with the frame it sees."""

    source: Any
    frame: Any
    defaults: dict[str, Ref]


@dataclass(frozen=True, eq=False)
class Method:
    """`x.sum`: a method of an array, waiting to be called."""

    owner: Ref
    name: str


@dataclass(frozen=True, eq=False)
class Unbound:
    """A name without a value on this path, or with values on two paths that cannot be one variable."""

    reason: str | None = None


Ref = Cell | View | Constant | Container | ShapeOf | Closure | Method | Unbound

UNBOUND = Unbound()


@dataclass
class Heap:
    """The present value of every cell."""

    values: dict[Cell, Atom] = field(default_factory=dict)
    written: dict[Cell, Span | None] = field(default_factory=dict)
    """Cells that have been updated in place, with the place of the last write."""

    def new(self, value: Atom, name: str | None = None) -> Cell:
        """A new cell."""
        cell = Cell(name)
        self.values[cell] = value
        return cell


def link(one: Cell, other: Cell) -> None:
    """Note that two cells may share memory."""
    if one is not other:
        one.aliases.add(other)
        other.aliases.add(one)


def reach(ref: Ref) -> set[Cell]:
    """The cells a reference reaches, and all that may share memory with one of them."""
    cells = set(cells_of(ref))
    return cells.union(*(cell.aliases for cell in cells))


def may_share(one: Ref, other: Ref) -> bool:
    """Whether two references may reach the same memory."""
    return not reach(other).isdisjoint(cells_of(one))


def cells_of(ref: Ref) -> Iterator[Cell]:
    """The cells a reference reaches."""
    match ref:
        case Cell():
            yield ref
        case View():
            yield ref.cell
        case Container(items=items):
            for item in items:
                yield from cells_of(item)
        case Method(owner=owner):
            yield from cells_of(owner)
        case Closure(defaults=defaults):
            for default in defaults.values():
                yield from cells_of(default)


def functions_in(ref: Ref) -> Iterator[Closure]:
    """The nested functions a reference reaches; each keeps the frame it was defined in."""
    match ref:
        case Closure(defaults=defaults):
            yield ref
            for default in defaults.values():
                yield from functions_in(default)
        case Container(items=items):
            for item in items:
                yield from functions_in(item)
