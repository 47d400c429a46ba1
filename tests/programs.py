"""Programs of the language with arguments to run them on.

Each entry of `PROGRAMS` is a function with its arguments, of which the floating-point ones are differentiated for. The
functions are ordinary Python: running them is the specification.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Example:
    """A function and the arguments it is run on."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    untyped: bool = True
    """Whether it can be compiled without types."""

    @property
    def name(self) -> str:
        """The function's name, with a number where it has several sets of arguments."""
        return self.function.__name__


PROGRAMS: list[Example] = []


def example(*arguments: Any, untyped: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, to be run on `arguments`."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append(Example(function, arguments, untyped))
        return function

    return enter


X = np.array([0.5, -1.2, 2.0, 0.3])
Y = np.array([1.5, 0.7, -0.4, 2.2])
M = np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7]])
N = np.array([[1.5, 0.2, 0.4], [1.3, -0.9, 0.6]])

# Straight line


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


# Branches


@example(0.5)
@example(-0.5)
def absolute(x):
    if x > 0:
        y = x * x
    else:
        y = -x
    return y


@example(0.5)
@example(1.5)
@example(-1.5)
def elif_chain(x):
    if x > 1:
        y = x**3
    elif x > 0:
        y = np.sin(x)
    elif x > -1:
        y = np.exp(x)
    else:
        y = x * 2
    return y * x


@example(0.5)
@example(-0.5)
def different_variables(x):
    if x > 0:
        a = x * 2
    else:
        b = x * 3
    if x > 0:
        return a * a
    return b * b * b


@example(0.5, 2.0)
@example(0.5, -2.0)
@example(-0.5, -2.0)
def nested_branches(x, y):
    z = x
    if x > 0:
        z = x * y
        if y > 0:
            z = z * np.sin(y)
    return z * x


@example(0.5, 2.0)
@example(-0.5, 2.0)
def swap_in_branch(x, y):
    if x > 0:
        x, y = y, x
    return x * x + 3 * y


@example(0.5)
@example(-2.0)
@example(2.0)
def early_return(x):
    if x < -1:
        return x * 7
    y = x * x
    if y > 1:
        return y * 3
    return y * x


@example(X, True)
@example(X, False)
def static_flag(x, flag):
    if flag:
        return np.sum(x * x)
    return np.sum(x)


@example(X, None)
@example(X, 2.0)
def optional_argument(x, scale=None):
    if scale is None:
        scale = 3.0
    return np.sum(x * scale)


# Loops


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


# Arrays in place


@example(X)
def write_elements(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] * x[i]
    return np.sum(y * x)


@example(X)
def recurrence(x):
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i]
    return y.sum()


@example(X)
def add_to_element_of_argument(x):
    x[0] += 3 * x[1]
    x[1] *= x[0]
    return np.sum(x * x)


@example(X, untyped=False)
def swapped_elements(x):
    x[0], x[1] = x[1], x[0] * 2
    return x[0] ** 2 + x[1]


@example(X, untyped=False)
def element_changed_by_its_own_update(x):
    def double(a):
        a[0] *= 2
        return a[0]

    x[0] += double(x)
    x[1:] += double(x)
    return x[0] * x[2]


@example(X)
def alias_then_write(x):
    y = x
    y[0] = x[1] * 2
    return np.sum(x) + y[0]


@example(X, untyped=False)
def view_then_write(x):
    y = x[1:3]
    y[0] = 5
    y[1] *= 3
    return np.sum(x * x)


@example(M, untyped=False)
def rows_are_views(x):
    for i in range(2):
        r = x[i]
        r[0] *= 2
        r += 1
    return np.sum(x * x)


@example(X)
def duplicate_indices(x):
    return np.sum(x[[0, 0, 1]] * np.array([1.0, 2.0, 3.0]))


@example(M)
def basic_indices(a):
    return np.sum(a[0] * a[1, ::-1] + a[:, 1].sum() * a[..., 2][0] + a[None, 0, 1:][0, 0]) + a[-1, -1]


@example(X)
def overwritten_elements(x):
    y = x * 2
    y[0] = 10.0
    y[1:] = x[0]
    return np.sum(y * y)


@example(X, Y, 3, untyped=True)
def jacobi(a, b, n):
    for _ in range(n):
        b[1:-1] = 0.33 * (a[:-2] + a[1:-1] * a[1:-1] + a[2:])
        a, b = b, a
    return np.sum(a * b)


@example(X, 3, untyped=False)
def burgers(u, n):
    for _ in range(n):
        u[1:-1] -= 0.1 * u[1:-1] * (u[1:-1] - u[:-2])
    return np.sum(u * u)


@example(X)
def masked(x):
    y = x * 3
    y[y < 0] = 0.5
    return np.sum(y * x[x > 0][0])


@example(M)
def shapes(a):
    n, m = a.shape
    z = np.zeros((m, n))
    for i in range(n):
        for j in range(m):
            z[j, i] = a[i, j] * (i + 1)
    return np.sum(z[0] * z[1]) / a.size + a.shape[0] * a.T[0, 0]


@example(X)
def written_in_called_function(x):
    def scale(v, k):
        v[k] = v[k] * v[0]

    y = x.copy()
    scale(y, 1)
    scale(y, 0)
    return np.sum(y)


# Functions


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
