"""The program that is being written, the heap, the frames, and refusals at the place that is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from adcompiler.errors import DifferentiationError, UnsupportedSyntaxError
from adcompiler.frontend.asking import learns
from adcompiler.frontend.facts import Facts
from adcompiler.frontend.frames import Callees, Frame, FreeVariable
from adcompiler.frontend.heap import Cell, Heap, Object, Ref, Unbound
from adcompiler.frontend.places import Place
from adcompiler.frontend.recollection import Recollection
from adcompiler.frontend.signals import LengthsLearned, PathEnds, ValueNotKnownError
from adcompiler.frontend.trials import Trials
from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import Atom, Equation, Named, Value
from adcompiler.ir.types import Type
from adcompiler.rules.table import RULES
from adcompiler.spans import Span


class Reading:
    """The program written so far, and the place that is read.

    Parameters
    ----------
    static_free : mapping
        Free numbers whose values are known at compile time because the program needs them so, by name.
    free_type : callable
        The type of a hidden input from its present value.
    problems : list, optional
        Where to note what is outside the language instead of stopping at the first such statement.
    in_order : dict, optional
        Whether a parameter is C-contiguous, where the program turned out to depend on that; all are, by default.
    facts : Facts, optional
        Where to look up what lengths have to do with one another, if there is a call.
    """

    def __init__(
        self,
        static_free: dict[str, Any],
        free_type: Callable[[Any], Type],
        problems: list[DifferentiationError] | None = None,
        in_order: dict[str, bool] | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.problems = problems
        self.in_order = in_order
        self.facts = facts
        self.asked_order: list[str] = []
        """Parameters of which it would help to know whether they are C-contiguous."""
        self.builder = Builder(NameSupply())
        self.heap = Heap()
        self.frames: list[Frame] = []
        self.pending: list[Ref] = []
        """What the expressions being read hold without a name: operands, arguments, elements evaluated so far."""
        self.trials = Trials(self.builder)
        self.static_free = static_free
        self.free_type = free_type
        self.free: dict[str, tuple[FreeVariable, Value, Cell, object]] = {}
        self.known: dict[object, tuple[Place | None, Any]] = {}
        self.parameters: dict[str, Value] = {}
        self.doubts: list[list[DifferentiationError]] = []
        """For each round that is being read: what raises as long as a list is as short as it was before the loop."""
        self.adoptions: dict[int, Object] = {}
        """Objects outside the program that it writes into, by identity."""
        self.recollection = Recollection()
        """Of the loop whose body is being read."""
        self.attempts = 0
        """How many loops around are read in one way now, and could be read in another."""
        self.called: dict[Atom, str | None] = {}
        """Parameters that come in a structure, with the first variable that each is assigned to."""
        self.stand_ins: dict[Value, Atom | None] = {}
        """Parameters of callees being read: for the content of an outer cell, that content; None for an argument."""
        self.mentions: dict[int, Named] = {}
        """By identity: objects of libraries that the program mentions. No two have one name in the code's functions."""
        self.callees = Callees()

    @property
    def frame(self) -> Frame:
        """The innermost activation."""
        return self.frames[-1]

    # Places and refusals

    def span(self, node: Any) -> Span:
        """The place of a node in the function being read, or of the call that this function stands for."""
        return self.frame.place or self.frame.source.text.span(node, self.frame.statement)

    @contextmanager
    def holding(self, *refs: Ref) -> Iterator[None]:
        """Keep in mind, while more is read, what is held without a name."""
        self.pending.extend(refs)
        try:
            yield
        finally:
            del self.pending[len(self.pending) - len(refs) :]

    @contextmanager
    def at(self, node: Any) -> Iterator[None]:
        """Stamp the equations written in the `with` block with the place of `node`."""
        before = self.builder.span
        self.builder.span = self.span(node)
        try:
            yield
        finally:
            self.builder.span = before

    def refuse(
        self,
        node: Any,
        message: str,
        hint: str | None = None,
        kind: type[DifferentiationError] = UnsupportedSyntaxError,
    ) -> NoReturn:
        """Raise an error at the place of `node`."""
        raise kind(message, self.span(node), hint)

    def refuse_unbound(self, node: Any, message: str, ref: Unbound) -> NoReturn:
        """Refuse to read what has no value here; where a loop makes it so, its rounds may be read one by one."""
        if ref.from_loop:
            self.refuse_structure(node, message)
        self.refuse(node, message)

    def refuse_structure(self, node: Any, message: str, hint: str | None = None) -> NoReturn:
        """Refuse a structure that is not the same on all paths; read round by round, a loop has one path."""
        error = ValueNotKnownError(message, self.span(node), hint)
        error.of_structure = True
        raise error

    def doubt(self, node: Any, message: str) -> NoReturn:
        """Refuse what raises; in a loop, which may make a list longer, only if it does so in all of its rounds."""
        if not self.doubts:
            self.refuse(node, message)
        self.doubts[-1].append(UnsupportedSyntaxError(message, self.span(node)))
        raise PathEnds

    # Writing

    def effect(self, name: str, *inputs: Atom, **static: Any) -> None:
        """Append the equation of something that happens, without a result."""
        self.builder.append(Equation(RULES[name].primitive, inputs, (), tuple(sorted(static.items()))))

    def emit(self, name: str, *inputs: Atom, hint: str | None = None, **static: Any) -> Value:
        """Append the equation of a primitive in the table."""
        value = self.builder.emit(RULES[name].primitive, *inputs, hint=hint, **static)
        if self.facts is not None and learns(self.facts, name, inputs, value.type, static.get("index")):
            raise LengthsLearned
        return value

    def bind(self, value: Atom, name: str | None = None) -> Cell:
        """A new cell for a computed value."""
        return self.heap.new(value, name)
