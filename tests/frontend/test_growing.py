"""Lists that grow refer to arrays: what may be seen through two names is refused when it is written."""

from __future__ import annotations

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.errors import AliasingError, DifferentiationError

X = np.array([0.5, -1.2, 2.0])


def one_array_many_times(x, n):
    z = np.zeros(3)
    hs = [z for _ in range(n)]
    for i in range(n):
        hs[i] += x * i
    return np.sum(hs[0] * hs[-1])


def item_with_a_name(x, n):
    hs = []
    for i in range(n):
        h = x * i
        hs.append(h)
    hs[-1] += x
    return np.sum(hs[0] * h)


def item_twice_in_a_list(x, n):
    hs = [x * i for i in range(n)]
    hs.append(hs[0])
    hs[-1] += x
    return np.sum(hs[0] * hs[-1])


def item_in_two_lists(x, n):
    hs = [x * i for i in range(n)]
    gs = hs.copy()
    hs[-1] += x
    return np.sum(gs[0] * gs[-1])


def list_joined_to_itself(x, n):
    hs = [x * i for i in range(n)]
    hs.extend(hs)
    hs[-1] += x
    return np.sum(hs[0] * hs[n - 1])


def array_written_after_it_was_appended(x, n):
    hs = []
    u = x * 1
    for _ in range(n):
        hs.append(u)
        u[0] = u[0] * 2
    return np.sum(hs[0])


def view_written_through_an_item(x, n):
    hs = [x * i for i in range(n)]
    h = hs[1]
    h[0] = 2.0
    return np.sum(hs[1])


def array_of_which_a_view_was_appended(x, n):
    u = x * 1
    hs = [u[i:] for i in range(n)]
    u[-1] = 3.0
    return np.sum(hs[-1])


def inner_list_changed(x, n):
    table, row = [], [1.0]
    for i in range(n):
        table.append(row)
        row.append(np.sum(x) * i)
    return table[0][-1]


def inner_list_changed_through_the_outer(x, n):
    table = [[np.sum(x)] for i in range(n)]
    row = table[0]
    row.append(np.sum(x))
    return table[0][-1]


PROGRAMS = (
    one_array_many_times,
    item_with_a_name,
    item_twice_in_a_list,
    item_in_two_lists,
    list_joined_to_itself,
    array_written_after_it_was_appended,
    view_written_through_an_item,
    array_of_which_a_view_was_appended,
    inner_list_changed,
    inner_list_changed_through_the_outer,
)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_write_that_may_be_seen_elsewhere_is_refused(function):
    with pytest.raises(AliasingError):
        ad.grad(function)(X, 3)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("xs = []\n    for i in range(n):\n        xs.append(np.sin)\n    return xs[0](x)", "a different number"),
        ("xs = [x for i in range(n)]\n    xs[0:1] = [x]\n    return xs[0]", "writing to a part of a list"),
        ("xs = [x for i in range(n)]\n    del xs[0:1]\n    return xs[0]", "deleting a part of a list"),
        ("xs = [x for i in range(n)]\n    xs.sort()\n    return xs[0]", r"`.sort\(\)` of a list whose length"),
        ("xs = [x for i in range(n)]\n    return (xs * 2)[0]", "this operator on a list whose length"),
        ("xs = []\n    for i in range(n):\n        x = x * xs[-1]\n    return x", "this raises IndexError"),
        ("xs = [x]\n    for i in range(n):\n        xs.append('a')\n    return xs[0]", "a different number"),
        ("xs = [x for i in range(n)]\n    for y in xs:\n        xs.append(y)\n    return x", "changes the length"),
    ],
)
def test_construct_is_refused(body, message, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(f"import numpy as np\n\n\ndef f(x, n):\n    {body}\n")
    namespace: dict[str, object] = {}
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    with pytest.raises(DifferentiationError, match=message):
        ad.grad(namespace["f"])(1.5, 3)


def parts_of_either_length(x, k):
    parts = [x[:1], x[1:]] if k > 0 else [x]
    parts.append(parts[0] * 2)
    total = 0.0
    for part in parts:
        total += np.sum(part) ** 2
    return total


def returned_early(x, k):
    def chosen():
        if k > 0:
            return [x[0], x[1]]
        return [x[2]]

    values = chosen()
    return sum(value * value for value in values) * len(values)


@pytest.mark.parametrize("function", [parts_of_either_length, returned_early])
@pytest.mark.parametrize("k", [1, -1])
def test_list_of_one_of_two_lengths(function, k):
    value, gradient = ad.value_and_grad(function)(X, k)
    differences = [(function(X + step, k) - function(X - step, k)) / 2e-6 for step in 1e-6 * np.eye(3)]
    assert value == pytest.approx(function(X, k))
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-8)
