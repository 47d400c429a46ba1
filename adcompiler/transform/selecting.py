"""Elements that the primal computed and did not use: `np.where(x > 0, np.sqrt(x), 0)`, a masked write, a part read.

Their cotangent is zero, and the derivative of what computed them may have a pole: zero times infinity is not the zero
that is meant. So the partials of functions with poles are taken elsewhere for such elements (`Rule.regular_at`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from adcompiler.ir.nodes import Atom, Equation, Literal, Primitive
from adcompiler.rules.symbolic import Symbolic
from adcompiler.rules.table import RULES

_KEEPING = frozenset(("reshape", "transpose", "swapaxes", "moveaxis", "expand_dims", "squeeze", "astype", "ravel"))
_INFINITE = frozenset(("divide", "reciprocal", "log", "log2", "log10", "log1p"))
"""Functions that are infinite where their derivative is, which the primal's value shows unless it is masked."""


@dataclass
class Selection:
    """Cotangents with zeros where the primal did not use an element, by what it chose."""

    masked: set[Atom] = field(default_factory=set)
    """By a condition on the elements: a mask, `np.where`, a triangle."""
    partial: set[Atom] = field(default_factory=set)
    """By position: an index or a slice."""

    def note(self, primitive: Primitive, inputs: Sequence[Atom], output: Atom) -> None:
        """Look at an equation of the backward sweep."""
        if _masks(primitive, inputs):
            self.masked.add(output)
        elif primitive.name in ("setitem", "additem"):
            by_mask = any(slot.type.dtype == "bool" for slot in inputs[2:])
            (self.masked if by_mask or inputs[0] in self.masked else self.partial).add(output)
        else:
            for known in (self.masked, self.partial):
                if _passes_on(primitive, [atom in known for atom in inputs]):
                    known.add(output)

    def leave(self, result: Atom, output: Atom) -> None:
        """Note that a region's result is known by another name outside of it."""
        for known in (self.masked, self.partial):
            if result in known:
                known.add(output)

    def regular(self, operand: object, g: Symbolic, equation: Equation) -> object:
        """An operand, elsewhere than at a pole for elements whose derivative is not asked for."""
        at = RULES[equation.primitive.name].regular_at
        if at is None or not isinstance(operand, Symbolic) or operand.type.shape == ():
            return operand
        chosen = g.atom in self.masked or (g.atom in self.partial and equation.primitive.name not in _INFINITE)
        return np.where(np.equal(g, 0), at, operand) if chosen and _has_pole(equation) else operand


def _masks(primitive: Primitive, inputs: Sequence[Atom]) -> bool:
    match primitive.name:
        case "tril" | "triu":
            return True
        case "where":
            return any(map(_is_zero, inputs[1:]))
        case "multiply":
            return any(atom.type.dtype == "bool" for atom in inputs)
    return False


def _passes_on(primitive: Primitive, known: list[bool]) -> bool:
    if primitive.name in ("add", "subtract"):
        return all(known)
    rule = RULES.get(primitive.name)
    return any(known) and (primitive.name in _KEEPING or (rule is not None and rule.kind == "elementwise"))


def _has_pole(equation: Equation) -> bool:
    if equation.primitive.name != "power":
        return True
    exponent = equation.inputs[1]
    return not (isinstance(exponent, Literal) and isinstance(exponent.value, int | float) and exponent.value >= 1)


def _is_zero(atom: Atom) -> bool:
    return isinstance(atom, Literal) and atom.value == 0
