"""The text that hand-written programs become, and that running it gives what the program says."""

import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.backend.emit import emit
from adcompiler.backend.load import load
from adcompiler.errors import DifferentiationError
from adcompiler.ir.nodes import UNDEFINED, Literal, Program, Slot
from adcompiler.ir.types import BOOL, Type, array, unknown
from adcompiler.passes.pipeline import OPTIMISE, SIMPLIFY, run
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse
from tests.backend.writing import INTEGER, NUMBER, VECTOR, Writer

X = np.array([0.5, -1.0, 2.0, 0.25])
Y = np.array([1.5, 0.1, -0.4, 0.9])


def check(program: Program, expected: str, *arguments: Any) -> None:
    """The text, the values, and that no array of the caller changes."""
    emitted = emit(program)
    assert emitted.text == textwrap.dedent(expected).lstrip()
    given = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
    found = load([emitted])[program.name](*given)
    _assert_equal(found, evaluate(program, *arguments))
    _assert_equal(given, list(arguments))


def _assert_equal(one: Any, other: Any) -> None:
    if isinstance(one, (tuple, list)):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            _assert_equal(*pair)
    else:
        np.testing.assert_array_equal(one, other)


# Expressions


def test_a_temporary_is_nested_and_a_named_value_has_a_statement() -> None:
    w = Writer()
    x = w.parameter("x")
    y = w.call("add", w.call("multiply", x, 2.0), 1.0, hint="y")
    check(
        w.program(w.call("sum", w.call("multiply", y, y))),
        """
        def f(x):
            y = x * 2.0 + 1.0
            return (y * y).sum()
        """,
        X,
    )


def test_an_unnamed_value_of_several_uses_gets_a_name() -> None:
    w = Writer()
    x = w.parameter("x")
    cosine = w.call("cos", x)
    check(
        w.program(w.call("multiply", cosine, w.call("add", cosine, 1.0))),
        """
        def f(x):
            cos_x = np.cos(x)
            return cos_x * (cos_x + 1.0)
        """,
        X,
    )


def test_names_avoid_parameters_modules_and_each_other() -> None:
    w = Writer()
    x = w.parameter("x")
    first = w.call("sin", x, hint="np")
    second = w.call("cos", x, hint="x")
    third = w.call("tanh", first, hint="lambda")
    check(
        w.program((first, second, third, x)),
        """
        def f(x):
            np_1 = np.sin(x)
            x_1 = np.cos(x)
            lambda_1 = np.tanh(np_1)
            return np_1, x_1, lambda_1, x
        """,
        X,
    )


def test_a_parameter_that_hides_a_function_is_refused() -> None:
    w = Writer()
    n = w.parameter("range", INTEGER)
    total = w.value("total", NUMBER)
    (after,) = w.loop([w.range(n)], [w.value("i", INTEGER)], [0.0], [total], lambda: [w.call("add", total, 1.0)])
    with pytest.raises(DifferentiationError, match="a parameter named `range` hides"):
        emit(w.program(after))


def test_shapes_are_asked_for_where_they_are_needed() -> None:
    w = Writer()
    x = w.parameter("x", array("float64", Type("unknown").shape))
    shape = w.call("shape", x)
    check(
        w.program((w.call("zeros", shape), w.call("full", shape, 1.0))),
        """
        def f(x):
            return np.zeros(x.shape), np.full(x.shape, 1.0)
        """,
        X,
    )


def test_statics_dtypes_and_special_numbers() -> None:
    w = Writer()
    x = w.parameter("x")
    total = w.call("sum", x, axis=0, keepdims=True)
    small = w.call("astype", x, dtype="float32")
    limit = w.call("minimum", total, float("inf"))
    check(
        w.program((limit, small, w.call("zeros", Literal((2,)), dtype="float32"), w.call("multiply", x, -2.0))),
        """
        def f(x):
            return (
                np.minimum(x.sum(axis=0, keepdims=True), np.inf),
                x.astype(np.float32),
                np.zeros(2, dtype=np.float32),
                x * -2.0,
            )
        """,
        X,
    )


