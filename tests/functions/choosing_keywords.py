"""Choices, orders and counts, with every keyword."""

from __future__ import annotations

import numpy as np

from .table import K, M, N, T, V, W, covers, torch


@covers("selection", "where (3 args)", at=[(M, N), (M, 2.0), (1.5, M)])
def where_forms(x, y):
    return np.where(y > 0, x, y), np.where(x > y, x * x, 0.0)


@covers("selection", "where (1 arg)", at=[V, M], tensors=True)
def where1_forms(x):
    places = np.where(x > 0)
    return x[places] * 2


@covers("selection", "where (1 arg)", at=[V])
def where1u_forms(x):
    (i,) = np.where(x > 0)
    return x[i] * 2, x[np.where(x < 0)[0]]


@covers("selection", "select", at=[(V, 2 * V)])
def select_forms(x, y):
    return (
        np.select([x > 1, x > 0], [x * x, y]),
        np.select([x > 1, x > 0], [x * x, y], default=3.0),
        np.select([x > 1, x > 0], [x, y], -x),
    )


@covers("selection", "choose", at=[(K, W, 2 * W)])
def choose_forms(i, x, y):
    return np.choose(i, [x, y, x * y]), np.choose(i, (x, 2.0, y))


@covers("selection", "choose", at=[(K + 2, M, W)])
def choose_mode_forms(i, x, y):
    return np.choose(i, [x, y], mode="wrap"), np.choose(i, [x, y], mode="clip"), (i % 2).choose([x, y])


@covers("selection", "choose", at=[(np.array([0, 1, 1]), M)])
def choose_array_forms(i, x):
    return np.choose(i, x)


@covers("selection", "piecewise", at=[V, M], tensors=True)
def piecewise_forms(x):
    return (
        np.piecewise(x, [x < 0, x >= 0], [lambda t: t * t, lambda t: np.sqrt(t)]),
        np.piecewise(x, [x < 0], [lambda t: t * t, 5.0]),
        np.piecewise(x, [x < 0, x > 1], [0.0, lambda t: 2 * t, np.exp]),
    )


@covers("selection", "piecewise", at=[0.7, -0.3])
def piecewise_of_numbers(x):
    return np.piecewise(x, [x < 0, x >= 0], [lambda t: t * t, np.sqrt]), np.piecewise(x, [x < 0], [lambda t: -t, 5])


@covers("selection", "apply_over_axes", at=[M, T], tensors=True)
def sums_over_axes(x):
    return np.apply_over_axes(np.sum, x, [0, -1]) * x, np.apply_over_axes(np.mean, x, 1)


@covers("selection", "piecewise", at=[V])
def piecewise_args_forms(x):
    return np.piecewise(x, [x < 0, x >= 0], [lambda t, a: a * t, lambda t, a: t + a], 3.0), np.piecewise(
        x, x < 0, [lambda t: t * t]
    )


@covers("selection", "extract / compress", at=[V, M])
def extract_forms(x):
    return (
        np.extract(x > 0, x),
        np.compress([True, False], x),
        np.compress(np.array([0, 1]), x, axis=0),
        x.compress([True, True], axis=0),
    )


@covers("selection", "extract / compress", at=[M])
def compress_forms(x):
    return np.compress([True, False, True], x, axis=1), x.compress([False, True], axis=-1)


@covers("selection", "searchsorted", at=[(V, np.array([-1.0, 0.0, 1.0, 2.0]))])
def searchsorted_forms(x, g):
    i = np.searchsorted(g, x, side="right")
    return (
        x * i,
        np.take(x, np.searchsorted(x, g, sorter=np.argsort(x)) % 5),
        x * g.searchsorted(x),
        x * np.digitize(x, g),
        x * np.digitize(x, g, right=True),
    )


@covers(
    "selection",
    "interp",
    at=[
        (V, np.array([-1.0, 0.0, 1.0, 2.0]), np.array([1.0, 3.0, -2.0, 0.5])),
        (0.3, np.array([-1.0, 0.0, 1.0, 2.0]), np.array([1.0, 3.0, -2.0, 0.5])),
        (M, np.array([-1.0, 0.0, 1.0, 2.0]), np.array([1.0, 3.0, -2.0, 0.5])),
    ],
)
def interp_forms(x, xp, fp):
    return np.interp(x, xp, fp)


@covers("selection", "interp", at=[(V, np.array([-1.0, 0.0, 1.0, 2.0]), np.array([1.0, 3.0, -2.0, 0.5]), 7.0, 8.0)])
def interp_ends_forms(x, xp, fp, l, r):
    return np.interp(x, xp, fp, left=l, right=r), np.interp(x, xp, fp, l), np.interp(x, xp, fp, None, r)


@covers(
    "selection",
    "interp",
    at=[
        (V, np.array([-1.0, 0.0, 1.0, 1.5]), np.array([1.0, 3.0, -2.0, 0.5])),
        (V, np.array([3.0, 0.2, 1.0, 2.2]), np.array([1.0, 3.0, -2.0, 0.5])),
    ],
)
def interp_period_forms(x, xp, fp):
    return np.interp(x, xp, fp, period=3.1)


