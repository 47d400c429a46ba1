"""What parts of arrays are apart and cover them: said only where it is so, whatever lengths and bounds there are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcompiler.analysis.stretches import are_apart, cover, stretches
from adcompiler.ir.dims import extent
from adcompiler.ir.nodes import Atom, Equation, Literal, Program, Slot, Value, walk
from adcompiler.ir.types import BOOL, array, scalar
from adcompiler.ir.verify import verify
from adcompiler.passes.leave_unfilled import leave_unfilled
from adcompiler.passes.merge_writes import merge_writes
from adcompiler.passes.pipeline import CLEAN, OPTIMISE, SIMPLIFY, run
from adcompiler.rules.indexing import fill_slots
from adcompiler.rules.table import RULES
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse

LENGTH = extent("n")
SLOTS: tuple[Value, ...] = (
    Value("n", scalar("int64", weak=True, extent=LENGTH)),
    Value("twice", scalar("int64", weak=True, extent=LENGTH * 2)),
    Value("n_plus_1", scalar("int64", weak=True, extent=LENGTH + 1)),
    Value("n_minus_2", scalar("int64", weak=True, extent=LENGTH - 2)),
    Value("j", scalar("int64", weak=True)),
    Value("k", scalar("int64", weak=True)),
    Value("mask", array("bool", (4, LENGTH * 3))),
    Value("rows", array("int64", (2,))),
    Value("flag", BOOL),
)


def values_of(n: int, j: int, k: int) -> tuple[Any, ...]:
    return (n, 2 * n, n + 1, n - 2, j, k, np.ones((4, 3 * n), bool), np.array([0, -1]), True)


BOUNDS = (None, 0, 1, 2, 3, -1, -2, *map(Slot, range(6)))
bounds = st.sampled_from(BOUNDS)
slices = st.builds(slice, bounds, bounds, st.sampled_from((None, None, None, 1, 2, -1)))
items = st.one_of(slices, slices, st.sampled_from((*BOUNDS[1:], None, Ellipsis, Slot(6), Slot(7), Slot(8))))
indices = st.lists(items, min_size=1, max_size=3).map(tuple)


def write(index: tuple[Any, ...], length: Any = LENGTH * 3) -> Equation:
    target = Value("y", array("float64", (4, length, 3)))
    written: tuple[Atom, ...] = (target, Literal(1.0), *SLOTS)
    return Equation(RULES["setitem"].primitive, written, (target,), static=(("index", index),))


def masks(chosen: Sequence[tuple[Any, ...]]) -> list[list[np.ndarray]]:
    """The elements that each index selects, for each choice of the numbers for which all of them select something."""
    found = []
    for n, j, k in itertools.product(range(4), range(-3, 4), range(-3, 4)):
        marked = [np.zeros((4, 3 * n, 3), bool) for _ in chosen]
        try:
            for index, mark in zip(chosen, marked, strict=True):
                mark[fill_slots(index, values_of(n, j, k))] = True
        except IndexError:
            continue
        found.append(marked)
    return found


@given(indices, indices)
def test_parts_that_are_apart_share_no_element(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    if are_apart(stretches(write(one)), stretches(write(other))):
        assert not any(np.any(left & right) for left, right in masks((one, other)))


@given(st.lists(st.one_of(slices.map(lambda item: (Ellipsis, item, slice(None))), indices), min_size=1, max_size=3))
def test_parts_that_cover_an_array_leave_out_no_element(chosen: list[tuple[Any, ...]]) -> None:
    writes = [write(index) for index in chosen]
    if cover(writes, writes[0].inputs[0].type):
        assert all(np.all(np.any(marked, axis=0)) for marked in masks(chosen))


def sliced(start: Any, stop: Any) -> tuple[slice, slice]:
    return slice(None), slice(start, stop)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (sliced(None, 2), sliced(2, None), True),
        (sliced(None, -2), sliced(-2, None), True),
        (sliced(None, -2), sliced(-1, None), True),
        (sliced(None, -1), sliced(-2, None), False),
        (sliced(None, 2), sliced(-2, None), False),
        (sliced(Slot(0), Slot(1)), sliced(None, Slot(0)), True),
        (sliced(Slot(0), Slot(1)), sliced(Slot(1), None), True),
        (sliced(Slot(0), Slot(1)), sliced(Slot(2), None), False),
        (sliced(None, Slot(4)), sliced(Slot(4), None), True),
        (sliced(None, Slot(4)), sliced(Slot(5), None), False),
        (sliced(None, Slot(3)), sliced(Slot(0), None), False),  # n - 2 may be negative
        ((slice(None), 1), sliced(2, None), True),
        ((slice(None), -1), sliced(None, -1), True),
        ((slice(None), -1), sliced(None, 2), False),
        ((Slot(4), 1), (Slot(5), 2), True),
        ((..., 1), (..., 2), True),
        ((..., 1), (0, 2), False),
        ((Slot(6), 1), (0, 2), False),  # a mask of two axes
        ((Slot(7), 1), (0, 2), True),
        ((slice(None, None, -1), 1), (0, 1), False),
    ],
)
def test_which_parts_are_apart(one: tuple[Any, ...], other: tuple[Any, ...], apart: bool) -> None:
    assert are_apart(stretches(write(one)), stretches(write(other))) is apart
    assert are_apart(stretches(write(other)), stretches(write(one))) is apart


@pytest.mark.parametrize(
    ("chosen", "covers"),
    [
        ([sliced(None, Slot(0)), sliced(Slot(0), Slot(1)), sliced(Slot(1), None)], True),
        ([sliced(None, Slot(0)), sliced(Slot(1), None)], False),
        ([sliced(Slot(1), None), sliced(None, Slot(2))], False),  # n + 1 may be less than 2n
        ([sliced(None, Slot(4)), sliced(Slot(4), None)], True),
        ([sliced(None, Slot(4)), sliced(Slot(5), None)], False),
        ([(..., 0), (..., 1), (..., 2)], True),
        ([(..., 0), (..., 2)], False),
        ([(..., slice(0, 2)), (..., slice(1, 7))], True),
        ([(..., slice(0, 1)), (..., slice(1, None, 2))], False),
        ([(slice(0, 2),), (slice(2, 4), slice(0, 1))], False),
        ([(slice(0, 4),)], True),
    ],
)
def test_which_parts_cover_an_array(chosen: list[tuple[Any, ...]], covers: bool) -> None:
    writes = [write(index) for index in chosen]
    assert cover(writes, writes[0].inputs[0].type) is covers


def gradient(text: str, **types: str) -> Program:
    return reverse(run(SIMPLIFY, read_program(text, **types)), (0,), as_tuple=False)


def gates(*parts: str) -> str:
    products = " * ".join(f"np.sum(np.sin(x[:, {part}]))" for part in parts)
    return f"def f(x, size):\n    size = size.shape[0]\n    return {products}"


def made_by(program: Program) -> list[str]:
    names = [e.primitive.name for e in walk(verify(program).body) if e.sweep == "backward"]
    return [name for name in names if name in ("zeros", "empty", "setitem", "additem")]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((":size", "size:2 * size", "2 * size:"), ["empty", "setitem", "setitem", "setitem"]),
        ((":size", "2 * size:"), ["zeros", "setitem", "setitem"]),
        ((":size + 1", "size:"), ["zeros", "setitem", "additem"]),
        ((":-1", "-1:"), ["empty", "setitem", "setitem"]),
        ((":-1", "1:"), ["zeros", "setitem", "additem"]),
        ((":size", "size:", "0"), ["zeros", "setitem", "additem", "setitem"]),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_parts_of_a_cotangent_are_assigned(parts: tuple[str, ...], expected: list[str], dtype: str) -> None:
    plain = gradient(gates(*parts), x=f"{dtype}[m, k]", size="float64[n]")
    program = leave_unfilled(merge_writes(run(CLEAN, plain)))
    if "0" not in parts:
        assert made_by(program) == expected
    for n, k in ((1, 3), (2, 6), (2, 5), (3, 4)):
        x = np.linspace(0.1, 0.9, 2 * k, dtype=dtype).reshape(2, k)
        for made in (program, run(OPTIMISE, plain)):
            found, known = (evaluate(p, x, np.zeros(n)) for p in (made, plain))
            np.testing.assert_array_equal(found, known)
            assert found.dtype == known.dtype


@pytest.mark.parametrize(
    ("read", "assigned"),
    [
        ("x[0, 0]) + np.sin(x[1, 0]", 2),
        ("x[0, 0]) + np.sin(x[1, 0] * x[0, 0]", 2),
        ("x[0, 0]) + np.sin(x[1, -1]", 2),
        ("x[1, 1]) + np.sin(x[1, -1]", 1),
        ("x[1, 1]) + np.sum(x[1]", 1),
        ("x[1, 0]) + np.sum(x[0]", 2),
    ],
)
def test_first_additions_to_elements_are_assignments(read: str, assigned: int) -> None:
    plain = gradient(f"def f(x):\n    return np.sin({read}) * np.cos(x[1, 0])", x="float64[2, 2]")
    program = merge_writes(run(CLEAN, plain))
    assert made_by(program).count("setitem") == assigned
    x = np.linspace(0.1, 0.9, 4).reshape(2, 2)
    np.testing.assert_array_equal(evaluate(program, x), evaluate(run(CLEAN, plain), x))


def test_a_mask_stands_for_as_many_axes_as_it_has() -> None:
    text = "def f(y, m):\n    return np.sum(y[0, 2] * 3.0) + np.sum(y[m, 1] * y[m, 1])"
    y, mask = np.arange(24.0).reshape(4, 3, 2), np.ones((4, 3), bool)
    expected = np.zeros_like(y)
    expected[mask, 1] += 2 * y[mask, 1]
    expected[0, 2] += 3.0
    program = run(OPTIMISE, gradient(text, y="float64[4, 3, 2]", m="bool[4, 3]"))
    np.testing.assert_allclose(evaluate(program, y, mask), expected)
