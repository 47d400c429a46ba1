"""Arrays that are overwritten while their contents matter: the backward sweep restores them, or keeps what it needs."""

import numpy as np

from .table import M, X, Y, example

SQUARE = np.array([[4.0, 1.0, 0.5], [1.5, 5.0, -1.0], [0.3, 2.0, 6.0]])


@example(X, 4)
@example(X, 0)
def element_from_the_whole(a, n):
    for i in range(n):
        a[i] = np.sum(a * a) / 9
    return np.sum(a)


@example(X, 3)
@example(X, 0)
def burgers(u, steps):
    for _ in range(steps):
        u[1:-1] = u[1:-1] - 0.1 * u[1:-1] * (u[1:-1] - u[:-2]) + 0.05 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u * u)


@example(SQUARE)
def lu_in_place(a):
    for i in range(a.shape[0]):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[k, j]
            a[i, j] /= a[j, j]
        for j in range(i, a.shape[0]):
            a[i, j] -= a[i, :i] @ a[:i, j]
    return np.sum(a)


@example(SQUARE)
def cholesky_in_place(a):
    a[0, 0] = np.sqrt(a[0, 0])
    for i in range(1, a.shape[0]):
        for j in range(i):
            a[i, j] -= np.dot(a[i, :j], a[j, :j])
            a[i, j] /= a[j, j]
        a[i, i] -= np.dot(a[i, :i], a[i, :i])
        a[i, i] = np.sqrt(a[i, i])
    return np.sum(a)


@example(M, 2)
def nonlinear_seidel(a, steps):
    for _ in range(steps):
        for i in range(1, a.shape[0]):
            for j in range(1, a.shape[1] - 1):
                a[i, j] = (a[i - 1, j] * a[i, j] + a[i, j - 1] * a[i, j + 1]) / 3
    return np.sum(a)


@example(X)
def overwritten_in_a_row(a):
    first = np.sum(a * a)
    a[0] = np.sin(a[1]) * a[0]
    second = np.sum(a * a) * first
    a[1:] *= a[0]
    a[2] = np.sum(a * a)
    return np.sum(a * second)


@example(X, Y, 3)
@example(X, Y, 0)
def two_arrays_in_turn(a, b, steps):
    for _ in range(steps):
        b[1:-1] = a[:-2] * a[2:] + b[1:-1]
        a[1:-1] = np.sin(b[1:-1]) * a[1:-1]
    return np.sum(a) + np.sum(b * b)


@example(X, Y, 3)
@example(X, Y, 0)
def nonlinear_buffers_swapped(a, b, steps):
    for _ in range(steps):
        b[1:-1] = a[:-2] * a[1:-1] * a[2:]
        a[0] = a[1] * a[1]
        a, b = b, a
    return np.sum(np.sum(a) * b)


@example(X, Y, X[::-1].copy(), 5)
def three_buffers_rotated(a, b, c, steps):
    for _ in range(steps):
        b[1] = np.sum(a * a) / 4
        c[2] = b[0] * a[2]
        a, b, c = b, c, a
    return np.sum(a + b * c)


@example(X, 0.5)
@example(X * 100, 0.5)
def until_large(a, x):
    i = 0
    while np.sum(a * a) < 100:
        total = np.sum(a * a)
        a[i % 3] = a[i % 3] * a[(i + 1) % 3] + x * total
        i += 1
    return np.sum(a)


@example(X, 3)
def on_a_branch(a, n):
    for i in range(n):
        total = np.sum(a * a)
        if a[i] > 0:
            a[i] = a[i + 1] * total
        elif i > 1:
            a[0] *= a[i]
            a[i] = total / (1 + a[0] ** 2)
    return np.sum(a)


@example(X, True)
@example(X, False)
def on_one_of_two_paths(a, flag):
    s = np.sum(a * a)
    if flag:
        a[0] = a[1] * a[2]
        s += np.sum(a * a)
        a[1:] *= a[0]
    return s * np.sum(a * a)


@example(X, untyped=False)
def bubble_sorted(a):
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    for j in range(n):
        a[j] = a[j] * np.sum(a * a)
    return np.sum(a)


