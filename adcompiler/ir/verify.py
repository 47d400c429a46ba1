"""The invariants of a program, stated as a check that tests run after every pass."""

from __future__ import annotations

from collections.abc import Mapping

from adcompiler.ir.nodes import CALL, FINALLY, FOR, IF, TRY, WHILE, WITH, Atom, Equation, Program, Region, Value


class InvalidProgramError(AssertionError):
    """A program that breaks an invariant of the IR: a bug of ours."""


def verify(program: Program) -> Program:
    """Return `program` unchanged, or raise `InvalidProgramError`.

    Every value is defined once, before its use, in a region around it; a region yields as many results as its
    equation carries and defines; a call fits the callee that it names.
    """
    signatures = {callee.name: (len(callee.body.parameters), len(callee.body.results)) for callee in program.callees}
    if len(signatures) != len(program.callees):
        raise InvalidProgramError("two callees have one name")
    for each in (*program.callees, program):
        _verify_body(each, signatures)
    return program


def _verify_body(program: Program, signatures: Mapping[str, tuple[int, int]]) -> None:
    defined: set[str] = set()

    def define(values: tuple[Value, ...], scope: set[str]) -> None:
        for value in values:
            if value.name in defined:
                raise InvalidProgramError(f"{value.name} is defined twice")
            defined.add(value.name)
            scope.add(value.name)

    def use(atom: Atom, scope: set[str], where: object) -> None:
        if isinstance(atom, Value) and atom.name not in scope:
            raise InvalidProgramError(f"{atom.name} is used outside its scope, in {where}")

    def visit(region: Region, outer: set[str]) -> None:
        scope = set(outer)
        define(region.parameters, scope)
        for equation in region.equations:
            for atom in equation.inputs:
                use(atom, scope, equation.primitive)
            _verify_arity(equation)
            if equation.primitive is CALL:
                _verify_call(equation, signatures)
            for inner in equation.regions:
                visit(inner, scope)
            define(equation.outputs, scope)
        for atom in region.results:
            use(atom, scope, "results")

    visit(program.body, set())


def _verify_call(equation: Equation, signatures: Mapping[str, tuple[int, int]]) -> None:
    found = (len(equation.inputs), len(equation.outputs))
    expected = signatures.get(str(equation.callee))
    if found != expected:
        raise InvalidProgramError(f"a call of {equation.callee} has {found} inputs and outputs, not {expected}")


def _verify_arity(equation: Equation) -> None:
    results = [len(region.results) for region in equation.regions]
    parameters = [len(region.parameters) for region in equation.regions]
    inputs, outputs = len(equation.inputs), len(equation.outputs)
    match equation.primitive:
        case primitive if primitive is IF:
            right = inputs == 1 and results == [outputs, outputs] and parameters == [0, 0]
        case primitive if primitive is TRY:
            right = inputs == 0 and results == [outputs, outputs] and parameters == [0, 1]
        case primitive if primitive is FINALLY:
            right = inputs == 0 and results == [outputs, outputs] and parameters == [0, 0]
        case primitive if primitive is WITH:
            right = results == [outputs] and parameters == [1]
        case primitive if primitive is FOR:
            right = results == [outputs] and parameters == [inputs] and equation.parameters["sequences"] <= inputs
        case primitive if primitive is WHILE:
            right = results == [1, outputs] and parameters == [inputs, inputs] and outputs >= inputs
        case _:
            right = not equation.regions
    if not right:
        raise InvalidProgramError(f"{equation.primitive} has regions that do not fit its inputs and outputs")