def test_prints_and_assertions() -> None:
    w = Writer()
    s = w.parameter("s", NUMBER)
    condition = w.call("greater", s, 0.0)
    for name, inputs, template in (
        ("assert", (condition, s), ("s is ", (Slot(0), "r", ".2"), "!")),
        ("print", (s,), ("s", Slot(0))),
    ):
        primitive = __import__("adcompiler.rules.table", fromlist=["RULES"]).RULES[name].primitive
        from adcompiler.ir.nodes import Equation

        w.builder.append(Equation(primitive, inputs, (), (("template", template),)))
    emitted = emit(w.program(s))
    assert emitted.text == textwrap.dedent(
        """\
        def f(s):
            assert s > 0.0, f"s is {s!r:.2}!"
            print("s", s)
            return s
        """
    )


# Updates


def test_a_parameter_is_copied_before_it_is_updated() -> None:
    w = Writer()
    a = w.parameter("A")
    check(
        w.program(w.setitem(w.setitem(a, 1.0, 0), 2.0, 1)),
        """
        def f(A):
            A = A.copy()
            A[0] = 1.0
            A[1] = 2.0
            return A
        """,
        X,
    )


def test_an_old_value_that_is_read_later_keeps_its_array() -> None:
    w = Writer()
    y = w.call("multiply", w.parameter("x"), 2.0, hint="y")
    new = w.setitem(y, 1.0, 0)
    check(
        w.program(w.call("add", y, new)),
        """
        def f(x):
            y = x * 2.0
            y_1 = y.copy()
            y_1[0] = 1.0
            return y + y_1
        """,
        X,
    )


def test_a_view_that_lives_across_an_update_is_copied() -> None:
    w = Writer()
    y = w.call("multiply", w.parameter("x"), 2.0, hint="y")
    part = w.getitem(y, slice(1, 3), hint="part")
    new = w.setitem(y, 0.0, slice(None))
    check(
        w.program((new, part)),
        """
        def f(x):
            y = x * 2.0
            part = y[1:3].copy()
            y[:] = 0.0
            return y, part
        """,
        X,
    )


def test_a_read_does_not_move_past_an_update() -> None:
    w = Writer()
    y = w.call("multiply", w.parameter("x"), 2.0, hint="y")
    first = w.getitem(y, 0)
    new = w.setitem(y, 5.0, 0)
    check(
        w.program(w.call("multiply", w.call("sum", new), first)),
        """
        def f(x):
            y = x * 2.0
            y_part = y[0]
            y[0] = 5.0
            return y.sum() * y_part
        """,
        X,
    )


def test_two_names_for_one_array() -> None:
    w = Writer()
    y = w.call("multiply", w.parameter("x"), 2.0, hint="y")
    z = w.call("stop_gradient", y, hint="z")
    new = w.setitem(z, 1.0, 0)
    check(
        w.program((y, new)),
        """
        def f(x):
            y = x * 2.0
            z = y.copy()
            z[0] = 1.0
            return y, z
        """,
        X,
    )


def test_repeated_indices_accumulate() -> None:
    w = Writer()
    rows = w.parameter("rows", array("int64", (3,)))
    zeros = w.call("zeros", Literal((4, 2)), hint="A")
    one = w.call("additem", zeros, 1.0, rows, hint="A", index=(Slot(0),))
    two = w.call("additem", one, 1.0, hint="A", index=(slice(1, None), 0))
    three = w.call("additem", two, 2.0, rows, hint="A", index=(Slot(0), slice(None, 1)))
    check(
        w.program(three),
        """
        def f(rows):
            A = np.zeros((4, 2))
            np.add.at(A, rows, 1.0)
            A[1:, 0] += 1.0
            np.add.at(A, np.s_[rows, :1], 2.0)
            return A
        """,
        np.array([0, 0, 3]),
    )


