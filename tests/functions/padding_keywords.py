"""Padding and differences, with every keyword."""

from __future__ import annotations

import numpy as np

from .table import M, S, T, V, W, covers, torch


@covers("shape", "pad (constant)", at=[M, W, T])
def pad_constant_forms(x):
    return (
        np.pad(x, 1),
        np.pad(x, ((1, 2),), constant_values=1.5),
        np.pad(x, (1, 0), "constant", constant_values=(2, 3.0)),
    )


@covers("shape", "pad (constant)", at=[M])
def pad_pairs_forms(x):
    return np.pad(x, ((1, 0), (0, 2)), constant_values=((1.0, 2.0), (3.0, 4.0))), np.pad(x, [(1, 1), (2, 0)])


@covers("shape", "pad (constant)", at=[(M, 1.5)])
def pad_active_forms(x, c):
    return np.pad(x, 1, constant_values=c)


@covers("shape", "pad (constant)", at=[M])
def pad_dict_forms(x):
    return np.pad(x, {-1: (1, 2)})


@covers("shape", "pad (edge)", at=[M, W, T])
def pad_edge_forms(x):
    return np.pad(x, 2, mode="edge"), np.pad(x, ((0, 1),), "edge")


@covers("shape", "pad (reflect)", at=[S, V])
def pad_reflect_forms(x):
    return np.pad(x, 2, mode="reflect"), np.pad(x, (0, 1), "reflect"), np.pad(x, 7, mode="reflect")


@covers("shape", "pad (reflect)", at=[S, V])
def pad_symmetric_forms(x):
    return np.pad(x, 2, mode="symmetric"), np.pad(x, 8, "symmetric")


@covers("shape", "pad (reflect)", at=[S, V])
def pad_odd_forms(x):
    return (
        np.pad(x, 2, mode="reflect", reflect_type="odd"),
        np.pad(x, (1, 2), "symmetric", reflect_type="odd"),
        np.pad(x, (1, 2), "reflect", reflect_type="even"),
    )


@covers("shape", "pad (wrap)", at=[S, V])
def pad_wrap_forms(x):
    return np.pad(x, 2, mode="wrap"), np.pad(x, (0, 7), "wrap")


@covers("shape", "pad (linear_ramp)", at=[S, V])
def pad_ramp_forms(x):
    return (
        np.pad(x, 2, mode="linear_ramp"),
        np.pad(x, (0, 3), "linear_ramp", end_values=(1.0, 2.0)),
        np.pad(x, 1, "linear_ramp", end_values=-4),
    )


@covers("shape", "pad (mean)", at=[S, V])
def pad_mean_forms(x):
    return (
        np.pad(x, 2, mode="mean"),
        np.pad(x, (0, 3), "mean", stat_length=2),
        np.pad(x, (1, 3), "mean", stat_length=((1, 2),)),
        np.pad(x, 1, "mean", stat_length=99),
    )


@covers("shape", "pad (maximum)", at=[S, V])
def pad_max_forms(x):
    return np.pad(x, 2, mode="maximum"), np.pad(x, (0, 3), "minimum", stat_length=2)


@covers("shape", "pad (median)", at=[S, V])
def pad_median_forms(x):
    return np.pad(x, 2, mode="median"), np.pad(x, (1, 0), "median", stat_length=2)


@covers("shape", "pad (mixed)", at=[M])
def pad_mixed_forms(x):
    return np.pad(x, ((0, 0), (1, 2)), mode="reflect"), np.pad(x, ((1, 0), (1, 2)), mode="mean")


@covers("shape", "ediff1d", at=[V, M])
def ediff1d_forms(x):
    return np.ediff1d(x), np.ediff1d(x, to_end=[1.0, 2.0], to_begin=3.0), np.ediff1d(x, to_begin=x[0])


@covers("shape", "diff", at=[V])
def diff_forms(x):
    return (
        np.diff(x),
        np.diff(x, 2),
        np.diff(x, prepend=0.0),
        np.diff(x, append=[1.0, 2.0]),
        np.diff(x, 2, prepend=1.0, append=x[:2]),
    )


@covers("shape", "diff", at=[M])
def diff_axis_forms(x):
    return (
        np.diff(x, axis=0),
        np.diff(x, 2, axis=1),
        np.diff(x, prepend=0.0),
        np.diff(x, axis=0, append=1.0),
        np.diff(x, axis=0, append=x[:1]),
    )


@covers("shape", "gradient", at=[V])
def gradient_forms(x):
    return (
        np.gradient(x),
        np.gradient(x, 0.5),
        np.gradient(x, edge_order=2),
        np.gradient(x, np.array([0.0, 1.0, 1.5, 3.0, 3.2])),
        np.gradient(x, np.array([0.0, 1.0, 1.5, 3.0, 3.2]), edge_order=2),
    )


@covers("shape", "gradient", at=[S])
def gradient_axis_forms(x):
    return (
        np.gradient(x, axis=0),
        *np.gradient(x),
        *np.gradient(x, 2.0, axis=(0, 1)),
        *np.gradient(x, 0.5, 2.0),
        *np.gradient(x, np.array([0.0, 1.0, 3.0]), 2.0, edge_order=2),
        np.gradient(x, axis=-1, edge_order=2),
    )


@covers("shape", "gradient", at=[(V, 0.5), (V, np.array([0.0, 1.0, 1.5, 3.0, 3.2]))])
def gradient_spacing_forms(x, h):
    return np.gradient(x, h), np.gradient(x, h, edge_order=2)


@covers("shape", "gradient", at=[T])
def gradient_3d_forms(x):
    a, b, c = np.gradient(x)
    return a * b * c


@covers(
    "shape",
    "pad (reflect)",
    at=[S],
    torch=lambda x: (
        torch.nn.functional.pad(x[None, None], (1, 1, 2, 0), mode="reflect")[0, 0],
        torch.nn.functional.pad(x[None, None], (1, 2, 3, 0), mode="circular")[0, 0],
        torch.nn.functional.pad(x[None, None], (1, 2, 3, 0), mode="replicate")[0, 0],
    ),
)
def pad_as_torch_does(x):
    reflected = np.pad(x, ((2, 0), (1, 1)), mode="reflect")
    return reflected, np.pad(x, ((3, 0), (1, 2)), mode="wrap"), np.pad(x, ((3, 0), (1, 2)), mode="edge")


SINGLE = np.linspace(-1.0, 1.5, 6, dtype=np.float32).reshape(2, 3)


@covers("shape", "pad (in float32)", at=[SINGLE], tolerance=1e-2)
def pad_of_float32(x):
    ramp = np.pad(x, 2, mode="linear_ramp", end_values=1.5)
    return (
        ramp,
        np.pad(x, 4, mode="reflect", reflect_type="odd"),
        np.pad(x, 1, mode="mean"),
        np.pad(x, 1, mode="median"),
    )
