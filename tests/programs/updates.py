"""Updates in place through every form that NumPy has, and through views."""

from __future__ import annotations

import numpy as np

from .table import M, N, X, Y, example

# At arrays of positions


@example(X, Y[:3], np.array([0, 2, 0]))
@example(X, Y[0], np.array([3, 3, 1]))
@example(X, Y[1:2], np.array([[0, 1], [1, 2]]))
@example(X, Y[0], -2)
def assigned_at_positions(x, v, positions):
    y = x * 1
    y[positions] = v * v
    return np.sum(y * x)


@example(X, Y[:3], np.array([0, 2, 0]))
@example(X, Y[0], np.array([3, 3, 1]))
@example(X, Y[0], 1)
def updated_at_positions(x, v, positions):
    y = x * 1
    y[positions] += v * v
    y[positions] *= x[positions] + v
    y[positions] -= 2
    return np.sum(y * x)


@example(M, N, np.array([1, 0, 1, 1]), np.array([[2, 0, 2, 1], [0, 0, 2, 2]]))
def mixed_positions(a, b, rows, columns):
    y = a * 2
    y[rows, columns] = np.sin(b[rows, columns])
    y[rows[:2], 0] += b[0, 1:]
    y[:, columns[0]] *= b[:, columns[1]]
    y[..., [0, -1]] = y[..., [-1, 0]]
    y[1:, None, columns[0, 1:]] -= b[0]
    return np.sum(y * y * a)


@example(M, N, np.array([True, False]), np.array([0, 2, 2, 0]), untyped=False)
def mask_and_positions(a, b, mask, columns):
    y = a * b
    y[mask] = b[0] * a[mask]
    y[mask][:, columns] = 7.0
    y[:, columns] = b[:, columns] * a[:, :1]
    y[y > 0.5] **= 2
    return np.sum(y * a)


@example(np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7], [1.1, 0.2, 0.4]]), 0, 2)
@example(np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7], [1.1, 0.2, 0.4]]), 1, 1)
def swapped_rows(a, i, j):
    a[[i, j]] = a[[j, i]]
    a[:, [0, 2]] = a[:, [2, 0]] * 2
    return np.sum(a * a * np.arange(9.0).reshape(3, 3))


@example(np.array([[0.5, -1.2, 2.0], [2.3, 0.9, -0.7], [1.1, 4.2, 0.4]]))
def lu_with_partial_pivoting(a):
    n = len(a)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(a[k:, k]))
        a[[k, p]] = a[[p, k]]
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    return np.sum(a * np.arange(9.0).reshape(3, 3))


@example(np.array([0.5, -1.2, 2.0, 0.3]), untyped=False)
def bubble_sort(a):
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return np.sum(a * np.arange(1.0, 5.0))


# Through views


@example(M, Y[:2], untyped=False)
def through_transposes(a, v):
    a.T[0] = v * v
    a.T[1, 0] *= a[0, 0]
    w = a.T
    w[2] += w[1]
    w *= 2
    np.transpose(a, (1, 0))[1, 1] = v[0] * w[0, 0]
    np.swapaxes(a, 0, 1)[0, 1] -= v[1]
    np.moveaxis(a, 0, -1)[1] *= v
    return np.sum(a * a)


@example(np.arange(24.0).reshape(2, 3, 4) / 7, M.T[:, :2])
def through_transposes_of_three_axes(a, v):
    w = np.transpose(a, (1, 2, 0))
    w[:, 1] = v * v
    w[0] += a.T[:, 0]
    a.swapaxes(0, 2)[1:, 2] *= v.T[0, :1] + v[0]
    np.moveaxis(a, (0, 1), (-1, 0))[..., 1] -= w[..., 0]
    return np.sum(a * a * np.cos(a))