def test_an_accumulation_in_place_needs_an_owned_array() -> None:
    w = Writer()
    x, g_bar = w.parameter("x"), w.parameter("g_bar")
    w.backward("y = x * x")
    x_bar = w.call("multiply", g_bar, x, hint="x_bar")
    x_bar = w.call("add", x_bar, w.call("multiply", g_bar, 2.0), hint="x_bar")
    more = w.call("add", g_bar, x_bar, hint="g_bar")
    check(
        w.program((x_bar, more)),
        """
        def f(x, g_bar):
            # backward sweep
            # y = x * x
            x_bar = g_bar * x
            x_bar += g_bar * 2.0
            return x_bar, g_bar + x_bar
        """,
        X,
        Y,
    )


def test_the_shape_of_an_old_version_needs_no_copy() -> None:
    w = Writer()
    y = w.call("multiply", w.parameter("x"), 2.0, hint="y")
    part = w.getitem(y, slice(1, 3), hint="part")
    new = w.setitem(y, w.call("sum", part), 0)
    check(
        w.program((new, w.call("shape", y), w.call("shape", part))),
        """
        def f(x):
            y = x * 2.0
            part = y[1:3]
            y[0] = part.sum()
            return y, y.shape, part.shape
        """,
        X,
    )


# Results


def test_a_cotangent_is_not_an_alias_of_the_seed_or_of_another() -> None:
    w = Writer()
    w.parameter("x")
    out_bar = w.parameter("out_bar")
    w.backward("z = x + y")
    z_bar = w.call("sin", out_bar, hint="z_bar")
    check(
        w.program((w.call("stop_gradient", out_bar), z_bar, z_bar)),
        """
        def f(x, out_bar):
            # backward sweep
            # z = x + y
            z_bar = np.sin(out_bar)
            return out_bar.copy(), z_bar, z_bar.copy()
        """,
        X,
        Y,
    )


def test_a_uniform_cotangent_is_written_as_a_full_array() -> None:
    w = Writer()
    x, out_bar = w.parameter("x"), w.parameter("out_bar", NUMBER)
    w.backward("return np.sum(x)")
    check(
        w.program(w.call("broadcast_to", out_bar, w.call("shape", x), hint="x_bar")),
        """
        def f(x, out_bar):
            # backward sweep
            # return np.sum(x)
            return np.full(x.shape, out_bar)
        """,
        X,
        1.0,
    )


def test_a_seed_that_may_be_a_number_stays_one() -> None:
    w = Writer()
    out_bar = w.parameter("out_bar", unknown("out_bar"))
    program = w.program(out_bar)
    check(
        program,
        """
        def f(out_bar):
            return np.positive(out_bar)
        """,
        X,
    )
    assert isinstance(load([emit(program)])["f"](2.0), float)


# Loops


def test_a_loop_carries_one_variable() -> None:
    w = Writer()
    x, n = w.parameter("x"), w.parameter("n", INTEGER)
    y, i = w.value("y"), w.value("i", INTEGER)
    (after,) = w.loop([w.range(n)], [i], [x], [y], lambda: [w.call("add", w.call("multiply", y, x), i, hint="y")])
    for trips in (0, 3):
        check(
            w.program(after),
            """
            def f(x, n):
                y = x
                for i in range(n):
                    y = y * x + i
                return y
            """,
            X,
            trips,
        )


def test_swapped_values() -> None:
    w = Writer()
    x, y, n = w.parameter("x"), w.parameter("y"), w.parameter("n", INTEGER)
    a, b = w.value("a"), w.value("b")
    outputs = w.loop([w.range(n)], [w.value("i", INTEGER)], [x, y], [a, b], lambda: [b, w.call("add", a, b, hint="b")])
    check(
        w.program(tuple(outputs)),
        """
        def f(x, y, n):
            a = x
            b = y
            for _ in range(n):
                a, b = b, a + b
            return a, b
        """,
        X,
        Y,
        3,
    )


def test_a_carried_value_that_is_still_read_is_computed_last() -> None:
    w = Writer()
    x, n = w.parameter("x", NUMBER), w.parameter("n", INTEGER)
    y_bar, x_bar = w.value("y_bar", NUMBER), w.value("x_bar", NUMBER)

    def body() -> list[Any]:
        new = w.call("multiply", y_bar, x, hint="y_bar")
        return [new, w.call("add", x_bar, w.call("sin", y_bar), hint="x_bar")]

    outputs = w.loop([w.range(n)], [w.value("i", INTEGER)], [1.0, 0.0], [y_bar, x_bar], body)
    check(
        w.program(tuple(outputs)),
        """
        def f(x, n):
            y_bar = 1.0
            x_bar = 0.0
            for _ in range(n):
                x_bar += np.sin(y_bar)
                y_bar *= x
            return y_bar, x_bar
        """,
        0.5,
        3,
    )


