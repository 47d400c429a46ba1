"""Changes of shape that undo or repeat each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Value
from adcompiler.ir.rewrite import Definitions, Replacement, replace_equations
from adcompiler.ir.types import Shape
from adcompiler.rules.table import RULES

_RESHAPES = ("reshape", "ravel")


def simplify_shapes(program: Program) -> Program:
    """Merge one change of shape with the one before it: broadcast, reshape, transpose, the element of a broadcast.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(simplify_shapes, "def f(x): return x.T.T", x="float64[n, m]")
    program f(x: float64[n, m]):
        t.1: float64[m, n] = transpose(x)
        return x
    >>> show_pass(simplify_shapes, "def f(x): return np.ravel(np.reshape(x, (3, 2)))", x="float64[2, 3]")
    program f(x: float64[2, 3]):
        t.1: float64[3, 2] = reshape(x, (3, 2))
        t.2: float64[6] = ravel(x)
        return t.2
    """
    parameters: dict[Shape, Value] = {}
    for parameter in program.body.parameters:
        if parameter.type.kind == "array" and isinstance(parameter.type.shape, tuple):
            parameters.setdefault(parameter.type.shape, parameter)
    return replace_equations(program, partial(_simplify, parameters))


def _simplify(parameters: Mapping[Shape, Value], equation: Equation, definitions: Definitions) -> Replacement:
    operand = equation.inputs[0] if equation.inputs else None
    if not isinstance(operand, Value):
        return None
    if equation.primitive.name == "shape" and operand.type.kind == "array":
        asked = parameters.get(operand.type.shape, operand)  # a parameter has its shape from the start
        if asked is not operand:
            return replace(equation, inputs=(asked,))
    if equation.primitive.name in _RESHAPES and (simpler := _simpler_reshape(equation, definitions)) is not None:
        return simpler
    current = _transposed(equation)
    before = definitions.get(operand)
    if equation.primitive.name == "shape" and before is not None and before.primitive.name == "reshape":
        return _shape_of_reshape(before, definitions)
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
        case "broadcast_to":
            return replace(equation, inputs=(before.inputs[0], *equation.inputs[1:]))
        case "transpose" if not equation.static and not before.static:
            return before.inputs[0]
    return None


def _simpler_reshape(equation: Equation, definitions: Definitions) -> Replacement:
    """A reshape of what was reshaped before; to one axis, however long; to the shape that is there."""
    array, output = equation.inputs[0], equation.outputs[0]
    before = definitions.get(array) if isinstance(array, Value) else None
    if before is not None and before.primitive.name in _RESHAPES:
        array = before.inputs[0]
    same = array.type.kind == output.type.kind == "array" and array.type.shape == output.type.shape
    if same and isinstance(array.type.shape, tuple):
        return array
    asked = _shape_query(equation.inputs[1], definitions) if equation.primitive.name == "reshape" else None
    if asked is not None and asked.inputs[0].type.rank == 1:
        return replace(equation, inputs=(array, Literal(-1)))
    return None if array is equation.inputs[0] else replace(equation, inputs=(array, *equation.inputs[1:]))


def _shape_of_reshape(reshape: Equation, definitions: Definitions) -> Atom | None:
    """The shape that was asked for, if that says it all."""
    shape = reshape.inputs[1]
    if isinstance(shape, Literal):
        lengths = shape.value if isinstance(shape.value, tuple) else (shape.value,)
        return None if -1 in lengths else Literal(lengths)
    return None if _shape_query(shape, definitions) is None else shape


def _shape_query(atom: Atom, definitions: Definitions) -> Equation | None:
    """The equation that asks for this shape, if there is one."""
    found = definitions.get(atom) if isinstance(atom, Value) else None
    return found if found is not None and found.primitive.name == "shape" else None


def _part_of_broadcast(equation: Equation, number: Atom) -> Atom | None:
    """A number that was broadcast, in place of one element of the broadcast."""
    (part,) = equation.outputs
    same = (number.type.shape, number.type.dtype) == (part.type.shape, part.type.dtype)
    return number if same and part.type.kind == "scalar" and equation.sweep == "backward" else None
