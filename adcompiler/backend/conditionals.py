"""Conditional expressions: which `if` equations need no statements, and are `a if c else b`, `a and b`, `a or b`."""

from __future__ import annotations

from adcompiler.analysis.positions import Positions, Use
from adcompiler.ir.nodes import IF, UNDEFINED, Equation, Literal, Region, Value

WIDEST_BRANCH = 40
"""Characters of a branch above which it is not part of an expression (an estimate)."""


def boolean_operator(equation: Equation) -> str | None:
    """`and` or `or` for an `if` that yields its own condition in one branch; else None."""
    if equation.primitive is not IF or len(equation.outputs) != 1:
        return None
    condition = equation.inputs[0]
    then, orelse = equation.regions
    if not isinstance(condition, Value):
        return None
    if orelse.results[0] == condition and not orelse.equations:
        return "and"
    if then.results[0] == condition and not then.equations:
        return "or"
    return None


class Conditionals:
    """Decides, for the `if` equations of one program, whether each is an expression."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._known: dict[int, bool] = {}

    def is_expression(self, equation: Equation) -> bool:
        """Whether an `if` has one result, which both branches compute without a statement."""
        known = self._known.get(id(equation))
        if known is None:
            known = equation.primitive is IF and len(equation.outputs) == 1 and not equation.has_effect
            known = known and all(map(self._is_expression_region, equation.regions))
            self._known[id(equation)] = known
        return known

    def mentions(self, value: Value) -> list[Use]:
        """The places where a value is written; what `a and b` both tests and yields is written once."""
        uses = self._positions.uses.get(value, [])
        if len(uses) == 2 and (owner := uses[0].equation) is not None and uses[1].equation is None:
            is_operand = uses[1].block.owner is owner and boolean_operator(owner) is not None
            if is_operand and self.is_expression(owner):
                return uses[:1]
        return uses

    def _is_expression_region(self, region: Region) -> bool:
        result = region.results[0]
        if result == Literal(UNDEFINED) or result in self._positions.perhaps_undefined:
            return False
        for equation in region.equations:
            if len(equation.outputs) != 1 or (equation.regions and equation.primitive is not IF):
                return False
            if equation.primitive.updates:
                return False
            if equation.outputs[0].hint is not None or len(self.mentions(equation.outputs[0])) != 1:
                return False
            if equation.primitive is IF and not self.is_expression(equation):
                return False
        return sum(map(_rough_width, region.equations)) <= WIDEST_BRANCH


def _rough_width(equation: Equation) -> int:
    inner = sum(_rough_width(e) for region in equation.regions for e in region.equations)
    return inner + 4 + sum(len(atom.hint or "x") + 1 for atom in equation.inputs if isinstance(atom, Value))
