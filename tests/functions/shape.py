"""Functions that change shapes, join and divide arrays, and make them."""

from __future__ import annotations

import numpy as np

from .table import B, M, N, X, Y, covers, torch


@covers("shape", "reshape", at=[M, B], torch=lambda x: (x.reshape(-1, 2), torch.reshape(x, (3, -1))))
def reshape(x):
    return x.reshape(-1, 2), np.reshape(x, (3, -1))


@covers("shape", "reshape", at=[M], torch=lambda x: x.T.reshape(2, 3).T)
def reshape_in_order_of_fortran(x):
    return x.reshape((3, 2), order="F")


@covers("shape", "ravel", at=[M, B], torch=lambda x: torch.ravel(x) * x.ravel())
def ravel(x):
    return np.ravel(x) * x.ravel()


@covers("shape", "transpose", at=[B], torch=lambda x: (x.permute(2, 1, 0), x.permute(1, 0, 2), x.permute(2, 0, 1)))
def transpose(x):
    return np.transpose(x), x.transpose(1, 0, 2), np.transpose(x, (-1, 0, 1))


@covers("shape", "swapaxes", at=[M, B], torch=lambda x: torch.swapaxes(x, 0, -1))
def swapaxes(x):
    return np.swapaxes(x, 0, -1)


@covers("shape", "moveaxis", at=[B], torch=lambda x: torch.moveaxis(x, 0, -1))
def moveaxis(x):
    return np.moveaxis(x, 0, -1)


@covers("shape", "moveaxis", at=[B], torch=lambda x: torch.moveaxis(x, (0, 1), (2, 0)))
def moveaxis_of_two(x):
    return np.moveaxis(x, [0, 1], [2, 0])


@covers("shape", "rollaxis", at=[B])
def rollaxis(x):
    return np.rollaxis(x, 2), np.rollaxis(x, 0, 2)


@covers("shape", "expand_dims", at=[X, M], torch=lambda x: torch.unsqueeze(x, 0) * torch.unsqueeze(x, 1))
def expand_dims(x):
    return np.expand_dims(x, 0) * np.expand_dims(x, 1)


@covers("shape", "expand_dims", at=[X], torch=lambda x: x[None, :, None])
def expand_dims_twice(x):
    return np.expand_dims(x, (0, 2))


@covers("shape", "squeeze", at=[M[:, :1], X[None, :, None]], torch="squeeze")
def squeeze(x):
    return np.squeeze(x)


@covers("shape", "squeeze", at=[X[None, :, None]], torch=lambda x: x.squeeze(0) * torch.squeeze(x, -1))
def squeeze_one_axis(x):
    return x.squeeze(axis=0) * np.squeeze(x, axis=-1)


@covers("shape", "atleast_1d/2d/3d", at=[0.7, X, M], torch=lambda x: torch.atleast_1d(x) * torch.atleast_2d(x))
def atleast(x):
    return np.atleast_1d(x) * np.atleast_2d(x)


@covers("shape", "atleast_1d/2d/3d", at=[0.7, X, M], torch="atleast_3d")
def atleast_3d(x):
    return np.atleast_3d(x)


@covers("shape", "broadcast_to", at=[X, M[:, 1:2], 0.7], torch=lambda x: torch.broadcast_to(x, (3, 2, 4)))
def broadcast_to(x):
    return np.broadcast_to(x, (3, 2, 4))


@covers("shape", "broadcast_arrays", at=[(M, N[0]), (M[:, :1], X)], torch="broadcast_tensors")
def broadcast_arrays(x, y):
    a, b = np.broadcast_arrays(x, y)
    return a, b


@covers(
    "shape", "concatenate", at=[(M, N)], torch=lambda x, y: (torch.concatenate((x, y)), torch.concatenate([x, y], 1))
)
def concatenate(x, y):
    return np.concatenate((x, y)), np.concatenate([x, y], axis=1)


@covers("shape", "concatenate", at=[(M, N)], torch=lambda x, y: torch.concatenate((x.ravel(), y.ravel())))
def concatenate_flat(x, y):
    return np.concatenate((x, y), axis=None)


@covers("shape", "stack", at=[(X, Y), (M, N)], torch=lambda x, y: (torch.stack([x, y]), torch.stack((x, y), -1)))
def stack(x, y):
    return np.stack([x, y]), np.stack((x, y), axis=-1)


