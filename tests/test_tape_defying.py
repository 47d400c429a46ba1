"""Programs whose course depends on their data: recursion, searches, sorting, adaptive steps, tables filled in place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numerics import central_difference, floating_positions

import adcompiler as ad

PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []


def program(*arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, to be differentiated at these arguments for all that are floating-point."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((function, arguments))
        return function

    return enter


X = np.array([0.7, -0.4, 1.9, 0.2, -1.1])

# Recursion


def simpson(a, b, scale):
    middle = (a + b) / 2
    return (b - a) / 6 * (integrand(a, scale) + 4 * integrand(middle, scale) + integrand(b, scale))


def integrand(x, scale):
    return np.sin(scale * x * x) + x


def refined(a, b, whole, scale, tolerance):
    middle = (a + b) / 2
    left, right = simpson(a, middle, scale), simpson(middle, b, scale)
    if abs(left + right - whole) < tolerance:
        return left + right
    return refined(a, middle, left, scale, tolerance / 2) + refined(middle, b, right, scale, tolerance / 2)


@program(0.1, 1.9, 2.5)
def adaptive_quadrature(a, b, scale):
    return refined(a, b, simpson(a, b, scale), scale, 1e-4)


@dataclass
class Tree:
    weight: Any
    left: Any = None
    right: Any = None


def folded(tree, x):
    if tree is None:
        return x
    return np.tanh(tree.weight * folded(tree.left, x) + folded(tree.right, 2 * x))


@program(0.8, np.array([0.5, -1.2, 0.7, 1.1]))
def binary_tree_of_dataclasses(x, w):
    tree = Tree(w[0], Tree(w[1], Tree(w[2])), Tree(w[3]))
    return folded(tree, x)


# Searches that end early


@program(X, 1.0)
def early_return_in_nested_loops(x, limit):
    total = 0.0
    for i in range(len(x)):
        for j in range(i):
            total += x[i] * x[j]
            if total < -limit:
                return total * x[i]
    return total


@program(2.7)
@program(0.4)
def newton_with_while(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


@program(1.0, 0.8)
def bisection(a, b):
    low, high = 0.0, 3.0
    for _ in range(40):
        middle = (low + high) / 2
        if a * middle**3 - b - middle < 0:
            low = middle
        else:
            high = middle
    x = (low + high) / 2
    return x - (a * x**3 - b - x) / (3 * a * x * x - 1)  # the last step carries the derivative


# Sorting and swapping


@program(X)
def bubble_sort_of_active_values(x):
    x = x.copy()
    n = len(x)
    for i in range(n):
        for j in range(n - 1 - i):
            if x[j] > x[j + 1]:
                x[j], x[j + 1] = x[j + 1], x[j]
    total = 0.0
    for i in range(n):
        total += (i + 1) * x[i] ** 2
    return total


@program(np.array([[0.1, 2.0, -1.0], [1.5, 0.3, 0.4], [-0.7, 1.1, 2.2]]), np.array([1.0, -0.5, 0.3]))
def lu_with_partial_pivoting(A, b):
    A, b = A.copy(), b.copy()
    n = len(b)
    for k in range(n):
        pivot = k + np.argmax(np.abs(A[k:, k]))
        if pivot != k:
            A[[k, pivot]] = A[[pivot, k]]
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            A[i, k + 1 :] -= A[i, k] * A[k, k + 1 :]
            b[i] -= A[i, k] * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return np.sum(x * x)


@program(np.array([[0.1, 2.0, -1.0], [1.5, 0.3, 0.4], [-0.7, 1.1, 2.2]]))
def rows_swapped_by_a_copy(A):
    A = A.copy()
    for k in range(2):
        if abs(A[k, k]) < abs(A[k + 1, k]):
            row = A[k].copy()
            A[k] = A[k + 1]
            A[k + 1] = row
        A[k + 1] -= A[k + 1, k] / A[k, k] * A[k]
    return A[0, 0] * A[1, 1] * A[2, 2]


# Views


@program(np.arange(1.0, 13.0).reshape(3, 4) / 7)
def views_of_views_written(A):
    A = A * 1
    inner = A[:, 1:]
    corner = inner[1:, :2]
    corner *= A[0, 0]
    inner[0] = corner[0, 0] * 2
    row = corner[1]
    row[0] += inner[0, 1] ** 2
    return np.sum(A * A)


@program(X, 3)
def buffers_that_swap(x, n):
    now, before = x * 1, x * 2
    for i in range(n):
        now[1:-1] += 0.3 * before[:-2] * now[2:]
        now, before = before, now
    return np.sum(now * before)


# Equations stepped through time


def slope(y, k):
    return np.array([y[1], -k * np.sin(y[0]) - 0.1 * y[1]])


@program(np.array([1.0, 0.5]), 2.0)
def adaptive_step_of_an_ode(y, k):
    t, step = 0.0, 0.2
    while t < 1.0 - 1e-12:
        step = min(step, 1.0 - t)
        s1 = slope(y, k)
        s2 = slope(y + step * s1, k)
        error = step / 2 * np.max(np.abs(s2 - s1))
        if error < 0.02:
            y = y + step / 2 * (s1 + s2)
            t = t + step
            step = step * 1.5
        else:
            step = step / 2
    return y[0] * y[0] + y[1]


@program(np.array([0.1, 0.4, 0.35, 0.8]), 0.05, 0.2)
def kalman_filter(observations, q, r):
    F = np.array([[1.0, 0.1], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    x, P = np.zeros(2), np.eye(2)
    cost = 0.0
    for z in observations:
        x = F @ x
        P = F @ P @ F.T + q * np.eye(2)
        S = H @ P @ H.T + r
        K = P @ H.T / S[0, 0]
        innovation = z - (H @ x)[0]
        x = x + K[:, 0] * innovation
        P = (np.eye(2) - K @ H) @ P
        cost += innovation**2 / S[0, 0] + np.log(S[0, 0])
    return cost


@program(np.array([1.0, 0.2, 0.5]), np.array([0.9, 0.6]))
def event_driven_simulation(rates, bounces):
    """Balls of which the next to land bounces, until the time is over."""
    events = []
    for i in range(2):
        events.append((rates[i] * 0.7 + 0.1 * i, bounces[i]))
    now, energy = 0.0, 0.0
    for _ in range(6):
        first = 0
        for k in range(len(events)):
            if events[k][0] < events[first][0]:
                first = k
        time, strength = events[first]
        if time > 2.5:
            break
        energy = energy + strength * (time - now) ** 2
        now = time
        events[first] = (time + rates[2] * strength + 0.3, strength * 0.8)
    return energy + now


# Tables filled in place


@program(np.array([0.3, 1.1, 0.7, 2.0]), np.array([0.2, 1.4, 1.9]))
def dynamic_time_warping(a, b):
    n, m = len(a), len(b)
    table = np.full((n + 1, m + 1), np.inf)
    table[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1]) ** 2
            table[i, j] = cost + min(table[i - 1, j], table[i, j - 1], table[i - 1, j - 1])
    return table[n, m]


@program(np.array([[0.5, 0.2], [0.1, 0.9]]), np.array([0.6, 0.4]), np.array([0, 1, 1, 0, 1]))
def forward_algorithm_of_a_hidden_markov_model(transition, start, observed):
    emission = np.array([[0.7, 0.3], [0.2, 0.8]])
    alpha = np.zeros((len(observed), 2))
    alpha[0] = start * emission[:, observed[0]]
    for t in range(1, len(observed)):
        for j in range(2):
            for i in range(2):
                alpha[t, j] += alpha[t - 1, i] * transition[i, j]
            alpha[t, j] *= emission[j, observed[t]]
    return np.log(np.sum(alpha[-1]))


EVERY = pytest.mark.parametrize(("function", "arguments"), [pytest.param(f, a, id=f.__name__) for f, a in PROGRAMS])


@EVERY
def test_gradient_agrees_with_differences(function, arguments):
    positions = floating_positions(arguments)
    given = copy.deepcopy(arguments)
    value, gradients = ad.value_and_grad(function, positions)(*given)
    np.testing.assert_allclose(value, function(*copy.deepcopy(arguments)), rtol=1e-12)
    for before, after in zip(arguments, given, strict=True):
        np.testing.assert_array_equal(before, after, "a gradient call changed its argument")
    for position, gradient in zip(positions, gradients, strict=True):
        expected = central_difference(function, arguments, position)
        np.testing.assert_allclose(gradient, expected, rtol=5e-6, atol=5e-6)


@EVERY
def test_split_pair_agrees(function, arguments):
    positions = floating_positions(arguments)
    expected = ad.grad(function, positions)(*copy.deepcopy(arguments))
    _, pullback = ad.vjp(function, *copy.deepcopy(arguments))
    for scale in (1.0, 2.0):
        found = pullback(scale)
        found = found if isinstance(found, tuple) else (found,)
        for position, gradient in zip(positions, expected, strict=True):
            np.testing.assert_allclose(found[position], scale * np.asarray(gradient), rtol=1e-10, atol=1e-12)
