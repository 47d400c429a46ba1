"""Which equations may raise an exception, as far as can be said before the program runs.

Shapes that do not fit, domains, conversions, and NumPy's warnings where they are errors: nearly every equation may.
"""

from __future__ import annotations

from adcompiler.ir.nodes import Equation, Region

_NEVER = frozenset(("make_tuple", "shape", "size", "len", "axis_length", "ndim", "not", "stop_gradient", "is_instance"))
_NEVER_OF_PYTHON_NUMBERS = frozenset(
    ("add", "subtract", "multiply", "negative", "positive", "less", "less_equal", "greater", "greater_equal")
) | {"equal", "not_equal"}
"""Python's own arithmetic goes to infinity without a word; a division or a power does not."""


def may_raise(equation: Equation) -> bool:
    """Whether carrying out an equation, or one in its regions, may raise."""
    if equation.regions:
        return equation.primitive.effect or any(map(region_may_raise, equation.regions))
    name = equation.primitive.name
    if name in _NEVER:
        return False
    if name == "item":
        return equation.inputs[0].type.kind != "tuple"
    numbers = all(atom.type.kind == "scalar" and atom.type.weak for atom in equation.inputs)
    return not (numbers and name in _NEVER_OF_PYTHON_NUMBERS)


def region_may_raise(region: Region) -> bool:
    """Whether any of a region's equations may raise."""
    return region.may_raise(may_raise)


def never_completes(region: Region) -> bool:
    """Whether a region always raises at its end, so that nobody sees its results."""
    if not region.equations:
        return False
    last = region.equations[-1]
    return last.primitive.name == "raise" or (last.yields_outputs and all(map(never_completes, last.regions)))
