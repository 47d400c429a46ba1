"""Arrays, read by position and changed in place."""

import numpy as np

from .table import M, X, Y, example


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
