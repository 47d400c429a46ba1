"""Functions that write their result into an argument: `of=` differentiates its final contents."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import adcompiler as ad
from adcompiler.errors import DifferentiationError

A = np.array([0.5, -1.2, 2.0, 0.3])
B = np.array([1.5, 0.7, -0.4, 2.2])
WEIGHTS = (np.array([0.3, -1.0, 0.2, 0.9]), np.array([1.1, 0.4, -0.6, 0.1]))


def smooth(a, b, n):
    for _ in range(n):
        b[1:-1] = 0.33 * (a[:-2] * a[1:-1] + a[2:])
        a[1:-1] = np.sin(b[:-2] + b[2:])


def rebinds_its_name(a, b, n):
    a[0] = b[1] * n
    a = a * 2
    a[0] = 100.0


def returns_too(a, b, n):
    b *= a
    return np.sum(a)


def writes_nothing(a, b, n):
    pass


KERNELS = (smooth, rebinds_its_name, returns_too, writes_nothing)


def differences(kernel, weights, position, step=1e-6):
    """The gradient of the weighted sum of the final contents of `a` and `b`."""
    found = np.zeros(4)
    for index in range(4):
        for sign in (1, -1):
            arguments = [A.copy(), B.copy(), 3]
            arguments[position][index] += sign * step
            kernel(*arguments)
            total = sum(np.sum(w * x) for w, x in zip(weights, arguments, strict=False))
            found[index] += sign * total / (2 * step)
    return found


@pytest.mark.parametrize("kernel", KERNELS)
def test_gradient_is_that_of_the_sum_of_the_final_contents(kernel):
    for of, weights in (("a", (1, 0)), ("b", (0, 1)), (("a", "b"), (1, 1)), ((-2,), (0, 1)), (0, (1, 0))):
        arguments = (A.copy(), B.copy(), 3)
        gradients = ad.grad(kernel, ("a", "b"), of=of)(*arguments)
        for position, gradient in enumerate(gradients):
            np.testing.assert_allclose(gradient, differences(kernel, weights, position), rtol=1e-6, atol=1e-8)
        np.testing.assert_array_equal(arguments[0], A, "a gradient call changed its argument")
        np.testing.assert_array_equal(arguments[1], B, "a gradient call changed its argument")


@pytest.mark.parametrize("kernel", KERNELS)
def test_value_is_the_final_contents(kernel):
    expected = (A.copy(), B.copy(), 3)
    kernel(*expected)
    a, b = A.copy(), B.copy()
    value, _ = ad.value_and_grad(kernel, of=("a", "b"))(a, b, 3)
    for found, wanted in zip(value, expected[:2], strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-14)
        found[:] = 7
    single, _ = ad.value_and_grad(kernel, of="b")(a, b, 3)
    np.testing.assert_allclose(single, expected[1], rtol=1e-14)
    np.testing.assert_array_equal(a, A, "the value is the caller's array")
    np.testing.assert_array_equal(b, B, "the value is the caller's array")


@pytest.mark.parametrize("kernel", KERNELS)
def test_pullback_takes_the_cotangent_of_the_final_contents(kernel):
    value, pullback = ad.vjp(kernel, A.copy(), B.copy(), 3, of=("a", "b"))
    assert [np.shape(part) for part in value] == [(4,), (4,)]
    for scale in (1.0, 2.0):
        found = pullback(tuple(scale * weight for weight in WEIGHTS))
        for position in (0, 1):
            expected = scale * differences(kernel, WEIGHTS, position)
            np.testing.assert_allclose(found[position], expected, rtol=1e-6, atol=1e-8)
    _, pullback = ad.vjp(kernel, A.copy(), B.copy(), 3, of="a")
    np.testing.assert_allclose(pullback(WEIGHTS[0])[1], differences(kernel, (WEIGHTS[0], 0), 1), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("types", [None, {"a": "float64[n]", "b": "float64[n]", "n": "int"}])
def test_generated_code_takes_weights_and_leaves_its_arguments(types):
    code = ad.source(smooth, argnums=("a", "b"), of=("a", "b"), types=types)
    namespace = {}
    exec(code, namespace)
    a, b, weights = A.copy(), B.copy(), copy.deepcopy(WEIGHTS)
    found = namespace["grad_smooth"](a, b, 3, weights)
    ones = namespace["grad_smooth"](a, b, 3)
    for position in (0, 1):
        np.testing.assert_allclose(found[position], differences(smooth, WEIGHTS, position), rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(ones[position], differences(smooth, (1, 1), position), rtol=1e-6, atol=1e-8)
    for before, after in zip((A, B, *WEIGHTS), (a, b, *weights), strict=True):
        np.testing.assert_array_equal(after, before)


def test_gradient_of_final_contents_is_pickled():
    gradient = pickle.loads(pickle.dumps(ad.grad(smooth, of="a")))
    np.testing.assert_array_equal(gradient(A, B, 3), ad.grad(smooth, of="a")(A, B, 3))


def test_what_of_names_must_be_an_array_argument():
    with pytest.raises(ValueError, match="`smooth` has no parameter `c`"):
        ad.grad(smooth, of="c")
    with pytest.raises(ValueError, match="of selects an argument twice"):
        ad.grad(smooth, of=("a", 0))
    with pytest.raises(TypeError, match="of is an int, a name"):
        ad.grad(smooth, of=2.5)
    with pytest.raises(ValueError, match="`of=` differentiates an argument, and has_aux a result"):
        ad.grad(smooth, of="a", has_aux=True)
    with pytest.raises(DifferentiationError, match="the argument `flag` of `flagged` is not an array"):
        ad.grad(lambda_flagged(), of="flag")(A, True)


def lambda_flagged():
    def flagged(a, flag):
        a *= 2 if flag else 3

    return flagged


def test_function_without_a_result_says_how_to_name_one():
    with pytest.raises(DifferentiationError, match='name the argument that holds it: `of="A"`'):
        ad.grad(smooth)(A, B, 3)
