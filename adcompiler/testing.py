"""Checking derivatives: a user's against differences, and the compiler's programs by running them directly."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from adcompiler.api import vjp
from adcompiler.frontend.lower import lower
from adcompiler.frontend.parse import parse_text
from adcompiler.frontend.static_scope import StaticScope
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
from adcompiler.ir.print import format_program
from adcompiler.ir.structure import packing_of
from adcompiler.rules.effects import enter_context
from adcompiler.rules.table import RULES
from adcompiler.signature import given_types
from adcompiler.transform.reverse import reverse

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


def check_grads(f: Callable[..., Any], *arguments: Any, step: float = 1e-6, tolerance: float = 1e-5) -> None:
    """Compare the compiled derivative of `f` with central differences.

    The cotangent of a random combination of the results is compared along a random direction in each argument. What
    passing does not prove: the values at kinks, and at other arguments.

    Parameters
    ----------
    f : callable
        A function of numbers and arrays, and of structures of these, with such as its value.
    *arguments
        Where to compare; the floating-point ones (float64) are moved.
    step : float
        How far.
    tolerance : float
        The difference allowed, relative to the size of the derivative or absolute below one.

    Raises
    ------
    AssertionError
        They differ.

    Examples
    --------
    >>> check_grads(lambda x: np.sin(x) * x, 0.3)
    """
    rng = np.random.default_rng(0)
    value, pullback = vjp(f, *copy.deepcopy(arguments))
    weight = _random_like(value, rng)
    cotangents = pullback(weight)
    for position, cotangent in enumerate(cotangents if len(arguments) > 1 else (cotangents,)):
        if cotangent is None:
            continue
        direction = _random_like(arguments[position], rng)

        def moved(distance: float, position: int = position, direction: Any = direction) -> float:
            varied = list(copy.deepcopy(arguments))
            varied[position] = _moved(varied[position], direction, distance)
            return _inner(weight, f(*varied))

        expected = (moved(step) - moved(-step)) / (2 * step)
        found = _inner(direction, cotangent)
        assert abs(found - expected) <= tolerance * max(1.0, abs(expected)), (
            f"argument {position} of {getattr(f, '__name__', 'the function')}: "
            f"the derivative is {found}, differences give {expected}"
        )


def _random_like(value: Any, rng: np.random.Generator) -> Any:
    """Random numbers in the structure and shapes of a value; None in the place of what is no floating-point number."""
    packing = packing_of(value)
    if packing is not None:
        return packing.pack([_random_like(part, rng) for part in packing.parts(value)])
    return rng.normal(size=np.shape(value))[()] if np.asarray(value).dtype.kind == "f" else None


def _moved(value: Any, direction: Any, distance: float) -> Any:
    """A value moved along a direction of its structure."""
    packing = packing_of(value)
    if packing is not None:
        pairs = zip(packing.parts(value), packing.parts(direction), strict=True)
        return packing.pack([_moved(part, along, distance) for part, along in pairs])
    return value if direction is None else value + distance * direction


def _inner(one: Any, other: Any) -> float:
    """The inner product of two values of one structure."""
    packing = packing_of(one)
    if packing is not None:
        return sum(map(_inner, packing.parts(one), packing.parts(other)))
    return 0.0 if one is None else float(np.sum(one * other))


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


def read_program(text: str, **types: str) -> Program:
    """The program of the one function defined in `text`, with `np` and `math` in scope.

    Parameters
    ----------
    text : str
    **types
        Types of its parameters, as text (`"float64[n, 3]"`); nothing is known of those left out.
    """
    scope = StaticScope(parse_text("<text>", f"import math\nimport numpy as np\n{text}"), Path())
    for statement in scope.text.tree.body:
        scope.bind(statement)
    source = scope.function(scope.text.tree.body[-1])
    return lower(source, given_types(source.parameters, types, {})).program


def show_pass(transform: Callable[[Program], Program], text: str, *, gradient: bool = False, **types: str) -> None:
    """Print what a pass makes of the function in `text`, or of its gradient in all floating-point parameters."""
    program = read_program(text, **types)
    if gradient:
        program = reverse(program, (0,), as_tuple=False)
    print(format_program(transform(program)))