def test_swapped_buffers_are_updated_in_place() -> None:
    w = Writer()
    x, y = w.parameter("A"), w.parameter("B")
    a, b = w.value("A"), w.value("B")

    def body() -> list[Any]:
        return [w.setitem(b, w.getitem(a, slice(None, -1)), slice(1, None)), a]

    outputs = w.loop([w.range(3)], [w.value("i", INTEGER)], [x, y], [a, b], body)
    check(
        w.program(tuple(outputs)),
        """
        def f(A, B):
            A = A.copy()
            B = B.copy()
            for _ in range(3):
                B[1:] = A[:-1]
                A, B = B, A
            return A, B
        """,
        X,
        Y,
    )


def test_one_array_carried_twice_is_copied_before_the_loop() -> None:
    w = Writer()
    zeros = w.call("multiply", w.parameter("x"), 1.0)
    a, b = w.value("A"), w.value("B")

    def body() -> list[Any]:
        return [w.setitem(a, 1.0, 0), w.setitem(b, 2.0, 1)]

    outputs = w.loop([w.range(2)], [w.value("i", INTEGER)], [zeros, zeros], [a, b], body)
    check(
        w.program(tuple(outputs)),
        """
        def f(x):
            B = x * 1.0
            A = B.copy()
            for _ in range(2):
                A[0] = 1.0
                B[1] = 2.0
            return A, B
        """,
        X,
    )


def test_a_value_yielded_twice_is_copied_in_the_loop() -> None:
    w = Writer()
    x = w.parameter("x")
    a, b = w.value("A"), w.value("B")

    def body() -> list[Any]:
        new = w.setitem(a, 1.0, 0)
        return [new, new]

    outputs = w.loop([w.range(2)], [w.value("i", INTEGER)], [x, x], [a, b], body)
    program = w.program(tuple(outputs))
    found = load([emit(program)])["f"](X.copy())
    _assert_equal(found, evaluate(program, X))


def test_a_tape_keeps_references_unless_its_array_is_updated() -> None:
    for is_updated in (False, True):
        w = Writer()
        x = w.parameter("x")
        y, i = w.value("y"), w.value("i", INTEGER)
        tape = w.value("y_tape", Type("list", elements=(VECTOR,)))

        def body(w: Writer = w, y: Any = y, i: Any = i, is_updated: bool = is_updated) -> list[Any]:
            new = w.call("sin", y, hint="y")
            return [w.setitem(new, 0.0, Slot(0), slots=[i]) if is_updated else new, y]

        (after,) = w.loop([w.range(3)], [i], [x], [y], body, tape)
        w.backward("y = np.sin(y)")
        y_bar, kept = w.value("y_bar"), w.value("y")
        (final,) = w.loop(
            [tape], [kept], [after], [y_bar], lambda w=w, y_bar=y_bar, kept=kept: [
                w.call("multiply", y_bar, w.call("cos", kept), hint="y_bar")
            ], reverse=True,
        )  # fmt: skip
        update = "\n                    y[i] = 0.0" if is_updated else ""
        check(
            w.program(final),
            f"""
            def f(x):
                # forward sweep
                y_tape = []
                y = x
                for {"i" if is_updated else "_"} in range(3):
                    y_tape.append(y)
                    y = np.sin(y){update}
                # backward sweep
                y_bar = y
                for y in reversed(y_tape):  # y = np.sin(y)
                    y_bar = y_bar * np.cos(y)
                return y_bar.copy()
            """,
            X,
        )


