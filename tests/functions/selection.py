"""Functions that select among numbers."""

from __future__ import annotations

import numpy as np

from .table import SPECIAL, M, N, X, Y, covers, torch


@covers("selection", "where (3 args)", at=[(X, Y), (M, N), (M, 0.5)], torch=lambda x, y: torch.where(x > 0.4, x * x, y))
def where(x, y):
    return np.where(x > 0.4, x * x, y)


@covers("selection", "clip", at=[X, M], kinks=[SPECIAL], torch=lambda x: torch.clamp(x, -1, 1))
def clip(x):
    return np.clip(x, -1, 1)


@covers("selection", "clip", at=[X], kinks=[SPECIAL], torch=lambda x: torch.clamp(x, min=0) * torch.clamp(x, max=1))
def clip_as_method_on_one_side(x):
    return x.clip(min=0) * x.clip(max=1)


@covers("selection", "clip", at=[(X, Y - 1, Y), (M, -0.5, N[1])], torch="clamp")
def clip_between_arrays(x, low, high):
    return np.clip(x, low, high)


@covers("selection", "select", at=[(X, Y)])
def select(x, y):
    return np.select([x > 1, y > 1], [x * x, x * y], default=y)


@covers("selection", "choose", at=[(X, Y)])
def choose(x, y):
    return np.choose([0, 1, 1, 0], [x * x, x * y])


@covers("selection", "piecewise", at=[X, M])
def piecewise(x):
    return np.piecewise(x, [x < 0, x >= 0], [lambda t: t * t, lambda t: np.sin(t)])


@covers("selection", "extract / compress", at=[X], torch=lambda x: x[x > 0.4][:, None] * x[[0, 2]])
def extract_and_compress(x):
    return np.extract(x > 0.4, x)[:, np.newaxis] * np.compress([True, False, True, False], x)


@covers("selection", "extract / compress", at=[M], torch=lambda x: x[:, [0, 2]] * x[[1]][:, [0, 2]])
def compress_along_axes(x):
    return np.compress([1, 0, 1], x, axis=1) * x.compress([False, True], axis=0)[:, [0, 2]]


@covers("selection", "take", at=[X], torch=lambda x: x[[0, 2, 2]])
def take(x):
    return np.take(x, [0, 2, 2])


@covers("selection", "take", at=[M], torch=lambda x: x[:, [2, 0, 2]] * torch.take(x, torch.tensor([4, 1, 4])))
def take_along_an_axis(x):
    return np.take(x, [2, 0, -1], axis=1) * x.take([4, 1, 4])


@covers(
    "selection",
    "take_along_axis",
    at=[M],
    torch=lambda x: torch.take_along_dim(x, torch.tensor([[2, 0, 2, 1], [1, 1, 0, 2]]), dim=1),
)
def take_along_axis(x):
    return np.take_along_axis(x, np.array([[2, 0, 2, 1], [1, 1, 0, 2]]), axis=1)


@covers(
    "selection",
    "put_along_axis",
    at=[(M, N[:, :1])],
    torch=lambda x, y: torch.scatter(x * x, 1, torch.tensor([[2], [0]]), y),
)
def put_along_axis(x, y):
    z = x * x
    np.put_along_axis(z, np.array([[2], [0]]), y, axis=1)
    return z


@covers("selection", "interp", at=[(np.array([0.3, 1.6, 2.4, -1.0, 5.0]), np.array([0.0, 1.0, 2.2, 3.1]), Y)])
def interp(x, places, values):
    return np.interp(x, places, values)


@covers(
    "selection",
    "nan_to_num",
    at=[X],
    kinks=[np.array([np.nan, np.inf, -np.inf, 1.0])],
    torch=lambda x: torch.nan_to_num(x, nan=2.0, posinf=3.0, neginf=-3.0),
)
def nan_to_num(x):
    return np.nan_to_num(x, nan=2.0, posinf=3.0, neginf=-3.0)