@example(X)
def at_a_mask(a):
    for _ in range(2):
        total = np.sum(a * a)
        a[a > 0.4] *= total / 5
    return np.sum(a)


@example(X, 3)
def read_after_the_last_write(a, n):
    s = 0.0
    for i in range(n):
        a[i] = a[i] * a[i + 1]
        s += np.sum(a * a) * a[0]
    return np.sum(s)


@example(X, 3)
def exponentials_written_and_read(a, n):
    for i in range(n):
        a[i + 1] = np.exp(a[i + 1] / 3)
        a[i] = np.tanh(np.sum(a * a) * 0.1)
    return np.sum(a)


@example(X, 3)
def replaced_in_the_loop(a, n):
    for i in range(n):
        a = a * a / 2
        a[i] = np.sum(a * a)
        a[0] = a[i] * a[1]
    return np.sum(a)


@example(X, np.array([1, 2, 3, 1]))
def coefficients_overwritten(a, counts):
    s = a * 1.0
    for i in range(3):
        s = s * np.sum(counts * counts) / 10
        counts[i] = counts[i + 1] + i
        s[i] *= counts[0]
    return np.sum(s)


@example(X, 2)
def inner_loop_only_writes(a, n):
    s = 0.0
    for _ in range(n):
        s += np.sum(a * a * a)
        for j in range(len(a)):
            a[j] = 0.5 * a[j] + j
    return np.sum(s)


@example(X, 3)
def copied_before_it_is_written(a, n):
    b = a.copy()
    for i in range(n):
        a[i] = np.sum(a * b)
        b[i + 1] *= a[i]
    return np.sum(a * b)


@example(X, 0.7)
@example(X, -0.7)
def written_on_one_path(a, x):
    b = a * 0.7
    if x > 0:
        a = b
    else:
        a[0] = np.tanh(x)
    return np.sum(a * a * b)


@example(X, 3)
def written_on_one_path_of_a_round(a, n):
    s = 0.0
    for i in range(n):
        b = a * a
        if i != 1:
            b[0] = np.sum(b * b)
            b[1] = np.sum(b * b)
        else:
            b = a * 0.5
        s += np.sum(b * b)
    return s


@example(X, 0.7, 3)
@example(X, -0.7, 3)
def written_in_a_loop_of_some_rounds(a, x, n):
    for i in range(n):
        if x * i > 0.9:
            continue
        for _ in range(2):
            a = a * 0.5
        for j in range(i):
            a[j] = np.tanh(x * a[j])
    return np.sum(a * a)


@example(np.array([0.5, -0.4, 0.3, 0.8, 0.1, 0.2]), 2, untyped=False)
def elements_of_a_view(y, n):
    w = y[1:-1]
    for i in range(n):
        w[i] = np.sum(w * w) / 9
    return np.sum(y * y)


@example(np.array([0.5, -0.4, 0.3, 0.8, 0.1, 0.2]), 2, untyped=False)
def view_written_twice(y, n):
    for i in range(n):
        s = np.sum(y * y)
        w = y[1:-1]
        w[1:] *= s
        w[0] = s * w[1]
        w[1:][i] *= w[1]
    return np.sum(y * y)


@example(M, 2, untyped=False)
def view_written_on_a_branch(a, n):
    for i in range(n):
        w = a[:, 1:]
        if np.sum(w * w) > 1:
            w[0, i] = np.sum(a * a) / 9
            w[1:] *= w[0, 0]
        a[0] *= a[1, 0]
    return np.sum(a * a)


@example(X[:3], Y[:3], 0.5, untyped=False)
def written_beside_a_list_that_rotates(x, y, s):
    a, buffers, t = x * 1, [x * 1, y * 1, x * y], s
    k = 0
    while k < 3:
        k += 1
        a[-1] = s
        for e in a[:3]:
            buffers.append(buffers.pop(0))
            t = np.tanh(t + e * s)
    return t + sum(np.sum(e * (k + 1)) for k, e in enumerate(buffers))
