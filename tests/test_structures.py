"""Arguments and results that are structures: gradients have the structure of what they are the gradients of.

Passing does not prove the values at kinks, nor anything about structures whose parts are shared.
"""

from __future__ import annotations

import copy
from functools import partial

import numpy as np
import pytest
from programs import Example
from programs.arguments import STRUCTURED
from structures import assert_alike, differences, is_floating, leaves_with_paths

from adcompiler.api import grad, value_and_grad, vjp
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.parse import function_source
from adcompiler.ir.structure import at_path, leaf_names, map_leaves
from adcompiler.ir.types import Parameter, Type, unknown
from adcompiler.signature import Lengths


def wrt_of(example: Example) -> tuple[int, ...]:
    """The arguments that hold floating-point numbers."""
    return tuple(
        position
        for position, argument in enumerate(example.arguments)
        if any(is_floating(leaf) for _, leaf in leaves_with_paths(argument))
    )


def types_of(example: Example, *, typed: bool = True) -> dict[str, Parameter]:
    lengths = Lengths()
    names = function_source(example.function).parameters
    types = {name: lengths.type_of(argument) for name, argument in zip(names, example.arguments, strict=True)}
    if typed:
        return types
    names_of = {place: name for name, place in leaf_names(types).items()}

    def forgotten(parameter, path, leaf):
        return unknown(names_of[parameter, path]) if isinstance(leaf, Type) else leaf

    return {parameter: map_leaves(tree, partial(forgotten, parameter)) for parameter, tree in types.items()}


def name(example: Example) -> str:
    return f"{example.name}-{STRUCTURED.index(example)}"


EVERY = pytest.mark.parametrize("example", STRUCTURED, ids=name)
UNTYPED = pytest.mark.parametrize("example", [example for example in STRUCTURED if example.untyped], ids=name)


@EVERY
def test_gradient_agrees_with_differences(example):
    positions = wrt_of(example)
    arguments = copy.deepcopy(example.arguments)
    value, gradients = value_and_grad(example.function, positions)(*arguments)
    np.testing.assert_allclose(value, example.function(*copy.deepcopy(example.arguments)), rtol=1e-12)
    for position, gradient in zip(positions, gradients, strict=True):
        assert_alike(gradient, differences(example.function, example.arguments, position))
    assert_alike(arguments, example.arguments, rtol=0, atol=0)


@EVERY
def test_gradient_alone_is_the_gradient_with_the_value(example):
    positions = wrt_of(example)
    _, expected = value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    found = grad(example.function, positions)
    for _ in range(3):  # compiled, found by its summary, guarded
        assert_alike(found(*copy.deepcopy(example.arguments)), expected, rtol=1e-12)


@EVERY
def test_split_pair_agrees_and_can_be_pulled_back_twice(example):
    positions = wrt_of(example)
    expected = grad(example.function, positions)(*copy.deepcopy(example.arguments))
    _, pullback = vjp(example.function, *copy.deepcopy(example.arguments))
    for _ in range(2):
        found = pullback(1.0)
        found = (found,) if len(example.arguments) == 1 else found
        assert_alike(tuple(found[position] for position in positions), expected, rtol=1e-10)


@UNTYPED
def test_code_without_types_agrees(example):
    source = function_source(example.function)
    types = types_of(example, typed=False)
    positions = wrt_of(example)
    goal = Goal("value_and_grad", tuple(source.parameters[p] for p in positions), as_tuple=True)
    places = leaf_names(types)
    by_name = dict(zip(source.parameters, example.arguments, strict=True))
    values = {name: at_path(by_name[parameter], path) for name, (parameter, path) in places.items()}
    compiled = compile_gradient(source, types, goal, values=values)
    taken = {name for name, _ in compiled.lowered.program.arguments}
    arguments = copy.deepcopy({name: value for name, value in by_name.items() if name in taken})
    _, gradients = compiled.load()[0](**arguments)
    _, expected = value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    assert_alike(gradients, expected, rtol=1e-10, atol=1e-12)
