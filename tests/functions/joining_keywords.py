"""Arrays joined and divided, with every keyword."""

from __future__ import annotations

import numpy as np

from .table import M, N, T, V, W, covers


@covers("shape", "concatenate", at=[(M, N)])
def concatenate_forms(x, y):
    return (
        np.concatenate([x, y]),
        np.concatenate((x, y), axis=-1),
        np.concatenate((x, y), axis=None),
        np.concat([x, 2 * y], 1),
    )


@covers("shape", "concatenate", at=[(M, N)])
def concatenate_dtype_forms(x, y):
    return np.concatenate([x, y], dtype=np.float64, casting="unsafe")


@covers("shape", "concatenate", at=[(M, N)])
def concatenate_out_forms(x, y):
    out = np.empty((4, 3))
    np.concatenate([x, y], out=out)
    return out * 2


@covers("shape", "stack", at=[(M, N)])
def stack_forms(x, y):
    return np.stack([x, y]), np.stack((x, y), axis=-1), np.stack([x, y, x], 1)


@covers("shape", "stack", at=[(1.5, 2.5)])
def stack_numbers_forms(x, y):
    return np.stack([x, y])


@covers("shape", "unstack", at=[T])
def unstack_forms(x):
    a, b, c = np.unstack(x, axis=1)
    return a * b + c


@covers("shape", "unstack", at=[M])
def unstack0_forms(x):
    parts = np.unstack(x)
    return parts[0] * parts[1]


@covers("shape", "hstack", at=[(M, N), (V, W), (1.0, 2.0)])
def hstack_forms(x, y):
    return np.hstack([x, y])


@covers("shape", "vstack", at=[(M, N), (W, 2 * W), (W, M), (1.0, 2.0)])
def vstack_forms(x, y):
    return np.vstack((x, y))


@covers("shape", "vstack", at=[(W, M)])
def row_dtype_forms(x, y):
    return np.vstack((x, y), dtype=np.float64), np.hstack([x, x], dtype="float64"), np.stack([x, x], dtype=float)


@covers("shape", "dstack", at=[(M, N), (W, 2 * W), (T, 2 * T), (1.0, 2.0)])
def dstack_forms(x, y):
    return np.dstack((x, y))


@covers("shape", "column_stack", at=[(M, N), (W, 2 * W)])
def column_stack_forms(x, y):
    return np.column_stack((x, y))


@covers("shape", "block", at=[(M, N)])
def block_forms(x, y):
    return np.block([[x, y], [y, x]])


@covers("shape", "block", at=[(W, 2.0)])
def block1_forms(x, y):
    return np.block([x, y, x])


@covers("shape", "block", at=[(M, W)])
def block2_forms(x, y):
    return np.block([[x], [y]]), np.block([[x, np.ones((2, 1))], [np.zeros((1, 4))]])


@covers("shape", "block", at=[(T,)])
def block3_forms(x):
    return np.block([[[x], [x]], [[x], [2 * x]]]), np.block(x), np.block([[1.0, 2.0], [3.0, np.sum(x)]])


@covers("shape", "split", at=[V[:4], np.ones((4, 2))])
def split_forms(x):
    a, b = np.split(x, 2)
    return a * b


@covers("shape", "split", at=[(M,)])
def split_at_forms(x):
    return *np.split(x, [1], axis=1), *np.split(x, (1, 2), -1), *np.split(x, [0, 5], 1)


@covers("shape", "split", at=[V[:4]])
def split_loop_forms(x):
    s = 0.0
    for part in np.split(x, 2):
        s = s + np.sum(part) ** 2
    return s


@covers("shape", "array_split", at=[V, np.arange(10.0).reshape(5, 2)])
def array_split_forms(x):
    return *np.array_split(x, 3), *np.array_split(x, [1, 3]), *np.array_split(x, 7)


@covers("shape", "array_split", at=[T])
def array_split_axis_forms(x):
    return *np.array_split(x, 3, axis=2), *np.array_split(x, 2, -2)


@covers("shape", "hsplit/vsplit/dsplit", at=[T])
def hvdsplit_forms(x):
    return *np.hsplit(x, 3), *np.vsplit(x, 2), *np.dsplit(x, 2), *np.dsplit(x, [1, 3])


@covers("shape", "hsplit/vsplit/dsplit", at=[V])
def hsplit1_forms(x):
    return *np.hsplit(x, [2, 3]), *np.hsplit(x, 5)


@covers("shape", "append", at=[(M, W), (M, N)])
def append_forms(x, y):
    return np.append(x, y)


@covers("shape", "append", at=[(M, N)])
def append_axis_forms(x, y):
    return np.append(x, y, axis=0), np.append(x, y, 1), np.append(x, 3.0), np.append(x, [1.0, 2.0])


@covers("shape", "insert", at=[(V, 0.7)])
def insert_forms(x, c):
    return np.insert(x, 1, c), np.insert(x, -1, c), np.insert(x, [1, 3], c), np.insert(x, 5, c)


@covers("shape", "insert", at=[V], tensors=True)
def insert_constants_forms(x):
    return np.insert(x, 1, 0.5), np.insert(x, [0, 2], [0.3, 1.0])


@covers("shape", "insert", at=[(M, W)])
def insert_rows_forms(x, y):
    return (
        np.insert(x, 1, y, axis=0),
        np.insert(x, [0, 2], y, axis=0),
        np.insert(x, slice(0, 2), y, axis=0),
        np.insert(x, 0, y),
    )


@covers("shape", "insert", at=[(M, np.array([0.3, 0.4]))])
def insert_columns_forms(x, y):
    return (
        np.insert(x, 1, y, axis=1),
        np.insert(x, [1], y[:, None], axis=1),
        np.insert(x, [3, 0], y, axis=1),
        np.insert(x, -1, y, axis=-1),
    )


@covers("shape", "insert", at=[(V, W)])
def insert_many_forms(x, y):
    return np.insert(x, [1, 1, 0], y), np.insert(x, 2, y), np.insert(x, np.array([True, False, True, True, False]), y)


@covers("shape", "delete", at=[V])
def delete_forms(x):
    return np.delete(x, 1), np.delete(x, -1), np.delete(x, [0, 2]), np.delete(x, slice(1, 4, 2)), np.delete(x, [0, 0])


@covers("shape", "delete", at=[M, T])
def delete_axis_forms(x):
    return (
        np.delete(x, 1, axis=0),
        np.delete(x, [0, 2], axis=1),
        np.delete(x, np.array([True, False, True]), axis=1),
        np.delete(x, 2),
        np.delete(x, slice(0, 1), -1),
    )


@covers("shape", "delete", at=[(V, 2)])
def delete_n_forms(x, n):
    return np.delete(x, n)
