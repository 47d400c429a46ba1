"""Code on the elements of small arrays: what the code on arrays computes, and left alone where that is not sure."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from structures import assert_alike

import adcompiler as ad
from adcompiler.passes.scalarise_arrays import MOST_ELEMENTS
from adcompiler.testing import check_grads

RNG = np.random.default_rng(0)
X, Y, A, B = RNG.random(3), RNG.random(3), RNG.random((3, 3)), RNG.random((2, 3))


def elementwise(x, y):
    return np.sum(np.exp(-x) * y / (1 + np.sqrt(y) ** 3) - np.log(x) ** 2 + np.tanh(x - 0.3) ** 0.5 + 2**y)


def functions(x, y):
    a = np.arctan(x) + np.arcsin(y) * np.cosh(x) + np.log1p(x) - np.expm1(y) + np.square(x) - np.log10(y)
    return np.mean(a + np.cbrt(x) + np.reciprocal(y) + np.exp2(x))


def products(A, x, B):
    y = A @ x + np.outer(x, x) @ x + B.T @ (B @ x)
    return x @ y + np.dot(A, A).trace() + np.inner(x, y) + np.sum(A * B[0])


def small_products(A, x):
    return np.trace(A @ A.T) + np.inner(x, A[0]) + np.sum(np.outer(x, x) * A) + np.dot(x, x)


def pieces(A, x):
    y = np.concatenate([x[1:], A[0], A[:, -1] * x, x[:1]])
    z = np.stack([y[:3], y[3:6], y[6:]], axis=1).reshape(9)
    return np.sum(np.sin(z)[::2]) + np.sum(np.expand_dims(x, 0) * A, axis=1)[1] * A.T.ravel()[5]


def written(x, y):
    z = np.zeros(3)
    z[0] = x[1]
    z[1:] += y[:2] * x[0]
    z[-1] *= 3.0
    x = x.copy()
    x[1] = z[0] * z[1]
    return np.sum(z * x)


def steps(x, y, n):
    for i in range(n):
        x, y = y * np.cos(x), x + 0.1 * y * i
    return np.sum(x * y)


def nested(A, x):
    total = 0.0
    for i in range(2):
        y = A @ x
        for _ in range(3):
            y = np.sin(y) + x
            total = total + y[0] * i
    return total + np.sum(y)


def converged(x):
    y = x
    while np.sum(y * y) > 0.01:
        y = y * 0.5
    return np.sum(y)


def branches(x, y):
    z = x * y if np.sum(x) > np.sum(y) else x + y * y
    if z[0] > 0.1:
        z = z * 2
    return np.sum(z * z)


def of_structure(p):
    return np.sum(p["a"] * p["b"]["c"]) + p["s"] * p["a"][0]


def one_element(x):
    return np.sum(x * x * np.sin(x))


def zero_dimensional(x):
    return x * x


TAKEN: list[tuple[Any, tuple[Any, ...]]] = [
    (elementwise, (X + 0.5, Y)),
    (functions, (X, Y)),
    (small_products, (A[:2, :2], X[:2])),
    (pieces, (A, X)),
    (written, (X, Y)),
    (steps, (X, Y, 4)),
    (steps, (X, Y, 0)),
    (nested, (A, X)),
    (converged, (X,)),
    (branches, (X, Y)),
    (branches, (Y, X)),
    (of_structure, ({"a": X, "b": {"c": Y}, "s": 0.5},)),
    (one_element, (X[:1],)),
]


def entry_of(gradient: ad.Gradient, arguments: tuple[Any, ...]) -> Any:
    """The code that a call runs."""
    return gradient._dispatcher.find(arguments)


def wrt(arguments: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(n for n, x in enumerate(arguments) if not isinstance(x, int))


@pytest.mark.parametrize(("function", "arguments"), TAKEN, ids=[f.__name__ for f, _ in TAKEN])
def test_elements_give_what_arrays_give(function: Any, arguments: tuple[Any, ...]) -> None:
    gradient = ad.value_and_grad(function, wrt(arguments))
    entry = entry_of(gradient, arguments)
    assert entry.on_arrays is not None
    found = entry.functions[0](*arguments)
    expected = entry.on_arrays.functions[0](*arguments)
    assert_alike(found, expected, rtol=1e-12, atol=1e-13)
    assert type(found[0]) is type(expected[0])
    check_grads(function, *arguments)


REFUSED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "single precision": (one_element, (X.astype(np.float32),)),
    "many elements": (one_element, (np.ones(MOST_ELEMENTS + 1),)),
    "no elements": (one_element, (np.ones(0),)),
    "a position that depends on data": (lambda x: np.sum(x[np.argmax(x)] * x), (X,)),
    "the larger of two": (lambda x, y: np.sum(np.maximum(x, y) * x), (X, Y)),
    "a function without a counterpart": (lambda x: np.sum(np.sort(x) * x), (X,)),
    "too many operations": (products, (A, X, B)),
    "a mask": (lambda x: np.sum(x[x > 0.5]), (X,)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_code_on_arrays_serves(what: str) -> None:
    function, arguments = REFUSED[what]
    gradient = ad.grad(function)
    assert entry_of(gradient, arguments).on_arrays is None
    gradient(*arguments)


def overflowing(x):
    return np.sum(np.exp(x) / x)


@pytest.mark.parametrize("x", [[1000.0, 1.0], [0.0, 1.0], [np.nan, 1.0], [np.inf, 2.0], [-np.inf, 2.0]])
def test_infinite_and_undefined_values_are_numpys(x: list[float]) -> None:
    gradient = ad.value_and_grad(overflowing)
    array = np.array(x)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for _ in range(3):  # the first call, and those that are like it
            value, derivative = gradient(array)
            np.testing.assert_array_equal(value, overflowing(array))
            entry = entry_of(gradient, (array,))
            np.testing.assert_array_equal(derivative, entry.on_arrays.functions[0](array)[1])


def test_root_of_a_negative_number_is_no_complex_one() -> None:
    gradient = ad.grad(lambda x: np.sum(x**1.5))
    gradient(np.array([2.0, 3.0]))
    with np.errstate(invalid="ignore"):
        assert np.isnan(gradient(np.array([-1.0, 4.0]))[0])


def test_calls_with_other_lengths_run_their_own_code() -> None:
    gradient = ad.grad(one_element)
    for length in (1, 2, 3, 2, 1, 40, 3):
        x = RNG.random(length)
        np.testing.assert_allclose(gradient(x), 2 * x * np.sin(x) + x * x * np.cos(x), rtol=1e-12)


def test_results_are_arrays_of_their_own() -> None:
    x = X.copy()
    (found,) = ad.grad(lambda x: np.sum(x * x), (0,))(x)
    found[0] = 7.0
    np.testing.assert_array_equal(x, X)


def test_shown_code_is_that_on_arrays() -> None:
    gradient = ad.grad(one_element)
    gradient(X)
    assert "tolist" not in gradient.source
    assert "tolist" not in gradient.function_for(X).source
    assert "x_0, x_1, x_2 = x.tolist()" in entry_of(gradient, (X,)).functions[0].source


def test_source_is_written_on_request() -> None:
    text = ad.source(one_element, types={"x": "float64[2]"}, scalarise=True)
    assert "x_0, x_1 = x.tolist()" in text
    with pytest.raises(ValueError, match="element by element"):
        ad.source(one_element, types={"x": "float64[n]"}, scalarise=True)
