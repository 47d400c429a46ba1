"""The adjoint of a solver: it is handed both sweeps of the function that the solver is handed.

The forward sweep is the solver's call as it stands. The backward sweep calls the solver's pullback, a function of
`runtime`, which calls the function's forward and backward sweep wherever it needs its derivative.
"""

from __future__ import annotations

from adcompiler.analysis.activity import can_carry_cotangent
from adcompiler.errors import DifferentiationError
from adcompiler.ir.nodes import Equation, Value
from adcompiler.ir.types import Type
from adcompiler.rules.solvers import Solver, is_adjoint_of_solver
from adcompiler.rules.table import RULES
from adcompiler.transform.cotangents import Cotangent, Cotangents


def pull_solver(equation: Equation, solver: Solver, cotangents: Cotangents) -> None:
    """Write the call of the solver's pullback."""
    builder, pairs = cotangents.builder, cotangents.builder.pairs
    (output,) = equation.outputs
    cotangent = cotangents.take(output) if cotangents.is_active(output) else None
    if cotangent is None:
        return
    assert pairs is not None
    name = equation.handed[-1]
    active = pairs.active_arguments(name)
    smooth = solver.smooth(equation)
    wanted = [
        number
        for number, atom in enumerate(equation.inputs)
        if atom in smooth and isinstance(atom, Value) and cotangents.is_active(atom)
    ]
    types = tuple(_cotangent_type(equation.inputs[number].type) for number in wanted)
    static = {
        **equation.parameters,
        "handed": (pairs.of(name).forward, pairs.of(name).backward) if active else (name, name),
        "active": active,
        "wanted": tuple(wanted),
    }
    settled = cotangents.settled(output, cotangent)
    bars = builder.emit(solver.adjoint, settled, output, *equation.inputs, type=Type("tuple", elements=types), **static)
    for place, number in enumerate(wanted):
        operand = equation.inputs[number]
        hint = f"{operand.hint}_bar" if isinstance(operand, Value) and operand.hint else None
        bar = builder.emit(RULES["item"].primitive, bars, hint=hint, index=place)
        cotangents.add(operand, Cotangent(bar))


def _cotangent_type(type: Type) -> Type:
    kind = "unknown" if type.kind == "scalar" else type.kind
    return Type(kind, type.dtype, type.shape)


def refuse_second_derivative(equation: Equation, cotangents: Cotangents) -> None:
    """A solver's pullback has no pullback of its own.

    Raises
    ------
    DifferentiationError
        It would need one.
    """
    if is_adjoint_of_solver(equation) and any(
        can_carry_cotangent(output.type) and cotangents.is_active(output) for output in equation.outputs
    ):
        raise DifferentiationError(
            f"the second derivative of what `{equation.primitive.name.removesuffix('_bar')}` computes is not supported",
            equation.span,
        )
