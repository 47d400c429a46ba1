"""Arrays that the backward sweep restores: whatever is restored, the gradient is the same; and when it is done.

That it is done where it pays is the rule of choice; that it is right where it does not pay is tested too, by restoring
everything there is in every program of the table.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest
from numerics import floating_positions
from programs import PROGRAMS, Example, restored
from programs.table import X
from restored import choose_everything

import adcompiler as ad
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.lower import lower
from adcompiler.frontend.parse import function_source
from adcompiler.ir.dims import extent
from adcompiler.ir.nodes import Equation, walk
from adcompiler.ir.types import Type
from adcompiler.ir.verify import verify
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.signature import Lengths, Parameter, given_types
from adcompiler.transform import reverse as reverse_mode
from adcompiler.transform.restoring import LONG, bytes_of
from adcompiler.transform.reverse import reverse


def types_of(example: Example) -> dict[str, Parameter]:
    lengths = Lengths()
    names = function_source(example.function).parameters
    return {name: lengths.type_of(argument) for name, argument in zip(names, example.arguments, strict=True)}


def with_updates(example: Example) -> bool:
    program = lower(function_source(example.function), types_of(example)).program
    return any(equation.primitive.updates for equation in walk(program.body))


WRITING = [example for example in PROGRAMS if with_updates(example)]


@pytest.fixture
def everything_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore every version of every array that the backward sweep mentions, whatever it costs."""

    monkeypatch.setattr(reverse_mode, "choose", choose_everything)


@pytest.mark.parametrize("mode", ["grad", "split"])
@pytest.mark.parametrize("example", WRITING, ids=lambda e: f"{e.name}-{PROGRAMS.index(e)}")
@pytest.mark.usefixtures("everything_restored")
def test_gradient_does_not_depend_on_what_is_restored(example: Example, mode: str) -> None:
    positions = floating_positions(example.arguments)
    value, expected = ad.value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    source, types = function_source(example.function), types_of(example)
    names = tuple(source.parameters[position] for position in positions)
    values = dict(zip(source.parameters, example.arguments, strict=True))
    compiled = compile_gradient(source, types, Goal(mode, names, as_tuple=True), values=values)
    taken = [copy.deepcopy(a) for a, t in zip(example.arguments, types.values(), strict=True) if isinstance(t, Type)]
    seed = np.ones(np.shape(value))[()]
    if isinstance(value, tuple):
        seed = tuple(np.ones(np.shape(item))[()] for item in value)
    functions = compiled.load()
    if mode == "grad":
        gradients = [functions[0](*taken, seed)]
    else:
        _, residuals = functions[0](*taken)
        gradients = [functions[1](residuals, seed), functions[1](residuals, seed)]
    for found in gradients:
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12, err_msg=compiled.text())


def _carried(loop: Equation) -> int:
    """How many values a loop carries, which stand before what it collects; an array worked on as a list is carried."""
    return len(loop.inputs) - loop.parameters.get("sequences", 0)


def kept(function: Any, **types: str) -> list[str]:
    """The types of what loops collect for the backward sweep: of the innermost elements."""

    def innermost(type: Type) -> list[Type]:
        return [inner for element in type.elements for inner in innermost(element)] if type.elements else [type]

    program = run(
        SIMPLIFY, lower(source := function_source(function), given_types(source.parameters, types, {})).program
    )
    wrt = tuple(n for n, p in enumerate(program.body.parameters) if p.type.may_be_differentiable)
    adjoint = verify(run(OPTIMISE, reverse(program, wrt, as_tuple=True)))
    loops = [equation for equation in adjoint.body.equations if equation.is_loop]
    tapes = [v.type for loop in loops for v in loop.outputs[_carried(loop) :] if v.type.kind == "list"]
    return sorted(str(inner) for type in tapes for inner in innermost(type) if inner.may_be_differentiable)


def whole_from_element(a, n):
    for i in range(n):
        a[i] = np.sum(a * a)
    return np.sum(a)


def test_one_element_is_kept_of_an_array_that_one_element_is_written_of() -> None:
    assert kept(whole_from_element, a="float64[n]", n="int") == ["float64"]


def test_without_types_the_part_counts_as_smaller_than_the_whole() -> None:
    assert ".append(a[i].copy())" in ad.source(whole_from_element)


@pytest.mark.parametrize(
    ("function", "types", "expected"),
    [
        (restored.burgers, {"u": "float64[n]", "steps": "int"}, ["float64[n-2]"]),
        (restored.lu_in_place, {"a": "float64[n, n]"}, ["float64"] * 3),
        (restored.cholesky_in_place, {"a": "float64[n, n]"}, ["float64"] * 3),
        (restored.nonlinear_seidel, {"a": "float64[n, m]", "steps": "int"}, ["float64"]),
        (restored.elements_of_a_view, {"y": "float64[n]", "n": "int"}, ["float64"]),
        (restored.two_arrays_in_turn, {"a": "float64[n]", "b": "float64[n]", "steps": "int"}, ["float64[n-2]"] * 3),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_only_what_is_overwritten_is_kept(function: Any, types: dict[str, str], expected: list[str]) -> None:
    assert kept(function, **types) == expected


def recurrence(x, n):
    y = np.zeros(n)
    for i in range(1, n):
        y[i] = y[i - 1] * y[i - 1] + x
    return np.sum(y)


def test_elements_are_kept_rather_than_restored_where_that_takes_no_more() -> None:
    text = ad.source(recurrence, types={"x": "float", "n": "int"})
    forward, _, backward = text.partition("# backward sweep")
    assert re.search(r"\n        y\w*\[i\] = ", forward)
    assert not re.search(r"\n        y(_1)?\[i\] = ", backward)


def linear(a, n):
    for i in range(n):
        a[i] = 0.5 * a[i] + np.sum(a)
    return np.sum(a)


def test_nothing_is_kept_of_a_linear_loop() -> None:
    assert kept(linear, a="float64[n]", n="int") == []


def final_array(a, n):
    for i in range(n):
        a[i] = np.sum(a * a) / 9
    return a


def test_array_that_is_returned_is_not_the_one_that_is_restored() -> None:
    value, gradient_ = ad.vjp(final_array, X.copy(), 3)
    expected = final_array(X.copy(), 3)
    np.testing.assert_array_equal(value, expected)
    first = gradient_(np.ones(4))[0].copy()
    np.testing.assert_array_equal(value, expected, "the backward sweep changed the result")
    value[:] = 7.0  # the caller's array, which is his to change
    np.testing.assert_array_equal(gradient_(np.ones(4))[0], first)


def test_sizes_are_compared_in_bytes() -> None:
    whole, part = (Type("array", "float64", (extent("n") - drop,)) for drop in (0, 2))
    assert bytes_of(part) == bytes_of(whole) - 16
    assert bytes_of(Type("list", elements=(part,))) == LONG * bytes_of(part)
    assert bytes_of(Type("scalar", "bool")) == 1
