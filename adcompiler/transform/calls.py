"""The adjoint of a call: the forward sweep calls one function of the callee's pair, the backward sweep the other.

What the callee keeps for its backward sweep is one value here, which goes wherever other residuals go: into the
residuals of the caller, who may be the callee itself, or onto the tape of a loop.
"""

from __future__ import annotations

from dataclasses import replace

from adcompiler.errors import DifferentiationError
from adcompiler.ir.nodes import CALL, Atom, Equation, Value
from adcompiler.ir.types import RESIDUALS, Type
from adcompiler.transform.cotangents import Cotangent, Cotangents


def pull_call(equation: Equation, cotangents: Cotangents) -> Equation:
    """Write the call of the callee's backward sweep; returns the call of its forward sweep.

    Where no cotangent arrives, the callee itself is called.
    """
    builder, pairs = cotangents.builder, cotangents.builder.pairs
    if any(
        atom.type.kind == "residuals" and cotangents.is_active(atom) for atom in (*equation.inputs, *equation.outputs)
    ):
        raise DifferentiationError(
            "the derivative of a gradient of a function that is called, and not read in place, is not supported",
            equation.span,
        )
    arriving = {output: cotangents.take(output) for output in equation.outputs if cotangents.is_active(output)}
    if all(cotangent is None for cotangent in arriving.values()):
        return equation
    assert pairs is not None
    assert equation.callee is not None
    pair = pairs.of(equation.callee)
    seeds = []
    for number in pair.results:
        output = equation.outputs[number]
        seeds.append(cotangents.passed(cotangents.settled(output, arriving.get(output)), output.type))
    named = next((output.hint for output in equation.outputs if output.hint), equation.callee)
    residuals = builder.value(RESIDUALS, f"{named}_residuals")
    bars = [
        _cotangent_of(equation.inputs[number], pair.callee.body.parameters[number], cotangents)
        for number in pair.arguments
    ]
    static = (("callee", pair.backward), ("effect", False))
    builder.append(Equation(CALL, (residuals, *seeds), tuple(bars), static))
    for number, bar in zip(pair.arguments, bars, strict=True):
        cotangents.add(equation.inputs[number], Cotangent(bar))
    static = (("callee", pair.forward), ("effect", equation.has_effect))
    return replace(equation, outputs=(*equation.outputs, residuals), static=static)


def _cotangent_of(argument: Atom, parameter: Value, cotangents: Cotangents) -> Value:
    """A new value for the cotangent of an argument, of its shape, as the backward sweep returns it."""
    hint = argument.hint if isinstance(argument, Value) and argument.hint else parameter.hint
    type = Type(parameter.type.kind, parameter.type.dtype, argument.type.shape)
    return cotangents.builder.value(type, f"{hint}_bar")
