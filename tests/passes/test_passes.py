"""What each pass rewrites, and what it must leave alone."""

from __future__ import annotations

import importlib
import re

import numpy as np
import pytest
from documents import ROOT

from adcompiler.ir.nodes import Literal, Program, walk
from adcompiler.ir.verify import verify
from adcompiler.passes.eliminate_dead_code import eliminate_dead_code
from adcompiler.passes.fold_constants import fold_constants
from adcompiler.passes.merge_writes import merge_writes
from adcompiler.passes.pack_tapes import pack_tapes
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.passes.propagate_copies import propagate_copies
from adcompiler.passes.share_subexpressions import share_subexpressions
from adcompiler.passes.simplify_algebra import simplify_algebra
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse
from benchmarks.passes import pass_names


def primitives(program: Program) -> list[str]:
    return [equation.primitive.name for equation in walk(verify(program).body)]


def gradient(text: str, **types: str) -> Program:
    return reverse(run(SIMPLIFY, read_program(text, **types)), (0,), as_tuple=False)


@pytest.mark.parametrize("name", pass_names())
def test_a_pass_is_a_file_with_an_example(name: str) -> None:
    found = vars(importlib.import_module(f"adcompiler.passes.{name}"))[name]
    assert ">>> " in found.__doc__


@pytest.mark.parametrize("name", pass_names())
def test_a_line_of_the_architecture_says_what_a_pass_buys(name: str) -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert re.search(rf"^- (`\w+`, )*`{name}`.*: .*\w", text, re.MULTILINE)


def test_dead_carried_values_and_tapes_leave_loops() -> None:
    program = read_program(
        "def f(x, n):\n    y = x\n    for i in range(n):\n        y = np.exp(y)\n        x = x * 2\n    return x",
        n="int",
    )
    assert "exp" not in primitives(eliminate_dead_code(program))


def test_values_that_feed_each_other_around_a_loop_are_dead_together() -> None:
    text = "def f(x, n):\n    a = x\n    b = x\n    for i in range(n):\n        a, b = b, a\n    return x"
    assert primitives(eliminate_dead_code(read_program(text, n="int"))) == []


def test_what_the_condition_of_a_while_reads_is_alive() -> None:
    text = "def f(x):\n    k = 0\n    while k < 3:\n        k = k + 1\n        x = x * 2\n    return x"
    assert evaluate(eliminate_dead_code(read_program(text)), 1.0) == 8.0


def test_effects_stay() -> None:
    assert "print" in primitives(eliminate_dead_code(read_program("def f(x):\n    print(x)\n    return 1.0")))


def test_static_shape_is_folded() -> None:
    program = fold_constants(read_program("def f(x): return x * (x.shape[0] + x.size)", x="float64[2, 3]"))
    assert Literal(8) in program.body.equations[-1].inputs


def test_unchanged_carried_value_is_the_initial_one() -> None:
    text = (
        "def f(x, n):\n    y = x * 2\n    for i in range(n):\n        if i > 5:\n            y = y\n        x = x * y\n"
    )
    text += "    return x"
    program = eliminate_dead_code(propagate_copies(read_program(text, n="int")))
    (loop,) = [equation for equation in program.body.equations if equation.regions]
    assert len(loop.inputs) == 2


def test_common_subexpressions_are_shared_with_outer_regions_only() -> None:
    text = (
        "def f(x, c):\n"
        "    if c > 0:\n        y = np.sin(x)\n"
        "    else:\n        y = np.sin(x) * 2\n"
        "    return y * np.sin(x)"
    )
    program = gradient(text, x="float64", c="float64")
    for c in (1.0, -1.0):
        np.testing.assert_allclose(
            evaluate(share_subexpressions(program), 0.5, c), evaluate(program, 0.5, c), rtol=1e-15
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x): return x + x", ["add", "multiply"]),
        ("def f(x): return -(-x)", ["negative", "negative"]),
        ("def f(x): return x * 3.0 * 2.0", ["multiply", "multiply", "multiply"]),
        ("def f(x): return x * 3.0 * 5.0", ["multiply", "multiply", "multiply", "multiply"]),
        ("def f(x): return x * 1.0", ["multiply"]),
    ],
    ids=["a + a", "--x", "power of two", "3 and 5 round apart", "one"],
)
def test_algebra(text: str, expected: list[str]) -> None:
    program = simplify_algebra(share_subexpressions(gradient(text, x="float64")))
    assert primitives(program)[: len(expected)] == expected
    assert len(primitives(eliminate_dead_code(program))) <= len(expected)


@pytest.mark.parametrize("x", [np.inf, -np.inf, np.nan, 0.0, -0.0, 1e308, 5e-324])
@pytest.mark.parametrize(
    "text",
    [
        "def f(x): return 4 * x * 3 - x * 0",
        "def f(x): return (x - x) * x + x * x",
        "def f(x): return -x * 3 - -x * x",
        "def f(x): return 2 * (x + x) - x / 1",
        "def f(x): return 1 / (1 + np.exp(-x)) - np.cos(x) * -x",
        "def f(x): return x - np.sum(-x * x / 3) * -(2 / x)",
        "def f(x): return np.sum(-3 * np.cos(x)) - 0.5 * (x - 2 * np.cos(2 * x))",
    ],
)
def test_passes_keep_infinities_and_nan(text: str, x: float) -> None:
    program = gradient(text, x="float64")
    with np.errstate(all="ignore"):
        expected, found = evaluate(program, np.float64(x)), evaluate(run(OPTIMISE, program), np.float64(x))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("body", "negations"),
    [
        ("1.0 / (1.0 + np.exp(-x))", 0),
        ("np.sum(x) - np.sum(np.cos(x))", 0),
        ("x / np.sum(x)", 1),
        ("x - np.max(x)", 1),
        ("3.0 * np.cos(2.0 * x) - x / (1.0 + x)", 1),
    ],
)
def test_one_negation_at_most(body: str, negations: int) -> None:
    program = gradient(f"def f(x): return np.sum({body})", x="float64[n]")
    after = eliminate_dead_code(simplify_algebra(eliminate_dead_code(program)))
    backward = [e.primitive.name for e in walk(verify(after).body) if e.sweep == "backward"]
    assert backward.count("negative") <= negations
    x = np.linspace(0.5, 2.0, 5)
    np.testing.assert_allclose(evaluate(after, x), evaluate(program, x), rtol=1e-14)


