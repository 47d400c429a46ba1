"""Forward mode by the pushforwards of the rules, on the program that a function is read as: dual numbers."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from adcompiler.compiler import Goal
from adcompiler.dispatch import Dispatcher
from adcompiler.ir.nodes import CALL, FINALLY, FOR, IF, TRY, WHILE, WITH, Atom, Equation, Literal, Named, Region
from adcompiler.rules.effects import enter_context
from adcompiler.rules.table import RULES
from adcompiler.testing import OPERATORS

Dual = tuple[Any, Any]
"""A value and its tangent: None for zero, of a tuple or list a tuple or list with the tangents of its parts."""
Scope = dict[Any, Any]


LISTS = {
    *("make_list", "append", "extend", "delete", "repeat_item", "add_items", "sum_list", "unbroadcast_items"),
    *("stack_list", "concatenate_list", "split_like"),
}
"""Functions of lists that are linear in all numbers together: what they do with values they do with tangents."""


class NoPushforwardError(Exception):
    """A function has a pullback and no pushforward: a solver."""


def pushed(function: Any, arguments: tuple[Any, ...], tangents: Mapping[str, Any]) -> Dual:
    """The value of a function and its derivative along tangents of the parameters with these names."""
    dispatcher = Dispatcher(function, Goal("split", tuple(tangents), as_tuple=True))
    bound = dispatcher.bind(copy.deepcopy(arguments), {})
    entry = dispatcher.find(bound)
    program = entry.compiled.lowered.program
    inputs = entry.inputs(bound)
    given = [(inputs[p.name], tangents.get(p.name)) for p in program.body.parameters if p.name in inputs]
    return _run(program.body, given, {callee.name: callee for callee in program.callees})[0]


def _run(region: Region, given: list[Dual], scope: Scope) -> list[Dual]:
    scope = scope | dict(zip(region.parameters, given, strict=True))
    for equation in region.equations:
        scope.update(zip(equation.outputs, _apply(equation, scope), strict=True))
    return [_read(atom, scope) for atom in region.results]


def _read(atom: Atom, scope: Scope) -> Dual:
    if isinstance(atom, Literal):
        return atom.value.value if isinstance(atom.value, Named) else atom.value, None
    return scope[atom]


def _apply(equation: Equation, scope: Scope) -> list[Dual]:
    inputs = [_read(atom, scope) for atom in equation.inputs]
    match equation.primitive:
        case primitive if primitive is IF:
            return _run(equation.regions[0 if inputs[0][0] else 1], [], scope)
        case primitive if primitive is FOR:
            return _run_for(equation, inputs, scope)
        case primitive if primitive is WHILE:
            return _run_while(equation, inputs, scope)
        case primitive if primitive in (TRY, FINALLY):
            return _run(equation.regions[0], [], scope)
        case primitive if primitive is WITH:
            with enter_context(*(value for value, _ in inputs), **equation.parameters) as entered:
                return _run(equation.regions[0], [(entered, None)], scope)
        case primitive if primitive is CALL:
            callees = {name: callee for name, callee in scope.items() if isinstance(name, str)}
            return _run(callees[str(equation.callee)].body, inputs, callees)
        case primitive if primitive.name == "make_tuple":
            packed = RULES["make_tuple"].function(*(value for value, _ in inputs), **equation.parameters)
            return [(packed, tuple(tangent for _, tangent in inputs))]
        case primitive if primitive.name == "item":
            value, tangent = inputs[0]
            index = equation.parameters["index"]
            return [(value[index], None if tangent is None else tangent[index])]
        case _:
            dual = _push(equation, inputs)
            return [dual] if equation.outputs else []


def _push(equation: Equation, inputs: list[Dual]) -> Dual:
    """Apply a rule's function to values, and its pushforwards to their tangents."""
    primitive, options = equation.primitive, equation.parameters
    rule = RULES.get(primitive.name)
    if rule is None:
        raise NoPushforwardError(f"`{primitive.name}` has no pushforward")
    function = OPERATORS.get(primitive.name, rule.function)
    values = [value for value, _ in inputs]
    y = function(values, **options) if primitive.packs else function(*values, **options)
    if primitive.name in LISTS:
        return y, function(
            *(_filled(*dual) if rule.pullback(n) else dual[0] for n, dual in enumerate(inputs)), **options
        )
    total = None
    for number, (_, tangent) in enumerate(inputs):
        if _is_zero(tangent) or rule.pullback(number) is None:
            continue
        pushforward = rule.pushforward(number)
        if pushforward is None:
            raise NoPushforwardError(f"`{primitive.name}` has no pushforward for operand {number}")
        tangent = _filled(values[number], tangent) if isinstance(tangent, tuple | list) else tangent
        total = _sum(total, _like(pushforward(tangent, y, *values, **options), y))
    return y, total


def _is_zero(tangent: Any) -> bool:
    return tangent is None or (isinstance(tangent, tuple | list) and all(map(_is_zero, tangent)))


def _filled(value: Any, tangent: Any) -> Any:
    """A tangent with numbers in the place of None."""
    if isinstance(value, tuple | list):
        tangents = [None] * len(value) if tangent is None else tangent
        filled = [_filled(*dual) for dual in zip(value, tangents, strict=True)]
        return filled if isinstance(value, list) else tuple(filled)
    return np.zeros_like(value) if tangent is None else tangent


def _like(tangent: Any, y: Any) -> Any:
    """A tangent of the shape of the value, real for a real one; None for that of what is no floating-point number."""
    if tangent is None:
        return None
    if isinstance(y, tuple | list):
        return tuple(_like(part, value) for part, value in zip(tangent, y, strict=True))
    kind = np.result_type(y).kind
    if kind not in "fc":
        return None
    return np.broadcast_to(np.real(tangent) if kind == "f" else tangent, np.shape(y))


def _sum(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, tuple):
        return tuple(map(_sum, one, other))
    return one + other


def _run_for(equation: Equation, inputs: list[Dual], scope: Scope) -> list[Dual]:
    count = equation.parameters["sequences"]
    carried = inputs[count:]
    rounds = list(zip(*(list(_elements(*dual)) for dual in inputs[:count]), strict=True))
    tapes: list[list[Dual]] = [[] for _ in equation.outputs[len(carried) :]]
    for elements in reversed(rounds) if equation.parameters.get("reverse", False) else rounds:
        results = _run(equation.regions[0], [*elements, *carried], scope)
        carried = results[: len(carried)]
        for tape, item in zip(tapes, results[len(carried) :], strict=True):
            tape.append(item)
    return [*carried, *map(_unzipped, tapes)]


def _run_while(equation: Equation, inputs: list[Dual], scope: Scope) -> list[Dual]:
    condition, body = equation.regions
    carried = inputs
    tapes: list[list[Dual]] = [[] for _ in equation.outputs[len(carried) :]]
    while _run(condition, carried, scope)[0][0]:
        results = _run(body, carried, scope)
        carried = results[: len(carried)]
        for tape, item in zip(tapes, results[len(carried) :], strict=True):
            tape.append(item)
    return [*carried, *map(_unzipped, tapes)]


def _elements(value: Any, tangent: Any) -> Iterator[Dual]:
    return zip(value, [None] * len(value) if tangent is None else tangent, strict=True)


def _unzipped(tape: list[Dual]) -> Dual:
    return [value for value, _ in tape], [tangent for _, tangent in tape]