def test_a_tape_of_an_array_that_is_updated_keeps_copies() -> None:
    w = Writer()
    x = w.parameter("x")
    y, i = w.value("y"), w.value("i", INTEGER)
    tape = w.value("y_tape", Type("list", elements=(VECTOR,)))
    (after,) = w.loop([w.range(3)], [i], [x], [y], lambda: [w.setitem(y, 0.0, Slot(0), slots=[i]), y], tape)
    total, kept = w.value("total"), w.value("y")
    (total_after,) = w.loop([tape], [kept], [after], [total], lambda: [w.call("add", total, kept, hint="total")])
    check(
        w.program((after, total_after)),
        """
        def f(x):
            y_tape = []
            y = x.copy()
            for i in range(3):
                y_tape.append(y.copy())
                y[i] = 0.0
            total = y
            for y_1 in y_tape:
                total = total + y_1
            return y, total
        """,
        X,
    )


def test_loop_headers() -> None:
    w = Writer()
    x, y = w.parameter("x"), w.parameter("y")
    element, other, i = w.value("a", NUMBER), w.value("b", NUMBER), w.value("i", INTEGER)
    s = w.value("s", NUMBER)
    numbers = w.range(w.call("len", x))
    (one,) = w.loop([numbers, x], [i, element], [0.0], [s], lambda: [w.call("add", w.call("multiply", i, element), s)])
    t = w.value("s", NUMBER)
    i2, e2, o2 = w.value("i", INTEGER), w.value("a", NUMBER), other
    (two,) = w.loop(
        [numbers, x, y],
        [i2, e2, o2],
        [one],
        [t],
        lambda: [w.call("add", t, w.call("multiply", e2, o2), hint="s")],
        reverse=True,
    )
    check(
        w.program(two),
        """
        def f(x, y):
            s = 0.0
            for i, a in enumerate(x):
                s = i * a + s
            for a, b in zip(reversed(x), reversed(y)):
                s += a * b
            return s
        """,
        X,
        Y,
    )


def test_a_while_with_a_condition_that_is_an_expression() -> None:
    w = Writer()
    x = w.parameter("x", NUMBER)
    tested, y = w.value("y", NUMBER), w.value("y", NUMBER)
    (after,) = w.while_loop(
        [x], [tested], lambda: w.call("less", tested, 10.0), [y], lambda: [w.call("multiply", y, 2.0, hint="y")]
    )
    check(
        w.program(after),
        """
        def f(x):
            y = x
            while y < 10.0:
                y = y * 2.0
            return y
        """,
        0.75,
    )


def test_a_while_with_a_condition_that_needs_statements() -> None:
    w = Writer()
    x = w.parameter("x")
    tested, y = w.value("y"), w.value("y")

    def condition() -> Any:
        squared = w.call("multiply", tested, tested, hint="squared")
        return w.call("less", w.call("sum", w.call("add", squared, squared)), 10.0)

    (after,) = w.while_loop([x], [tested], condition, [y], lambda: [w.call("multiply", y, 2.0, hint="y")])
    check(
        w.program(after),
        """
        def f(x):
            y = x
            while True:
                squared = y * y
                if not (squared + squared).sum() < 10.0:
                    break
                y = y * 2.0
            return y
        """,
        X,
    )


# Branches


def _branched(then: Callable[[Writer, Any], Any], orelse: Callable[[Writer, Any], Any]) -> Program:
    w = Writer()
    x = w.parameter("x", NUMBER)
    output = w.value("y", NUMBER)
    w.branch(w.call("greater", x, 0.0), lambda: [then(w, x)], lambda: [orelse(w, x)], output)
    return w.program(w.call("multiply", output, output))


def test_a_branch_that_names_its_result_is_a_statement() -> None:
    program = _branched(lambda w, x: w.call("multiply", x, x, hint="y"), lambda w, x: w.call("negative", x, hint="y"))
    for x in (2.0, -2.0):
        check(
            program,
            """
            def f(x):
                if x > 0.0:
                    y = x * x
                else:
                    y = -x
                return y * y
            """,
            x,
        )


def test_branches_of_expressions_are_a_conditional_expression() -> None:
    program = _branched(lambda w, x: w.call("multiply", x, x), lambda w, x: x)
    for x in (2.0, -2.0):
        check(
            program,
            """
            def f(x):
                y = x * x if x > 0.0 else x
                return y * y
            """,
            x,
        )