def test_what_is_computed_before_a_loop_is_not_computed_in_it() -> None:
    text = "def f(x, n):\n    y = x[0]\n    for i in range(n):\n        y = y * x[i] - x[1]\n    return -(y * 3.0)"
    before = gradient(text, x="float64[4]", n="int")
    after = verify(simplify_algebra(before))

    def inside(program: Program) -> int:
        return sum(len(region.equations) for e in program.body.equations for region in e.regions)

    assert inside(after) <= inside(before)
    x = np.linspace(0.5, 2.0, 4)
    np.testing.assert_array_equal(evaluate(after, x, 3), evaluate(before, x, 3))


def test_one_tape_a_loop() -> None:
    text = "def f(x, n):\n    y = x\n    for i in range(n):\n        y = np.exp(y) * np.sin(y)\n    return y"
    program = pack_tapes(eliminate_dead_code(gradient(text, n="int")))
    loops = [equation for equation in walk(verify(program).body) if equation.regions]
    assert sum(output.type.kind == "list" for loop in loops for output in loop.outputs) == 1
    np.testing.assert_allclose(evaluate(program, 0.3, 2), evaluate(gradient(text, n="int"), 0.3, 2))


def test_one_tape_a_loop_within_a_loop() -> None:
    text = (
        "def f(x, n):\n    y = x\n    for i in range(n):\n        for j in range(i):\n"
        "            y = np.exp(y) * np.sin(y) + np.sqrt(y)\n        y = y * np.cos(y)\n    return y"
    )
    program = pack_tapes(eliminate_dead_code(gradient(text, n="int")))
    loops = [equation for equation in walk(verify(program).body) if equation.regions]
    assert [sum(output.type.kind == "list" for output in loop.outputs) for loop in loops] == [1, 1, 0, 0]
    for rounds in range(4):
        np.testing.assert_allclose(evaluate(program, 0.3, rounds), evaluate(gradient(text, n="int"), 0.3, rounds))


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("y[0] = np.sin(y[0])", ["setitem"]),
        ("y[1:] = np.sin(y[1:])", ["setitem"]),
        ("y[n] = np.sin(y[n])", ["setitem"]),
        ("y[0] = y[0] * y[1]", ["additem", "setitem"]),
        ("y[0] = y[0] * y[-1]", ["setitem", "additem", "additem"]),
        ("y[n] = y[n] * y[0]", ["setitem", "additem", "additem"]),
        ("y[n] = np.sin(y[n - 1])", ["setitem", "additem"]),
        ("y[0] = y[0] * np.sum(y)", ["setitem", "additem"]),
        ("y[0] = 3.0 * n", ["setitem"]),
    ],
)
def test_writes_to_the_same_part_are_one(body: str, written: list[str]) -> None:
    text = f"def f(x, n):\n    y = np.exp(x)\n    {body}\n    return y @ y"
    program = run(OPTIMISE[:6], gradient(text, x="float64[4]", n="int"))
    merged = merge_writes(program)
    written_to = [e for e in walk(merged.body) if e.sweep == "backward" and e.outputs[0].hint != "y"]
    updates = [e.primitive.name for e in written_to if e.primitive.updates]  # of `y_bar`, not what restores `y`
    assert sorted(updates) == sorted(written)
    for n in (0, 1, 3):
        found, expected = (evaluate(p, np.linspace(0.1, 0.5, 4), n) for p in (merged, program))
        np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_first_addition_to_each_part_of_zeros_is_an_assignment() -> None:
    text = "def f(x, i):\n    return x[0] * x[1] * x[0] + np.sum(x[i] * x[2:])"
    program = run(OPTIMISE, gradient(text, x="float64[4]", i="int64[2]"))
    updates = [e.primitive.name for e in walk(program.body) if e.sweep == "backward" and e.primitive.updates]
    assert updates.count("setitem") == 1
    x, i = np.linspace(0.1, 0.5, 4), np.array([1, 1])
    expected = evaluate(gradient(text, x="float64[4]", i="int64[2]"), x, i)
    np.testing.assert_allclose(evaluate(program, x, i), expected, rtol=1e-15)


def test_shapes_are_asked_for_where_they_are_needed() -> None:
    program = run(
        OPTIMISE, gradient("def f(x, n):\n    for i in range(n):\n        x = x * x\n    return np.sum(x)", n="int")
    )
    assert "shape" in primitives(program)
    assert not [e for e in program.body.equations if e.primitive.name == "shape" and e.outputs[0].hint is not None]


def test_swapped_axes_of_a_matrix_are_a_transpose() -> None:
    matrix = run(OPTIMISE, gradient("def f(a, b): return np.linalg.solve(a, b)", a="float64[n, n]", b="float64[n]"))
    stack = run(OPTIMISE, gradient("def f(a, b): return np.linalg.solve(a, b)", a="float64[k, n, n]", b="float64[n]"))
    assert "transpose" in primitives(matrix)
    assert "swapaxes" not in primitives(matrix)
    assert "swapaxes" in primitives(stack)