@covers("selection", "interp", at=[(V, 0.7), (M, 0.7), (0.3, 0.7)])
def interp_in_lists(x, s):
    return np.interp(x, [-1.0, 0.0, 2.0], (s, 0.5, s * s)), np.interp(x, [-1, 0, 2], [1, 3, 2], period=4)


@covers("selection", "interp", at=[V, M], tensors=True)
def interp_of_a_table(x):
    return np.interp(x, [-1.0, 0.0, 2.0], [1.0, 3.0, 2.0]), np.interp(x, (-1.1, 0.4), (3, 2), left=0.5)


@covers("selection", "lexsort", at=[(V, V[::-1].copy())], tensors=True)
def sorted_by_two_keys(x, y):
    return x[np.lexsort((y, x))] * y


@covers("selection", "unique", at=[np.array([3.0, 1.0, 2.0, 1.5]), M])
def unique_forms(x):
    return np.unique(x)


@covers("selection", "unique", at=[np.array([3.0, 1.0, 2.0, 1.5])])
def unique_all_forms(x):
    u, i, j, n = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    return u * n, u[j], x[i]


@covers("selection", "unique", at=[M])
def unique_axis_forms(x):
    return np.unique(x, axis=0), np.unique_values(x) if False else x


@covers("selection", "histogram (weights)", at=[(V, V * 2)])
def histogram_forms(x, w):
    h, e = np.histogram(x, bins=3, weights=w)
    return h, e


@covers("selection", "histogram (weights)", at=[(V, V * V)])
def histogram_density_forms(x, w):
    h, e = np.histogram(x, bins=3, weights=w, density=True)
    g, _ = np.histogram(x, bins=[-2.0, 0.0, 1.0, 3.0], weights=w)
    k, f = np.histogram(x, 4, (-1.0, 2.0), weights=w)
    c, d = np.histogram(x, bins=4)
    return h, g, k, f, c, d


@covers("selection", "bincount (weights)", at=[(np.array([0, 2, 2, 1, 5]), V)])
def bincount_forms(i, w):
    return np.bincount(i, weights=w), np.bincount(i, w, minlength=8), w * np.bincount(i)[i]


@covers("selection", "fromfunction", at=[(M, 2.0)])
def fromfunction_forms(x, a):
    return np.fromfunction(lambda i, j: a * i + j * a * a, (2, 3)) * x


@covers("selection", "fromfunction", at=[(M, 2.0)])
def fromfunction_int_forms(x, a):
    return np.fromfunction(lambda i, j: a * i + x[i, j], (2, 3), dtype=int)


@covers("selection", "apply_along_axis", at=[M, T], tensors=True)
def apply_along_axis_forms(x):
    return (
        np.apply_along_axis(lambda r: np.sum(r) ** 2, 1, x),
        np.apply_along_axis(lambda r: r * r[0], 0, x),
        np.apply_along_axis(lambda r, a: np.cumsum(r) * a, -1, x, 3.0),
    )


def scalar_f(a, b):
    return a * b if a > 0 else a - b


vf = np.vectorize(scalar_f, otypes=[float])


@covers("selection", "vectorize", at=[(M, 2.0), (M, W)])
def vectorize_forms(x, b):
    return vf(x, b)


@covers("selection", "vectorize", at=[(M, 2.0)])
def vectorize_in_forms(x, b):
    return np.vectorize(lambda u, v: u * u * v, otypes=[float])(x, b)


@covers("sorting", "sort", at=[V, M, T])
def sort_forms(x):
    return (
        np.sort(x),
        np.sort(x, axis=0),
        np.sort(x, None),
        np.sort(x, kind="stable"),
        np.sort(x, -1, "mergesort"),
        np.sort(x, stable=True),
    )


@covers("sorting", "sort", at=[M])
def sort_in_place_forms(x):
    y = x * 1
    y.sort()
    z = x * 1
    z.sort(axis=0)
    w = x * 1
    w.sort(1, kind="stable")
    return y * y, z * z, w


@covers("sorting", "sort", at=[V])
def sort_complex_forms(x):
    return (
        np.sort(x)[::-1],
        x[np.argsort(x)],
        x[x.argsort()[::-1]],
        np.take_along_axis(x, np.argsort(-x), 0),
        x[np.lexsort((x,))],
    )


@covers("sorting", "partition", at=[V, M])
def partition_forms(x):
    return np.partition(x, 1), np.partition(x, [0, 1], axis=0), np.partition(x, 1, axis=None), np.partition(x, kth=-1)


@covers("sorting", "partition", at=[V, M])
def partition_in_place_forms(x):
    y = x * 1
    y.partition(1)
    return y * y, np.sort(x[..., np.argpartition(x, 1)[..., :2]] if x.ndim == 1 else x), x.argpartition(1) * x


TIES = np.array([0.6, -1.2, 0.6, 0.6, -1.2, 2.0])


@covers("sorting", "sort", at=[V], kinks=[TIES], torch=lambda x: torch.sort(x, stable=True).values)
def sort_with_ties(x):
    return np.sort(x, kind="stable")


@covers("sorting", "argsort", at=[V], kinks=[TIES], torch=lambda x: x[torch.argsort(x, stable=True)] ** 2)
def in_the_order_of_argsort(x):
    return x[np.argsort(x, kind="stable")] ** 2
