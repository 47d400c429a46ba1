"""Gradients have the dtype of their input, and every type the adjoint states is the type of what it computes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from numerics import central_difference, floating_positions
from programs import PROGRAMS, Example

from adcompiler.api import value_and_grad, vjp
from adcompiler.frontend.lower import lower
from adcompiler.frontend.parse import function_source
from adcompiler.ir.nodes import Equation
from adcompiler.ir.types import Type
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.signature import Lengths
from adcompiler.testing import evaluate, evaluation, read_program
from adcompiler.transform.reverse import reverse, split


def single(argument: Any) -> Any:
    """An argument with arrays and NumPy scalars in single precision; a Python number stays one."""
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        return argument.astype(np.float32)
    return np.float32(argument) if isinstance(argument, np.floating) else copy.deepcopy(argument)


EVERY = pytest.mark.parametrize(
    "example", PROGRAMS, ids=[f"{example.name}-{number}" for number, example in enumerate(PROGRAMS)]
)


@EVERY
def test_gradient_in_single_precision(example: Example) -> None:
    positions = floating_positions(example.arguments)
    arguments = tuple(map(single, example.arguments))
    value, gradients = value_and_grad(example.function, positions)(*arguments)
    np.testing.assert_allclose(value, example.function(*copy.deepcopy(example.arguments)), rtol=1e-3, atol=1e-4)
    for position, gradient in zip(positions, gradients, strict=True):
        expected = central_difference(example.function, example.arguments, position)
        assert np.result_type(gradient) == np.result_type(arguments[position])
        assert np.shape(gradient) == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=3e-3, atol=3e-3)


@EVERY
def test_split_pair_in_single_precision(example: Example) -> None:
    positions = floating_positions(example.arguments)
    arguments = tuple(map(single, example.arguments))
    _, expected = value_and_grad(example.function, positions)(*copy.deepcopy(arguments))
    value, pullback = vjp(example.function, *copy.deepcopy(arguments))
    found = pullback(np.ones(np.shape(value), np.result_type(value))[()])
    found = found if isinstance(found, tuple) else (found,)
    for position, gradient in zip(positions, expected, strict=True):
        assert np.result_type(found[position]) == np.result_type(arguments[position])
        np.testing.assert_allclose(found[position], gradient, rtol=1e-4, atol=1e-4)


class Checked:
    """Stands in for the interpreter's step, and compares what it computes with what the equation states."""

    def __init__(self) -> None:
        self.apply = evaluation._apply

    def __call__(self, equation: Equation, environment: Any) -> list[Any]:
        results = self.apply(equation, environment)
        for output, value in zip(equation.outputs, results, strict=True):
            if equation.sweep == "backward":
                assert fits(output.type, value), f"{equation.primitive}: {value!r} is not {output}: {output.type}"
        return results


def fits(type_: Type, value: Any) -> bool:
    """Whether a number or array has the dtype stated; a Python number may take the place of any."""
    if not type_.is_numeric or type_.dtype is None or not isinstance(value, np.generic | np.ndarray):
        return True
    return not type_.weak and bool(np.result_type(value) == type_.dtype)


