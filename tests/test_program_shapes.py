"""The shapes of programs that source-transforming tools are known for, each in reverse mode, and what they left out.

The first part follows the list of shapes of Tangent's tests, the second that of autograd's; the third holds those that
neither covers: broadcasting in quotients and powers, repeated indices, aliases, early exits, zero rounds, other dtypes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numerics import central_difference

import adcompiler as ad

SHAPES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []


def shape(*arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, to be differentiated at these arguments for all that are floating-point."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        SHAPES.append((function, arguments))
        return function

    return enter


V = np.array([0.4, -1.3, 2.1])
W = np.array([1.2, 0.5, -0.8])
S = np.array([[1.4, 0.3, -0.2], [0.1, 2.0, 0.4], [-0.5, 0.2, 1.1]])

# Straight line


@shape(1.7)
def identity(a):
    return a


@shape(1.7)
def identity_by_assignment(a):
    b = a
    return b


@shape(1.7)
def minus(a):
    return -a


@shape(1.7)
def increment(a):
    return a + 1


@shape(1.5, -0.5, 2.0)
def saxpy(a, b, c):
    return a * b + c


@shape(1.5, -0.5, 2.0)
def saxpy_with_temporaries(a, b, c):
    product = a * b
    total = product + c
    return total


@shape(1.5, -0.5, 2.0)
def saxpy_overwriting(a, b, c):
    t = a * b
    t = t + c
    return t


def added(a, b):
    return a + b


def multiplied(a, b):
    return a * b


@shape(1.5, -0.5, 2.0)
def saxpy_by_calls(a, b, c):
    return added(multiplied(a, b), c)


@shape(1.5, -0.7)
def operators_in_every_position(a, b):
    constant_right = (a + 2) * (a - 2) + (a * 2) / 3
    constant_left = (2 + a) * (2 - a) + (2 * a) + 2 / a
    both = (a + b) * (a - b) + (a * b) / (a + 3 * b)
    return constant_right + constant_left + both


@shape(1.5)
def cube(a):
    return a * a * a


@shape(1.5)
def cube_as_power(a):
    return a**3


@shape(1.5)
def cube_by_loop_from_one(a):
    y = 1.0
    for _ in range(3):
        y = y * a
    return y


@shape(1.5)
def cube_by_loop_from_itself(a):
    y = a
    for _ in range(2):
        y = y * a
    return y


@shape(1.5)
def variable_named_like_a_cotangent(a):
    a_bar = 3 * a
    da = a_bar * a
    return da + a_bar


@shape(1.5)
def argument_overwritten(a):
    a = a * a
    a = a + 1
    return a


@shape(1.5)
def alias_overwritten(a):
    b = a
    b = b * 3
    return a * b


@shape(V)
def array_becomes_a_number(x):
    x = np.sum(x * x)
    x = x * 2
    return x


# Branches


@shape(1.5)
@shape(-1.5)
def branch_that_overwrites(a):
    if a > 0:
        a = a * 3
    else:
        a = a * a
    return a


@shape(1.5)
@shape(-0.5)
@shape(-3.0)
def branch_in_three(a):
    if a > 0:
        a = a * 3
    elif a > -1:
        a = a * a
    else:
        a = 2 * a + 1
    return a


@shape(0.5)
@shape(1.5)
@shape(-1.5)
def nested_branches(a):
    b = a
    if a > 0:
        if a > 1:
            b = a * a
            if a > 5:
                b = b * 2
        else:
            b = 3 * b
    return a * b


@shape(0.5)
@shape(-1.5)
def branches_in_sequence(a):
    if a > 0:
        a = a * a
    if a > -1:
        a = 3 * a
    return a


@shape(1.0, 2.0)
@shape(2.0, 1.0)
def branch_on_two_variables(a, b):
    if a > b:
        a = a * b
    elif a > 0 and b > 0:
        b = a + b * b
    return a * b


@shape(1.0, 2.0, -0.5)
@shape(2.0, 1.0, 0.5)
def branch_with_arithmetic_in_the_test(a, b, c):
    if a * b > c + 2 * a:
        scale = 3.0
    else:
        scale = -1.0
    return scale * a * b * c


# Loops


@shape(1.2, 4)
@shape(1.2, 0)
def power_by_loop(a, n):
    y = 1.0
    for _ in range(n):
        y = y * a
    return y


@shape(1.2, 3)
def loops_in_sequence(a, n):
    y = a
    for _ in range(n):
        y = y * a
    for i in range(n + 2):
        y = y + i * a
    return y


@shape(1.2, 3)
@shape(-1.2, 3)
def branch_then_loop(a, n):
    if a > 0:
        a = a * 2
    for _ in range(n):
        a = a * a
    return a


@shape(0.8, 3)
def loop_then_branch(a, n):
    for _ in range(n):
        a = a * 1.5
    if a > 2:
        a = a * a
    else:
        a = -a
    return a


@shape(0.8)
def branch_in_loop(a):
    y = a
    for i in range(5):
        if i % 2 == 0:
            y = y * a
        else:
            y = y + 2 * a
    return y


@shape(0.8)
@shape(-0.8)
def loop_in_branch(a):
    if a > 0:
        for _ in range(3):
            a = a * a + 1
    else:
        for _ in range(2):
            a = 2 * a
    return a


@shape(1.1)
def loop_in_loop(a):
    y = a
    for i in range(3):
        for j in range(i + 1):
            y = y * a + j
    return y


@shape(1.1, 0.7)
def long_expression_in_loop(a, b):
    y = a
    for _ in range(3):
        y = (y * a + b) / (a * b + y * y + 1) - y * b
    return y


@shape(0.7)
@shape(-2.5)
def while_on_data(a):
    y = a
    while np.abs(y) < 20:
        y = y * a * 2 + np.sign(a)
        if np.abs(y) < 1e-3:
            y = y + 1
    return y


# Calls


@shape(1.5, -0.5)
def call_with_operators(a, b):
    return multiplied(a, b) * added(a, 2 * b) + a


@shape(1.5, -0.5)
@shape(-0.5, 1.5)
def calls_with_swapped_arguments(a, b):
    if a > b:
        y = multiplied(a, b) / a
    else:
        y = multiplied(b, a) / b
    return y


@shape(1.1, 3)
def call_with_one_variable_twice(a, n):
    for _ in range(n):
        a = multiplied(a, a)
    return a


def outer_call(a):
    return multiplied(a, added(a, 1.0))


@shape(1.1)
def call_of_a_call(a):
    return outer_call(outer_call(a))


@shape(1.1, 3)
def nested_function(a, n):
    def step(y):
        return y * a

    y = 1.0
    for _ in range(n):
        y = step(y)
    return y


@shape(1.3)
def augmented(a):
    a *= a
    a += 2 * a
    return a


# Arrays


@shape(V)
def subscripts_read(x):
    return x[0] * x[1] + x[2] * x[-1]


@shape(V)
def argument_written(x):
    x[0] = x[1] * 2
    return np.sum(x * x)


@shape(V)
def argument_written_while_another_depends_on_it(x):
    y = x * 2
    x[1] = y[0] * x[2]
    return np.sum(x * y)


@shape(1.5, -0.5)
def list_of_numbers_summed(a, b):
    return np.sum([a * b, a, b * b])


@shape(1.5, -0.5)
def list_of_numbers_read(a, b):
    items = [a, a * b, b]
    return items[1] * items[0]


@shape(V)
def loop_over_elements(x):
    total = 0.0
    for a in x:
        total = total + a * a
    return total


@shape(S)
def slices(x):
    return np.sum(x[1:, :2] * x[:-1, 1:]) + np.sum(x[:, np.newaxis, 0] * x[0, ...])


@shape(V)
def elements_written_in_a_loop(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x[i] * x[(i + 1) % 3]
    return np.sum(y * y)


@shape(S)
def rows_written_in_a_loop(x):
    y = np.zeros_like(x)
    for i in range(3):
        y[i] = x[i] * x[0] if i > 0 else 2 * x[i]
    return np.sum(y * x)


@shape(S / 3, V)
def recurrent(w, x):
    h = np.zeros((4, 3))
    for t in range(3):
        h[t + 1] = np.tanh(w @ h[t] + x * t)
    return np.sum(h[3])


@shape(S, V, W, 0.3)
def bilinear(m, x, h, b):
    return np.sum(np.tanh(x @ m * h + b))


@shape(S, np.array([0.0, 1.0, 1.0]), V, 0.2)
def logistic_regression(inputs, labels, weights, bias):
    p = 1 / (1 + np.exp(-(inputs @ weights + bias)))
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return -np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p))


@shape((1.5, -0.5, 2.0))
def tuple_unpacked(t):
    a, b, c = t
    return a * b + c


@shape({"a": 1.5, "b": -0.5})
def dict_read(d):
    return d["a"] * d["b"] + d["a"]


@shape(1.5, -0.5)
def dict_made_and_passed_on(a, b):
    return dict_read(dict(a=a * b, b=b))  # noqa: C408


@shape({"inner": {"a": 1.5}, "b": V})
def nested_dict(d):
    return d["inner"]["a"] * np.sum(d["b"] ** 2)


@shape(V, 1)
def packed_and_indexed_at_run_time(x, i):
    packed = np.array([x[0], x[1] * x[2], x[2]])
    return packed[i] * x[0]


@shape(1.5, -0.5, 2.0)
def one_of_three_unpacked(a, b, c):
    _, second, _ = a, b * c, c
    return second


def polar(x, y):
    return np.sqrt(x * x + y * y), np.arctan2(y, x)


@shape(1.5, -0.5)
def several_results(x, y):
    r, phi = polar(x, y)
    return r * phi


@shape(V)
def list_comprehension(x):
    return np.sum(np.array([a * a for a in x]))


@shape(1.5)
def stack_pushed_and_popped(a):
    stack = []
    stack.append(a)
    a = a * a
    stack.append(a * 3)
    b = stack.pop()
    return b * stack.pop()


@shape(1.5)
def variable_that_becomes_a_list(a):
    x = a * 2
    x = [x, a]
    return x[0] * x[1]


@shape(1.3)
def chain_of_products(a):
    b = a * a
    c = b * a
    d = c * b
    return d * a


@shape(0.4)
def functions_of_numpy(a):
    circular = np.sin(a) + np.cos(a) * np.tan(a) + np.arccos(a) * np.arcsin(a) + np.arctan(a)
    hyperbolic = np.sinh(a) * np.cosh(a) + np.tanh(a)
    return circular * hyperbolic + np.exp(a) * np.exp2(a) + np.sqrt(a) + np.log(a)


@shape(S)
def reductions(x):
    y = np.mean(x, axis=0) * np.sum(x, axis=1) + np.max(x, axis=0, keepdims=True)
    return np.sum(np.atleast_2d(y) * np.atleast_1d(y)) + np.sum(x) * np.mean(x)


@shape(S)
def determinant(m):
    return np.linalg.det(m)


@shape(np.arange(1.0, 26.0).reshape(1, 5, 5, 1) / 9, np.arange(1.0, 9.0).reshape(2, 2, 1, 2) / 5)
def convolution_and_pooling(image, kernel):
    out = np.zeros((1, 4, 4, 2))
    for i in range(4):
        for j in range(4):
            out[:, i, j, :] = np.tensordot(image[:, i : i + 2, j : j + 2, :], kernel, axes=((1, 2, 3), (0, 1, 2)))
    pooled = out.reshape(1, 2, 2, 2, 2, 2).max(axis=(2, 4))
    return np.sum(pooled**2) + np.sum(out.mean(axis=(1, 2)))


# What tracing tools test: containers, closures, casts, functions of functions


@shape([1.5, V])
def list_argument(items):
    return items[0] * np.sum(items[1])


@shape((V, W))
def iteration_over_a_tuple(arrays):
    total = 0.0
    for number, array in enumerate(arrays):
        total = total + np.sum(array ** (number + 2))
    return total


@shape(V)
def list_filled_then_array(x):
    items = []
    for i in range(3):
        items.append(x[i] * x[i - 1])
    return np.sum(np.array(items) ** 2)


@shape(V)
def fan_out(x):
    y = x * 2
    return np.sum(y * y + y * x + np.sin(y))


@shape(V)
def closure_over_an_argument(x):
    def scaled(y):
        return y * x

    return np.sum(scaled(scaled(x)))


@shape(V)
def function_as_argument(x):
    def twice(function, y):
        return function(function(y))

    return np.sum(twice(np.sin, x)) + np.sum(twice(lambda t: t * t, x))


@shape(V)
def cast(x):
    return np.sum(x.astype(np.float64) * np.float64(2)) + float(x[0]) * 2


@shape(V)
def ties(x):
    y = np.maximum(x, 0.5) + np.minimum(x, 3.0)
    return np.max(y) * np.min(y)


@shape(V)
def positions_repeated(x):
    return np.sum(x[[0, 0, 2]] * np.array([1.0, 2.0, 3.0]))


@shape(V)
def mask_read(x):
    return np.sum(x[x > 0] ** 2)


@shape(S)
def inverse_and_solution(a):
    b = np.linalg.inv(a)
    return np.sum(b * b) + np.sum(np.linalg.solve(a, a[0]))


@shape(V)
def gradient_inside(x):
    return np.sum(gradient_of_cubes(x) ** 2)


gradient_of_cubes = ad.grad(lambda x: np.sum(x**3))

# Not covered by either


@shape(S, V)
def broadcast_quotients_and_powers(a, b):
    return np.sum(a / (b + 3)) + np.sum(b / (a + 4)) + np.sum((a + 4) ** b) + np.sum((b + 3) ** (a / 2))


@shape(V)
def augmented_elements(x):
    y = x * 1
    y[1] += y[0] * x[2]
    y[:2] *= x[1:]
    return np.sum(y)


@shape(V)
def view_written(x):
    y = x * 1
    tail = y[1:]
    tail *= 2
    tail[0] = y[0] * tail[1]
    return np.sum(y * y)


@shape(1.5)
@shape(0.5)
@shape(-0.5)
def two_returns(a):
    if a > 1:
        return a * a
    if a > 0:
        return 3 * a
    return -a


@shape(V)
def break_and_continue(x):
    total = 0.0
    for a in x:
        if a < -5:
            continue
        if a > 2:
            break
        total += a * a
    return total


def halved(a, depth):
    if depth == 0:
        return a * a
    return halved(a / 2, depth - 1) + a


@shape(1.5, 3)
def recursion(a, depth):
    return halved(a, depth)


@shape(1.5)
def keywords_and_defaults(a):
    def scaled(x, *, factor=2.0, shift=1.0):
        return x * factor + shift

    return scaled(a) * scaled(a, shift=a) * scaled(x=a, factor=a)


class Line:
    def __init__(self, slope, offset):
        self.slope = slope
        self.offset = offset

    def __call__(self, x):
        return self.slope * x + self.offset


@shape(1.5, -0.5)
def method(a, b):
    line = Line(a, b)
    return line(a) * line.slope


@shape(1.5, -0.5)
def argument_not_used(a, b):
    return a * 2


@shape(V[:0])
def empty(x):
    return np.sum(x * x) + 1.0


@shape(V)
def zero_rounds(x):
    y = x
    for i in range(len(x), 3):
        y = y * i
    return np.sum(y)


EVERY = pytest.mark.parametrize(("function", "arguments"), [pytest.param(f, a, id=f.__name__) for f, a in SHAPES])


def leaves(value: Any) -> list[Any]:
    """The floating-point numbers and arrays in a structure, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in leaves(item)]
    is_continuous = not isinstance(value, bool | int | str | None) and np.asarray(value).dtype.kind == "f"
    return [value] if is_continuous else []