def test_a_branch_without_statements_is_left_out() -> None:
    w = Writer()
    x = w.parameter("x", NUMBER)
    y = w.call("multiply", x, 3.0, hint="y")
    output = w.value("y", NUMBER)
    w.branch(w.call("greater", y, 0.0), lambda: [y], lambda: [w.call("negative", y, hint="y")], output)
    check(
        w.program(output),
        """
        def f(x):
            y = x * 3.0
            if not y > 0.0:
                y = -y
            return y
        """,
        -2.0,
    )


def test_boolean_operators() -> None:
    w = Writer()
    x = w.parameter("x", NUMBER)
    positive = w.call("greater", x, 0.0)
    both = w.value(None, BOOL)
    w.branch(positive, lambda: [w.call("less", x, 1.0)], lambda: [positive], both)
    either = w.value(None, BOOL)
    w.branch(both, lambda: [both], lambda: [w.call("equal", x, 5.0)], either)
    check(
        w.program(w.call("not", either)),
        """
        def f(x):
            return not ((x > 0.0 and x < 1.0) or x == 5.0)
        """,
        0.5,
    )


def test_a_value_of_one_branch_is_not_defined_in_the_other() -> None:
    w = Writer()
    x = w.parameter("x", NUMBER)
    condition = w.call("greater", x, 0.0, hint="positive")
    a, result = w.value("a", NUMBER), w.value("b", NUMBER)
    w.branch(condition, lambda: [w.call("sin", x, hint="a")], lambda: [UNDEFINED], a)
    w.branch(condition, lambda: [w.call("cos", a, hint="b")], lambda: [0.0], result)
    for x in (2.0, -2.0):
        check(
            w.program(result),
            """
            def f(x):
                positive = x > 0.0
                if positive:
                    a = np.sin(x)
                if positive:
                    b = np.cos(a)
                else:
                    b = 0.0
                return b
            """,
            x,
        )


def test_a_value_of_one_branch_that_is_kept_is_none_in_the_other() -> None:
    w = Writer()
    x, n = w.parameter("x", NUMBER), w.parameter("n", INTEGER)
    i, y = w.value("i", INTEGER), w.value("y", NUMBER)
    tape = w.value("a_tape", Type("list", elements=(NUMBER,)))
    a, new = w.value("a", NUMBER), w.value("y", NUMBER)

    def body() -> list[Any]:
        condition = w.call("greater", i, 0)
        w.branch(condition, lambda: [w.call("sin", y, hint="a"), y], lambda: [UNDEFINED, x], a, new)
        return [new, a]

    w.loop([w.range(n)], [i], [x], [y], body, tape)
    check(
        w.program(tape),
        """
        def f(x, n):
            a_tape = []
            y = x
            for i in range(n):
                if i > 0:
                    a = np.sin(y)
                else:
                    a = None
                    y = x
                a_tape.append(a)
            return a_tape
        """,
        0.5,
        0,
    )


def test_branches_that_yield_outer_arrays_are_copied_before_an_update() -> None:
    w = Writer()
    x, y, s = w.parameter("x"), w.parameter("y"), w.parameter("s", NUMBER)
    chosen = w.value("chosen")
    w.branch(w.call("greater", s, 0.0), lambda: [x], lambda: [y], chosen)
    check(
        w.program((w.setitem(chosen, 0.0, 0), x)),
        """
        def f(x, y, s):
            chosen = x if s > 0.0 else y
            chosen = chosen.copy()
            chosen[0] = 0.0
            return chosen, x
        """,
        X,
        Y,
        1.0,
    )


# Sweeps and comments


