"""Functions that put numbers in order."""

from __future__ import annotations

import numpy as np

from .table import M, X, covers, torch


@covers("sorting", "sort", at=[X], torch=lambda x: torch.sort(x).values * torch.arange(1.0, 5.0))
def sort(x):
    return np.sort(x) * np.arange(1.0, 5.0)


@covers("sorting", "sort", at=[M], torch=lambda x: torch.sort(x, dim=0).values - torch.sort(x).values)
def sort_along_axes(x):
    return np.sort(x, axis=0) - np.sort(x)


@covers("sorting", "sort", at=[X], torch=lambda x: torch.sort(x * x).values)
def sort_in_place(x):
    y = x * x
    y.sort()
    return y


@covers("sorting", "partition", at=[X])
def partition(x):
    return np.partition(x, 1)[:2]


@covers("sorting", "unique", at=[X, np.array([2.0, 1.0, 3.0])])
def unique(x):
    return np.unique(x)