@example(M, Y)
def through_reshapes(a, v):
    a.ravel()[1:3] = v[:2] * v[1:3]
    w = a.reshape(-1)
    w[4] *= w[2]
    for i in range(2):
        a.reshape(3, 2)[1, i] += a[0, i] * v[i]
    np.reshape(a, (3, -1))[0] = v[2:]
    a.reshape(3, 2).T[1] *= v[0]
    a.reshape(3, 2)[1:].ravel()[1] -= 2 * v[3]
    return np.sum(a * a)


@example(M, Y, untyped=False)
def reshapes_of_what_was_made_here(a, v):
    b = np.zeros((2, 3))
    b.ravel()[1:3] = v[:2]
    c = b.T.ravel()
    c[0] = 5.0
    d = a.copy()
    flat = d.reshape(-1)
    flat[2:] *= v
    e = a * 2 + b
    e.reshape(3, 2)[1] = v[:2] * flat[:2]
    f = a.flatten()
    f[0] = 7.0
    return np.sum(b * b) + np.sum(c) + np.sum(d * d) + np.sum(e * e) + np.sum(f * f)


@example(M, Y, untyped=False)
def through_axes_of_length_one(a, v):
    b = a * v[0]
    np.expand_dims(b, 0)[0, 1] *= 3
    c = b[None]
    d = np.squeeze(c)
    d[1, 0] = v[1] * d[0, 0]
    e = b[:, None, :]
    e[:, 0, 1:] += v[:2]
    np.atleast_2d(v)[0, 1] = v[2] ** 2
    np.atleast_1d(b)[0, 2] = v[1]
    return np.sum(b * b)


@example(M, Y, untyped=False)
def through_flips_and_steps(a, v):
    np.flip(a)[0, 0] = v[0] * v[1]
    np.flipud(a)[0, 1] *= v[2]
    np.fliplr(a)[:, 0] += v[:2]
    w = a[::-1, ::2]
    w[0] = v[2:]
    x = w.T[::-1]
    x[0] *= x[1] + a[0, 0]
    return np.sum(a * a * a)


@example(M, Y[:3], untyped=False)
def through_rows(a, v):
    for row in a:
        row[...] = row * row + v
    for i, row in enumerate(a):
        row += i * v
    for row, other in zip(a, a.T):
        row[0] *= other[1]
    a[0, 0] = v[0] * a[1, 1]
    return np.sum(a * a)


@example(M, Y[:3], untyped=False)
def views_of_views(a, v):
    w = a[:, 1:]
    x = w[1]
    y = x[::-1]
    y[0] = v[0] * v[1]
    x[0] += y[0]
    w *= 2
    z = a[1][1:]
    z[...] = z * x
    a[:, 1][0] = v[2]
    a[1][2:][0] += x[1]
    return np.sum(a * a) + np.sum(w * x) + np.sum(y)


@example(M, Y[:3], untyped=False)
def same_object(a, v):
    b = np.asarray(a)
    b[0] = v
    c = b[:]
    c[1, 1] *= v[0] * b[0, 1]
    d = a[...]
    d += 1
    return np.sum(a * b * c)


@example(np.array([[0.5, -1.2], [0.3, 0.9]]), Y[:3], untyped=False)
def read_only_views_see_writes(a, v):
    d = np.diagonal(a)
    e = np.broadcast_to(v, (2, 3))
    s = np.sum(d * d) * np.sum(e)
    a[0, 0] = v[0] * 3
    v[1:] *= v[0]
    return s + np.sum(d * d) * np.sum(e * e) + np.trace(a)


@example(X, Y, 3)
def double_buffer(a, b, n):
    for _ in range(n):
        b[1:-1] = 0.3 * (a[:-2] + a[1:-1] * a[2:])
        a, b = b, a
    a[0] = b[0] * a[1]
    return np.sum(a * a) + np.sum(b)


@example(X, Y, 3, untyped=False)
def several_names(a, v, n):
    b = c = a
    pair = (b, v)
    for i in range(n):
        fresh = np.zeros(4)
        fresh[i] = a[i] * v[i]
        b += fresh
        pair[0][3] *= pair[1][i]
        d = c if n > 2 else a
        d[0] = fresh[i] + a[1]
    return np.sum(a * a)