def test_headings_comments_and_defaults() -> None:
    w = Writer()
    x, out_bar = w.parameter("x"), w.parameter("out_bar", NUMBER)
    y = w.call("sin", x, hint="y")
    w.backward("return np.sum(y * y)", 3)
    y_bar = w.call("multiply", w.call("multiply", 2.0, out_bar), y, hint="y_bar")
    w.backward("y = np.sin(x)", 2)
    x_bar = w.call("multiply", y_bar, w.call("cos", x), hint="x_bar")
    program = w.program(x_bar, "grad_f", defaults=(("out_bar", "1.0"),), keyword_only=1, doc="gradient of f")
    emitted = emit(program)
    assert emitted.text == textwrap.dedent(
        """\
        def grad_f(x, *, out_bar=1.0):
            # forward sweep
            y = np.sin(x)
            # backward sweep
            # return np.sum(y * y)
            y_bar = 2.0 * out_bar * y
            # y = np.sin(x)
            return y_bar * np.cos(x)
        """
    )
    assert emitted.first_backward_line == 5
    assert {line: span.line for line, span in emitted.spans.items()} == {5: 3, 6: 3, 7: 2, 8: 2}
    assert emitted.modules == ("np",)
    assert emitted.runtime == ()


def test_residuals_are_taken_apart_at_the_top() -> None:
    w = Writer()
    residuals = w.parameter("residuals", Type("tuple", elements=(VECTOR, VECTOR)))
    out_bar = w.parameter("out_bar", NUMBER)
    y = w.call("item", residuals, hint="y", index=1)
    x = w.call("item", residuals, hint="x", index=0)
    w.backward("return np.sum(x * y)")
    check(
        w.program((w.call("multiply", out_bar, y), w.call("multiply", out_bar, x))),
        """
        def f(residuals, out_bar):
            x, y = residuals
            # backward sweep
            # return np.sum(x * y)
            return out_bar * y, out_bar * x
        """,
        (X, Y),
        2.0,
    )


def test_a_number_that_was_given_is_not_updated_in_place():
    """A caller may pass a 0-d array for a number; what is computed from it is a new object."""
    seed, start = np.array(1.0), np.array(1.3)

    def f(x: float, n: int):
        y = x
        for i in range(n):
            y = y * x + i
        return y

    gradient = ad.grad(f).function_for(1.3, 3)
    assert gradient(start, 3, seed) == gradient(1.3, 3)
    assert (seed, start) == (1.0, 1.3)


@pytest.mark.parametrize(
    ("types", "statement"),
    [
        ({"x": "float64[n]", "a": "float64"}, "x[1:] *= a"),
        ({"x": "float64[n]", "a": "float64"}, "x[0] /= x[1]"),
        ({"x": "float64[n]", "a": "float64"}, "x[1:] = a * x[1:]"),
        ({"x": "float64[n]", "a": "float64"}, "x[1:] = x[1:] * a"),
        ({"x": "float64[n]", "a": "float64"}, "x[0] = x[1] * a"),
    ],
)
def test_augmented_assignments_are_written_as_they_were(types: dict[str, str], statement: str) -> None:
    program = read_program(f"def f(x, a):\n    {statement}\n    return x", **types)
    assert f"    {statement}\n" in emit(program).text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (lambda w, x: w.call("negative", x), "y[0] -= x"),
        (lambda w, x: w.call("divide", w.call("multiply", w.call("negative", x), x), 3.0), "y[0] -= x * x / 3.0"),
        (lambda w, x: w.call("multiply", -2.0, x), "y[0] -= 2.0 * x"),
        (lambda w, x: w.call("multiply", x, -2.0), "y[0] += x * -2.0"),
    ],
)
def test_sign_in_front_of_what_is_added(written: Any, text: str) -> None:
    w = Writer()
    x = w.parameter("x", NUMBER)
    y = w.call("zeros", (3,), hint="y")
    program = w.program(w.call("additem", y, written(w, x), index=(0,)))
    assert text in emit(program).text


def test_copy_that_later_copies_make_needless_is_dropped() -> None:
    text = (
        "def f(x, n):\n    for k in range(n):\n        for i in range(3):\n"
        "            x[k, i, :] = x[k, i, :] @ x[k, :, i]\n    return np.sum(x)"
    )
    program = run(
        OPTIMISE, reverse(run(SIMPLIFY, read_program(text, x="float64[n, 3, 3]", n="int")), (0,), as_tuple=False)
    )
    forward, _, _ = emit(program).text.partition("# backward sweep")
    assert forward.count("    x = x.copy()\n") == 1
