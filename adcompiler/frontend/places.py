"""Places outside a program where it finds what it stands on: a name, an attribute, an item.

Each is called to read what is there at present, and knows how that is written as an expression, for guards that must
be fast.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from keyword import iskeyword
from types import CellType
from typing import Any

MISSING = object()
"""What is found in a class that has nothing under a name."""


class Place(ABC):
    """Where something is found, at any time."""

    @abstractmethod
    def __call__(self) -> Any:
        """What is there now."""

    def expression(self, known: Callable[[Any], str]) -> str:
        """The reading as Python source; `known` gives a name for an object."""
        return f"{known(self)}()"


@dataclass(frozen=True, eq=False, slots=True)
class Global(Place):
    """A name of a module."""

    namespace: dict[str, Any]
    name: str

    def __call__(self) -> Any:
        """The value of the global variable."""
        return self.namespace[self.name]

    def expression(self, known: Callable[[Any], str]) -> str:
        """`globals["name"]`."""
        return f"{known(self.namespace)}[{self.name!r}]"


@dataclass(frozen=True, eq=False, slots=True)
class Enclosed(Place):
    """A variable of an enclosing function."""

    cell: CellType

    def __call__(self) -> Any:
        """The content of the closure's cell."""
        return self.cell.cell_contents

    def expression(self, known: Callable[[Any], str]) -> str:
        """`cell.cell_contents`."""
        return f"{known(self.cell)}.cell_contents"


@dataclass(frozen=True, eq=False, slots=True)
class Attribute(Place):
    """An attribute of an object, a class or a module."""

    owner: Any
    name: str

    def __call__(self) -> Any:
        """The attribute's value."""
        return getattr(self.owner, self.name)

    def expression(self, known: Callable[[Any], str]) -> str:
        """`owner.name`."""
        is_name = self.name.isidentifier() and not iskeyword(self.name)
        return f"{known(self.owner)}.{self.name}" if is_name else f"{known(self)}()"


@dataclass(frozen=True, eq=False, slots=True)
class Item(Place):
    """An item of a list, tuple or dict."""

    owner: Any
    key: Any

    def __call__(self) -> Any:
        """The item."""
        return self.owner[self.key]

    def expression(self, known: Callable[[Any], str]) -> str:
        """`owner["key"]`."""
        return f"{known(self.owner)}[{self.key!r}]" if type(self.key) in (int, str) else f"{known(self)}()"


@dataclass(frozen=True, eq=False, slots=True)
class InClass(Place):
    """What a class, or the ones that it inherits from, has under a name: `MISSING` if nothing."""

    kind: type
    name: str
    after: type | None = None
    """Look in the classes behind this one only, as `super()` does."""

    def __call__(self) -> Any:
        """What is found first in the order in which Python looks."""
        order = self.kind.__mro__
        if self.after is not None and self.after not in order:
            return MISSING
        for base in order if self.after is None else order[order.index(self.after) + 1 :]:
            if self.name in base.__dict__:
                return base.__dict__[self.name]
        return MISSING


@dataclass(frozen=True, eq=False, slots=True)
class Defaults(Place):
    """The defaults of a function's parameters."""

    function: Any

    def __call__(self) -> Any:
        """Those of positional parameters, and those of keyword-only ones."""
        return self.function.__defaults__, self.function.__kwdefaults__


@dataclass(frozen=True, eq=False, slots=True)
class Itself(Place):
    """An object that is there for as long as the program."""

    value: Any

    def __call__(self) -> Any:
        """The object."""
        return self.value

    def expression(self, known: Callable[[Any], str]) -> str:
        """A name for the object."""
        return known(self.value)
