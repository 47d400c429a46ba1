"""Rules that users register, for their own functions and those of libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.testing import Dual, check_grads

X = np.array([0.3, -1.2, 0.7])


@ad.rule.elementwise(lambda g, y, x: g * y * (1 - y), like="x")
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@ad.rule.linear(lambda g, y, x: np.cumsum(g[::-1])[::-1], like="x")
def running(x):
    return np.cumsum(x)


@ad.rule.vjp(
    lambda g, y, a, b, power: g * power * a ** (power - 1) * b,
    lambda g, y, a, b, power: g * a**power,
    jvp=(
        lambda a_dot, y, a, b, power: a_dot * power * a ** (power - 1) * b,
        lambda b_dot, y, a, b, power: b_dot * a**power,
    ),
    like="a",
)
def weighted(a, b, power=2):
    return a**power * b


@ad.rule.vjp(lambda g, y, x: g * (np.sign(x) if x[0] > 0 else -np.sign(x)))
def signed_length(x):
    return np.abs(x).sum() if x[0] > 0 else -np.abs(x).sum()


@ad.rule.nondifferentiable
def place_of_largest(x):
    return max(range(len(x)), key=lambda i: x[i])


def of_sigmoid(x):
    return np.sum(sigmoid(x) ** 2)


def of_running(x):
    return np.sum(running(x) ** 2)


def of_weighted(x):
    return np.sum(weighted(x, np.exp(x), power=3)) + np.sum(weighted(x, x))


def of_signed_length(x):
    return signed_length(x) ** 2 + signed_length(-x)


def of_place(x):
    return x[place_of_largest(x)] ** 2


FUNCTIONS = [of_sigmoid, of_running, of_weighted, of_signed_length, of_place]


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_compiled_derivatives_agree_with_differences(f: Callable[..., Any]) -> None:
    check_grads(f, X)


@pytest.mark.parametrize("f", [of_sigmoid, of_running, of_weighted, of_signed_length], ids=lambda f: f.__name__)
def test_second_derivatives_follow(f: Callable[..., Any]) -> None:
    gradient = ad.grad(f)

    def directional(x):
        return np.sum(gradient(x) * np.array([1.0, 2.0, -1.0]))

    check_grads(directional, X)


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_code_for_any_rank_is_right(f: Callable[..., Any]) -> None:
    np.testing.assert_allclose(ad.grad(f).generic()(X), ad.grad(f)(X))


@pytest.mark.parametrize("f", [of_sigmoid, of_running, of_weighted, of_signed_length], ids=lambda f: f.__name__)
def test_tensors_take_the_rule(f: Callable[..., Any]) -> None:
    x = ad.tensor(X, requires_grad=True)
    f(x).backward()
    np.testing.assert_allclose(x.grad.numpy(), ad.grad(f)(X))


@pytest.mark.parametrize("f", [of_sigmoid, of_running, of_weighted], ids=lambda f: f.__name__)
def test_pushforwards_push_whole_functions_forward(f: Callable[..., Any]) -> None:
    x_dot = np.array([1.0, 2.0, -1.0])
    np.testing.assert_allclose(f(Dual(X, x_dot)).tangent, ad.grad(f)(X) @ x_dot)


def test_generated_code_calls_the_function_and_has_the_formula() -> None:
    source = ad.source(of_sigmoid, types={"x": "float64[n]"})
    assert "sigmoid_x = sigmoid(x)" in source
    assert "sigmoid_x * (1 - sigmoid_x)" in source


def test_pullback_that_looks_at_values_is_called() -> None:
    assert "signed_length_x_pullback(" in ad.source(of_signed_length, types={"x": "float64[n]"})


def test_standalone_code_imports_the_function() -> None:
    from adcompiler.compiler import Goal, compile_gradient
    from adcompiler.frontend.parse import function_source
    from adcompiler.signature import given_types

    source = function_source(of_sigmoid)
    types = given_types(source.parameters, {"x": "float64[n]"}, {})
    text = compile_gradient(source, types, Goal("grad", ("x",))).text(standalone=True)
    assert f"from {__name__} import sigmoid" in text
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    np.testing.assert_allclose(namespace["grad_of_sigmoid"](X), ad.grad(of_sigmoid)(X))


def test_ufunc_of_a_library_is_registered_by_a_call() -> None:
    triple = np.frompyfunc(lambda x: 3 * x, 1, 1)
    ad.rule.elementwise(lambda g, y, x: 3 * g, of=triple)
    np.testing.assert_array_equal(ad.grad(lambda x: np.sum(triple(x)))(X), [3, 3, 3])


def test_function_without_source_is_registered_by_a_call() -> None:
    from statistics import fmean

    def scaled(x):
        return fmean(x)

    mean = ad.rule.vjp(lambda g, y, x: np.full(np.shape(x), g / len(x)), of=scaled)
    np.testing.assert_allclose(ad.grad(lambda x: mean(x) * 2)(X), [2 / 3] * 3)
    np.testing.assert_allclose(ad.grad(lambda x: scaled(x) * 2)(X), [2 / 3] * 3)


def test_function_with_a_rule_is_differentiated_itself() -> None:
    check_grads(signed_length, X)
    check_grads(weighted, X, np.exp(X))
    np.testing.assert_allclose(ad.grad(signed_length)(X), [1, -1, 1])


def test_compiled_code_sees_a_later_registration() -> None:
    def halve(x):
        return 0.5 * x

    def f(x):
        return np.sum(halve(x))

    gradient = ad.grad(f)
    np.testing.assert_array_equal(gradient(X), [0.5, 0.5, 0.5])
    np.testing.assert_array_equal(gradient(X), [0.5, 0.5, 0.5])
    ad.rule.elementwise(lambda g, y, x: 7 * g, of=halve)
    np.testing.assert_array_equal(gradient(X), [7, 7, 7])
    ad.rule.elementwise(lambda g, y, x: 8 * g, of=halve)
    np.testing.assert_array_equal(gradient(X), [8, 8, 8])


def test_jvp_is_added_to_a_rule() -> None:
    @ad.rule.jvp(lambda x_dot, y, x: np.sum(2 * x * x_dot))
    @ad.rule.vjp(lambda g, y, x: 2 * g * x)
    def squares(x):
        return np.sum(x * x)

    assert squares(Dual(X, X)).tangent == pytest.approx(2 * np.sum(X * X))
    check_grads(lambda x: squares(x) * 3, X)


def test_float32_is_kept_where_the_result_is_said_to_be_like_an_operand() -> None:
    assert ad.grad(of_sigmoid)(X.astype(np.float32)).dtype == np.float32


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(ad.DifferentiationError, match="complex"):
        ad.grad(lambda z: np.sum(np.abs(sigmoid(z))))(X + 1j)


def plain(a, b, scale=1.0):
    return a * b * scale


@pytest.mark.parametrize(
    ("register", "error", "message"),
    [
        (
            lambda: ad.rule.vjp(lambda g, y, a, b, scale: g, of=plain),
            TypeError,
            "operands a, b .* 1 is given",
        ),
        (lambda: ad.rule.elementwise(of=plain), TypeError, "a partial for .* 0 are given"),
        (
            lambda: ad.rule.vjp(lambda g, y, a: g, lambda g, y, a, b, scale: g, of=plain),
            TypeError,
            r"functions of \(g, y, a, b, scale\)",
        ),
        (lambda: ad.rule.vjp(3, None, of=plain), TypeError, "made of functions, not of 3"),
        (lambda: ad.rule.vjp(None, None, of=plain, like="c"), ValueError, "is none of the operands"),
        (lambda: ad.rule.elementwise(lambda g, y, x: g, of=np.sin), ValueError, "`np.sin` has a rule already"),
        (lambda: ad.rule.jvp(lambda x_dot, y, x: x_dot, of=plain), TypeError, "has no rule by `ad.rule.vjp`"),
        (lambda: ad.rule.vjp(None, of=lambda *xs: xs), TypeError, "any number of arguments"),
    ],
)
def test_wrong_registrations_are_refused(register: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        register()


def test_cotangent_of_a_wrong_shape_is_refused() -> None:
    @ad.rule.vjp(lambda g, y, x: np.ones(5) if x[0] else g)
    def total(x):
        return np.sum(x)

    with pytest.raises(ValueError, match=r"pullback of `total` for `x` returned the shape \(5,\), where `x` has"):
        ad.grad(lambda x: total(x) * 1.0)(X)


class Scale:
    """An object with a method that has a rule."""

    def __init__(self, value: float) -> None:
        self.value = value

    @ad.rule.vjp(None, lambda g, y, self, x: 2 * g * self.value * x)
    def energy(self, x):
        return self.value * np.sum(x * x)


def test_methods_have_rules_that_look_into_their_object_when_they_run() -> None:
    scale = Scale(3.0)
    gradient = ad.grad(lambda x: scale.energy(x) ** 2)
    np.testing.assert_allclose(gradient(X), 2 * scale.energy(X) * 6 * X)
    scale.value = 5.0
    np.testing.assert_allclose(gradient(X), 2 * scale.energy(X) * 10 * X)
    check_grads(lambda x: scale.energy(x) ** 2, X)


def test_cotangents_may_be_lists_and_none() -> None:
    @ad.rule.vjp(lambda g, y, x: [g, g, g])
    def total(x):
        return np.sum(x)

    @ad.rule.vjp(lambda g, y, x: None if len(x) else g)
    def count(x):
        return float(len(x))

    np.testing.assert_array_equal(ad.grad(lambda x: total(x) * 2)(X), [2.0, 2.0, 2.0])
    np.testing.assert_array_equal(ad.grad(lambda x: count(x) * total(x))(X), [3.0, 3.0, 3.0])


def test_wrong_pushforwards_of_a_rule_are_found() -> None:
    @ad.rule.vjp(lambda g, y, x: 2 * g * x, jvp=lambda x_dot, y, x: np.sum(3 * x * x_dot))
    def squares(x):
        return np.sum(x * x)

    @ad.rule.linear(lambda g, y, x: 2 * g)
    def moved(x):
        return 2 * x + 1

    for wrong in (squares, moved):
        with pytest.raises(AssertionError, match="in forward mode"):
            check_grads(wrong, X)


def test_missing_rule_is_answered_with_a_hint() -> None:
    with pytest.raises(ad.DifferentiationError) as caught:
        ad.grad(lambda x: np.sum(np.sort_complex(x)))(X)
    assert "ad.rule" in str(caught.value)


def test_pullback_may_mention_what_is_defined_later() -> None:
    @ad.rule.vjp(lambda g, y, x: _slope(x) * g)
    def cube(x):
        return np.sum(x**3)

    def _slope(x):
        return 3 * x**2 if isinstance(x, np.ndarray) else 0.0

    np.testing.assert_allclose(ad.grad(cube)(X), 3 * X**2)
