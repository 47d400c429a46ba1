"""Programs that look like those which a pass is for, and are not: it leaves them alone, and the gradient is right."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from numerics import central_difference

import adcompiler as ad
from benchmarks.passes import without


def list_longer_than_the_range(x, n):
    items = [x * i for i in range(n)]
    items.append(x * x)
    total = 0.0
    for i in range(n):
        total += items[i] * items[i + 1]
    return total


def list_changed_as_it_is_read(x, n):
    items = [x * i for i in range(n)]
    total = 0.0
    for i in range(n):
        total += items[i] ** 2
        items[n - 1 - i] = items[n - 1 - i] * x
    return total


def list_that_changes_afterwards(x, n):
    items = []
    for _ in range(n):
        x = np.exp(-x)
        items.append(x)
    items[1] = x * 3
    items.pop()
    return sum(items)


def list_with_something_in_it(x, n):
    items = [x * x]
    for _ in range(n):
        x = np.exp(-x)
        items.append(x)
    return sum(items)


def list_filled_in_some_rounds(x, n):
    items = []
    for i in range(n):
        x = np.exp(-x)
        if i % 2:
            items.append(x)
    return sum(items) * x


def parts_that_meet(u, n):
    for _ in range(n):
        u[1:-1] = u[:-2] + 0.5 * u[1:-1] * u[2:]
    return np.sum(u * u)


def part_that_depends_on_the_round(u, n):
    for i in range(n):
        u[i : i + 2] = u[i : i + 2] * u[i + 2]
    return np.sum(u * u)


def rows_that_meet(u, n):
    rows = np.array([0, 1, 1, 3])
    for _ in range(n):
        u[:4] = u[rows] * u[1]
    return np.sum(u * u)


def products_by_different_numbers(u, n):
    for _ in range(n):
        u[1:-1] += 0.5 * u[2:] - 0.25 * u[:-2]
    return np.sum(u * u)


def list_read_at_its_end(x, n):
    items = [x]
    for _ in range(n):
        items.append(np.sin(items[-1]) * x)
    return items[-1]


def number_written_once(u, n):
    for i in range(n):
        u[i] = np.sin(u[i + 1]) * u[i]
    return np.sum(u * u)


def shape_of_another_array(u, n):
    total = 0.0
    for i in range(n):
        u = u[:-1] * 2.0 if i == 0 else u + 1.0
        total += np.sum(u) / len(u)
    return total


U = np.array([0.5, -1.2, 2.0, 0.3, 0.9, -0.4])
CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("reuse_lists", list_that_changes_afterwards, (0.7, 4)),
    ("reuse_lists", list_with_something_in_it, (0.7, 4)),
    ("reuse_lists", list_filled_in_some_rounds, (0.7, 5)),
    ("walk_lists", list_longer_than_the_range, (0.7, 4)),
    ("walk_lists", list_changed_as_it_is_read, (0.7, 4)),
    ("assign_first", rows_that_meet, (U, 3)),
    ("clear_once", part_that_depends_on_the_round, (U, 3)),
    ("clear_once", parts_that_meet, (U, 3)),
    ("subtract_products", products_by_different_numbers, (U, 3)),
    ("fill_items", list_read_at_its_end, (0.7, 4)),
    ("delay_updates", number_written_once, (U, 3)),
    ("ask_before_writes", shape_of_another_array, (U, 3)),
]


@pytest.mark.parametrize(("name", "function", "arguments"), CASES)
def test_program_is_left_alone(name: str, function: Any, arguments: tuple[Any, ...]) -> None:
    types = {"x": "float", "u": "float64[n]", "n": "int"}
    stated = {each: types[each] for each in function.__code__.co_varnames[: function.__code__.co_argcount]}
    text = ad.source(function, types=stated)
    with without(name):
        assert ad.source(function, types=stated) == text
    found = ad.grad(function)(*copy.deepcopy(arguments))
    np.testing.assert_allclose(found, central_difference(function, arguments, 0), rtol=1e-6, atol=1e-6)
