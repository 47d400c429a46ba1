"""Writing programs by hand, as tests of the back end do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import FOR, IF, WHILE, Atom, Equation, Literal, Program, Region, Value
from adcompiler.ir.types import Type, array, scalar
from adcompiler.ir.verify import verify
from adcompiler.rules.table import RULES
from adcompiler.spans import Span

VECTOR = array("float64", (4,))
NUMBER = scalar("float64")
INTEGER = scalar("int64", weak=True)


class Writer:
    """A program in the making; atoms may be given as plain numbers."""

    def __init__(self) -> None:
        self.builder = Builder(NameSupply())
        self.parameters: list[Value] = []

    def parameter(self, name: str, type: Type = VECTOR) -> Value:
        """A parameter of the program."""
        self.parameters.append(self.builder.value(type, name))
        return self.parameters[-1]

    def value(self, hint: str | None, type: Type = VECTOR) -> Value:
        """A parameter of a region."""
        return self.builder.value(type, hint)

    def call(self, name: str, *inputs: Any, hint: str | None = None, type: Type | None = None, **static: Any) -> Value:
        """An equation with one result."""
        return self.builder.emit(RULES[name].primitive, *map(_atom, inputs), hint=hint, type=type, **static)

    def getitem(self, x: Value, *index: Any, hint: str | None = None, slots: Sequence[Value] = ()) -> Value:
        """`x[index]`."""
        return self.call("getitem", x, *slots, hint=hint, index=index)

    def setitem(self, x: Value, v: Any, *index: Any, slots: Sequence[Value] = ()) -> Value:
        """`x[index] = v`."""
        return self.call("setitem", x, v, *slots, hint=x.hint, index=index)

    def range(self, stop: Any) -> Value:
        """`range(stop)`."""
        return self.call("range", 0, stop, 1)

    def branch(
        self, condition: Atom, then: Callable[[], Sequence[Any]], orelse: Callable[[], Sequence[Any]], *outputs: Value
    ) -> None:
        """An `if`; the functions write the branches and return what they yield."""
        regions = tuple(self._region((), write) for write in (then, orelse))
        self._append(Equation(IF, (condition,), outputs, (), regions))

    def loop(
        self,
        sequences: Sequence[Value],
        elements: Sequence[Value],
        initial: Sequence[Any],
        carried: Sequence[Value],
        body: Callable[[], Sequence[Any]],
        *tapes: Value,
        reverse: bool = False,
    ) -> list[Value]:
        """A `for`; `body` writes it and returns what it yields. Returns the values after the loop."""
        outputs = tuple(self.value(value.hint, value.type) for value in carried)
        region = self._region((*elements, *carried), body)
        static = (("reverse", reverse), ("sequences", len(sequences)))
        inputs = (*sequences, *map(_atom, initial))
        self._append(Equation(FOR, inputs, (*outputs, *tapes), static, (region,)))
        return list(outputs)

    def while_loop(
        self,
        initial: Sequence[Any],
        tested: Sequence[Value],
        condition: Callable[[], Any],
        carried: Sequence[Value],
        body: Callable[[], Sequence[Any]],
    ) -> list[Value]:
        """A `while`."""
        outputs = tuple(self.value(value.hint, value.type) for value in carried)
        regions = (self._region(tested, lambda: [condition()]), self._region(carried, body))
        self._append(Equation(WHILE, tuple(map(_atom, initial)), outputs, (), regions))
        return list(outputs)

    def backward(self, statement: str | None = None, line: int = 1) -> None:
        """What follows belongs to the backward sweep, and to this statement of the primal."""
        self.builder.sweep = "backward"
        if statement is not None:
            self.builder.span = Span("model.py", line, 1, line, 1 + len(statement), statement, statement)

    def program(self, result: Any, name: str = "f", **details: Any) -> Program:
        """The finished program."""
        if isinstance(result, tuple):
            result = self.call("make_tuple", *result)
        body = Region(tuple(self.parameters), self.builder.equations, (_atom(result),))
        return verify(Program(name, body, **details))

    def _region(self, parameters: Sequence[Value], write: Callable[[], Sequence[Any]]) -> Region:
        with self.builder.region() as equations:
            results = tuple(map(_atom, write()))
        return Region(tuple(parameters), tuple(equations), results)

    def _append(self, equation: Equation) -> None:
        self.builder.append(equation)


def _atom(value: Any) -> Atom:
    return value if isinstance(value, (Value, Literal)) else Literal(value)
