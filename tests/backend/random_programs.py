"""Random programs full of updates, views, loops and branches: what could go wrong with memory and names."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import FOR, IF, UNDEFINED, WHILE, Atom, Equation, Literal, Program, Region, Slot, Value
from adcompiler.ir.types import INT, Type, array, scalar
from adcompiler.rules.table import RULES

LENGTH = 4
ARRAY = array("float64", (LENGTH,))
NUMBER = scalar("float64")
MAYBE = Type("unknown", "float64", (LENGTH,))
HINTS = ("A", "B", "y", "x_bar", "x_bar", None, None)


class RandomProgram:
    """Writes one program; equal seeds write equal programs."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.builder = Builder(NameSupply())
        self.depth = 0

    def program(self) -> Program:
        """A program of two arrays and a number that returns a tuple of arrays and numbers."""
        kinds = [self.random.choice((ARRAY, ARRAY, MAYBE)), ARRAY, NUMBER]
        parameters = [self.builder.value(type, hint) for type, hint in zip(kinds, ("A", "x", "s"), strict=True)]
        scope: list[Value] = list(parameters)
        self.block(scope, self.random.randint(3, 9))
        self.builder.sweep = "backward"
        self.block(scope, self.random.randint(1, 5))
        count = self.random.randint(1, 6)
        result = self.call("make_tuple", *(self.any_of(scope, "array", "scalar") for _ in range(count)))
        return Program("f", Region(tuple(parameters), self.builder.equations, (result,)))

    def call(
        self, name: str, *inputs: Atom, hint: str | None = None, type: Type | None = None, **static: object
    ) -> Value:
        return self.builder.emit(RULES[name].primitive, *inputs, hint=hint, type=type, **static)

    def hint(self) -> str | None:
        return self.random.choice(HINTS)

    def any_of(self, scope: list[Value], *kinds: str) -> Value:
        """One of the later values of some kind, the last ones more often."""
        found = [value for value in scope if _kind(value) in kinds]
        return found[-min(self.random.randint(1, 5), len(found))]

    def block(self, scope: list[Value], count: int) -> None:
        """Append some statements."""
        simple = [self.arithmetic, self.arithmetic, self.write, self.write, self.write, self.view, self.read, self.copy]
        compound = [self.branch, self.loop, self.loop, self.count, self.tape]
        for _ in range(count):
            choices: list[Callable[[list[Value]], None]] = simple + (compound if self.depth < 2 else [])
            self.random.choice(choices)(scope)

    # Statements

    def arithmetic(self, scope: list[Value]) -> None:
        name = self.random.choice(("add", "add", "multiply", "subtract"))
        left = self.any_of(scope, "array", "scalar")
        right = self.any_of(scope, "array", "scalar")
        hint = left.hint if self.random.random() < 0.4 else self.hint()
        scope.append(self.call(name, left, right, hint=hint))
        if self.random.random() < 0.2:
            scope.append(self.call("tanh", scope[-1], hint=self.hint()))

    def write(self, scope: list[Value]) -> None:
        target = self.any_of(scope, "array")
        name = self.random.choice(("setitem", "additem"))
        hint = target.hint or self.hint()
        match self.random.randrange(4):
            case 0:
                index: tuple[object, ...] = (self.random.randrange(LENGTH),)
                operand: Atom = self.any_of(scope, "scalar")
            case 1:
                index, operand = (
                    (slice(1, None),),
                    self.call("getitem", self.any_of(scope, "array"), index=(slice(None, -1),)),
                )
            case 2:
                index, operand = (slice(None, 2),), Literal(0.5)
            case _:
                index, operand = (slice(None),), self.any_of(scope, "array")
        scope.append(self.call(name, target, operand, hint=hint, type=target.type, index=index))

    def view(self, scope: list[Value]) -> None:
        source = self.any_of(scope, "array")
        match self.random.randrange(4):
            case 0:
                value = self.call("getitem", source, hint=self.hint(), type=source.type, index=(slice(None, None, -1),))
            case 1:
                value = self.call("transpose", source, hint=self.hint(), type=source.type)
            case 2:
                value = self.call("broadcast_to", source, Literal((LENGTH,)), hint=self.hint(), type=ARRAY)
            case _:
                value = self.call("stop_gradient", source, hint=self.hint(), type=source.type)
        scope.append(value)

    def read(self, scope: list[Value]) -> None:
        index = (self.random.randrange(LENGTH),)
        scope.append(self.call("getitem", self.any_of(scope, "array"), hint=self.hint(), type=NUMBER, index=index))

    def copy(self, scope: list[Value]) -> None:
        if self.random.random() < 0.5:
            scope.append(self.call("copy", self.any_of(scope, "array"), hint=self.hint(), type=ARRAY))
        else:
            scope.append(self.call("zeros", Literal((LENGTH,)), hint=self.hint(), type=ARRAY))

    def branch(self, scope: list[Value]) -> None:
        condition = self.call("greater", self.any_of(scope, "scalar"), Literal(0.1))
        kinds = [self.random.choice(("array", "array", "scalar")) for _ in range(self.random.randint(1, 2))]
        regions = []
        for _ in range(2):
            inner = list(scope)
            with self.nested() as equations:
                self.block(inner, self.random.randint(0, 3))
            results = [self.any_of(inner, kind) for kind in kinds]
            regions.append((tuple(equations), results))
        undefined = self.random.random() < 0.3
        outputs = [
            self.builder.value(_join(a.type, b.type), self.hint())
            for a, b in zip(regions[0][1], regions[1][1], strict=True)
        ]
        bodies = [Region((), equations, tuple(results)) for equations, results in regions]
        if undefined:
            bodies[1] = Region((), bodies[1].equations, (*bodies[1].results[:-1], Literal(UNDEFINED)))
        self.builder.append(Equation(IF, (condition,), tuple(outputs), (), tuple(bodies)))
        scope += outputs[:-1] if undefined else outputs
        if undefined:  # read again only where the same branch was taken
            self.read_where_defined(condition, outputs[-1], scope)

    def read_where_defined(self, condition: Value, value: Value, scope: list[Value]) -> None:
        with self.builder.region() as then:
            doubled = self.call("multiply", value, Literal(2.0), hint=self.hint())
            total = doubled if doubled.type.kind == "scalar" else self.call("sum", doubled)
        output = self.builder.value(NUMBER, self.hint())
        regions = (Region((), tuple(then), (total,)), Region((), (), (Literal(0.0),)))
        self.builder.append(Equation(IF, (condition,), (output,), (), regions))
        scope.append(output)

    def loop(self, scope: list[Value], *, tapes: bool = False) -> list[Value]:
        """A loop over numbers, or over an array, that carries a few values, and perhaps swaps them."""
        trips = self.call("range", Literal(0), Literal(self.random.randint(0, 3)), Literal(1))
        sequences: list[Value] = [trips]
        if not tapes and self.random.random() < 0.3:
            sequences = [self.any_of(scope, "array")]
        reverse = self.random.random() < 0.3
        elements = [
            self.builder.value(INT if s is trips else NUMBER, "i" if s is trips else self.hint()) for s in sequences
        ]
        initial = [self.any_of(scope, "array", "array", "scalar") for _ in range(self.random.randint(1, 3))]
        parameters = [self.builder.value(_widened(value.type), value.hint or self.hint()) for value in initial]
        inner = [*scope, *parameters]
        if sequences != [trips]:
            inner += elements
        with self.nested() as equations:
            self.block(inner, self.random.randint(1, 4))
            if sequences == [trips] and self.random.random() < 0.5:
                target = self.any_of(inner, "array")
                value = self.any_of(inner, "scalar")
                inner.append(
                    self.call(
                        "setitem", target, value, elements[0], hint=target.hint, type=target.type, index=(Slot(0),)
                    )
                )
        results = [self.any_of(inner, _kind(parameter)) for parameter in parameters]
        if self.random.random() < 0.3:
            self.random.shuffle(results)
            results = [
                r if _kind(r) == _kind(p) else self.any_of(inner, _kind(p))
                for r, p in zip(results, parameters, strict=True)
            ]
        collected = [self.any_of(inner, "array", "scalar") for _ in range(self.random.randint(1, 2))] if tapes else []
        outputs = [self.builder.value(p.type, p.hint) for p in parameters]
        lists = [
            self.builder.value(Type("list", elements=(c.type,)), f"{c.hint}_tape" if c.hint else None)
            for c in collected
        ]
        body = Region((*elements, *parameters), tuple(equations), (*results, *collected))
        static = (("reverse", reverse), ("sequences", len(sequences)))
        self.builder.append(Equation(FOR, (*sequences, *initial), (*outputs, *lists), static, (body,)))
        scope += outputs
        return lists

    def tape(self, scope: list[Value]) -> None:
        """A loop that keeps values, and one that reads them backwards."""
        lists = self.loop(scope, tapes=True)
        self.block(scope, self.random.randint(0, 2))
        elements = [self.builder.value(value.type.elements[0], self.hint()) for value in lists]
        initial = self.any_of(scope, "array")
        total = self.builder.value(_widened(initial.type), "total_bar")
        inner = [*scope, total, *elements]
        with self.nested() as equations:
            self.block(inner, self.random.randint(1, 3))
        output = self.builder.value(total.type, "total_bar")
        body = Region((*elements, total), tuple(equations), (self.any_of(inner, "array"),))
        static = (("reverse", True), ("sequences", len(lists)))
        self.builder.append(Equation(FOR, (*lists, initial), (output,), static, (body,)))
        scope.append(output)

    def count(self, scope: list[Value]) -> None:
        """A `while` that counts, and carries an array."""
        initial = self.any_of(scope, "array")
        limit = self.random.randint(0, 3)
        counter, carried = self.builder.value(INT, "k"), self.builder.value(_widened(initial.type), initial.hint)
        with self.builder.region() as tested:
            seen = self.builder.value(INT, "k")
            other = self.builder.value(carried.type, initial.hint)
            condition = self.call("less", seen, Literal(limit))
        inner = [*scope, carried]
        with self.nested() as equations:
            self.block(inner, self.random.randint(1, 3))
            following = self.call("add", counter, Literal(1), hint=self.random.choice(("k", None)))
        result = self.any_of(inner, "array")
        outputs = (self.builder.value(INT, "k"), self.builder.value(carried.type, carried.hint))
        regions = (
            Region((seen, other), tuple(tested), (condition,)),
            Region((counter, carried), tuple(equations), (following, result)),
        )
        self.builder.append(Equation(WHILE, (Literal(0), initial), outputs, (), regions))
        scope.append(outputs[1])

    def nested(self):
        """A region one level deeper."""
        return _Nested(self)


class _Nested:
    def __init__(self, owner: RandomProgram) -> None:
        self.owner = owner
        self.region = owner.builder.region()

    def __enter__(self) -> list[Equation]:
        self.owner.depth += 1
        return self.region.__enter__()

    def __exit__(self, *details: object) -> None:
        self.owner.depth -= 1
        self.region.__exit__(*details)


def _kind(value: Value) -> str:
    return "scalar" if value.type.kind == "scalar" else "array"


def _widened(type: Type) -> Type:
    """A carried array may start as one thing and go on as another."""
    return NUMBER if type.kind == "scalar" else MAYBE if type.kind == "unknown" else ARRAY


def _join(one: Type, other: Type) -> Type:
    if one.kind == other.kind:
        return one
    return MAYBE


def arguments() -> tuple[np.ndarray, np.ndarray, float]:
    """Arguments for a random program."""
    return np.array([0.5, -1.0, 2.0, 0.25]), np.array([1.5, 0.1, -0.4, 0.9]), 0.75
