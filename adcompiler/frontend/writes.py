"""Writes into arrays and objects, and who else would see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adcompiler.errors import AliasingError
from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import Cell, Container, Object, Place, Ref, functions_in, places_of
from adcompiler.frontend.lifetimes import may_be_read
from adcompiler.frontend.signals import OrderNeeded
from adcompiler.frontend.surroundings import Surroundings
from adcompiler.ir.nodes import Atom


class Writes(Surroundings):
    """What may be written, and what may not since a name may or may not see it."""

    def write(self, cell: Cell, value: Atom, node: Any) -> None:
        """Replace the value of a cell, as an update in place does.

        Raises
        ------
        AliasingError
            Another name may or may not see the update, depending on how the program runs.
        """
        self._refuse_aliases(cell, "an array", "write into a copy: `.copy()` says that nothing is shared", node)
        self.trials.note(cell, self.frame)
        self.heap.values[cell] = value
        self.heap.written[cell] = self.span(node)

    def change(self, ref: Object, content: Container | Atom, node: Any) -> None:
        """Replace the content of an object.

        Raises
        ------
        AliasingError
            Another name may or may not see the change, depending on how the program runs.
        """
        what = one_in_words(ref.kind)
        self._refuse_aliases(ref, what, "change a copy, which is surely nobody else's", node)
        self.trials.note(ref, self.frame)
        self.heap.contents[ref] = content

    def _refuse_aliases(self, place: Place, what: str, hint: str, node: Any) -> None:
        name = self._name_that_reaches(place.aliases)
        contents = self.heap.contents
        if name is None and any(not place.aliases.isdisjoint(places_of(ref, contents)) for ref in self.pending):
            name = "another part of the statement"
        if name is not None:
            verb = "share memory with" if isinstance(place, Cell) else "stand for as well"
            if isinstance(place, Cell) and self.in_order and not all(self.in_order.values()):
                hint = "pass a C-contiguous array, whose reshape is a view, or write into a copy: `.copy()`"
            message = f"this changes {what} that {name} may {verb}, or not"
            if isinstance(place, Cell) and self.asked_order:
                raise OrderNeeded(self.asked_order[0], AliasingError(message, self.span(node), hint))
            self.refuse(node, message, hint, AliasingError)

    def named(self) -> Iterator[tuple[str, Ref]]:
        """Every name that may still be read, and what it stands for: of all frames, those that nested functions keep
        too, and free names."""
        contents = self.heap.contents
        frames = [*self.frames, *(function.frame for ref in self.pending for function in functions_in(ref, contents))]
        seen: set[int] = set()
        while frames:
            frame = frames.pop(0)
            if frame is None or id(frame) in seen:
                continue
            seen.add(id(frame))
            frames.append(frame.outer)
            for name, ref in frame.names.items():
                frames.extend(function.frame for function in functions_in(ref, contents))
                if not name.startswith("%") and self._may_be_read(name, frame):
                    yield name, ref
        yield from ((variable.name, cell) for variable, _, cell, _ in self.free.values() if cell is not None)
        yield from ((type(ref.origin).__name__, ref) for ref in self.adoptions.values())

    def _may_be_read(self, name: str, frame: Frame) -> bool:
        if frame not in self.frames:
            return may_be_read(name, frame.source.node, None)
        return frame.statement is None or may_be_read(name, frame.source.node, frame.statement)

    def _name_that_reaches(self, places: set[Any]) -> str | None:
        if not places:
            return None
        contents = self.heap.contents
        return next(
            (f"`{name}`" for name, ref in self.named() if not places.isdisjoint(places_of(ref, contents))), None
        )

    def is_shared(self, cell: Cell) -> bool:
        """Whether more than one name reaches a cell, or one that may share its memory."""
        contents = self.heap.contents
        reached = [set(places_of(ref, contents)) for ref in (*(ref for _, ref in self.named()), *self.pending)]
        return any(cells & cell.aliases for cells in reached) or sum(cell in cells for cells in reached) > 1


def kind_in_words(kind: type) -> str:
    """What an object is called in messages."""
    return kind.__name__ if kind in (list, dict) else f"object of class `{kind.__name__}`"


def one_in_words(kind: type) -> str:
    """The same with its article."""
    return f"{'a' if kind in (list, dict) else 'an'} {kind_in_words(kind)}"
