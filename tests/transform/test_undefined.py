"""Variables that some path leaves undefined: their cotangents pass the path that does not define them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.testing import evaluate, read_program
from adcompiler.transform.reverse import reverse, split


def different_arrays(x, n):
    if n > 0:
        p = x[1:n] * 2
    else:
        q = x[: 3 - n] * x[0]
    return np.sum(p * p) if n > 0 else np.sum(q * q * q)


def in_a_loop(x, n):
    s = 0.0
    for i in range(abs(n)):
        if i % 2 == 0:
            p = x[i:] * 2
        else:
            q = x[:i] * x[0]
        s = s + np.sum(p * p) if i % 2 == 0 else s + np.sum(q * q * q)
    return s


def carried_by_a_loop(x, n):
    s = 0.0
    for i in range(abs(n)):
        if i % 3 == 0:
            p = x[i:] * x[0]
        s = s + np.sum(p * p) + np.mean(p)
    return s + x[1] if n <= 0 else s + np.sum(np.sin(p))


def accumulated_in_a_loop(x, n):
    if n > 0:
        p = np.sin(x)
    s = x[0]
    for i in range(n):
        s = s + p[i] * x[i] + np.mean(p) * p[0]
    return s


def integer_condition(x, n):
    flag = n % 2
    if flag:
        p = x[x > 0.4] * 2
    else:
        q = np.concatenate([x, x])
    if not flag:
        return np.sum(q * q * q)
    return np.sum(p * p)


def defined_but_not_read(x, n):
    if n > 0:
        p = np.exp(x)
    if n > 2:
        return np.sum(p * x)
    return x[0] * x[1]


def numbers(x, n):
    if n > 0:
        p = x[n] * 2
    else:
        q = x[0] * 3
    return p * x[0] if n > 0 else q


def broadcast(x, n):
    if n > 0:
        m = np.outer(x, x)
        p = m @ x
    else:
        q = x[1:] * x[:-1]
    return np.sum(m + p) + np.sum(p[1:3]) if n > 0 else np.max(q)


def uniform(x, n):
    if n > 0:
        p = x * x
    else:
        q = x[:2] ** 3
    return np.mean(p) if n > 0 else np.sum(q)


def passed_on(x, n):
    if n > 0:
        p = x * x[0]
    if n > 2:
        r = p
    elif n > 0:
        r = p * 2
    if n > 0:
        return np.sum(r * p)
    return x[0]


def read_twice(x, n):
    s = x[0] * x[0]
    if n > 0:
        p = np.exp(x[n])
    else:
        q = x[1:] * x[0]
    s = s + np.sum(np.sin(p)) if n > 0 else s + np.mean(q) * s
    return s + np.mean(p) if n > 0 else s + np.mean(q) * s


PROGRAMS = [
    read_twice,
    different_arrays,
    in_a_loop,
    carried_by_a_loop,
    accumulated_in_a_loop,
    integer_condition,
    defined_but_not_read,
    numbers,
    broadcast,
    uniform,
    passed_on,
]
X = np.array([0.3, 0.7, 0.5, 0.95, 0.2])


def _split(f: Callable[..., Any], x: Any, n: int) -> Any:
    return ad.vjp(f, x, n)[1](1.0)[0]


def _taped(f: Callable[..., Any], x: Any, n: int) -> Any:
    t = ad.tensor(x, requires_grad=True)
    ad.differentiable(f)(t, n).backward()
    return t.grad.numpy()


WAYS: dict[str, Callable[..., Any]] = {
    "typed": lambda f, x, n: ad.grad(f)(x, n),
    "generic": lambda f, x, n: ad.grad(f).generic()(x, n),
    "split": _split,
    "taped": _taped,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("n", [4, 3, 1, 0, -1, -2])
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_gradient(f: Callable[..., Any], n: int, way: str) -> None:
    expected = np.array([(f(X + h, n) - f(X - h, n)) / 2e-6 for h in np.eye(len(X)) * 1e-6])
    found = WAYS[way](f, X.copy(), n)
    assert np.shape(found) == X.shape
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("types", [{"x": "float32[m]", "n": "int"}, {"n": "int"}], ids=["typed", "untyped"])
def test_as_programs(types: dict[str, str]) -> None:
    primal = read_program(
        "def f(x, n):\n    if n > 0:\n        p = x * x[0]\n    else:\n        q = x[1:] * 2\n"
        "    return np.sum(p * p) if n > 0 else np.sum(q * q * q)",
        **types,
    )
    x = np.array([0.5, 0.25, 1.0], np.float32)
    whole = reverse(primal, (0,), as_tuple=False)
    forward, backward = split(primal, (0,))
    for n, expected in ((1, [2.5 * 0.5 + 0.5 * 0.0625, 0.125, 0.5]), (0, [0.0, 1.5, 24.0])):
        expected = np.array(expected)
        if n == 1:
            expected = 2 * x * x[0] ** 2 + np.array([2 * x[0] * np.sum(x * x), 0, 0])
        found = evaluate(whole, x, n, 1.0)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        if "x" in types:
            assert found.dtype == np.float32
        _, residuals = evaluate(forward, x, n)
        np.testing.assert_allclose(evaluate(backward, residuals, 1.0)[0], expected, rtol=1e-6)


def test_a_number_of_a_path_is_kept_as_one_of_numpys() -> None:
    def summed(a, t):
        s = np.tanh(a[0] * t)
        if np.sin(s) > 0.3:
            s = 0.5 * sum(q * r for q in a for r in a if q > r)
        if np.sin(s) > 0.3:
            return s * 2 + np.sum(a)
        return np.sum(a * a) + s * t

    for a in (np.array([0.4, -0.8, 1.1]), np.array([0.9, 0.8, 1.1])):
        expected = ad.grad(summed, (0, 1))(a, 0.6)
        for one, other in zip(ad.vjp(summed, a, 0.6)[1](1.0), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)
