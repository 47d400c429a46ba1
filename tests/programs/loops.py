"""Loops: `for` and `while`, nested, left early, unrolled."""

import numpy as np

from .table import M, X, Y, example


@example(1.3, 4)
@example(1.3, 0)
@example(X[:2], 3, untyped=True)
def horner(x, n):
    y = 1.0
    for i in range(n):
        y = y * x + np.sin(x)
    return np.sum(y)


@example(X)
def over_elements(x):
    s = 0.0
    for a in x:
        s = s + a * a * a
    return s


@example(X, Y)
def over_zip(x, y):
    s = 1.0
    for a, b in zip(x, y):
        s = s * (a + b * s)
    return s


@example(X)
def over_enumerate(x):
    s = 0.0
    for i, a in enumerate(x):
        s = s + i * a**2
    return s


@example(M)
def over_rows(a):
    s = np.zeros(3)
    for row in a:
        s = s * row + row
    return np.sum(s * s)


@example(X)
def backwards(x):
    s = x[0]
    for i in range(len(x) - 1, -1, -1):
        s = s * 0.5 + x[i] * s
    for i in reversed(range(1, 3)):
        s = s * x[i]
    return s


@example(X, 3)
@example(X, 0)
def nested_loops(x, n):
    s = x
    for i in range(n):
        for j in range(i + 1):
            s = s * np.cos(s) + j * x
        s = s + i
    return np.sum(s)


@example(X)
def doubling(x):
    y = x * 2
    while np.linalg.norm(y) < 100:
        y = y * 2
    return np.sum(y * x)


@example(3.0)
def newton(a):
    x = a
    while abs(x * x - a) > 1e-13:
        x = 0.5 * (x + a / x)
    return x


@example(1.3, 10)
@example(0.3, 10)
@example(0.3, 0)
def with_break(x, n):
    y = x
    for i in range(n):
        if y > 10:
            break
        if i == 3:
            continue
        y = y * x + i
    return y


@example(X, 3)
def return_from_loops(x, n):
    s = 1.0
    for i in range(n):
        for j in range(3):
            if x[j] > i:
                s = s + x[j] * s
                if s > 2:
                    return s * 2
            elif x[j] < -1:
                continue
            else:
                break
        s = s * 1.1
    return s


@example(1.1)
def endless_with_break(x):
    y = x
    while True:
        y = y * y + x
        if y > 50:
            break
    return y


@example(2.0, 5)
def swapped_names(x, n):
    a, b = x, 1.0
    for _ in range(n):
        a, b = b, a * b + x
    return a * b


@example(X, 4)
def float_then_array(x, n):
    s = 0
    for _ in range(n):
        s = s + x * 0.5
        s = s * x
    return np.sum(s)


@example(X, 3)
@example(X, 1)
def last_value_after_loop(x, n):
    for i in range(n):
        y = x * (i + 1)
    return np.sum(y * y)


@example(X)
def unrolled(x):
    s = 0.0
    for k, f in ((1, np.sin), (2, np.cos)):
        s = s + np.sum(f(x * k))
    return s


@example(X)
@example(X * 3)
def unrolled_and_left_early(x):
    s = x[0]
    for k in (1, 2, 3):
        s = s * x[k] + k
        if s > 3:
            break
        if k == 2:
            continue
        s = s * 2
    return s


@example(2.0, 6)
def conditional_in_loop(x, n):
    y = x
    for i in range(n):
        if i % 2 == 0:
            y = np.sin(y) * x
        else:
            t = y * y
            y = t + x
    return y


def _counted(x, steps):
    n = 0
    for i in range(steps):
        x = x * 0.9 + 0.1 * np.sin(x)
        n = i + 1
    return np.sum(x) * n


@example(X, 4)
def range_of_a_name_that_a_called_function_counts_with(x, n):
    return _counted(x, n)


@example(X)
@example(X * 0.6)
def results_of_two_loops(x):
    def first_above(values, level):
        for a in values:
            if a > level:
                return a * a
        for a in values * 2:
            if a > level:
                return a
        return 0.0

    return first_above(x, 1.0) * x[0] + first_above(x, 1.5)
