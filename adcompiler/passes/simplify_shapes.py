"""Changes of shape that undo or repeat each other."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.ir.nodes import Atom, Equation, Program, Value
from adcompiler.ir.rewrite import Definitions, Replacement, replace_equations
from adcompiler.rules.table import RULES


def simplify_shapes(program: Program) -> Program:
    """Merge one change of shape with the one before it: broadcast, reshape, transpose, the element of a broadcast.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(simplify_shapes, "def f(x): return x.T.T", x="float64[n, m]")
    program f(x: float64[n, m]):
        t.1: float64[m, n] = transpose(x)
        return x
    """
    return replace_equations(program, _simplify)


def _simplify(equation: Equation, definitions: Definitions) -> Replacement:
    operand = equation.inputs[0] if equation.inputs else None
    if not isinstance(operand, Value):
        return None
    current = _transposed(equation)
    before = definitions.get(operand)
    merged = _merged(current, before) if before is not None else None
    return merged or (None if current is equation else current)


def _transposed(equation: Equation) -> Equation:
    """The axes of a matrix are swapped by transposing it, which is shorter to write; rules are for stacks of them."""
    if equation.primitive.name != "swapaxes" or equation.sweep != "backward" or equation.inputs[0].type.rank != 2:
        return equation
    axes = {equation.parameters["axis1"] % 2, equation.parameters["axis2"] % 2}
    return replace(equation, primitive=RULES["transpose"].primitive, static=()) if len(axes) == 2 else equation


def _merged(equation: Equation, before: Equation) -> Replacement:
    if equation.primitive.name == "getitem" and before.primitive.name == "broadcast_to":
        return _part_of_broadcast(equation, before.inputs[0])
    if before.primitive != equation.primitive:
        return None
    match equation.primitive.name:
        case "broadcast_to" | "reshape":
            return replace(equation, inputs=(before.inputs[0], *equation.inputs[1:]))
        case "transpose" if not equation.static and not before.static:
            return before.inputs[0]
    return None


def _part_of_broadcast(equation: Equation, number: Atom) -> Atom | None:
    """A number that was broadcast, in place of one element of the broadcast."""
    (part,) = equation.outputs
    same = (number.type.shape, number.type.dtype) == (part.type.shape, part.type.dtype)
    return number if same and part.type.kind == "scalar" and equation.sweep == "backward" else None
