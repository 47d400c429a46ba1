"""Rules of lists: each pullback is the transpose of the derivative, by differences in every number of every item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from adcompiler.ir.nodes import Slot
from adcompiler.rules import lists
from adcompiler.rules.table import RULES
from adcompiler.runtime import lists as runtime_lists

A, B, C = np.array([0.5, -1.0]), np.array([2.0, 0.3]), np.array([[1.0, 2.0], [0.1, -0.4]])

CASES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("make_list", (1.0, 2.0), {}),
    ("make_list", (A, B, C), {}),
    ("append", ([A], B), {}),
    ("append", ([], 0.5), {}),
    ("append", ([(A, 1.0)], (B, 2.0)), {}),
    ("extend", ([A, B], [C]), {}),
    ("extend", ([], [1.0, 2.0]), {}),
    ("delete", ([A, B, C], -1), {"index": (-1,)}),
    ("delete", ([A, B, C], -1), {"index": (0,)}),
    ("delete", ([A, B, C], 1), {"index": (Slot(0),)}),
    ("delete", ([A, B, C], -2), {"index": (Slot(0),)}),
    ("delete", ([A, B, C], -1), {"index": (Slot(0),)}),
    ("delete", ([1.0, 2.0, 3.0], 1), {"index": (slice(Slot(0), None),)}),
    ("repeat_item", (A, 3), {}),
    ("repeat_item", (2.0, 3), {}),
    ("add_items", ([A, 1.0], [B, 2.0]), {}),
    ("sum_list", ([A, B],), {}),
    ("sum_list", ([A, 0.5, C],), {}),
    ("unbroadcast_items", (C, [A, 0.5, C]), {}),
    ("rows", (C,), {}),
    ("rows", (A,), {}),
    ("array", ([A, B],), {}),
    ("array", ([1.0, 2.0],), {}),
    ("stack_list", ([A, B],), {}),
    ("stack_list", ([C, 2 * C],), {"axis": 1}),
    ("stack_list", ([C, 2 * C],), {"axis": -1}),
    ("concatenate_list", ([A, B[:1]],), {}),
    ("concatenate_list", ([C, C[:, :1]],), {"axis": 1}),
    ("split_like", (np.array([1.0, 2.0, 3.0]), [A, B[:1]]), {}),
]


def leaves(tree: Any) -> Iterator[np.ndarray]:
    """The numbers and arrays in a list or tuple, as arrays."""
    if isinstance(tree, list | tuple):
        for item in tree:
            yield from leaves(item)
    else:
        yield np.asarray(tree, dtype=float)


def flat(tree: Any) -> np.ndarray:
    return np.concatenate([np.ravel(leaf) for leaf in leaves(tree)] or [np.zeros(0)])


def refilled(tree: Any, numbers: Iterator[float]) -> Any:
    """The same structure with other numbers."""
    if isinstance(tree, list | tuple):
        return type(tree)(refilled(item, numbers) for item in tree)
    if isinstance(tree, np.ndarray):
        return np.array([next(numbers) for _ in range(tree.size)]).reshape(tree.shape)
    return next(numbers)


@pytest.mark.parametrize(("name", "operands", "static"), CASES, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(CASES)])
def test_pullback_is_the_transpose_of_the_derivative(name, operands, static):
    rule = RULES[name]
    value = rule.function(*operands, **static)
    rng = np.random.default_rng(0)
    g = refilled(value, iter(rng.normal(size=flat(value).size)))
    for number, operand in enumerate(operands):
        pullback = rule.pullback(number)
        if pullback is None:
            continue
        bar = pullback(g, value, *operands, **static)
        start = flat(operand)

        def moved(
            distance: float, place: int, number: int = number, operand: Any = operand, start: Any = start
        ) -> float:
            numbers = start.copy()
            numbers[place] += distance
            changed = [*operands[:number], refilled(operand, iter(numbers)), *operands[number + 1 :]]
            return float(flat(g) @ flat(rule.function(*changed, **static)))

        differences = [(moved(0.5, place) - moved(-0.5, place)) for place in range(start.size)]
        np.testing.assert_allclose(flat(bar), differences, atol=1e-12)
        assert [leaf.shape for leaf in leaves(bar)] == [leaf.shape for leaf in leaves(operand)]


LIST_RULES = {name for name, _, _ in CASES} - {"array"}


def test_every_rule_of_a_list_is_tested():
    modules = (lists.__name__, runtime_lists.__name__)
    found = {name for name, rule in RULES.items() if getattr(rule.function, "__module__", None) in modules}
    assert found <= LIST_RULES | {"zero_items", "index_of_extreme"}


def test_lists_given_to_a_rule_are_not_changed():
    xs = [A, B]
    for name, operands, static in (
        ("append", (xs, B), {}),
        ("delete", (xs,), {"index": (-1,)}),
        ("setitem", (xs, 1.0), {"index": (0,)}),
        ("additem", (xs, 1.0), {"index": (0,)}),
        ("extend", (xs, [B]), {}),
    ):
        RULES[name].function(*operands, **static)
        assert len(xs) == 2
        assert all(x is y for x, y in zip(xs, [A, B], strict=True))
