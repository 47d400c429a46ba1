"""Equations that rules write, run at once: their meaning on arrays and the soundness of their types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.build import Builder, NameSupply
from adcompiler.ir.nodes import Atom, Literal, Value
from adcompiler.ir.types import Type
from adcompiler.rules.symbolic import Symbolic, atom_of, operand_of
from adcompiler.rules.table import RULES
from adcompiler.testing import OPERATORS
from tests.rules.points import Case
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


def write_bar(run: Run, case: Case, number: int, g: Any) -> tuple[Any, Symbolic]:
    """The cotangent of an operand as equations, and the symbolic `g` they start from."""
    operands = run.operands_of(case)
    y = operand_of(run.builder.emit(case.rule.primitive, *map(atom_of, operands), **case.static), run.builder)
    symbolic_g = run.input(g, y.type if np.ndim(g) else exact_type(g, "g"), "g")
    return case.bar(number, symbolic_g, y, *operands), symbolic_g
