"""Elements at places, read and written, with every keyword."""

from __future__ import annotations

import numpy as np

from .table import K, M, N, S, T, V, W, covers


@covers("selection", "nonzero", at=[M])
def nonzero_forms(x):
    i, j = np.nonzero(x > 0)
    return x[i, j] * 2, x[(x < 0).nonzero()], x.ravel()[np.flatnonzero(x > 0)]


@covers("selection", "argwhere", at=[M])
def argwhere_forms(x):
    p = np.argwhere(x > 0)
    return x[p[:, 0], p[:, 1]]


@covers("selection", "take", at=[V])
def take_forms(x):
    return (
        np.take(x, 2),
        np.take(x, [0, 2, 0]),
        x.take(np.array([1, -1])),
        np.take(x, [[0, 1], [2, 2]]),
        np.take(x, [7, -9], mode="wrap"),
        np.take(x, [7, -9], mode="clip"),
        x.take([-1, 9], mode="clip"),
    )


@covers("selection", "take", at=[M, T])
def take_axis_forms(x):
    return (
        np.take(x, [0, 2, 0], axis=1),
        x.take(1, axis=0),
        np.take(x, 4),
        np.take(x, [[0, 1], [1, 0]], axis=-1),
        np.take(x, [5, -7], axis=1, mode="wrap"),
        np.take(x, 5, axis=1, mode="clip"),
        np.take(x, 17, mode="wrap"),
    )


@covers("selection", "take", at=[(V, K)])
def take_i_forms(x, i):
    return x.take(i), x[i], np.take(x, i, 0)


@covers("selection", "take_along_axis", at=[M])
def take_along_forms(x):
    i = np.argsort(x, axis=1)
    return (
        np.take_along_axis(x, i, axis=1),
        np.take_along_axis(x, i[:, :1], 1),
        np.take_along_axis(x, np.argmax(x, axis=-1, keepdims=True), axis=-1),
        np.take_along_axis(x, i[:1, ::-1], axis=0) if False else x,
    )


@covers("selection", "take_along_axis", at=[M])
def take_along_none_forms(x):
    return np.take_along_axis(x, np.array([0, 5, 0]), axis=None)


@covers("selection", "take_along_axis", at=[T])
def take_along_broadcast_forms(x):
    return np.take_along_axis(x, np.array([[[0, 1, 1, 2]]]), axis=1)


@covers("selection", "put_along_axis", at=[(M, np.array([[1.0], [2.0]]))])
def put_along_forms(x, v):
    y = x.copy()
    np.put_along_axis(y, np.argmax(x, axis=1, keepdims=True), v, axis=1)
    return y * y


@covers("selection", "put_along_axis", at=[(M, 2.5)])
def put_along_none_forms(x, v):
    y = x.copy()
    np.put_along_axis(y, np.array([0, 4]), v, axis=None)
    return y * y


@covers("selection", "put", at=[(V, W)])
def put_forms(x, v):
    y = x * 1
    np.put(y, [0, 3, 1], v)
    y.put([2, -1], v)
    np.put(y, 1, 5.0)
    return y * y


@covers("selection", "put", at=[(M, W)])
def put_mode_forms(x, v):
    y = x * 1
    np.put(y, [7, -8, 3], v, mode="wrap")
    np.put(y, [9, -1], v, mode="clip")
    return y * y


@covers("selection", "place", at=[(M, W)])
def place_forms(x, v):
    y = x * 1
    np.place(y, x > 0, v)
    return y * y


@covers("selection", "putmask", at=[(M, W)])
def putmask_forms(x, v):
    y = x * 1
    np.putmask(y, x > 0, v)
    return y * y


@covers("selection", "copyto", at=[(M, W)])
def copyto_forms(x, v):
    y = np.zeros((2, 3))
    np.copyto(y, x)
    np.copyto(y, v, where=x > 0)
    return y * y


@covers("selection", "fill_diagonal", at=[(S, 2.0), (M, 2.0), (S, W), (np.ones((4, 2)), 1.5)])
def fill_diagonal_forms(x, v):
    y = x * 1
    np.fill_diagonal(y, v)
    return y * y


@covers("selection", "fill_diagonal", at=[(np.ones((5, 2)), 1.5), (np.ones((5, 2)), W)])
def fill_diagonal_wrap_forms(x, v):
    y = x * 1
    np.fill_diagonal(y, v, wrap=True)
    return y * y


@covers("selection", "fill_diagonal", at=[(np.ones((3, 3, 3)), 1.5), (np.ones((2, 2, 2, 2)), W)])
def fill_diagonal_nd_forms(x, v):
    y = x * 1
    np.fill_diagonal(y, v)
    return y * y


@covers("selection", "fill", at=[(M, 1.5)])
def fill_forms(x, v):
    y = x * 1
    y.fill(v)
    return y * y + x


@covers("selection", "diag", at=[M, S, T[0]])
def diag_forms(x):
    return np.diag(x), np.diag(x, 1), np.diag(x, k=-1)


@covers("selection", "diag (build)", at=[W])
def diag_build_forms(x):
    return np.diag(x), np.diag(x, 1), np.diag(x, k=-2), np.diagflat(x)


@covers("selection", "diagflat", at=[M, W, 1.5])
def diagflat_forms(x):
    return np.diagflat(x), np.diagflat(x, 1), np.diagflat(x, k=-2)


