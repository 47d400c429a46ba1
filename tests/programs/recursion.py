"""Functions that call themselves or each other: with numbers, arrays, closures, and structures that shrink."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .table import M, X, Y, example


def _power(x, n):
    if n == 0:
        return 1.0
    return x * _power(x, n - 1)


@example(1.3, 5)
def calls_recursive_power(x, n):
    return _power(x, n)


@example(1.3, 4)
def recursive_itself(x, n):
    if n == 0:
        return x
    return math.sin(x) * recursive_itself(x * 0.9, n - 1)


@example(0.7, 6)
def double_recursion(x, n):
    return x if n < 2 else double_recursion(x, n - 1) * x + np.sin(double_recursion(x, n - 2))


@example(0.7, 5)
def even_step(x, n):
    if n == 0:
        return x
    return np.sin(odd_step(x, n - 1))


@example(0.7, 4)
def odd_step(x, n):
    if n == 0:
        return x * x
    return np.cos(even_step(x, n - 1)) * x


def _first(x, n):
    return x if n <= 0 else _second(x, n - 1) * x + _second(x * 0.5, n - 2)


def _second(x, n):
    return np.sin(x) if n <= 0 else _first(x * 1.1, n - 1) + _second(x, n - 2)


@example(0.8, 5)
def mutual_recursion_that_branches(x, n):
    return _first(x, n) * _second(x, n - 1)


@example(0.7, 2, 3)
def ackermann(x, m, n):
    if m == 0:
        return x + 0.1 * n
    if n == 0:
        return ackermann(x, m - 1, 1) * 1.1
    return ackermann(ackermann(x, m, n - 1) * 0.5, m - 1, n - 1) * x


def _bump(theta, x):
    return np.exp(-theta * x * x) * np.sin(5 * x)


def _simpson(theta, a, b, fa, fm, fb, whole, tol):
    m = 0.5 * (a + b)
    fl, fr = _bump(theta, 0.5 * (a + m)), _bump(theta, 0.5 * (m + b))
    left = (m - a) / 6 * (fa + 4 * fl + fm)
    right = (b - m) / 6 * (fm + 4 * fr + fb)
    if abs(left + right - whole) <= 15 * tol:
        return left + right
    return _simpson(theta, a, m, fa, fl, fm, left, tol / 2) + _simpson(theta, m, b, fm, fr, fb, right, tol / 2)


@example(0.7, 0.1, 2.0)
def adaptive_quadrature(theta, a, b):
    fa, fm, fb = _bump(theta, a), _bump(theta, 0.5 * (a + b)), _bump(theta, b)
    return _simpson(theta, a, b, fa, fm, fb, (b - a) / 6 * (fa + 4 * fm + fb), 1e-9)


def _determinant(A):
    n = A.shape[0]
    if n == 1:
        return A[0, 0]
    total = 0.0
    for j in range(n):
        minor = np.zeros((n - 1, n - 1))
        for i in range(1, n):
            for k in range(n):
                if k < j:
                    minor[i - 1, k] = A[i, k]
                if k > j:
                    minor[i - 1, k - 1] = A[i, k]
        total += (-1.0) ** j * A[0, j] * _determinant(minor)
    return total


@example(np.array([[0.5, -1.2, 2.0, 0.1], [0.3, 0.9, -0.7, 1.0], [1.1, 0.2, 0.6, -0.4], [0.8, -0.5, 0.3, 0.7]]))
def determinant_by_minors(A):
    return _determinant(A) * np.sum(A)


def _fft(x):
    n = x.shape[0]
    if n == 1:
        return x * 1.0, np.zeros(1)
    even_re, even_im = _fft(x[::2])
    odd_re, odd_im = _fft(x[1::2])
    angle = 2 * np.pi * np.arange(n // 2) / n
    re = np.cos(angle) * odd_re + np.sin(angle) * odd_im
    im = np.cos(angle) * odd_im - np.sin(angle) * odd_re
    return np.concatenate((even_re + re, even_re - re)), np.concatenate((even_im + im, even_im - im))


@example(np.array([0.5, -1.2, 2.0, 0.3, 0.9, -0.7, 1.1, 0.2]))
def fourier_power(x):
    re, im = _fft(x)
    return np.sum((re * re + im * im) * np.arange(x.shape[0]))


def _fft_into(x, out_re, out_im):
    n = x.shape[0]
    if n == 1:
        out_re[0] = x[0]
        out_im[0] = 0.0
        return
    h = n // 2
    _fft_into(x[::2], out_re[:h], out_im[:h])
    _fft_into(x[1::2], out_re[h:], out_im[h:])
    for k in range(h):
        c, s = np.cos(2 * np.pi * k / n), -np.sin(2 * np.pi * k / n)
        re = c * out_re[h + k] - s * out_im[h + k]
        im = c * out_im[h + k] + s * out_re[h + k]
        out_re[h + k] = out_re[k] - re
        out_im[h + k] = out_im[k] - im
        out_re[k] += re
        out_im[k] += im


@example(np.array([0.5, -1.2, 2.0, 0.3]))
def fourier_power_in_place(x):
    re, im = np.zeros(x.shape[0]), np.zeros(x.shape[0])
    _fft_into(x, re, im)
    return np.sum((re * re + im * im) * np.arange(x.shape[0]))


def _quicksort(A, lo, hi):
    if lo >= hi:
        return
    pivot = A[hi]
    i = lo
    for j in range(lo, hi):
        if A[j] < pivot:
            A[i], A[j] = A[j], A[i]
            i += 1
    A[i], A[hi] = A[hi], A[i]
    _quicksort(A, lo, i - 1)
    _quicksort(A, i + 1, hi)


@example(np.array([0.5, -1.2, 2.0, 0.3, 0.9, -0.7]), untyped=False)
def quicksort_in_place(x):
    A = x * 1.0
    _quicksort(A, 0, A.shape[0] - 1)
    return np.sum(A**2 * np.arange(A.shape[0]))


def _merge_sort(x):
    n = x.shape[0]
    if n <= 1:
        return x
    a, b = _merge_sort(x[: n // 2]), _merge_sort(x[n // 2 :])
    out = np.zeros(n)
    i = j = 0
    for k in range(n):
        if j >= b.shape[0] or (i < a.shape[0] and a[i] <= b[j]):
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
    return out


@example(np.array([0.5, -1.2, 2.0, 0.3, 0.9, -0.7]))
def merge_sort(x):
    return np.sum(_merge_sort(x) ** 2 * np.arange(x.shape[0]))


@example(0.9, 4)
def recursion_in_a_loop(x, n):
    total = 0.0
    for i in range(n):
        total += recursion_in_a_loop(x * 0.5, i) * x
    return total + np.sin(x)


@example(0.9, 5)
def loop_in_recursion(x, n):
    y = x
    for _ in range(n):
        y = np.sin(y) + x
    return y if n == 0 else y * loop_in_recursion(y, n - 1)


@example(0.9, 5)
def recursion_from_a_loop_left_early(x, n):
    for i in range(n):
        if x * i > 1.5:
            return recursion_from_a_loop_left_early(x * 0.5, n - 1) + i
        x = x * 1.3
    return x * x


@example(1.9, 3)
def recursion_in_a_while(x, n):
    while x > 0.5:
        x = x * 0.6 + (recursion_in_a_while(x * 0.4, n - 1) * 0.1 if n > 0 else 0.0)
    return x


@example(0.4, 3)
def closure_that_recurses(x, n):
    scale = x * 2

    def inner(k, acc):
        if k == 0:
            return acc
        return inner(k - 1, acc * scale + np.sin(acc))

    return inner(n, x)


@example(0.8, 4)
def closure_that_fills_an_array(x, n):
    out = np.zeros(n)

    def fill(i):
        if i == n:
            return
        out[i] = x**i * (out[i - 1] if i > 0 else 1.0) + 1
        fill(i + 1)

    fill(0)
    before = np.sum(out)
    x = x * 0.5
    fill(1)
    return np.sum(out * out) * before


@example(0.8, 3)
def lambda_that_recurses(x, n):
    f = lambda y, k: y if k == 0 else np.cos(f(y, k - 1)) * x  # noqa: E731
    return f(x, n)


class _Model:
    gain = 1.7

    def run(self, x, n):
        return x if n == 0 else self.run(np.sin(x) * self.gain, n - 1)


_model = _Model()


@example(0.9, 4)
def method_that_recurses(x, n):
    return _model.run(x, n)


def _with_defaults(x, n, weight=0.5, *, bias=0.1):
    if n == 0:
        return x
    return weight * _with_defaults(x + bias, n - 1, bias=bias * x)


@example(0.9, 4)
def defaults_and_keywords(x, n):
    return _with_defaults(x, n) + _with_defaults(weight=x, n=n - 1, x=2.0)


def _alternating(x, n, up=True):
    if n == 0:
        return x
    if up:
        return np.sin(_alternating(x, n - 1, False))
    return x * _alternating(x, n - 1, up=not up)


@example(0.9, 5)
def flags_that_alternate(x, n):
    return _alternating(x, n)


def _smoothed(A, axis, n):
    return A if n == 0 else np.cumsum(_smoothed(A * 0.5, axis, n - 1), axis=axis)


@example(M, 3)
def argument_needed_at_compile_time(A, n):
    return np.sum(_smoothed(A, 1, n) ** 2)


def _three(x, y, n):
    if n == 0:
        return x, y, x * y
    a, b, c = _three(y, x * 0.5, n - 1)
    return b + a, np.sin(a), c


@example(0.4, 0.8, 3)
def some_of_several_results(x, y, n):
    _, b, _ = _three(x, y, n)
    a, _, c = _three(x, 2.0, n - 1)
    return b * 2.0 + a * c


@example(0.4, 3)
def result_updated_after_the_call(x, n):
    return np.sum(_pair(x, n) * _pair(x, n - 1))


def _pair(x, n):
    if n == 0:
        return np.array([x, x * x])
    v = _pair(x * 1.1, n - 1)
    v[0] *= 2.0
    return v + 1


def _accumulated(A, i):
    if i == A.shape[0]:
        return A
    A[i] = A[i] * A[i - 1]
    return _accumulated(A, i + 1)


@example(X)
def result_is_the_argument(x):
    B = x.copy()
    C = _accumulated(B, 1)
    C[0] = 5.0
    return np.sum(B * x)


@example(X, Y)
def argument_updated_after_the_call(x, y):
    A = x * y
    total = _norm(A, 3)
    A[1:] = y[1:] * A[:-1]
    return total + _norm(A, 2)


def _norm(A, n):
    return np.sum(A * A) if n == 0 else np.sum(np.sin(A)) * _norm(A * 0.5, n - 1)


def _sum_halves(x, lo, hi):
    if hi - lo == 1:
        return np.exp(x[lo])
    middle = (lo + hi) // 2
    return _sum_halves(x, lo, middle) + _sum_halves(x, middle, hi) * x[lo]


@example(X)
def divide_and_conquer(x):
    return _sum_halves(x, 0, len(x))


def _nested(items, x):
    if len(items) == 0:
        return 0.0
    return items[0] * x + np.sin(_nested(items[1:], x * 0.5))


@example(0.7, 1.2)
def structure_that_shrinks(x, y):
    return _nested((x, y, x * y), x) + _nested([y, 2.0], y)


@dataclass
class _Node:
    value: Any
    left: Any = None
    right: Any = None


def _weighed(node, w):
    if node is None:
        return 0.0
    return node.value * w + np.sin(_weighed(node.left, w * 0.5)) + _weighed(node.right, w * node.value)


@example(0.4, 0.8)
def tree_of_dataclasses(x, y):
    return _weighed(_Node(x, _Node(y, None, _Node(x * y)), _Node(2.0)), y)


@example(0.4, 3)
def list_changed_in_recursion(x, n):
    def step(state, k):
        if k == 0:
            return state
        state[0] = np.sin(state[0]) * x
        state[1] = state[1] + state[0]
        return step(state, k - 1)

    state = [x, x * x]
    same = step(state, n)
    return state[0] + same[1] * 2


@example(0.4, 3)
def dict_changed_in_recursion(x, n):
    def step(d, k):
        if k == 0:
            return
        d["a"] = np.sin(d["a"]) * d["b"]
        step(d, k - 1)

    d = {"a": x, "b": x * x}
    step(d, n)
    return d["a"] + d["b"]


@example(0.4, 3)
def new_lists_from_recursion(x, n):
    def pair(k):
        if k == 0:
            return [x, 2.0]
        a, b = pair(k - 1)
        return [b * x, np.sin(a)]

    p = pair(n)
    p[0] = p[0] * 3
    return p[0] + p[1]


@example(0.4, 3)
def closure_over_a_list(x, n):
    c = [x, x * 2]

    def inner(k):
        return c[0] if k == 0 else np.sin(c[1]) * inner(k - 1)

    y = inner(n)
    c[0] = 3.0 * x
    return y + inner(n)


class _Walk:
    def __init__(self, x):
        self.x = x
        self.count = 0

    def run(self, n):
        self.count += 1
        if n == 0:
            return self.x
        self.x = np.sin(self.x) * 1.1
        return self.run(n - 1) * self.x


@example(0.4, 3)
def object_changed_in_recursion(x, n):
    walk = _Walk(x)
    y = walk.run(n)
    return y * walk.count + walk.x


@example(np.array([0.3, -0.8, 1.1]), 3)
def dict_of_parameters(x, n):
    def net(p, h, n):
        return h if n == 0 else net(p, np.tanh(p["W"] @ h + p["b"]), n - 1)

    return np.sum(net({"W": np.outer(x, x), "b": x}, x, n))


@example(np.array([0.5, -1.2, 2.0]), 3)
def argument_updated_between_calls_in_a_loop(x, n):
    A = x.copy()
    total = 0.0
    for i in range(n):
        total = total + _norm(A, i) * A[0]
        A[i] = A[i] * 2 + A[i - 1]
        A *= 0.9
    return total


def _halves(A):
    if A.shape[0] <= 1:
        A[0] = np.sin(A[0])
        return
    m = A.shape[0] // 2
    _halves(A[:m])
    A[m:] *= A[0]
    _halves(A[m:])


@example(np.array([0.5, -1.2, 2.0, 0.3, 0.9]), untyped=False)
def parts_of_parts_updated(x):
    A = x * 1.0
    _halves(A)
    return np.sum(A * np.arange(A.shape[0]))


def _rows(A, i):
    if i + 1 == A.shape[0]:
        return
    A[i + 1] = np.tanh(A[i] * A[i + 1])
    _rows(A, i + 1)


@example(M, 0.7)
def rows_updated(x, y):
    A = x * y
    _rows(A, 0)
    return np.sum(A[-1])


@example(3.7)
def depth_that_depends_on_data(x):
    if x < 1.0:
        return x * x
    return depth_that_depends_on_data(x / 2) + depth_that_depends_on_data(x / 3) * x


@example(0.7, 1.3, 4)
def arguments_that_trade_places(x, y, n):
    if n == 0:
        return x - 2 * y
    return arguments_that_trade_places(y * x, x, n - 1)


@example(0.7)
def closures_that_write_two_arrays(x):
    a, b = np.zeros(4), np.zeros(4)

    def one(k, v):
        if k >= 4:
            return v
        a[k] = v * x
        return other(k + 1, a[k] + v)

    def other(k, v):
        if k >= 4:
            return v * 2
        b[k] = a[k - 1] * v
        return one(k + 1, b[k])

    return one(0, x) + np.sum(a * b) + np.sum(a)


def _counted(x, count):
    if x > 10:
        return x, count
    return _counted(x * 1.7, count + 1)


@example(0.9)
def number_of_calls(x):
    value, count = _counted(x, 0)
    return value * count


def _products(a, b, n):
    return a * b if n == 0 else _products(a * b, b + 1, n - 1) * a


@example(0.9, 0.3, 3)
def arguments_active_in_some_calls(x, y, n):
    return _products(x, 2.0, n) + _products(3.0, y, n - 1) * _products(x, x, 1)


class _Leaf:
    def __init__(self, value):
        self.value = value

    def at(self, x):
        return self.value * x


class _Sum:
    def __init__(self, left, right):
        self.left, self.right = left, right

    def at(self, x):
        return self.left.at(x) + self.right.at(x * 0.5)


class _Sine:
    def __init__(self, inner):
        self.inner = inner

    def at(self, x):
        return np.sin(self.inner.at(x))


@example(0.7, 1.2)
def tree_of_expressions(x, y):
    tree = _Sum(_Sine(_Leaf(y)), _Sum(_Leaf(2.0), _Sine(_Sum(_Leaf(x), _Leaf(y)))))
    return tree.at(x)


@example(0.7, 3, untyped=False)
def complex_recursion(x, n):
    def power(z, k):
        return z if k == 0 else power(z * z * 0.5 + x, k - 1) * z

    return np.abs(power(x + 1j * x, n))
