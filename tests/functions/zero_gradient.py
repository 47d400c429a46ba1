"""Functions whose derivative is zero, and positions that others compute."""

from __future__ import annotations

import math

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


@covers("zero-gradient", "nonzero", at=[X, M])
def read_where_it_is_positive(x):
    return x[np.nonzero(x > 0)] * x[x > 0] + np.ravel(x)[np.flatnonzero(x > 0)]


@covers("zero-gradient", "argwhere", at=[M])
def read_at_places(x):
    places = np.argwhere(x > 0)
    return x[places[:, 0], places[:, 1]]


@covers("zero-gradient", "unravel_index", at=[M], torch=lambda x: torch.max(x) * x[1, 0])
def read_at_the_greatest(x):
    row, column = np.unravel_index(np.argmax(x), x.shape)
    return x[row, column] * x[np.unravel_index(3, (2, 3))]


@covers("zero-gradient", "argpartition", at=[X])
def least(x):
    return np.sort(x[x.argpartition(1)[:2]])


@covers("zero-gradient", "searchsorted / digitize", at=[X])
def bins(x):
    edges = np.array([-1.0, 0.0, 1.0])
    return x * np.searchsorted(edges, x) + x * np.digitize(x, edges) + x * edges.searchsorted(0.5)


@covers("zero-gradient", "lexsort", at=[X])
def in_order_of_two(x):
    return x[np.lexsort((x, x > 0))]


@covers("zero-gradient", "isin / isclose", at=[X])
def of_tests(x):
    return x * np.isin(x, x[:2]) + x * np.isclose(x, x[0]) + x * np.signbit(x) * np.array_equal(x, x)


@covers("zero-gradient", "all / any / count_nonzero", at=[M])
def of_counts(x):
    counts = np.count_nonzero(x > 0, axis=1, keepdims=True)
    return x * counts * np.any(x > 0, axis=0) * x.all() + x * np.all(x > -2, where=x > 0) * np.nanargmax(x)


@covers("zero-gradient", "spacing", at=[X])
def spacing(x):
    return x * np.sign(x) + np.spacing(x) * x


@covers("zero-gradient", "windows", at=[X])
def windowed(x):
    return x * np.hanning(4) + x * np.hamming(4) * np.blackman(4) + x * np.bartlett(len(x))


@covers("zero-gradient", "dtypes", at=[X])
def of_dtypes(x):
    tiny = np.finfo(x.dtype).eps if np.issubdtype(x.dtype, np.floating) else 1.0
    scale = np.zeros(4, dtype=np.result_type(x, np.float32)) + np.ndim(x)
    return np.sqrt(x * x + tiny) * scale * (2.0 if np.isrealobj(x) else 1j) * np.isscalar(3.0)


@covers("zero-gradient", "integers", at=[X])
def of_integers(x):
    steps = np.arange(4)
    return x * np.gcd(steps, 2) + x * np.lcm(steps, 3) * np.bitwise_count(steps) + x * math.comb(5, 2) * math.gcd(4, 6)
