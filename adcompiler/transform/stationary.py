"""Minima as roots: where a function is least, its gradient is zero, and that equation has a derivative.

A solver for minima is handed a function; here it is handed the function's gradient as well, a callee like any other, so
that its pullback can be handed both sweeps of that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adcompiler.errors import DifferentiationError
from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Region, walk
from adcompiler.ir.rewrite import region_with, substitute, with_regions
from adcompiler.rules.solvers import solver_of

Reverse = Callable[[Program], Program]
"""From a program with one result to that of its gradient with respect to its first parameter, by reverse mode."""


def with_gradients(program: Program, reverse: Reverse) -> Program:
    """The same program, where solvers for minima are handed the gradients of their functions."""
    made: dict[str, str] = {}
    callees = {callee.name: callee for callee in program.callees}

    def gradient_of(equation: Equation) -> str:
        name = equation.handed[0]
        if name not in made:
            gradient = _gradient(callees[name], program, equation, reverse)
            made[name] = gradient.name
            callees.update({callee.name: callee for callee in (*gradient.callees, replace(gradient, callees=()))})
        return made[name]

    def visit(region: Region) -> Region:
        return region_with(region, [settled(equation) for equation in region.equations])

    def settled(equation: Equation) -> Equation:
        solver = solver_of(equation)
        if solver is None or not solver.of_gradient or equation.parameters.get("sloped") or len(equation.handed) > 1:
            return with_regions(equation, list(map(visit, equation.regions)))
        static = {**equation.parameters, "handed": (*equation.handed, gradient_of(equation))}
        return replace(equation, static=tuple(sorted(static.items())))

    if not any(_is_minimum(equation) for each in (program, *program.callees) for equation in walk(each.body)):
        return program
    body = visit(program.body)
    for callee in program.callees:
        callees[callee.name] = replace(callee, body=visit(callee.body))
    return replace(program, body=body, callees=tuple(callees.values()))


def _is_minimum(equation: Equation) -> bool:
    solver = solver_of(equation)
    return solver is not None and solver.of_gradient


def _gradient(callee: Program, program: Program, equation: Equation, reverse: Reverse) -> Program:
    """The gradient of a function or, of several residuals, that of half the sum of their squares: Jᵀ r."""
    (result,) = callee.body.results
    try:
        adjoint = reverse(replace(callee, callees=program.callees))
    except DifferentiationError as error:
        raise error if error.span is not None else type(error)(error.message, equation.span, error.hint) from None
    seed = next(value for value in adjoint.body.parameters if value.name == adjoint.seed)
    given: Atom = result if equation.primitive.name == "least_squares_of" else Literal(1.0)
    body = substitute(adjoint.body, {seed: given})
    parameters = tuple(value for value in body.parameters if value != seed)
    taken = {other.name for other in adjoint.callees}
    name, number = adjoint.name, 2
    while name in taken:
        name, number = f"{adjoint.name}_{number}", number + 1
    doc = f"the gradient of {callee.doc}"
    return Program(name, replace(body, parameters=parameters), doc=doc, callees=adjoint.callees)