@EVERY
def test_adjoint_states_the_dtypes_it_computes(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    source = function_source(example.function)
    lengths = Lengths()
    arguments = tuple(map(single, example.arguments))
    types = {name: lengths.type_of(a) for name, a in zip(source.parameters, arguments, strict=True)}
    program = run(SIMPLIFY, lower(source, types).program)
    taken = [name for name, type_ in types.items() if isinstance(type_, Type)]
    wrt = tuple(taken.index(source.parameters[p]) for p in floating_positions(arguments))
    inputs = [a for a, type_ in zip(arguments, types.values(), strict=True) if isinstance(type_, Type)]
    adjoint = reverse(program, wrt, as_tuple=True)
    forward, backward = (run(OPTIMISE, half) for half in split(program, wrt))
    value, residuals = evaluate(forward, *inputs)
    monkeypatch.setattr(evaluation, "_apply", Checked())
    gradients = [evaluate(adjoint, *inputs), evaluate(run(OPTIMISE, adjoint), *inputs)]
    gradients.append(evaluate(backward, residuals, 1.0))
    monkeypatch.undo()
    gradients.append(evaluate(backward, residuals, np.result_type(value).type(1)))
    for found in gradients:
        for position, gradient in zip(floating_positions(arguments), found, strict=True):
            assert np.result_type(gradient) == np.result_type(arguments[position])


FLOAT32, FLOAT64 = np.arange(1.0, 4.0, dtype=np.float32), np.arange(2.0, 5.0)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("def f(x, y): return np.sum(x)", {"x": "float32[n]", "y": "float64[n]"}),
        ("def f(x, y): return np.sum(x * y)", {"x": "float32[n]", "y": "float64[n]"}),
        ("def f(x, y): return np.sum(np.where(x > y, x, y))", {"x": "float32[n]", "y": "float64[n]"}),
        ("def f(x, y): return np.sum(np.maximum(x, 2.0)) + np.sum(y)", {"x": "float32[n]", "y": "float64[n]"}),
        ("def f(x, y): return x @ y + np.mean(x)", {"x": "float32[n]", "y": "float64[n]"}),
        (
            "def f(x, y):\n    z = x.copy()\n    z[0] = y[1]\n    z[1:] = z[1:] * y[1:]\n    return np.sum(z)",
            {"x": "float32[n]", "y": "float64[n]"},
        ),
        (
            "def f(x, y):\n    z = np.zeros(len(x), dtype=np.float32)\n    z[:] = y * x\n    return z.sum()",
            {"x": "float32[n]", "y": "float64[n]"},
        ),
        (
            "def f(x, y):\n    s = 0.0\n    for i in range(len(x)):\n        s = s * 0.5 + x[i] * y[i]\n    return s",
            {"x": "float32[n]", "y": "float64[n]"},
        ),
        (
            "def f(x, y):\n    s = np.float32(0.5)\n"
            "    for i in range(len(x)):\n        s = s * x[i] + np.float32(y[i])\n    return s",
            {"x": "float32[n]", "y": "float64[n]"},
        ),
        (
            "def f(x, y):\n    if x[0] > 0:\n        k = 2.0\n    else:\n        k = x[0]\n    return np.sum(x) * k",
            {"x": "float32[n]", "y": "float64[n]"},
        ),
        ("def f(x, y): return x[0] + 2 if y[0] > 9 else x[1]", {"x": "float32[n]", "y": "float64[n]"}),
        ("def f(x, y): return np.sum(x) * np.tanh(x[0] if y[0] > 9 else 1.5)", {"x": "float32[n]", "y": "float64[n]"}),
        ("def f(x, y): return np.sum(x.astype(np.float64) * y)", {"x": "float32[n]", "y": "float64[n]"}),
        ("def f(x, y): return np.sum(x * y)", {"x": "float32[n]"}),
        (
            "def f(x, y):\n    for i in range(2):\n        x = x * y\n    return np.sum(x)",
            {"x": "float32[n]"},
        ),
    ],
)
@pytest.mark.parametrize("optimise", [False, True], ids=["as transformed", "optimised"])
def test_mixed_dtypes(text: str, types: dict[str, str], optimise: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    program = run(SIMPLIFY, read_program(text, **types))
    adjoint = reverse(program, (0, 1), as_tuple=True)
    wide = evaluate(adjoint, FLOAT32.astype(np.float64), FLOAT64)
    monkeypatch.setattr(evaluation, "_apply", Checked())
    x_bar, y_bar = evaluate(run(OPTIMISE, adjoint) if optimise else adjoint, FLOAT32, FLOAT64)
    assert x_bar.dtype == np.float32
    assert y_bar.dtype == np.float64 or "y" not in types
    for found, expected in zip((x_bar, y_bar), wide, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("text", ["x + 2", "x", "2.0", "x * x", "np.where(x > 0, x, 0.5)", "abs(x) if x > 9 else 1.0"])
def test_single_precision_scalar(text: str) -> None:
    adjoint = reverse(read_program(f"def f(x): return {text}", x="float32"), (0,), as_tuple=False)
    for stage in (adjoint, run(OPTIMISE, adjoint)):
        assert np.result_type(evaluate(stage, np.float32(0.5))) == np.float32


def test_product_with_single_precision_keeps_double_precision() -> None:
    text = "def f(x, y): return np.sum(x * y) / 3"
    adjoint = run(OPTIMISE, reverse(read_program(text, x="float32[n]", y="float64[n]"), (1,), as_tuple=False))
    x = np.linspace(0.1, 0.9, 5, dtype=np.float32)
    np.testing.assert_allclose(evaluate(adjoint, x, np.ones(5)), x.astype(np.float64) / 3, rtol=1e-15)


@pytest.mark.parametrize("text", ["np.sum(x) * y", "np.sum(x * np.tanh(y if x[0] > 9 else 1.5)) + y * x[0]"])
def test_python_number_beside_single_precision(text: str) -> None:
    types = {"x": "float32[n]", "y": "float"}
    adjoint = reverse(run(SIMPLIFY, read_program(f"def f(x, y): return {text}", **types)), (0, 1), as_tuple=True)
    for stage in (adjoint, run(OPTIMISE, adjoint)):
        x_bar, y_bar = evaluate(stage, FLOAT32, 0.5)
        assert x_bar.dtype == np.float32
        assert np.result_type(y_bar) == np.float64


def test_pullback_takes_a_cotangent_of_another_dtype() -> None:
    _, pullback = vjp(lambda x: np.where(x > 1, x * 2, 0), FLOAT32)
    assert pullback(np.ones(3)).dtype == np.float32
    _, pullback = vjp(lambda x: (np.sum(x), np.exp(x)), FLOAT32)
    assert pullback((1.0, np.ones(3))).dtype == np.float32
