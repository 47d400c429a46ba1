"""Shapes of arrays that are written."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.analysis.versions import find_versions
from adcompiler.ir.nodes import Equation, Program, Value, walk
from adcompiler.ir.rewrite import Definitions, replace_equations
from adcompiler.rules.structure import SHAPE_QUERIES


def ask_before_writes(program: Program) -> Program:
    """Ask the shape of an array of its first version: no write changes it, and outside of a loop it stays at hand.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(ask_before_writes, "def f(x):\\n  y = x * 2\\n  y[0] = 1\\n  return y[1] / len(y)", x="float64[n]")
    program f(x: float64[n]):
        y: float64[n] = multiply(x, 2)
        y.2: float64[n] = setitem(y, 1, index=(0,))
        t.2: float64 = getitem(y.2, index=(1,))
        t.3: int64*=n = len(y)
        t.4: float64 = divide(t.2, t.3)
        return t.4
    """
    if not any(equation.primitive.updates for equation in walk(program.body)):
        return program
    versions = find_versions(program)

    def ask(equation: Equation, definitions: Definitions) -> Equation | None:
        asked = equation.inputs[0] if equation.primitive.name in SHAPE_QUERIES else None
        oldest = versions.oldest(asked) if isinstance(asked, Value) else asked
        return None if oldest == asked else replace(equation, inputs=(oldest, *equation.inputs[1:]))  # type: ignore[arg-type]

    return replace_equations(program, ask)