@example(M, Y[:3], untyped=False)
def rows_in_a_tuple(a, v):
    top, bottom = a
    rows = (top, bottom, a.T[0])
    rows[0][1] = v[0] * v[1]
    for row in rows[:2]:
        row *= v
    rows[2][1] += bottom[2]

    def scale(row, k=rows):
        row *= k[0][1]

    scale(bottom)
    scale(a[:, 2])
    return np.sum(a * a)


# Functions and methods that write


@example(X, Y, untyped=False)
def with_out(x, y):
    c = np.zeros(4)
    np.multiply(x, y, out=c)
    np.add(x, c, out=x)
    r = np.sin(c[1:3], x[1:3])
    r += 1
    d = np.exp(y, out=(y,))
    d *= x
    np.subtract(x[:2], 1.0, out=x[2:])
    np.negative(x, out=x[::-1])
    s = np.zeros(())
    np.sum(x, out=s)
    np.cumsum(x * y, out=c)
    np.clip(c, -1.0, 2.0, out=c)
    return np.sum(c * c) + np.sum(r) + s * y[0]


@example(M, N, untyped=False)
def reductions_with_out(a, b):
    total = np.zeros(3)
    a.sum(axis=0, out=total)
    np.matmul(a, b.T, out=a[:, :2])
    np.maximum(a, 0.1, out=a)
    np.dot(b, total, out=total[:2])
    np.mean(a, axis=1, out=total[1:])
    return np.sum(total * total) + np.sum(a * b)


@example(np.array([0.5, -1.2, 0.0, 0.3]), Y)
def with_out_and_where(x, y):
    c = y * 2
    np.divide(1.0, x, out=c, where=np.abs(x) > 0.1)
    np.sqrt(x, out=y, where=x > 0.1)
    np.multiply(y, c, out=c, where=np.array([True, False, True, False]))
    np.add(c, 1, out=c, where=True)
    return np.sum(c * y)


@example(M, Y[:3], untyped=False)
def masks_that_broadcast(a, v):
    np.log(a, out=a, where=a > 0)
    np.multiply(a, v, out=a, where=np.array([True, False, True]))
    np.copyto(a, v, where=a < -1)
    return np.sum(a * a) + np.sum(a, where=a > 0) + np.prod(v, where=v > 0)


@example(X, Y, untyped=False)
def copied_and_filled(x, y):
    c = np.zeros(4)
    np.copyto(c, x * y)
    np.copyto(c[1:3], y[0])
    np.copyto(x, c, where=c > 0.5)
    y[1:3].fill(x[0] * 2)
    c.fill(x[1])
    return np.sum(c * x * y)


@example(np.array([[0.5, -1.2, 2.0], [2.3, 0.9, -0.7], [1.1, 4.2, 0.4]]), X, untyped=False)
def sorted_in_place(a, x):
    x.sort()
    a[1:].sort(axis=0)
    a.T[0].sort()
    a[0, ::-1].sort()
    w = np.arange(1.0, 10.0).reshape(3, 3)
    return np.sum(a * w) + np.sum(x * w[0, 0] * np.arange(4.0))


@example(M, Y, np.array([5, 0, -4]), untyped=False)
def put_and_placed(a, v, places):
    np.put(a, places, v[:3] * v[:3])
    np.put(a, [1, 3, 4], v[:2])
    a.T.put(1, v[3])
    np.place(a, a > 1, v[1:3])
    np.putmask(a, a < 0, v[:3] * 2)
    np.putmask(a, a > 2, a * a)
    return np.sum(a * a * a)


