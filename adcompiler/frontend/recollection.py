"""What inner loops carried when they were last read, which is what they will carry when they are read again.

The body of a loop is read until what it carries does not change any more, and with it the loops within, each from the
beginning: readings would grow as a power of the depth. So a loop within another one starts with the names and cells
that it came to carry in the reading before; a loop is recognised by its place among those of the body around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adcompiler.ir.types import Type


@dataclass(eq=False)
class Recollection:
    """Of one loop: what it carried, and what the loops within did.

    Parameters
    ----------
    types : dict
        The type of each name and cell that it carried, in the order in which they were found.
    sharing : set
        The pairs of names that may share memory.
    reaching : dict
        For each name the places before the loop that it may share memory with.
    """

    types: dict[Any, Type] = field(default_factory=dict)
    sharing: set[frozenset[Any]] = field(default_factory=set)
    reaching: dict[Any, set[Any]] = field(default_factory=dict)
    _inner: dict[tuple[int, Any], Recollection] = field(default_factory=dict)
    _number: int = 0

    def begin(self) -> None:
        """Begin a round: the loops within are counted anew."""
        self._number = 0

    def of_next(self, node: Any) -> Recollection:
        """Of the next loop in the body."""
        self._number += 1
        return self._inner.setdefault((self._number, node), Recollection())


def is_lasting(type: Type) -> bool:
    """Whether a type means the same in another reading: no length in it is named after a value."""
    return not any(mark in str(type) for mark in "#?")
