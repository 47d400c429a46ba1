"""Calls: of the user's functions, of closures, of functions with a rule."""

import math
import operator

import numpy as np

from .table import M, N, X, Y, example


def _square(z, k=2):
    return z**k


def _chain(f, x):
    return f(f(x))


@example(1.3)
def calls(x):
    return _square(x) + _square(z=x, k=3) + _chain(lambda t: t * x, x) + _chain(np.sin, x)


@example(X)
def closures(x):
    scale = 2.0

    def inner(v):
        return v * scale * x[0]

    scale = 3.0
    return np.sum(inner(x))


@example(1.7)
def scalar_math(x):
    return math.sin(x) * math.exp(-x) + math.sqrt(x) + max(x, 1.0) + min(x, 0.5, x * x) + float(x) + operator.mul(x, x)


@example(X, Y)
def joined(x, y):
    both = np.concatenate([x, y * 2])
    s = np.stack((x, y))
    return np.sum(both * both) + np.sum(s[0] * s[1]) + np.sum(np.where(x > y, x, y * y))


@example(M, N)
def products(a, b):
    c = a @ b.T
    return np.sum(np.dot(c, c)) + np.trace(c) + np.sum(np.outer(a[0], b[1])) + a[0] @ b[0]


@example(M, X[:3], np.array([0.2, -0.4]))
def layer(w, x, b):
    h = np.tanh(w @ x + b)
    return np.sum((h - 0.1) ** 2)


@example(X)
def asserts(x):
    assert len(x) > 1, f"too short: {len(x)}"
    assert np.all(x < 100)
    return np.sum(x * x)


@example(np.float64(1.5), np.array(2.5))
def zero_dimensional(a, b):
    return a * b * np.sin(b)


@example(X)
def no_dependence(x):
    return 3.0


@example(X)
def reductions(x):
    return x.max() * x.min() + np.prod(x) + x.std() + np.var(x) + np.linalg.norm(x) + np.cumsum(x)[2]
