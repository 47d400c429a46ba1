"""Functions whose derivative is zero, and positions that others compute."""

from __future__ import annotations

import numpy as np

from .table import SPECIAL, M, X, covers, torch

STEPS = [1.3, X, M]


@covers("zero-gradient", "sign", at=STEPS, kinks=[SPECIAL], torch="sign")
def sign(x):
    return np.sign(x)


@covers("zero-gradient", "floor", at=STEPS, kinks=[SPECIAL], torch="floor")
def floor(x):
    return np.floor(x)


@covers("zero-gradient", "ceil", at=STEPS, kinks=[SPECIAL], torch="ceil")
def ceil(x):
    return np.ceil(x)


@covers(
    "zero-gradient",
    "round / around",
    at=[X, M],
    torch=lambda x: 2 * torch.round(x) + torch.round(x, decimals=1),
)
def rounded(x):
    return np.round(x) + np.around(x) + x.round(1)


@covers("zero-gradient", "rint", at=STEPS, kinks=[SPECIAL], torch="round")
def rint(x):
    return np.rint(x)


@covers("zero-gradient", "trunc", at=STEPS, kinks=[SPECIAL], torch="trunc")
def trunc(x):
    return np.trunc(x)


@covers("zero-gradient", "fix", at=STEPS, torch="fix")
def fix(x):
    return np.fix(x)


@covers("zero-gradient", "floor_divide", at=[(5.3, 2.0), (5.3 * X, X + 5)])
def floor_divide(x, y):
    return np.floor_divide(x, y) + x // y


@covers("zero-gradient", "argmax (as index)", at=[X], torch=lambda x: x[torch.argmax(x)] * x[torch.argmin(x)])
def read_at_argmax(x):
    return x[np.argmax(x)] * x[np.argmin(x)]


@covers("zero-gradient", "argmax (as index)", at=[M])
def rows_read_at_argmax(x):
    return x[np.arange(2), np.argmax(x, axis=1)]


@covers("zero-gradient", "argsort (as index)", at=[X], torch=lambda x: x[torch.argsort(x)] * torch.arange(4.0))
def read_at_argsort(x):
    return x[np.argsort(x)] * np.arange(4.0)


@covers(
    "zero-gradient", "zeros_like / ones_like", at=STEPS, torch=lambda x: x + torch.zeros_like(x) * torch.ones_like(x)
)
def plus_zeros(x):
    return x + np.zeros_like(x) * np.ones_like(x)
