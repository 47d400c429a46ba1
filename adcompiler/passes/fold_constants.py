"""Constant folding: what follows from literals and static shapes alone."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Value
from adcompiler.ir.rewrite import Definitions, replace_equations
from adcompiler.ir.types import Shape

ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "negative": operator.neg,
    "not": operator.not_,
}
"""What Python computes from Python numbers exactly as the emitted operator would."""


def fold_constants(program: Program) -> Program:
    """Compute what depends on literals and on axis lengths that are known.

    Examples
    --------
    >>> from adcompiler.testing import show_pass
    >>> show_pass(fold_constants, "def f(x): return x[1 + 2 * 3] / x.size", x="float64[8]")
    program f(x: float64[8]):
        t.1: float64 = getitem(x, index=(7,))
        t.3: float64 = divide(t.1, 8)
        return t.3
    """
    return replace_equations(program, _fold)


def _fold(equation: Equation, definitions: Definitions) -> Atom | None:
    match equation.primitive.name:
        case "shape" | "size" | "len" | "axis_length" | "ndim" as query:
            return _fold_query(query, equation)
        case "item":
            return _fold_item(equation, definitions)
        case name if name in ARITHMETIC:
            return _fold_arithmetic(ARITHMETIC[name], equation)
    return None


def _fold_arithmetic(compute: Callable[..., Any], equation: Equation) -> Literal | None:
    values = [atom.value for atom in equation.inputs if isinstance(atom, Literal)]
    if len(values) < len(equation.inputs) or not all(type(value) in (bool, int, float) for value in values):
        return None
    return Literal(compute(*values))


def _fold_query(query: str, equation: Equation) -> Literal | None:
    (operand,) = equation.inputs
    extent = equation.outputs[0].type.extent
    if isinstance(extent, int):
        return Literal(extent)
    shape: Shape = operand.type.shape
    is_known = operand.type.is_numeric and isinstance(shape, tuple) and all(isinstance(dim, int) for dim in shape)
    return Literal(shape) if query == "shape" and is_known else None


def _fold_item(equation: Equation, definitions: Definitions) -> Atom | None:
    """The element itself, of a tuple that is made in this program."""
    (container,) = equation.inputs
    index = equation.parameters["index"]
    if isinstance(container, Literal):
        return Literal(container.value[index])
    made = definitions.get(container)
    if made is not None and made.primitive.name == "make_tuple":
        element = made.inputs[index]
        return element if isinstance(element, Value | Literal) else None
    return None
