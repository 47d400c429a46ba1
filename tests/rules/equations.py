"""Equations that rules write, run at once: their meaning on arrays, the soundness of their types, their derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import Atom, Literal, Value
from adcompiler.ir.types import Type
from adcompiler.rules.symbolic import Symbolic, atom_of, operand_of
from adcompiler.rules.table import RULES
from adcompiler.testing import OPERATORS
from tests.rules.points import Case, is_inexact
from tests.rules.soundness import Knowledge, exact_type

Level = Callable[[Any, str], Type]


class Run:
    """Equations written by rules, with the values of the program's inputs."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self.builder = Builder(NameSupply())
        self.values: dict[Value, Any] = {}
        self.knowledge = Knowledge()

    def operand(self, value: Any, name: str, *, may_vary: bool) -> Any:
        """What a rule is given for this value: constants as they are."""
        if not may_vary and not isinstance(value, np.ndarray):
            return value
        level = self.level if may_vary else exact_type
        return self.input(value, level(value, name), name)

    def operands_of(self, case: Case) -> list[Any]:
        """The operands of a case."""
        return [
            self.operand(operand, f"x{number}", may_vary=number in case.differentiable)
            for number, operand in enumerate(case.operands)
        ]

    def input(self, value: Any, type: Type, name: str) -> Symbolic:
        """A symbolic value of the program's input."""
        self.knowledge.check(type, value)
        atom = self.builder.value(type, name)
        self.values[atom] = value
        return Symbolic(atom, self.builder)

    def named(self, name: str) -> Value:
        """The program's input of this name."""
        return next(value for value in self.values if value.hint == name)

    def evaluate(self, atom: Atom) -> Any:
        """Run all equations, hold each result against its type, and return the value of `atom`."""
        for equation in self.builder.equations:
            rule = RULES[equation.primitive.name]
            inputs = [self.look_up(item) for item in equation.inputs]
            given = [inputs] if equation.primitive.packs else inputs
            (output,) = equation.outputs
            if output not in self.values:
                function = OPERATORS.get(equation.primitive.name, rule.function)
                self.values[output] = function(*given, **equation.parameters)
                self.knowledge.check(output.type, self.values[output])
        return self.look_up(atom)

    def look_up(self, atom: Atom) -> Any:
        """The value of an atom."""
        return atom.value if isinstance(atom, Literal) else self.values[atom]


def write_value(run: Run, case: Case) -> tuple[Symbolic, list[Any]]:
    """The function itself as an equation, and its operands."""
    operands = run.operands_of(case)
    y = run.builder.emit(case.rule.primitive, *map(atom_of, operands), **case.static)
    return operand_of(y, run.builder), operands


def write_bar(run: Run, case: Case, number: int, g: Any) -> Any:
    """The cotangent of an operand as equations, from a symbolic `g`."""
    y, operands = write_value(run, case)
    if isinstance(g, tuple):
        types = y.type.elements
        given: Any = tuple(
            None if part is None else _cotangent(run, part, type_, f"g{position}")
            for position, (part, type_) in enumerate(zip(g, types, strict=True))
        )
    else:
        given = _cotangent(run, g, y.type, "g")
    return case.bar(number, given, y, *operands)


def _cotangent(run: Run, g: Any, type: Type, name: str) -> Symbolic:
    return run.input(g, type if np.ndim(g) else exact_type(g, name), name)


def write_dots(run: Run, case: Case, number: int, x_dot: Any) -> list[Any]:
    """The tangent of each result as equations, from a symbolic `x_dot`: None where it is zero."""
    y, operands = write_value(run, case)
    type_ = operands[number].type if np.ndim(x_dot) else exact_type(x_dot, "x_dot")
    dots = case.dot(number, run.input(x_dot, type_, "x_dot"), y, *operands)
    return list(dots) if isinstance(dots, tuple) else [dots]


def reverse(run: Run, seeds: Sequence[tuple[Atom, Any]]) -> dict[Value, Any]:
    """Reverse mode over the equations that were run, as plain as can be."""
    bars: dict[Value, Any] = {}

    def accumulate(atom: Atom, bar: Any) -> None:
        if isinstance(atom, Value) and bar is not None:
            bar = bar if np.iscomplexobj(run.look_up(atom)) else np.real(bar)
            bars[atom] = bars[atom] + bar if bars.get(atom) is not None else bar

    for atom, seed in seeds:
        accumulate(atom, seed)
    for equation in reversed(run.builder.equations):
        (output,) = equation.outputs
        g, y = bars.get(output), run.values[output]
        if g is None or not (isinstance(y, tuple) or is_inexact(y)):
            continue
        if equation.primitive.name == "item":
            (container,) = equation.inputs
            parts = bars.setdefault(container, [None] * len(run.look_up(container)))
            index = equation.parameters["index"]
            parts[index] = g if parts[index] is None else parts[index] + g
            continue
        inputs = tuple(run.look_up(atom) for atom in equation.inputs)
        case = Case(str(output), RULES[equation.primitive.name], inputs, dict(equation.parameters))
        for number, atom in enumerate(equation.inputs):
            if isinstance(atom, Value) and is_inexact(inputs[number]) and case.rule.pullback(number) is not None:
                if case.is_held(number):
                    pytest.skip("this second derivative is refused")
                accumulate(atom, case.full_bar(number, tuple(g) if isinstance(y, tuple) else g, y, *inputs))
    return bars


def push(run: Run, directions: Mapping[Value, Any]) -> dict[Value, Any] | None:
    """Forward mode over the equations that were run, as plain as can be; None where a pushforward is missing."""
    dots: dict[Value, Any] = dict(directions)
    for equation in run.builder.equations:
        (output,) = equation.outputs
        y = run.values[output]
        moved = [number for number, atom in enumerate(equation.inputs) if isinstance(atom, Value) and atom in dots]
        if equation.primitive.name == "item" and moved:
            dots[output] = dots[equation.inputs[0]][equation.parameters["index"]]
            continue
        inputs = tuple(run.look_up(atom) for atom in equation.inputs)
        case = Case(str(output), RULES[equation.primitive.name], inputs, dict(equation.parameters))
        found: list[Any] = []
        for number in moved:
            if case.rule.pullback(number) is None or not (isinstance(y, tuple) or is_inexact(y)):
                continue
            if case.is_held(number):
                pytest.skip("this second derivative is refused")
            if case.rule.pushforward(number) is None:
                return None
            pushed = case.full_dots(number, dots[equation.inputs[number]], y, *inputs)
            found = pushed if not found else [one + other for one, other in zip(found, pushed, strict=True)]
        if found:
            dots[output] = found if isinstance(y, tuple) else found[0]
    return dots
