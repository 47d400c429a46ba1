"""The language: every program runs as Python does and has the gradient that differences give.

Passing does not prove the values at kinks (those stand in `tests/rules` and the tape's conformance suite), nor that a
program outside this table is right: `test_random_programs` looks for that.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from numerics import central_difference, floating_positions
from programs import PROGRAMS, Example

from adcompiler.api import grad, value_and_grad, vjp
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.lower import lower
from adcompiler.frontend.parse import function_source
from adcompiler.ir.types import Parameter, Type, unknown
from adcompiler.signature import Lengths
from adcompiler.testing import evaluate


def types_of(example: Example, *, typed: bool) -> dict[str, Parameter]:
    lengths = Lengths()
    names = function_source(example.function).parameters
    types = {name: lengths.type_of(argument) for name, argument in zip(names, example.arguments, strict=True)}
    if typed:
        return types
    return {name: unknown(name) if isinstance(type_, Type) else type_ for name, type_ in types.items()}


def taken(example: Example, types: dict[str, Parameter]) -> list[object]:
    """The arguments that generated code takes: those whose value was not known when it was compiled."""
    arguments = copy.deepcopy(example.arguments)
    return [a for a, type_ in zip(arguments, types.values(), strict=True) if isinstance(type_, Type)]


def name(example: Example) -> str:
    return f"{example.name}-{PROGRAMS.index(example)}"


EVERY = pytest.mark.parametrize("example", PROGRAMS, ids=name)
UNTYPED = pytest.mark.parametrize("example", [example for example in PROGRAMS if example.untyped], ids=name)


@EVERY
def test_program_means_what_python_means(example):
    types = types_of(example, typed=True)
    program = lower(function_source(example.function), types).program
    expected = example.function(*copy.deepcopy(example.arguments))
    np.testing.assert_allclose(evaluate(program, *taken(example, types)), expected, rtol=1e-12)


@EVERY
def test_gradient_agrees_with_differences(example):
    positions = floating_positions(example.arguments)
    arguments = copy.deepcopy(example.arguments)
    value, gradients = value_and_grad(example.function, positions)(*arguments)
    np.testing.assert_allclose(value, example.function(*copy.deepcopy(example.arguments)), rtol=1e-12)
    for position, gradient in zip(positions, gradients, strict=True):
        expected = central_difference(example.function, example.arguments, position)
        assert np.shape(gradient) == np.shape(example.arguments[position])
        np.testing.assert_allclose(gradient, expected, rtol=2e-6, atol=2e-6)
    for before, after in zip(example.arguments, arguments, strict=True):
        np.testing.assert_array_equal(before, after, "a gradient call changed its argument")


@EVERY
def test_gradient_alone_is_the_gradient_with_the_value(example):
    positions = floating_positions(example.arguments)
    _, expected = value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    found = grad(example.function, positions)(*copy.deepcopy(example.arguments))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@EVERY
def test_split_pair_agrees_and_can_be_pulled_back_twice(example):
    positions = floating_positions(example.arguments)
    expected = grad(example.function, positions)(*copy.deepcopy(example.arguments))
    value, pullback = vjp(example.function, *copy.deepcopy(example.arguments))
    for scale in (1.0, 2.0):
        found = pullback(np.full(np.shape(value), scale) if np.shape(value) else scale)
        found = found if isinstance(found, tuple) else (found,)
        for position, gradient in zip(positions, expected, strict=True):
            np.testing.assert_allclose(found[position], scale * gradient, rtol=1e-10, atol=1e-12)


@UNTYPED
def test_code_without_types_agrees(example):
    source = function_source(example.function)
    types = types_of(example, typed=False)
    positions = floating_positions(example.arguments)
    goal = Goal("value_and_grad", tuple(source.parameters[p] for p in positions), as_tuple=True)
    values = dict(zip(source.parameters, example.arguments, strict=True))
    compiled = compile_gradient(source, types, goal, values=values)
    value, gradients = compiled.load()[0](*taken(example, types))
    expected_value, expected = value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    np.testing.assert_allclose(value, expected_value, rtol=1e-12)
    for gradient, wanted in zip(gradients, expected, strict=True):
        assert np.shape(gradient) == np.shape(wanted)
        np.testing.assert_allclose(gradient, wanted, rtol=1e-10, atol=1e-12)