@covers("selection", "diagonal", at=[M, T])
def diagonal_forms(x):
    return np.diagonal(x), x.diagonal(1), np.diagonal(x, offset=-1, axis1=1, axis2=0), x.diagonal(0, -1, -2)


@covers("selection", "linalg.diagonal", at=[T])
def linalg_diagonal_forms(x):
    return (
        np.linalg.diagonal(x),
        np.linalg.diagonal(x, offset=1),
        np.linalg.trace(x),
        np.linalg.trace(x, offset=-1),
        np.linalg.matrix_transpose(x),
    )


@covers("selection", "trace", at=[S, T])
def trace_forms(x):
    return (
        np.trace(x),
        x.trace(1),
        np.trace(x, offset=-1, axis1=0, axis2=1),
        np.trace(x, 0, -1, -2),
        np.trace(x, dtype=float),
    )


@covers("selection", "tril", at=[W, M, T])
def tril_forms(x):
    return np.tril(x), np.tril(x, 1), np.tril(x, k=-1), np.triu(x), np.triu(x, -1)


@covers("selection", "tril", at=[S])
def tril_indices_forms(x):
    return (
        x[np.tril_indices(3)],
        x[np.triu_indices(3, 1)],
        x[np.tril_indices_from(x)],
        x[np.diag_indices(3)],
        x[np.triu_indices_from(x, 1)],
        x[np.diag_indices_from(x)],
    )


@covers("selection", "ravel_multi_index", at=[T])
def ravel_multi_index_forms(x):
    i = np.ravel_multi_index((np.array([0, 1]), np.array([2, 0]), np.array([1, 3])), (2, 3, 4))
    return np.ravel(x)[i], np.ravel(x)[np.ravel_multi_index((1, 2, 3), x.shape)]


@covers("selection", "unravel_index", at=[T])
def unravel_index_forms(x):
    i, j, k = np.unravel_index(np.argmax(x), x.shape)
    return x[i, j, k], x[np.unravel_index(np.argmin(x), x.shape)], x[np.unravel_index(np.array([3, 5]), x.shape)]


@covers("selection", "tri", at=[S])
def tri_forms(x):
    return (
        np.tri(3) * x,
        np.tri(3, 3, -1) * x,
        np.eye(3) * x,
        np.eye(3, 3, 1) * x,
        np.identity(3) * x,
        np.tri(3, k=1, dtype=float) * x,
    )


@covers("selection", "indices", at=[M])
def indices_forms(x):
    i, j = np.indices((2, 3))
    return (
        x * i + j,
        x * np.indices(x.shape)[0],
        x * np.indices((2, 3), dtype=float)[1],
        x * np.indices((2, 3), sparse=True)[1],
    )


@covers("selection", "ix_", at=[S])
def ix__forms(x):
    return x[np.ix_([0, 2], [1, 2])], x[np.ix_([True, False, True], [0, 2])]


@covers("selection", "r_", at=[(V, 2.0)])
def r__forms(x, a):
    return np.r_[x, a, 1.0], np.r_[x[:2], x], np.r_[1:4, a], np.r_[0:1:3j, a]


@covers("selection", "r_", at=[(M, N)])
def r_2d_forms(x, y):
    return np.r_[x, y], np.c_[x, y]


@covers("selection", "c_", at=[(W, S)])
def c__forms(x, y):
    return np.c_[x, 2 * x], np.c_[y, x]


@covers("selection", "x.flat / x.flatten", at=[M, T])
def flat_forms(x):
    return x.flat[3], x.flat[1:5:2], x.flat[[0, 2]], x.flat[-1] * x.size


@covers("selection", "x.flat / x.flatten", at=[M])
def flat_loop_forms(x):
    s = 0.0
    for v in x.flat:
        s = s * v + v
    return s


@covers("selection", "x.flat / x.flatten", at=[(M, 2.0)])
def flat_write_forms(x, a):
    y = x * 1
    y.flat[2] = a
    y.flat[[0, 3]] = [a * a, 1.0]
    z = x * 1
    z.flat = a
    z.flat[1:3] = x[0, :2]
    return y * y, z * x


@covers("indexing", "x[i]", at=[(T, K)])
def index_forms(x, i):
    return (
        x[0],
        x[..., 1],
        x[:, None, ::2],
        x[1, i % 3, :2],
        x[[0, 1, 0]],
        x[x > 0],
        x[:, i],
        x[i % 2, :, i],
        x[i[:2] % 2][:, i],
    )


@covers("indexing", "x[i]", at=[T])
def index2_forms(x):
    return (
        x[-1, ..., ::-1],
        x[..., [0, 1], [1, 1], :] if False else x,
        x.T[0],
        x[np.newaxis],
        x[:, np.array([True, False, True])],
        x[...],
    )


@covers("indexing", "item", at=[V])
def item_forms(x):
    return x.item(2) * x[0], x[1:2].item(), 2.0


@covers("indexing", "r_", at=[(V, 2.0)])
def grids_forms(x, a):
    i, j = np.mgrid[0:2, 1:3]
    u, v = np.ogrid[0:a:3j, 0:2]
    return i * a + j, u * v * a, np.mgrid[0:5] * x, np.mgrid[0:a:3j, 0:1:2j], np.mgrid[:2, :3] * a


@covers("indexing", "x.flat", at=[(M.T, 2.0)])
def flat_of_transpose_forms(x, a):
    y = (x * 1).T
    y.flat[1] = a
    z = y.flat[3] * y.flat[1]
    w = x.T
    return y * z, w.flat[2]
