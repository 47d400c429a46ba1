"""Splines, filters on grids, and sparse systems of SciPy, in the forms in which they are called."""

from __future__ import annotations

import numpy as np
import scipy.interpolate
import scipy.ndimage
import scipy.sparse
import scipy.sparse.linalg

from .table import M, N, S, X, Y, covers

KNOTS = np.array([0.0, 0.7, 1.9, 3.0, 3.6])
VALUES = np.array([0.6, -1.2, 2.1, 0.3, 0.8])
PLACES = np.array([0.3, 1.2, 2.6, 3.3])
OUTER = scipy.interpolate.CubicSpline(KNOTS, VALUES)
OUTER_B = scipy.interpolate.make_interp_spline(KNOTS, VALUES)
OUTER_PCHIP = scipy.interpolate.PchipInterpolator(KNOTS, VALUES)
LONG = np.concatenate([X, Y, X[:2]])
SPARSE = scipy.sparse.csr_array(S * np.array([[1, 0, 1], [0, 1, 0], [1, 1, 1]]))
COLUMNS = SPARSE.tocsc()
TALL = scipy.sparse.csc_matrix(np.array([[2.0, 0.0, -0.5], [0.0, 1.5, 0.3]]))


@covers("scipy.interpolate", "CubicSpline", at=[(PLACES, KNOTS, VALUES)])
def natural_spline(x, knots, values):
    spline = scipy.interpolate.CubicSpline(knots, values, bc_type="natural")
    return spline(x), spline(x, 1)


@covers("scipy.interpolate", "CubicSpline", at=[(PLACES, KNOTS, VALUES)])
def clamped_spline(x, knots, values):
    return scipy.interpolate.CubicSpline(knots, values, bc_type=("clamped", (2, 0.5)))(x)


@covers("scipy.interpolate", "CubicSpline", at=[(PLACES, KNOTS, VALUES), (4.2, KNOTS, VALUES)])
def spline_of_any_knots(x, knots, values):
    return scipy.interpolate.CubicSpline(knots, values)(x)


@covers("scipy.interpolate", "CubicSpline", at=[PLACES, 1.3])
def spline_from_outside(x):
    return OUTER(x), OUTER(x, 1)


@covers("scipy.interpolate", "BSpline", at=[PLACES])
def b_spline_from_outside(x):
    return OUTER_B(x) * OUTER_PCHIP(x)


@covers("scipy.interpolate", "PchipInterpolator", at=[(PLACES, KNOTS, VALUES), (PLACES, KNOTS, np.sort(VALUES))])
def pchip(x, knots, values):
    return scipy.interpolate.PchipInterpolator(knots, values)(x)


@covers("scipy.interpolate", "interp1d", at=[(PLACES, KNOTS, VALUES)])
def lines(x, knots, values):
    return scipy.interpolate.interp1d(knots, values)(x)


@covers("scipy.interpolate", "interp1d", at=[(PLACES, KNOTS, VALUES)])
def cubic_lines(x, knots, values):
    return scipy.interpolate.interp1d(knots, values, kind="cubic", fill_value="extrapolate")(x)


@covers("scipy.interpolate", "make_interp_spline", at=[(PLACES, KNOTS, VALUES)])
def interpolating_spline(x, knots, values):
    return scipy.interpolate.make_interp_spline(knots, values)(x)


@covers("scipy.ndimage", "correlate1d", at=[(LONG, Y[:3]), (M, Y[:2])])
def correlate1d(x, w):
    modes = ("reflect", "mirror", "nearest", "wrap", "constant")
    return [scipy.ndimage.correlate1d(x, w, mode=mode) for mode in modes]


@covers("scipy.ndimage", "convolve1d", at=[(LONG, Y[:3]), (LONG, Y)])
def convolve1d(x, w):
    return scipy.ndimage.convolve1d(x, w) + scipy.ndimage.convolve1d(x, w, mode="constant", cval=0.5, origin=1)


@covers("scipy.ndimage", "correlate", at=[(M, N), (M, N[:, :2])])
def correlate(x, w):
    return scipy.ndimage.correlate(x, w), scipy.ndimage.correlate(x, w, mode="wrap")


@covers("scipy.ndimage", "convolve", at=[(M, S)])
def convolve(x, w):
    return scipy.ndimage.convolve(x, w), scipy.ndimage.convolve(x, w, mode="constant")


@covers("scipy.ndimage", "gaussian_filter", at=[M])
def gaussian_filter(x):
    smooth = scipy.ndimage.gaussian_filter(x, 0.8), scipy.ndimage.gaussian_filter(x, (0.5, 0.9), mode="nearest")
    return (
        *smooth,
        scipy.ndimage.gaussian_filter1d(x, 0.7, axis=0, order=1),
        scipy.ndimage.gaussian_filter1d(x, 0.7, order=2),
    )


@covers("scipy.ndimage", "uniform_filter", at=[M])
def uniform_filter(x):
    return scipy.ndimage.uniform_filter(x), scipy.ndimage.uniform_filter1d(x, 2, mode="mirror")


@covers("scipy.ndimage", "sobel", at=[M])
def sobel(x):
    return scipy.ndimage.sobel(x), scipy.ndimage.sobel(x, axis=0, mode="constant")


@covers("scipy.ndimage", "prewitt", at=[M])
def prewitt(x):
    return scipy.ndimage.prewitt(x, axis=0)


@covers("scipy.ndimage", "laplace", at=[M, LONG])
def laplace(x):
    return scipy.ndimage.laplace(x)


@covers("scipy.ndimage", "map_coordinates", at=[(S, np.array([[0.3, 1.8, -0.4, 2.6], [1.4, 0.6, 0.2, 1.1]]))])
def map_coordinates(x, places):
    inner = scipy.ndimage.map_coordinates(x, places, order=1, cval=0.3)
    return inner, scipy.ndimage.map_coordinates(x, [places[0], places[1]], order=1, mode="nearest")


@covers("scipy.ndimage", "map_coordinates", at=[(S, np.array([[0.3, 1.8], [1.4, 0.6]]))])
def nearest_points(x, places):
    return scipy.ndimage.map_coordinates(x, places, order=0)


@covers("scipy.sparse", "products", at=[X[:3], S])
def sparse_products(x):
    return SPARSE @ x, x @ SPARSE, SPARSE.T @ x, SPARSE.dot(x), TALL @ x


@covers("scipy.sparse.linalg", "spsolve", at=[X[:3], M.T])
def spsolve(b):
    return scipy.sparse.linalg.spsolve(COLUMNS, b)


@covers("scipy.sparse.linalg", "gmres", at=[(S, X[:3])])
def gmres(a, b):
    x, info = scipy.sparse.linalg.gmres(a, b, rtol=1e-14)
    return x


@covers("scipy.sparse.linalg", "bicgstab", at=[X[:3]])
def bicgstab_of_a_sparse_matrix(b):
    return scipy.sparse.linalg.bicgstab(SPARSE, b, rtol=1e-14)[0]


@covers("scipy.ndimage", "gaussian_filter", at=[M])
def filters_with_something_for_each_axis(x):
    smooth = scipy.ndimage.gaussian_filter(x, (1, 0.5), order=(0, 1), mode=["reflect", "wrap"])
    along = scipy.ndimage.gaussian_filter(x, (1, 0))
    means = scipy.ndimage.uniform_filter(x, (3, 2), mode=["wrap", "nearest"])
    edges = scipy.ndimage.sobel(x, 0, mode=["wrap", "nearest"]) + scipy.ndimage.laplace(x, mode=["wrap", "nearest"])
    return smooth + along + means + edges
