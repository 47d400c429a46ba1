"""Methods of ufuncs and their keywords, as users spell them."""

from __future__ import annotations

import numpy as np

from .table import B, M, N, P, X, Y, covers, torch

ZEROS = np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.5]])


@covers("ufunc methods", "add.reduce", at=[M], torch=lambda x: torch.sum(x, 1, keepdim=True) * torch.sum(x))
def sums(x):
    return np.add.reduce(x, axis=1, keepdims=True) * np.add.reduce(x, axis=None)


@covers("ufunc methods", "multiply.reduce", at=[M], kinks=[ZEROS], torch=lambda x: torch.prod(x, 0))
def products(x):
    return np.multiply.reduce(x)


@covers("ufunc methods", "maximum.reduce", at=[M], kinks=[np.ones((2, 2))], torch=lambda x: torch.amax(x, 1) * 2)
def extremes(x):
    return np.maximum.reduce(x, axis=1) - np.minimum.reduce(-x, axis=1)


@covers("ufunc methods", "logaddexp.reduce", at=[M], torch=lambda x: torch.logsumexp(x, 1) + torch.logsumexp(x, (0, 1)))
def log_sums(x):
    return np.logaddexp.reduce(x, axis=1) + np.logaddexp.reduce(x, axis=None)


@covers("ufunc methods", "logaddexp2.reduce", at=[M])
def binary_log_sums(x):
    return np.logaddexp2.reduce(x, keepdims=True)


@covers("ufunc methods", "subtract.reduce", at=[M, B])
def differences(x):
    return np.subtract.reduce(x) * np.subtract.reduce(x, axis=-1, keepdims=True)[0]


@covers("ufunc methods", "hypot.reduce", at=[M], torch=lambda x: torch.linalg.norm(x, dim=1))
def lengths(x):
    return np.hypot.reduce(x, axis=1)


@covers("ufunc methods", "add.accumulate", at=[M], torch=lambda x: torch.cumsum(x, 1))
def sums_so_far(x):
    return np.add.accumulate(x, axis=1)


@covers("ufunc methods", "multiply.accumulate", at=[M], kinks=[ZEROS], torch=lambda x: torch.cumprod(x, 0))
def products_so_far(x):
    return np.multiply.accumulate(x)


@covers(
    "ufunc methods",
    "maximum.accumulate",
    at=[M, X],
    kinks=[np.array([1.0, 3.0, 3.0, 2.0, 3.0])],
    torch=lambda x: torch.cummax(x, 0).values,
)
def maxima_so_far(x):
    return np.maximum.accumulate(x)


@covers("ufunc methods", "minimum.accumulate", at=[M], torch=lambda x: torch.cummin(x, 1).values)
def minima_so_far(x):
    return np.minimum.accumulate(x, axis=-1)


@covers("ufunc methods", "logaddexp.accumulate", at=[X, M], torch=lambda x: torch.logcumsumexp(x, 0))
def log_sums_so_far(x):
    return np.logaddexp.accumulate(x)


@covers("ufunc methods", "divide.accumulate", at=[P, N])
def quotients_so_far(x):
    return np.divide.accumulate(x)


@covers("ufunc methods", "add.reduceat", at=[X, N.T, M.T])
def sums_of_parts(x):
    return np.add.reduceat(x, [0, 2, 1])


@covers("ufunc methods", "maximum.reduceat", at=[X])
def maxima_of_parts(x):
    return np.maximum.reduceat(x, [0, 2, 1])


@covers("ufunc methods", "multiply.outer", at=[(X, Y), (M, N), (1.3, X)])
def all_products(x, y):
    return np.multiply.outer(x, y) + np.subtract.outer(x, y)


@covers("ufunc methods", "arctan2.outer", at=[(X, Y), (M, Y)])
def all_angles(x, y):
    return np.arctan2.outer(x, y) * np.hypot.outer(x, y) + np.maximum.outer(x, y) * np.greater.outer(x, y)


@covers(
    "ufunc methods",
    "multiply.at",
    at=[(X, Y)],
    torch=lambda x, y: torch.stack([x[0] * y[0] * y[2], *(x * y)[1:2], x[2], x[3] * y[3]]),
)
def multiply_at(x, y):
    z = x.copy()
    np.multiply.at(z, [0, 1, 0, 3], y)
    return z


@covers("ufunc methods", "maximum.at", at=[(X, Y)])
def maximum_at(x, y):
    z = x * x
    np.maximum.at(z, np.array([1, 1, 2]), y[:3])
    np.divide.at(z, slice(2), y[:2])
    return z


@covers("ufunc methods", "dtype=", at=[(M, N)], torch=lambda x, y: x * y + torch.sin(x))
def in_a_dtype(x, y):
    return np.multiply(x, y, dtype=np.float64) + np.sin(x, dtype="float64", casting="same_kind")


@covers(
    "ufunc methods",
    "where= and out=",
    at=[(X, Y)],
    torch=lambda x, y: torch.where(y > 0, x / torch.where(y > 0, y, 1), x * x),
)
def where_and_out(x, y):
    z = x * x
    np.divide(x, y, out=z, where=y > 0)
    return z


@covers("ufunc methods", "out= of two results", at=[(X, P)])
def written_parts(x, y):
    fraction, whole = np.empty(4), np.empty(4)
    np.modf(x * 3, fraction, whole)
    mantissa, _ = np.frexp(y, out=(whole, None))
    return fraction * mantissa + whole * x
