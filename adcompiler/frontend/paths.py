"""A path through the program: the state at its end, to be gone back to, and to be met with another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adcompiler.frontend.frames import FLAGS
from adcompiler.frontend.growing import list_type, list_value
from adcompiler.frontend.heap import (
    UNBOUND,
    Cell,
    Constant,
    Content,
    Object,
    Place,
    Ref,
    same,
)
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Equation, Literal
from adcompiler.ir.types import Type


@dataclass
class Path:
    """One way to reach a meeting point: the state at its end, and the equations on it (open for more)."""

    names: dict[str, Ref]
    values: dict[Cell, Atom]
    contents: dict[Object, Content]
    equations: list[Equation]
    ended: bool = False
    """Whether it has raised, so that nothing meets it."""

    @classmethod
    def here(cls, state: State, equations: list[Equation]) -> Path:
        """The present state as the end of a path."""
        return cls(dict(state.frame.names), dict(state.heap.values), dict(state.heap.contents), equations)

    def resume(self, state: State) -> None:
        """Make this path's end the present state."""
        state.frame.names = dict(self.names)
        state.heap.values = self.cells(state)
        state.heap.contents = self.objects(state)

    def is_left(self, state: State) -> bool:
        """Whether a name, cell or object has another value now."""
        return (
            self.names != state.frame.names
            or any(state.heap.values.get(cell) != value for cell, value in self.values.items())
            or any(state.heap.contents.get(ref) is not content for ref, content in self.contents.items())
        )

    def cells(self, state: State) -> dict[Cell, Atom]:
        """The content of every cell at the end of this path, hidden inputs that were found later among them."""
        hidden = {cell: value for _, value, cell, _ in state.free.values() if cell is not None}
        memories = {ref.memory: Literal(None) for ref in self.contents if ref.memory is not None}
        return {**hidden, **memories, **self.values}

    def objects(self, state: State) -> dict[Object, Content]:
        """The content of every object at the end of this path, those adopted later among them."""
        adopted = {ref: state.pristine(ref) for ref in state.adoptions.values() if ref not in self.contents}
        return {**adopted, **self.contents}

    def value(self, state: State, cell: Cell) -> Atom:
        """The content of one cell at the end of this path."""
        found = self.values.get(cell)
        return self.cells(state)[cell] if found is None else found

    def content(self, state: State, ref: Object) -> Content | None:
        """The content of one object at the end of this path; None where it is not there."""
        found = self.contents.get(ref)
        return self.objects(state).get(ref) if found is None else found

    def knows(self, state: State, place: Place) -> bool:
        """Whether a cell or an object is there at the end of this path."""
        if isinstance(place, Cell):
            return place in self.values or place in self.cells(state)
        return place in self.contents or place in self.objects(state)

    def same(self, ref: Ref) -> set[Place]:
        """The places that a reference may be itself at the end of this path."""
        return same(ref, self.contents)

    def ref(self, name: str) -> Ref:
        """What a name stands for at the end of this path."""
        return self.names.get(name, Constant(False) if name in FLAGS else UNBOUND)

    def read(self, state: State, ref: Ref, node: Any) -> Atom:
        """Read a reference at the end of this path, adding to its equations."""
        self.resume(state)
        with state.builder.region(self.equations):
            return state.read_value(ref, node)

    def list_type(self, state: State, content: Content) -> Type | None:
        """The type of the content of a list at the end of this path, as one value; None where it cannot be one."""
        self.resume(state)
        return list_type(state, content)

    def read_list(self, state: State, content: Content, node: Any, hint: str | None = None) -> Atom:
        """The content of a list at the end of this path, as one value."""
        self.resume(state)
        with state.builder.region(self.equations):
            return list_value(state, content, node, hint)
