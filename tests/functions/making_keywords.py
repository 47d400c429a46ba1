"""Arrays that are made, with every keyword."""

from __future__ import annotations

import numpy as np

from .table import M, V, W, covers


@covers("shape", "array([x0,x1])", at=[(1.5, 2.5)])
def array_of_forms(x, y):
    return np.array([x, y]), np.array([[x, y], [y, 1.0]]), np.asarray([x, y]), np.array((x, y), dtype=float)


@covers("shape", "array", at=[M])
def array_copy_forms(x):
    return (
        np.array(x),
        np.array(x, copy=True),
        np.array(x, dtype=np.float64),
        np.array(x, ndmin=3),
        np.array(x, copy=False) * 2,
        np.array(x, order="C"),
    )


@covers("shape", "asarray", at=[M])
def asarray_forms(x):
    return (
        np.asarray(x),
        np.asarray(x, dtype=float),
        np.ascontiguousarray(x),
        np.asfortranarray(x) * 1,
        np.asanyarray(x),
    )


@covers("shape", "copy", at=[M])
def copy_forms(x):
    return np.copy(x), x.copy(), x.copy("F") * 2, np.copy(x, order="C")


@covers("shape", "astype", at=[M])
def astype_forms(x):
    return x.astype(float), x.astype("float64", copy=False), np.astype(x, np.float64)


@covers("shape", "full (value)", at=[1.5])
def full_forms(c):
    return (
        np.full(3, c),
        np.full((2, 3), c),
        np.full((2,), c, dtype=float),
        np.full((2, 2), fill_value=c),
        np.full((2, 3), [c, c, 2 * c], order="C"),
    )


@covers("shape", "full_like (value)", at=[(M, 1.5)])
def full_like_forms(x, c):
    return (
        np.full_like(x, c),
        np.full_like(x, fill_value=c, dtype=np.float64),
        np.full_like(x, c, shape=(3,)),
        np.zeros_like(x, shape=(2,)) + c,
    )


@covers("shape", "linspace (endpoints)", at=[(0.5, 2.5), (W, 2.0), (W, M)])
def linspace_forms(a, b):
    return (
        np.linspace(a, b),
        np.linspace(a, b, 4),
        np.linspace(a, b, num=5, endpoint=False),
        np.linspace(a, b, 5, axis=-1),
        np.linspace(a, b, 1),
        np.linspace(a, b, 0),
    )


@covers("shape", "linspace (endpoints)", at=[(0.5, 2.5), (W, 2.0)])
def linspace_step_forms(a, b):
    y, h = np.linspace(a, b, 5, retstep=True)
    return y * h, h


@covers("shape", "logspace", at=[(0.5, 1.5), (W, 2.0)])
def logspace_forms(a, b):
    return (
        np.logspace(a, b),
        np.logspace(a, b, 4, base=2.0),
        np.logspace(a, b, num=4, endpoint=False),
        np.logspace(a, b, 3, axis=-1),
    )


@covers("shape", "logspace", at=[(0.5, 1.5, 3.0)])
def logspace_base_forms(a, b, c):
    return np.logspace(a, b, 4, base=c)


@covers("shape", "geomspace", at=[(0.5, 10.0), (np.array([1.0, 2.0, 3.0]), 8.0), (-0.5, -10.0)])
def geomspace_forms(a, b):
    return (
        np.geomspace(a, b),
        np.geomspace(a, b, 4),
        np.geomspace(a, b, num=5, endpoint=False),
        np.geomspace(a, b, 4, axis=-1),
        np.geomspace(a, b, 1),
    )


@covers("shape", "meshgrid", at=[(V, W)], tensors=True)
def meshgrid_forms(x, y):
    a, b = np.meshgrid(x, y)
    c, d = np.meshgrid(x, y, indexing="ij")
    return a * b, c * d


@covers("shape", "meshgrid", at=[(V, W)])
def meshgrid_n_forms(x, y):
    return (
        *np.meshgrid(x, y, x),
        *np.meshgrid(x, y, 2.0, indexing="ij"),
        *np.meshgrid(x),
        *np.meshgrid(x, y, sparse=True),
        *np.meshgrid(x, y, sparse=True, indexing="ij"),
        *np.meshgrid(x, y, copy=False),
    )
