"""Shapes, with every keyword."""

from __future__ import annotations

import numpy as np

from .table import E, M, T, V, W, covers


@covers("shape", "reshape", at=[M, T, E])
def reshape_f_forms(x):
    return np.reshape(x, (-1,) if x.ndim == 9 else -1, order="F")


@covers("shape", "reshape", at=[T])
def reshape_f2_forms(x):
    return x.reshape(4, 6, order="F") * 2


@covers("shape", "reshape", at=[T])
def reshape_c_forms(x):
    return x.reshape((3, 8), order="C")


@covers("shape", "ravel", at=[M, T, 1.5])
def ravel_f_forms(x):
    return np.ravel(x, order="F")


@covers("shape", "ravel", at=[M])
def ravel_m_forms(x):
    return x.ravel("F") * 2


@covers("shape", "flatten", at=[T])
def flatten_f_forms(x):
    return x.flatten("F")


@covers("shape", "flatten", at=[T])
def flatten_c_forms(x):
    return x.flatten(order="C")


@covers("shape", "transpose", at=[T])
def permute_dims_forms(x):
    return np.permute_dims(x, (2, 0, 1))


@covers("shape", "transpose", at=[T])
def transpose_m_forms(x):
    return x.transpose(2, 0, 1) * x.transpose((2, 0, 1))


@covers("shape", "matrix_transpose", at=[T])
def matrix_transpose_forms(x):
    return np.matrix_transpose(x)


@covers("shape", "matrix_transpose", at=[T])
def transposed_forms(x):
    return x.mT


@covers("shape", "moveaxis", at=[T])
def moveaxis_forms(x):
    return np.moveaxis(x, (0, 1), (-1, 0))


@covers("shape", "rollaxis", at=[T])
def rollaxis_forms(x):
    return np.rollaxis(x, 2), np.rollaxis(x, 0, 3), np.rollaxis(x, -1, 1), np.rollaxis(x, 1, -1)


@covers("shape", "swapaxes", at=[T])
def swapaxes_forms(x):
    return x.swapaxes(0, 2), np.swapaxes(x, 1, -1)


@covers("shape", "squeeze", at=[T[:, :1]])
def squeeze_forms(x):
    return np.squeeze(x), np.squeeze(x, axis=1), x.squeeze(1), x.squeeze()


@covers("shape", "expand_dims", at=[M])
def expand_dims_forms(x):
    return np.expand_dims(x, 0), np.expand_dims(x, (0, -1)), np.expand_dims(x, axis=[0, 2])


@covers("shape", "broadcast_to", at=[W])
def broadcast_to_forms(x):
    return np.broadcast_to(x, (2, 3)), np.broadcast_to(x, shape=(4, 2, 3))


@covers("shape", "broadcast_arrays", at=[(W, M), (1.5, M)])
def broadcast_arrays_forms(x, y):
    a, b = np.broadcast_arrays(x, y)
    return a * b, a


@covers("shape", "broadcast_arrays", at=[(W, M)])
def broadcast_arrays3_forms(x, y):
    return np.broadcast_arrays(x, y, 2.0)


@covers("shape", "broadcast_shapes", at=[(W, M)])
def broadcast_shapes_forms(x, y):
    return np.broadcast_to(x, np.broadcast_shapes(x.shape, y.shape)) * y


@covers("shape", "tile", at=[M, W, 1.5])
def tile_forms(x):
    return np.tile(x, 2), np.tile(x, (2, 1)), np.tile(x, (2, 1, 3)), np.tile(x, reps=[1, 2])


@covers("shape", "repeat", at=[M])
def repeat_forms(x):
    return (
        np.repeat(x, 2),
        x.repeat(2, axis=1),
        np.repeat(x, [1, 2], axis=0),
        np.repeat(x, np.array([0, 1, 3]), axis=-1),
    )


@covers("shape", "repeat", at=[(W, np.array([2, 0, 1]))])
def repeat_n_forms(x, n):
    return np.repeat(x, n), x.repeat(n, 0)


@covers("shape", "repeat", at=[1.5])
def repeat_0_forms(x):
    return np.repeat(x, 3)


@covers("shape", "roll", at=[M, V])
def roll_forms(x):
    return np.roll(x, 2), np.roll(x, -1, axis=0), np.roll(x, shift=1)


@covers("shape", "roll", at=[T])
def roll_axes_forms(x):
    return (
        np.roll(x, (1, 2), axis=(0, -1)),
        np.roll(x, 1, axis=(0, 1)),
        np.roll(x, (1, 1), axis=2),
        np.roll(x, (1, 2), (1, 1)),
    )


@covers("shape", "roll", at=[(V, 2)])
def roll_n_forms(x, n):
    return np.roll(x, n)


@covers("shape", "rot90", at=[M, T])
def rot90_forms(x):
    return np.rot90(x), np.rot90(x, 2), np.rot90(x, k=-1), np.rot90(x, 3, (1, 0)), np.rot90(x, k=4)


@covers("shape", "rot90", at=[T])
def rot90_axes_forms(x):
    return np.rot90(x, 1, axes=(1, 2))


@covers("shape", "flip", at=[T])
def flip_forms(x):
    return np.flip(x), np.flip(x, 1), np.flip(x, axis=(0, 2)), np.flipud(x), np.fliplr(x)


@covers("shape", "resize", at=[M, W])
def resize_forms(x):
    return np.resize(x, (3, 4)), np.resize(x, 2), np.resize(x, (0,)), np.resize(x, 3)


@covers("shape", "atleast_1d/2d/3d", at=[1.5, W, M, T, E])
def atleast_forms(x):
    return np.atleast_1d(x), np.atleast_2d(x), np.atleast_3d(x)


@covers("shape", "atleast_1d/2d/3d", at=[(1.5, W)])
def atleast_two_forms(x, y):
    a, b = np.atleast_2d(x, y)
    return a * b