@covers("shape", "vstack", at=[(X, Y), (M, N)], torch=lambda x, y: torch.vstack((x, y)))
def vstack(x, y):
    return np.vstack((x, y))


@covers("shape", "hstack", at=[(X, Y), (M, N)], torch=lambda x, y: torch.hstack((x, y)))
def hstack(x, y):
    return np.hstack((x, y))


@covers("shape", "dstack", at=[(X, Y), (M, N)], torch=lambda x, y: torch.dstack((x, y)))
def dstack(x, y):
    return np.dstack((x, y))


@covers("shape", "column_stack", at=[(X, Y), (M, N)], torch=lambda x, y: torch.column_stack((x, y)))
def column_stack(x, y):
    return np.column_stack((x, y))


@covers("shape", "block", at=[(M, N)])
def block(x, y):
    return np.block([[x, y], [2 * y, x * y]])


@covers("shape", "append", at=[(X, Y), (M, N)], torch=lambda x, y: torch.cat((x.ravel(), y.ravel())))
def append(x, y):
    return np.append(x, y)


@covers("shape", "append", at=[(M, N)], torch=lambda x, y: torch.cat((x, y), 1))
def append_along_an_axis(x, y):
    return np.append(x, y, axis=1)


@covers("shape", "insert", at=[(X, 0.7)])
def insert(x, value):
    return np.insert(x, 1, value)


@covers("shape", "insert", at=[(M, N[0])])
def insert_a_row(x, row):
    return np.insert(x, 1, row, axis=0)


@covers("shape", "delete", at=[X])
def delete(x):
    return np.delete(x, 1), np.delete(x, [0, -1])


@covers("shape", "delete", at=[M])
def delete_a_column(x):
    return np.delete(x, 1, axis=1)


@covers("shape", "split", at=[X], torch=lambda x: torch.split(x, 2))
def split(x):
    return np.split(x, 2)


@covers("shape", "split", at=[M], torch=lambda x: torch.tensor_split(x, (1, 2), dim=1))
def split_at_positions(x):
    return np.split(x, [1, 2], axis=1)


@covers("shape", "array_split", at=[X, M.T], torch=lambda x: torch.tensor_split(x, 3))
def array_split(x):
    return np.array_split(x, 3)


@covers("shape", "hsplit/vsplit/dsplit", at=[B[:, :2, :2]], torch=lambda x: (*torch.hsplit(x, 2), *torch.vsplit(x, 2)))
def hsplit_and_vsplit(x):
    a, b = np.hsplit(x, 2)
    c, d = np.vsplit(x, 2)
    return a, b, c, d


@covers("shape", "hsplit/vsplit/dsplit", at=[B], torch=lambda x: torch.dsplit(x, (1, 2)))
def dsplit(x):
    return np.dsplit(x, [1, 2])


@covers("shape", "hsplit/vsplit/dsplit", at=[X], torch=lambda x: torch.hsplit(x, 2))
def hsplit_of_a_vector(x):
    return np.hsplit(x, 2)


@covers("shape", "tile", at=[X, M], torch=lambda x: (torch.tile(x, (2,)), torch.tile(x, (2, 1, 3))))
def tile(x):
    return np.tile(x, 2), np.tile(x, (2, 1, 3))


@covers("shape", "repeat", at=[X, M], torch=lambda x: torch.repeat_interleave(x, 3))
def repeat(x):
    return np.repeat(x, 3)


@covers("shape", "repeat", at=[M], torch=lambda x: torch.repeat_interleave(x, torch.tensor([2, 0, 3]), dim=1))
def repeat_along_an_axis(x):
    return np.repeat(x, [2, 0, 3], axis=1)


@covers("shape", "flip", at=[X, M, B], torch=lambda x: torch.flip(x, tuple(range(x.ndim))))
def flip(x):
    return np.flip(x)


@covers("shape", "flip", at=[M, B], torch=lambda x: torch.flip(x, (1,)) + torch.flip(x, (0, -1)))
def flip_along_axes(x):
    return np.flip(x, 1) + np.flip(x, axis=(0, -1))


@covers("shape", "fliplr / flipud", at=[M, B], torch=lambda x: torch.fliplr(x) * torch.flipud(x))
def fliplr(x):
    return np.fliplr(x) * np.flipud(x)


@covers(
    "shape",
    "rot90",
    at=[M, B[:, :2]],
    torch=lambda x: (torch.rot90(x), torch.rot90(x, 2), torch.rot90(x, 3)),
)
def rot90(x):
    return np.rot90(x), np.rot90(x, 2), np.rot90(x, -1)


