"""Iterators and functions made from functions: `itertools`, `functools`, decorators, and NumPy's positions."""

import functools
import itertools
import math
import operator

import numpy as np

from .table import M, X, Y, example


@example(X, 2)
def products_of_ranges(x, n):
    s = 0.0
    for i, j in itertools.product(range(n), range(3)):
        if i > j:
            continue
        s = s * 0.5 + x[i] * x[j + 1]
        if s > 1.5:
            break
    else:
        s = s * 2
    for k, f in itertools.product((1, 2), (np.sin, np.cos)):
        s = s * f(x[k])
    return s


@example(M, untyped=False)
def positions_of_arrays(m):
    s = 0.0
    for i, j in np.ndindex(*m.shape):
        s = s + m[i, j] * m[j % 2, i] * (i + 1)
    for (i, j), a in np.ndenumerate(m):
        if s > 3:
            break
        s = s + a * a * i
    for i in np.ndindex(m.shape[:1]):
        s = s * m[i][0]
    return s


@example(X, Y)
@example(X + 3, Y)
def chained(x, y):
    s = 1.0
    for a in itertools.chain(x, y, (x[0], 2.0)):
        s = s + a * s
        if s > 20:
            break
    for a, b in itertools.pairwise(x):
        s = s + a * b
    for a in itertools.islice(x, 1, 3):
        s = s * a + 1
    for i, a in zip(itertools.count(1), y):
        s = s + i * a
    for a, b in zip(x, itertools.repeat(y[0])):
        s = s + a * b
    return s


@example(X)
def known_combinations(x):
    items = (x[0], x[1], x[2])
    s = sum(a * b for a, b in itertools.combinations(items, 2))
    s += sum(a * b * b for a, b in itertools.permutations(items, 2))
    products = list(itertools.accumulate(items, operator.mul))
    sums = list(itertools.accumulate(items, initial=1.0))
    s += sum(itertools.starmap(lambda a, b: a * b, zip(products, sums)))
    s += sum(a * (b or 1.0) for a, b in itertools.zip_longest(items, (2.0,)))
    return s + math.prod(items) + math.prod(a + 2 for a in x)


@example(X)
def reduced(x):
    product = functools.reduce(operator.mul, x)
    horner = functools.reduce(lambda total, a: total * 0.5 + a * a, x, 1.0)
    largest = functools.reduce(lambda a, b: a if a > b else b, (x[0], x[1], x[2]))
    return product * horner + largest * largest


def _power(x, n, scale=1.0):
    return scale * x**n


_cube = functools.partial(_power, n=3)


@functools.lru_cache
def _cached(n):
    return n * 2.0


def _twice(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)

    return wrapper


@_twice
def _doubled(x):
    return x * x


@example(1.3)
def functions_of_functions(x):
    square = functools.partial(_power, n=2, scale=x)

    @_twice
    @functools.lru_cache(maxsize=None)
    def shifted(t, by=1.0):
        return t + by

    def times(n):
        def decorate(function):
            return lambda t: n * function(t)

        return decorate

    @times(3)
    def sine(t):
        return np.sin(t)

    table = {"square": square, "sine": sine, "shifted": functools.partial(shifted, by=x)}
    s = _cube(x, scale=0.5) + _doubled(x) + _cached(3) * x
    for name, function in table.items():
        s = s * function(x) if name != "sine" else s + function(x)
    return s


@example(X)
def slices_as_values(x):
    inner = slice(1, -1)
    n = len(x)
    until = slice(n - 1)
    position = (slice(None, None, 2),)
    y = x.copy()
    y[inner] = x[inner] * x[:-2]
    y[until] *= 2
    y[position] += 1
    return np.sum(y * y) + np.sum(y[inner])


@example(X)
@example(-X)
def first_that_fits(x):
    found = next((a * a for a in x if a > 1), x[1])
    known = next(b for b in (x[0], x[1]) if b is not None)
    return found * known + next(iter((x[2], x[3])))


@example(X)
def attributes_by_name(x):
    class_name = "sin" if hasattr(np, "sin") and not hasattr(x, "keys") else "cos"
    return np.sum(getattr(np, class_name)(x) * getattr(x, "none", 2.0)) * x.T[0]
