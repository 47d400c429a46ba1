"""Samples of integers: they have no derivative though what is expected of them has one, so it is not taken for zero."""

from __future__ import annotations

from collections.abc import Sequence

from adcompiler.analysis.activity import varied_values
from adcompiler.errors import MissingRuleError
from adcompiler.ir.nodes import Program, Value, walk
from adcompiler.rules.randomness import DISCRETE


def check_samples(program: Program, parameters: Sequence[Value]) -> None:
    """Refuse a program that draws integers from a distribution that depends on what it is differentiated for."""
    drawn = [equation for equation in walk(program.body) if equation.primitive.name in DISCRETE]
    varied = varied_values(program, parameters) if drawn else frozenset()
    for equation in drawn:
        if not varied.isdisjoint(equation.inputs):
            raise MissingRuleError(
                f"samples of `{equation.primitive.name.partition('.')[2]}` have no derivative by their parameters",
                equation.span,
                "draw from a distribution that is a smooth function of its parameters, such as `normal`",
            )
