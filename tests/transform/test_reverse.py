"""The adjoint as a program, before any code is generated: run by the interpreter, compared with differences."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from numerics import central_difference, floating_positions
from programs import PROGRAMS, Example

from adcompiler.errors import DifferentiationError
from adcompiler.frontend.lower import lower
from adcompiler.frontend.parse import function_source
from adcompiler.ir.nodes import FOR, Program, walk
from adcompiler.ir.types import Type, unknown
from adcompiler.ir.verify import verify
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.signature import Lengths
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse, split


def name(example: Example) -> str:
    return f"{example.name}-{PROGRAMS.index(example)}"


def lowered(example: Example, *, typed: bool) -> tuple[Program, list[Any], tuple[int, ...]]:
    """The program, the arguments it takes, and the positions among its parameters to differentiate for."""
    source = function_source(example.function)
    lengths = Lengths()
    types = {n: lengths.type_of(a) for n, a in zip(source.parameters, example.arguments, strict=True)}
    if not typed:
        types = {n: unknown(n) if isinstance(t, Type) and t.may_be_differentiable else t for n, t in types.items()}
    program = run(SIMPLIFY, lower(source, types).program)
    taken = [n for n, type_ in types.items() if isinstance(type_, Type)]
    floating = [source.parameters[position] for position in floating_positions(example.arguments)]
    arguments = dict(zip(source.parameters, copy.deepcopy(example.arguments), strict=True))
    return program, [arguments[n] for n in taken], tuple(taken.index(n) for n in floating)


CASES = [
    pytest.param(example, typed, id=f"{name(example)}-{'typed' if typed else 'untyped'}")
    for example in PROGRAMS
    for typed in (True, False)
    if typed or example.untyped
]


def check(example: Example, gradients: Any) -> None:
    for position, gradient in zip(floating_positions(example.arguments), gradients, strict=True):
        expected = central_difference(example.function, example.arguments, position)
        assert np.shape(gradient) == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize(("example", "typed"), CASES)
def test_adjoint_agrees_with_differences(example: Example, typed: bool) -> None:
    program, arguments, wrt = lowered(example, typed=typed)
    adjoint = verify(reverse(program, wrt, as_tuple=True, value=True))
    value, gradients = evaluate(adjoint, *arguments)
    np.testing.assert_allclose(value, example.function(*copy.deepcopy(example.arguments)))
    check(example, gradients)


@pytest.mark.parametrize(("example", "typed"), CASES)
def test_every_pass_keeps_the_gradient(example: Example, typed: bool) -> None:
    program, arguments, wrt = lowered(example, typed=typed)
    adjoint = reverse(program, wrt, as_tuple=True)
    expected = evaluate(adjoint, *arguments)
    for transform in OPTIMISE:
        adjoint = verify(transform(adjoint))
        assert transform(adjoint) == adjoint, f"{transform.__name__} is not idempotent"
        for found, wanted in zip(evaluate(adjoint, *arguments), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("example", "typed"), CASES)
def test_split_pair_agrees(example: Example, typed: bool) -> None:
    program, arguments, wrt = lowered(example, typed=typed)
    forward, backward = (verify(run(OPTIMISE, half)) for half in split(program, wrt))
    value, residuals = evaluate(forward, *arguments)
    np.testing.assert_allclose(value, example.function(*copy.deepcopy(example.arguments)))
    check(example, evaluate(backward, residuals, np.ones(np.shape(value))[()]))


def gradient_of(text: str, *, optimise: bool = True, **types: str) -> Program:
    program = reverse(run(SIMPLIFY, read_program(text, **types)), (0,), as_tuple=False)
    return run(OPTIMISE, program) if optimise else program


def primitives(program: Program) -> list[str]:
    return [equation.primitive.name for equation in walk(program.body)]


def test_linear_loop_needs_no_forward_sweep() -> None:
    program = gradient_of("def f(x, n):\n    for i in range(n):\n        x = 2 * x\n    return x", x="float64", n="int")
    assert primitives(program).count("for") == 1


def test_numbers_that_follow_from_the_loop_index_are_not_kept() -> None:
    program = gradient_of(
        "def f(x):\n    s = 0.0\n    for i in range(len(x) - 1):\n        s += (x[i + 1] - x[i] ** 2) ** 2\n"
        "    return s",
        x="float64[n]",
    )
    assert primitives(program).count("for") == 1


def test_a_shape_is_kept_in_place_of_an_array() -> None:
    program = gradient_of("def f(x, b):\n    y = np.exp(x) + 1\n    return np.sum(y * 0.5) + np.mean(y + b)")
    kept = {v for e in walk(program.body) if e.sweep == "backward" for v in e.inputs if hasattr(v, "hint")}
    assert not any(value.hint == "y" for value in kept)


def test_uniform_cotangent_stays_a_number() -> None:
    program = gradient_of("def f(x):\n    return np.mean(3 * (x + 2) ** 2)", x="float64[n]")
    assert "broadcast_to" not in primitives(program)
    assert "full" not in primitives(program)


def test_untyped_chain_is_reduced_once() -> None:
    program = gradient_of("def f(x, b):\n    return np.tanh(np.sin(x + b) * 2)")
    assert primitives(program).count("unbroadcast") == 1


def test_typed_program_needs_no_shapes_at_run_time() -> None:
    program = gradient_of(
        "def f(W, x, b):\n    return np.sum(np.tanh(x @ W + b))", W="float64[n, m]", x="float64[k, n]", b="float64[m]"
    )
    assert not {"unbroadcast", "shape"} & set(primitives(program))


def test_cotangent_has_the_dtype_of_its_value() -> None:
    program = gradient_of("def f(x, y):\n    return np.sum(x * y)", x="float32[n]", y="float64[n]")
    x, y = np.ones(3, np.float32), np.arange(3.0)
    assert evaluate(program, x, y).dtype == np.float32


def test_unused_parameter_has_a_zero_gradient_of_its_shape() -> None:
    program = reverse(read_program("def f(x, y):\n    return np.sum(x)"), (1,), as_tuple=False)
    np.testing.assert_array_equal(evaluate(program, np.ones(3), np.ones((2, 2))), np.zeros((2, 2)))


def test_effects_happen_once(capsys: pytest.CaptureFixture[str]) -> None:
    program = gradient_of(
        "def f(x, n):\n    for i in range(n):\n        print('round', i)\n        x = x * x\n    return x",
        x="float64",
        n="int",
    )
    evaluate(program, 1.5, 2)
    assert capsys.readouterr().out == "round 0\nround 1\n"


def test_auxiliary_result_is_passed_on_and_not_differentiated() -> None:
    primal = read_program("def f(x):\n    y = x * x\n    return np.sum(y), np.exp(y)", x="float64[n]")
    x = np.arange(3.0)
    gradient, auxiliary = evaluate(reverse(primal, (0,), as_tuple=False, aux=True), x)
    np.testing.assert_allclose(gradient, 2 * x)
    np.testing.assert_allclose(auxiliary, np.exp(x * x))
    (value, auxiliary), gradient = evaluate(reverse(primal, (0,), as_tuple=False, aux=True, value=True), x)
    np.testing.assert_allclose(value, np.sum(x * x))
    np.testing.assert_allclose(gradient, 2 * x)


def test_tuple_result_takes_a_tuple_of_cotangents() -> None:
    primal = read_program("def f(x, y):\n    return x * y, np.sin(x)", x="float64", y="float64")
    program = reverse(primal, (0, 1), as_tuple=True)
    found = evaluate(program, 2.0, 3.0, (10.0, 1.0))
    np.testing.assert_allclose(found, (30.0 + np.cos(2.0), 20.0))


def test_out_bar_comes_before_keyword_only_parameters() -> None:
    primal = read_program("def f(x):\n    return x * x", x="float64")
    assert [p.name for p in reverse(primal, (0,), as_tuple=False).body.parameters] == ["x", "out_bar"]


@pytest.mark.parametrize(
    "text",
    ["def f(x): return 3 * x * x * x + np.sin(x)", "def f(x): return x * np.exp(-x) if x > 0 else x * x * x"],
)
def test_adjoint_can_be_differentiated(text: str) -> None:
    first = gradient_of(text, x="float64")
    second = run(OPTIMISE, verify(reverse(first, (0,), as_tuple=False)))
    for x in (0.7, -0.4):
        step = 1e-6
        expected = (evaluate(first, x + step, 1.0) - evaluate(first, x - step, 1.0)) / (2 * step)
        np.testing.assert_allclose(evaluate(second, x, 1.0, 1.0), expected, rtol=1e-6)


def test_one_output_of_a_loop_computed_again_leaves_the_others_kept() -> None:
    text = (
        "def f(x):\n    s = x\n    w = 1.0\n    while w < 6:\n        s = np.tanh(s)\n        w = w * 1.7\n"
        "    return s * s if w * 2 > 0.2 else s"
    )
    forward, backward = split(read_program(text, x="float64"), (0,))
    verify(forward)
    verify(backward)
    _, residuals = evaluate(forward, 0.5)
    step = 1e-6
    expected = (evaluate(forward, 0.5 + step)[0] - evaluate(forward, 0.5 - step)[0]) / (2 * step)
    np.testing.assert_allclose(evaluate(backward, residuals, 1.0)[0], expected, rtol=1e-6)


def test_shape_of_a_variable_without_a_value_is_not_asked_for() -> None:
    text = (
        "def f(x, n):\n    for i in range(n):\n        y = x * i\n        if i > 1:\n            return y * y\n"
        "    return x"
    )
    primal = read_program(text, n="int")
    for n in (1, 4):
        found = evaluate(reverse(primal, (0,), as_tuple=False), np.ones(3), n, np.ones(3))
        np.testing.assert_allclose(found, np.ones(3) if n == 1 else 8 * np.ones(3))


def test_tapes_are_differentiated() -> None:
    text = "def f(x, n):\n    for i in range(n):\n        x = x * x * np.sin(i + x)\n    return x"
    gradient = run(SIMPLIFY, gradient_of(text, x="float64", n="int"))
    second = verify(reverse(gradient, (0,), as_tuple=False))
    for n in (0, 1, 3):
        expected = (evaluate(gradient, 1.1 + 1e-6, n) - evaluate(gradient, 1.1 - 1e-6, n)) / 2e-6
        np.testing.assert_allclose(evaluate(second, 1.1, n), expected, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(evaluate(run(OPTIMISE, second), 1.1, n), expected, rtol=1e-7, atol=1e-9)


def test_integer_parameter_has_no_gradient() -> None:
    with pytest.raises(DifferentiationError, match="`n` has no gradient"):
        reverse(read_program("def f(n): return n * 2.0", n="int"), (0,), as_tuple=False)


def test_integer_result_has_no_derivative() -> None:
    with pytest.raises(DifferentiationError, match="returns a value that has no derivative"):
        reverse(read_program("def f(x): return np.argmax(x)", x="float64[n]"), (0,), as_tuple=False)


def test_loops_of_the_adjoint_run_over_fresh_names() -> None:
    program = gradient_of("def f(x, n):\n    for i in range(n):\n        x = x * i\n    return x", n="int")
    loops = [equation for equation in walk(program.body) if equation.primitive == FOR]
    assert len({parameter for loop in loops for parameter in loop.regions[0].parameters}) == sum(
        len(loop.regions[0].parameters) for loop in loops
    )


def test_has_aux_of_one_value_is_a_wrong_use() -> None:
    with pytest.raises(TypeError, match="must return a pair"):
        reverse(read_program("def f(x): return x * x", x="float64"), (0,), as_tuple=False, aux=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(x): return np.argmax(x)", "it is an integer"),
        ("def f(x): return x > 0", "it is an array of truth values"),
    ],
)
def test_result_without_a_derivative_is_described_in_words_with_its_place(text: str, words: str) -> None:
    with pytest.raises(DifferentiationError, match=words) as caught:
        reverse(read_program(text, x="float64[n]"), (0,), as_tuple=False)
    assert caught.value.span is not None


def test_errors_of_rules_have_a_place() -> None:
    with pytest.raises(DifferentiationError) as caught:
        reverse(read_program("def f(x, y): return np.sum(np.linalg.solve(x, y))"), (0,), as_tuple=False)
    assert caught.value.span is not None


def test_each_branch_is_reduced_under_its_own_statement() -> None:
    program = gradient_of("def f(x, y):\n    if x < y:\n        return x * y\n    return x - y")
    found = [e.span.statement for e in walk(program.body) if e.primitive.name == "unbroadcast" and e.span]
    assert sorted(found) == ["return x * y", "return x - y"]
