"""Additions at rows of an array."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.ir.nodes import Equation, Program, Slot, walk
from adcompiler.ir.rewrite import Definitions, replace_equations
from adcompiler.rules.table import RULES


def add_rows(program: Program) -> Program:
    """Add to the rows that an array of integers names by a function that is faster at it than `np.add.at`.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(add_rows, "def f(x, i): return x[i]", x="float64[n, 3]", i="int64[m]", gradient=True)
    program grad_f(x: float64[n, 3], i: int64[m], out_bar: float64[m, 3]):
        t.1: float64[m, 3] = getitem(x, i, index=(Slot(number=0),))
        t.2: tuple(int64*=n, int64*=3) = shape(x)
        t.3: float64[n, 3] = zeros(t.2)
        x_bar: float64[n, 3] = add_at_rows(t.3, i, out_bar)
        return x_bar
    """
    if not any(equation.primitive.name == "additem" for equation in walk(program.body)):
        return program
    return replace_equations(program, _at_rows)


def _at_rows(equation: Equation, _: Definitions) -> Equation | None:
    if equation.primitive.name != "additem" or len(equation.inputs) != 3 or equation.sweep != "backward":
        return None
    array, values, rows = equation.inputs
    first, *others = equation.parameters["index"]
    if first != Slot(0) or any(item != slice(None) for item in others):
        return None
    is_array = array.type.kind == "array" and (array.type.rank or 0) > 1 and array.type.dtype is not None
    are_rows = rows.type.kind == "array" and (rows.type.rank or 0) > 0 and (rows.type.dtype or "").startswith("int")
    if not (is_array and are_rows and values.type.dtype == array.type.dtype):
        return None
    return replace(equation, primitive=RULES["add_at_rows"].primitive, inputs=(array, rows, values), static=())
