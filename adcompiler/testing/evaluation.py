"""The meaning of the IR: programs run on their arguments, equation by equation."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adcompiler.ir.nodes import (
    CALL,
    FINALLY,
    FOR,
    IF,
    TRY,
    UNDEFINED,
    WHILE,
    WITH,
    Atom,
    Equation,
    Literal,
    Program,
    Region,
    Value,
)
from adcompiler.rules.effects import enter_context
from adcompiler.rules.table import RULES

Environment = dict[Value | str, Any]
"""Values, and by name the callees."""

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "power": operator.pow,
    "negative": operator.neg,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
    "left_shift": operator.lshift,
    "right_shift": operator.rshift,
    "invert": operator.invert,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}
"""What code writes as an operator: of Python numbers it makes Python numbers."""


def evaluate(program: Program, *arguments: Any) -> Any:
    """Run a program on its arguments, equation by equation.

    Parameters
    ----------
    program : Program
    *arguments
        A value for each parameter, in order; trailing ones may be left out where they have a literal default.

    Returns
    -------
    Any
        The value of the program's result; a tuple of values where it has more than one.
    """
    parameters = program.body.parameters
    defaults = dict(program.defaults)
    missing = [eval(str(defaults[value.name]), {}) for value in parameters[len(arguments) :]]
    results = _run(program.body, (*arguments, *missing), {callee.name: callee for callee in program.callees})
    return results[0] if len(results) == 1 else tuple(results)


def _run(region: Region, arguments: tuple[Any, ...], scope: Mapping[Value | str, Any]) -> list[Any]:
    environment = dict(scope) | dict(zip(region.parameters, arguments, strict=True))
    for equation in region.equations:
        results = _apply(equation, environment)
        environment.update(zip(equation.outputs, results, strict=True))
    return [_read(atom, environment, may_be_undefined=True) for atom in region.results]


def _read(atom: Atom, environment: Environment, *, may_be_undefined: bool = False) -> Any:
    value = atom.value if isinstance(atom, Literal) else environment[atom]
    assert may_be_undefined or value is not UNDEFINED, f"{atom} is read where it is not defined"
    return value


def _apply(equation: Equation, environment: Environment) -> list[Any]:
    hands_on = equation.regions or equation.primitive.name in ("call", "make_tuple", "item", "shape", "zero_items")
    inputs = tuple(_read(atom, environment, may_be_undefined=bool(hands_on)) for atom in equation.inputs)
    match equation.primitive:
        case primitive if primitive is IF:
            return _run(equation.regions[0 if inputs[0] else 1], (), environment)
        case primitive if primitive is TRY:
            return _run_try(equation, environment)
        case primitive if primitive is FINALLY:
            return _run_finally(equation, environment)
        case primitive if primitive is WITH:
            with enter_context(*inputs, **equation.parameters) as entered:
                return _run(equation.regions[0], (entered,), environment)
        case primitive if primitive is FOR:
            return _run_for(equation, inputs, environment)
        case primitive if primitive is WHILE:
            return _run_while(equation, inputs, environment)
        case primitive if primitive is CALL:
            callees: Environment = {name: callee for name, callee in environment.items() if isinstance(name, str)}
            return _run(callees[str(equation.callee)].body, inputs, callees)
        case primitive:
            function = OPERATORS.get(primitive.name, RULES[primitive.name].function)
            result = (
                function(inputs, **equation.parameters) if primitive.packs else function(*inputs, **equation.parameters)
            )
            return [result] if equation.outputs else []


def _run_try(equation: Equation, environment: Environment) -> list[Any]:
    body, handler = equation.regions
    kinds = tuple(kind.value for kind in equation.parameters["catches"])
    try:
        return _run(body, (), environment)
    except BaseException as error:
        if kinds and not isinstance(error, kinds):
            raise
        return _run(handler, (error,), environment)


def _run_finally(equation: Equation, environment: Environment) -> list[Any]:
    body, final = equation.regions
    first: list[Any] = []
    second: list[Any] = []
    try:
        first = _run(body, (), environment)
    finally:
        second = _run(final, (), environment)
    return [one if other is UNDEFINED else other for one, other in zip(first, second, strict=True)]


def _run_for(equation: Equation, inputs: tuple[Any, ...], environment: Environment) -> list[Any]:
    count = equation.parameters["sequences"]
    carried = list(inputs[count:])
    tapes: list[list[Any]] = [[] for _ in equation.outputs[len(carried) :]]
    for elements in _elements(inputs[:count], backwards=equation.parameters.get("reverse", False)):
        results = _run(equation.regions[0], (*elements, *carried), environment)
        carried, collected = results[: len(carried)], results[len(carried) :]
        for tape, item in zip(tapes, collected, strict=True):
            tape.append(item)
    return [*carried, *tapes]


def _elements(sequences: tuple[Any, ...], *, backwards: bool) -> Iterator[tuple[Any, ...]]:
    ordered = [sequence[::-1] if backwards else sequence for sequence in sequences]
    return zip(*ordered, strict=True)


def _run_while(equation: Equation, inputs: tuple[Any, ...], environment: Environment) -> list[Any]:
    condition, body = equation.regions
    carried = list(inputs)
    tapes: list[list[Any]] = [[] for _ in equation.outputs[len(carried) :]]
    while _run(condition, tuple(carried), environment)[0]:
        results = _run(body, tuple(carried), environment)
        carried, collected = results[: len(carried)], results[len(carried) :]
        for tape, item in zip(tapes, collected, strict=True):
            tape.append(item)
    return [*carried, *tapes]
