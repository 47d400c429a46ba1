"""Reading and writing parts of arrays."""

from __future__ import annotations

import numpy as np

from .table import B, M, S, X, Y, covers, torch


@covers("indexing", "x[i]", at=[X], torch=lambda x: x[1] * x[-1])
def element(x):
    return x[1] * x[-1]


@covers("indexing", "x[i]", at=[M], torch=lambda x: x[1] * x[0, 2])
def row_and_element(x):
    return x[1] * x[0, 2]


@covers("indexing", "x[slice]", at=[X], torch=lambda x: x[1:] * x[:-1])
def slices(x):
    return x[1:] * x[:-1]


@covers("indexing", "x[slice]", at=[B], torch=lambda x: x[:, 1:, 0] * x[:, :2, -1])
def slices_of_several_axes(x):
    return x[:, 1:, 0] * x[:, :-1, -1]


@covers("indexing", "x[newaxis, ::2]", at=[X], torch=lambda x: x[None, ::2] * x[:, None])
def new_axis_and_step(x):
    return x[np.newaxis, ::2] * x[:, None]


@covers("indexing", "x[...]", at=[B], torch=lambda x: x[..., 0] * x[0, ..., 1])
def ellipsis(x):
    return x[..., 0] * x[0, ..., 1]


@covers("indexing", "x[int array, repeats]", at=[X], torch=lambda x: x[torch.tensor([0, 2, 2])])
def repeated_positions(x):
    return x[np.array([0, 2, 2])]


@covers("indexing", "x[bool mask]", at=[X, M], torch=lambda x: x[x > 0.4])
def mask(x):
    return x[x > 0.4]


@covers("indexing", "x[list]", at=[X, M.T], torch=lambda x: x[[2, 0, 0]])
def list_of_positions(x):
    return x[[2, 0, 0]]


@covers("indexing", "x[array, array]", at=[M], torch=lambda x: x[torch.tensor([0, 1, 1]), torch.tensor([2, 0, 0])])
def pairs_of_positions(x):
    return x[np.array([0, 1, 1]), np.array([2, 0, 0])]


@covers("indexing", "x.flat / x.flatten", at=[M], torch=lambda x: x.flatten() * x.flatten()[3])
def flat(x):
    return x.flatten() * x.flat[3]


@covers("indexing", "x.T", at=[B], torch=lambda x: x.permute(2, 1, 0))
def transposed(x):
    return x.T


@covers("indexing", "x.T", at=[M], torch=lambda x: x.T * x[0, 0])
def matrix_transposed(x):
    return x.T * x[0, 0]


@covers("indexing", "setitem y[i]=x (user mutation)", at=[X])
def elements_written(x):
    y = np.zeros(5)
    y[1] = x[0] * x[1]
    y[2:4] = x[2:] * x[0]
    return y


@covers("indexing", "setitem y[i]=x (user mutation)", at=[X])
def list_of_elements_written(x):
    y = np.zeros(5)
    y[[0, 4]] = x[1] * x[3]
    y[[2, 2]] = x[:2]
    return y


@covers("indexing", "augmented y[i]+=x", at=[(X, Y)])
def elements_augmented(x, y):
    z = x * 1
    z[1] += y[0] * x[2]
    z[:2] *= y[2:]
    return z


@covers("indexing", "tril", at=[S, B, M], torch=lambda x: torch.tril(x) + torch.tril(x, -1))
def tril(x):
    return np.tril(x) + np.tril(x, -1)


@covers("indexing", "triu", at=[S, B, M], torch=lambda x: torch.triu(x) + torch.triu(x, 1))
def triu(x):
    return np.triu(x) + np.triu(x, k=1)


@covers("indexing", "diag", at=[S, M], torch=lambda x: torch.diag(x))
def diagonal_read(x):
    return np.diag(x)


@covers("indexing", "diag (build)", at=[X], torch=lambda x: torch.diag(x)[:, :4] + torch.diag(x, 1)[:4, :4])
def diagonal_built(x):
    return np.diag(x) + np.diag(x, 1)[:4, :4]


@covers("indexing", "diagonal", at=[B], torch=lambda x: torch.diagonal(x, 0, 1, 2))
def diagonal(x):
    return np.diagonal(x, axis1=1, axis2=2)


@covers("indexing", "diagonal", at=[M], torch=lambda x: torch.diagonal(x, 1))
def diagonal_above(x):
    return x.diagonal(1)


@covers("indexing", "diagflat", at=[X, M], torch="diagflat")
def diagflat(x):
    return np.diagflat(x)


@covers("indexing", "trace", at=[S, M], torch=lambda x: torch.diagonal(x).sum() * torch.diagonal(x, 1).sum())
def trace(x):
    return np.trace(x) * x.trace(1)


@covers("indexing", "fill_diagonal", at=[(S, 0.7)])
def fill_diagonal(x, value):
    y = x * x
    np.fill_diagonal(y, value)
    return y
