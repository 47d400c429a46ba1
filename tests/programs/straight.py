"""Straight-line code: operators, names, tuples."""

import numpy as np

from .table import M, X, Y, example


@example(2.0)
@example(X)
def polynomial(x):
    return np.sum(3 * x * x + 2 * x + 1)


@example(1.5, 2.5)
def operators(a, b):
    c = a + b - a * b / 3
    d = -(c**2) + b**a - 2**a + +b
    return (d % 7.0) + abs(c) + d // 100


@example(X)
def tutorial(x):
    y = x + 2
    z = y * y * 3
    return z.mean()


@example(M, X[:3])
def broadcasting(a, b):
    return np.sum(a * b + a / (b + 3) - b) + np.sum((a + 4) ** (b + 2))


@example(M, 2.0)
def divide_by_scalar(a, s):
    return np.sum(a / s) + np.sum(s / (a + 5)) + np.sum((a + 5) ** s) + np.sum(s**a)


@example(X, Y)
def tuples(x, y):
    a, (b, c) = x * 2, (y, x + y)
    a, b = b, a
    p = (a, b * c)
    q, *rest = p
    return np.sum(q * rest[0]) + len(p)


@example(X)
def augmented(x):
    y = x * 1
    y += 2
    y *= x
    y -= x
    y /= 3
    s = y.sum()
    s += 1
    s **= 2
    return s


@example(X)
def same_variable_twice(x):
    def product(a, b):
        return np.sum(a * b)

    return product(x, x)


@example(X)
def unused_argument_value(x):
    y = np.exp(x)  # noqa: F841
    return np.sum(x)


@example(X, 3)
def integers_are_constants(x, n):
    m = n * 2
    return np.sum(x * n) + m


@example(X)
def chained_comparison(x):
    s = x[0]
    if -1 < s < 1 < 2:
        return s * 3
    return s


@example(X)
def boolean_operators(x):
    a, b = x[0], x[1]
    if (a > 0 and b > 0) or not (a > 5 or b > 5):
        a = a * b
    c = a if a > b else b
    return c * c