@example(np.array([[0.5, -1.2, 2.0], [2.3, 0.9, -0.7], [1.1, 4.2, 0.4]]), Y, untyped=False)
def diagonals_and_axes(a, v):
    np.fill_diagonal(a, v[0] * v[1])
    np.fill_diagonal(a[:, 1:], v[2:])
    np.fill_diagonal(a.T[:2], v[:2])
    order = np.argsort(a, axis=1)
    np.put_along_axis(a, order[:, :1], v[:3].reshape(3, 1), axis=1)
    np.put_along_axis(a, np.array([[0, 2, 0], [0, 1, 2]]), 2 * a[:2], axis=0)
    np.put_along_axis(v, np.array([1, 1, 0]), v[1:] * a[0], axis=-1)
    return np.sum(a * a) + np.sum(v * v)


@example(X, Y[:3], np.array([0, 2, 0]))
def added_at(x, v, places):
    np.add.at(x, places, v)
    np.subtract.at(x, places[:2], v[1] * v[:2])
    np.add.at(x, 1, v[0])
    np.add.at(x, slice(1, None), 2 * v)
    np.subtract.at(x, [3, 3], 1.5)
    return np.sum(x * x)


@example(M, N, np.array([0, 1, 1]), untyped=False)
def added_at_pairs(a, b, rows):
    np.add.at(a, (rows, np.array([2, 0, 0])), b[0])
    np.add.at(a, (slice(None), rows), b * 2)
    np.add.at(a.T, rows, b[0, 0] * b[1, :2])
    return np.sum(a * a)


@example(M, Y[:3], 1, untyped=False)
def indices_that_are_values(a, v, k):
    place = (0, k)
    a[place] *= v[0]
    part = (slice(None), slice(k, None))
    a[part] += v[1:]
    a[np.s_[k, ::2]] = v[1:] * a[0, 1:]
    whole = slice(0, 2)
    a[whole, 0] -= v[k]
    a[..., k] += a[0][place[1]]
    a[[[0, 1], [1, 0]], [[2], [2]]] *= 3
    a[0][..., [0, 2]] *= v[1:]
    a[None][0][:, [2, 0]] += v[:2]
    return np.sum(a[part] * a[part]) + np.sum(a)


@example(X, Y)
def every_operator(x, y):
    x += y
    x -= 0.5
    x *= y
    x /= y + 3
    x **= 2
    x %= 1.7
    x //= 10
    x[1:] += y[1:]
    x[1:] -= y[0]
    x[::2] *= y[::2]
    x[0] /= 3
    x[:3] **= 2
    x[1:3] %= 0.7
    x[3] //= 0.5
    x[...] += y * y
    return np.sum(x * y)


@example(np.array([[0.5, -1.2], [2.3, 0.9]]), np.array([3, 5, 6]), untyped=False)
def operators_of_matrices_and_integers(a, n):
    a @= a + 1
    n |= 8
    n &= np.array([9, 12, 15])
    n ^= 2
    n //= 2
    n[0] = 2.9
    n += np.arange(3)
    return np.sum(a * a) * np.sum(n)


@example(X, untyped=False)
def parts_of_a_split(x):
    y = x * 1
    a, b = np.array_split(y, 2)
    a[0] = b[0] * 3
    y[-1] = a[1]
    return np.sum(y * y) + np.sum(a) * np.sum(b)


@example(X, untyped=False)
def same_array_of_the_same_dtype(x):
    y = x * 1
    z = np.asarray(y)
    z[0] = 5.0
    copied = np.array(y)
    copied[1] = 7.0
    return np.sum(y * y) * np.sum(copied)


@example(np.ones((2, 3)) * 0.5, untyped=False)
def turned_and_flat(x):
    y = x * 1
    np.rot90(y)[1] = 9.0
    np.fill_diagonal(y.mT, 3.0)
    y.flat[1] = x[0, 0] * 2
    y.T.flat[2] = x[1, 1]
    y[np.ix_([0, 1], [2])] *= 2
    return np.sum(y * y)


@example(np.ones((2, 3)) * 0.5, untyped=False)
def spread_and_then_written(x):
    y = x * 1
    a, _ = np.broadcast_arrays(y, 1.0)
    y[0] = 4 * x[1]
    return np.sum(a * a)