@covers("shape", "roll", at=[X, M], torch=lambda x: torch.roll(x, 1) + torch.roll(x, -2, 0))
def roll(x):
    return np.roll(x, 1) + np.roll(x, -2, axis=0)


@covers("shape", "pad (constant)", at=[X], torch=lambda x: torch.nn.functional.pad(x, (1, 2)))
def pad(x):
    return np.pad(x, (1, 2))


@covers("shape", "pad (constant)", at=[M], torch=lambda x: torch.nn.functional.pad(x, (2, 0, 0, 1), value=0.5))
def pad_by_value(x):
    return np.pad(x, ((0, 1), (2, 0)), mode="constant", constant_values=0.5)


@covers(
    "shape",
    "pad (reflect)",
    at=[M],
    torch=lambda x: torch.nn.functional.pad(x[None], (2, 1), mode="reflect")[0],
)
def pad_by_reflection(x):
    return np.pad(x, ((0, 0), (2, 1)), mode="reflect")


@covers(
    "shape",
    "pad (edge)",
    at=[M],
    torch=lambda x: torch.nn.functional.pad(x[None], (2, 1), mode="replicate")[0],
)
def pad_by_edge(x):
    return np.pad(x, ((0, 0), (2, 1)), mode="edge")


@covers("shape", "resize", at=[X, M])
def resize(x):
    return np.resize(x, (3, 3))


@covers("shape", "trim_zeros", at=[np.array([0.3, 0.4, 1.2, 0.1, -0.7, 0.2])], tensors=True)
def trim_zeros(x):
    padded = x * np.array([0.0, 0.0, 1.0, 0.0, 1.0, 0.0])
    return np.trim_zeros(padded), np.trim_zeros(padded, "f"), np.trim_zeros(padded, trim="b")


@covers("shape", "array([x0,x1])", at=[(0.7, -1.2)], torch=lambda x, y: torch.stack([x, x * y, y]))
def array_of_numbers(x, y):
    return np.array([x, x * y, y])


@covers("shape", "array([x0,x1])", at=[(X, Y)], torch=lambda x, y: torch.stack([x, x * y]))
def array_of_arrays(x, y):
    return np.array([x, x * y])


@covers("shape", "asarray", at=[X, M], torch=lambda x: x * x)
def asarray(x):
    return np.asarray(x) * x


@covers("shape", "full (value)", at=[0.7, np.array(0.7)], torch=lambda x: x.expand(2, 3))
def full(x):
    return np.full((2, 3), x)


@covers("shape", "full_like (value)", at=[(M, 0.7)], torch=lambda x, value: x * value.expand(2, 3))
def full_like(x, value):
    return x * np.full_like(x, value)


@covers("shape", "linspace (endpoints)", at=[(0.7, 2.3)])
def linspace(start, stop):
    return np.linspace(start, stop, 5), np.linspace(start, stop, 4, endpoint=False)


@covers("shape", "logspace", at=[(0.7, 1.3)])
def logspace(start, stop):
    return np.logspace(start, stop, 5), np.logspace(start, stop, 3, base=2.0)


@covers("shape", "meshgrid", at=[(X, Y[:3])], torch=lambda x, y: torch.meshgrid(x, y, indexing="xy"))
def meshgrid(x, y):
    a, b = np.meshgrid(x, y)
    return a, b


@covers(
    "shape",
    "meshgrid",
    at=[(X, Y[:3], M[0, :2])],
    torch=lambda *axes: torch.meshgrid(*axes, indexing="ij"),
)
def meshgrid_of_three(x, y, z):
    a, b, c = np.meshgrid(x, y, z, indexing="ij")
    return a, b, c


@covers("shape", "astype", at=[X, M], torch=lambda x: x.to(torch.complex128) * 2)
def astype(x):
    return x.astype(complex) * 2


@covers("shape", "astype", at=[X], torch=lambda x: x.to(torch.float64) * x)
def astype_float(x):
    return x.astype(np.float64) * x.astype(float)


@covers("shape", "copy", at=[X, M], torch=lambda x: 2 * x.clone() * x)
def copied(x):
    return (x.copy() + np.copy(x)) * x


@covers("shape", "ascontiguousarray", at=[M], torch=lambda x: x.T.contiguous())
def ascontiguousarray(x):
    return np.ascontiguousarray(x.T)
