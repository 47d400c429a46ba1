"""Complex numbers at the border of a program, and what of a program is not differentiated for them.

Inside, cotangents are plain transposes (see `rules.complex_numbers`); outside, they have PyTorch's convention, the
conjugate.
"""

from __future__ import annotations

from collections.abc import Sequence

from adcompiler.analysis.activity import varied_values
from adcompiler.errors import DifferentiationError, MissingRuleError, UnknownTypeError
from adcompiler.ir.nodes import Atom, Equation, Program, Region, Value, free_values, walk
from adcompiler.ir.types import Type
from adcompiler.rules.complex_numbers import ASK_FOR_DTYPE, HOLD_FOR_COMPLEX, MAKE_COMPLEX, VARY_WITH_COMPLEX
from adcompiler.rules.table import RULES
from adcompiler.transform.cotangents import AdjointBuilder


def check_complex(program: Program, parameters: Sequence[Value], active: frozenset[Value]) -> None:
    """Refuse a program with complex numbers where a derivative is right for real ones alone.

    Raises
    ------
    DifferentiationError
        A rule does not hold for complex numbers, or it is not known whether its operands are complex.
    """
    for parameter in parameters:
        if parameter.type.is_numeric and parameter.type.dtype is None:
            raise UnknownTypeError(
                f"whether `{parameter.hint or parameter.name}` is complex is not known, and the program has complex "
                "numbers",
                hint="give its type",
            )
    varied = varied_values(program, parameters)
    maybe_complex = active - _real_values(program)
    for equation in walk(program.body):
        if not equation.regions:
            _check_equation(equation, active, maybe_complex, varied)


def _real_values(program: Program) -> frozenset[Value]:
    """Values whose dtype is not known but that come from real numbers alone: Python's and those of a narrower dtype."""
    real: set[Value] = set()

    def is_real(atom: Atom) -> bool:
        return atom in real or atom.type.kind == "range" or (atom.type.is_numeric and not atom.type.may_be_complex)

    def keeps_real(equation: Equation) -> bool:
        name = equation.primitive.name
        is_known = name in HOLD_FOR_COMPLEX or (equation.primitive.spelling or "").startswith("np.")
        outputs_fit = all(output.type.is_numeric and not output.type.is_complex for output in equation.outputs)
        return is_known and outputs_fit and name not in MAKE_COMPLEX

    def visit(region: Region) -> None:
        for equation in region.equations:
            given = (*equation.inputs, *(value for inner in equation.regions for value in free_values(inner)))
            if all(map(is_real, given)):
                inside = [each for inner in equation.regions for each in walk(inner)]
                if all(map(keeps_real, inside)) and (equation.regions or keeps_real(equation)):
                    for each in (equation, *inside):
                        real.update(each.outputs, *(inner.parameters for inner in each.regions))
                    continue
            for inner in equation.regions:
                visit(inner)

    visit(program.body)
    return frozenset(real)


def _check_equation(
    equation: Equation, active: frozenset[Value], maybe_complex: frozenset[Value], varied: frozenset[Value]
) -> None:
    name = equation.primitive.name
    rule = RULES.get(name)
    if rule is None:
        return
    spelling = equation.primitive.spelling or name
    if name in VARY_WITH_COMPLEX:
        concerned = [atom for atom in equation.inputs if atom in varied and atom.type.may_be_complex]
    elif active.isdisjoint(equation.outputs):
        return
    else:
        concerned = [atom for atom in (*equation.inputs, *equation.outputs) if _matters(atom, maybe_complex)]
    if name in HOLD_FOR_COMPLEX and name not in ASK_FOR_DTYPE:
        return
    if any(atom.type.dtype is None for atom in concerned):
        raise UnknownTypeError(
            f"whether the operands of `{spelling}` are complex is not known", equation.span, "give types"
        )
    if concerned and name not in HOLD_FOR_COMPLEX:
        raise MissingRuleError(
            f"the derivative of `{spelling}` is not known for complex numbers",
            equation.span,
            "take `np.real`, `np.imag` or `np.abs` first",
        )


def _matters(atom: Atom, maybe_complex: frozenset[Value]) -> bool:
    return atom in maybe_complex and atom.type.may_be_complex


def require_real(program: Program, target: Atom, *, complex_numbers: bool) -> None:
    """Refuse a gradient of a complex number, and of what may be one in a program with complex numbers."""
    maybe_complex = complex_numbers and target.type.may_be_complex and target not in _real_values(program)
    if not (target.type.is_complex or maybe_complex):
        return
    span = next((equation.span for equation in program.body.equations if target in equation.outputs), None)
    if not target.type.is_complex:
        raise UnknownTypeError(f"whether `{program.name}` returns a complex number is not known", span, "give types")
    raise DifferentiationError(
        f"`{program.name}` returns a complex number: only a real one has a gradient",
        span,
        "return its real part or absolute value, or use `vjp`, which takes the cotangent",
    )


def conjugated(atom: Atom, type: Type, builder: AdjointBuilder) -> Atom:
    """The conjugate of what is complex of a cotangent."""
    if type.is_complex or (builder.complex_numbers and type.may_be_complex):
        return builder.call("conj", atom)
    if not any(_holds_complex(element) for element in type.elements):
        return atom
    items = [
        conjugated(builder.call("item", atom, index=number), element, builder)
        for number, element in enumerate(type.elements)
    ]
    return builder.call("make_tuple", *items)


def _holds_complex(type: Type) -> bool:
    return type.is_complex or any(map(_holds_complex, type.elements))