def replaced(value: Any, new: list[Any]) -> Any:
    """A structure with other floating-point numbers and arrays, taken from `new`."""
    if isinstance(value, dict):
        return {key: replaced(item, new) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(replaced(item, new) for item in value)
    return new.pop(0) if leaves(value) else value


@EVERY
def test_gradient_agrees_with_differences(function, arguments):
    positions = tuple(number for number, argument in enumerate(arguments) if leaves(argument))
    value, gradients = ad.value_and_grad(function, positions)(*copy.deepcopy(arguments))
    np.testing.assert_allclose(value, function(*copy.deepcopy(arguments)), rtol=1e-12)
    for position, gradient in zip(positions, gradients, strict=True):
        flat = leaves(arguments[position])

        def of_leaves(*new, position=position):
            given = list(copy.deepcopy(arguments))
            given[position] = replaced(arguments[position], list(new))
            return function(*given)

        found = leaves(gradient)
        assert len(found) == len(flat)
        for number, leaf in enumerate(found):
            expected = central_difference(of_leaves, tuple(flat), number)
            np.testing.assert_allclose(leaf, expected, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("function", [polar], ids=["polar"])
def test_several_results_have_a_pullback(function):
    _, pullback = ad.vjp(function, 1.5, -0.5)
    found = pullback((2.0, 3.0))
    for position, cotangent in enumerate(found):
        expected = [central_difference(lambda *a, n=n: function(*a)[n], (1.5, -0.5), position) for n in (0, 1)]
        np.testing.assert_allclose(cotangent, 2 * expected[0] + 3 * expected[1], rtol=1e-6)


def test_single_precision_stays():
    x = V.astype(np.float32)
    gradient = ad.grad(fan_out)(x)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, ad.grad(fan_out)(V), rtol=1e-5)


@pytest.mark.parametrize("special", [np.nan, np.inf])
def test_nan_and_infinity_come_through(special):
    gradient = ad.grad(lambda x: np.sum(x * x))(np.array([special, 1.0]))
    np.testing.assert_array_equal(gradient, [2 * special, 2.0])


@pytest.mark.parametrize("function", [cube, chain_of_products, call_of_a_call, functions_of_numpy])
def test_second_derivative_agrees_with_differences(function):
    gradient = ad.grad(function)
    found = ad.grad(gradient)(0.4)
    np.testing.assert_allclose(found, central_difference(gradient, (0.4,), 0), rtol=1e-6)


def test_helper_that_changes_is_seen_by_the_second_derivative(monkeypatch):
    second = ad.grad(ad.grad(call_of_a_call))
    before = second(0.4)
    monkeypatch.setitem(globals(), "added", lambda a, b: a + 2 * b)
    after = second(0.4)
    assert after != before
    np.testing.assert_allclose(after, central_difference(ad.grad(call_of_a_call), (0.4,), 0), rtol=1e-6)
