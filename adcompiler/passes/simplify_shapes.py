"""Changes of shape that undo or repeat each other."""

from __future__ import annotations

from dataclasses import replace

from adcompiler.ir.nodes import Atom, Equation, Program, Value
from adcompiler.ir.rewrite import Definitions, Replacement, replace_equations


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
    if not equation.inputs or not isinstance(equation.inputs[0], Value):
        return None
    before = definitions.get(equation.inputs[0])
    if before is None:
        return None
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
