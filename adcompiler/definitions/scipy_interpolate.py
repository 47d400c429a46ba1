"""Splines of `scipy.interpolate` that a program makes itself: smooth in the data, the knots and the points."""

from __future__ import annotations

import numpy as np
import scipy.interpolate

from adcompiler import runtime
from adcompiler.definitions.table import define


class Cubic:
    """A piecewise cubic polynomial, by values and slopes at the knots."""

    def __init__(self, knots, values, slopes):
        self.knots = knots
        self.values = values
        self.slopes = slopes

    def __call__(self, x, nu=0):
        x = np.asarray(x)
        i = np.clip(np.searchsorted(self.knots, x, side="right") - 1, 0, np.size(self.knots) - 2)
        h = self.knots[i + 1] - self.knots[i]
        t = x - self.knots[i]
        first, last = self.slopes[i], self.slopes[i + 1]
        slope = (self.values[i + 1] - self.values[i]) / h
        cubic, square = (first + last - 2 * slope) / h**2, (3 * slope - 2 * first - last) / h
        if nu == 0:
            return ((cubic * t + square) * t + first) * t + self.values[i]
        if nu == 1:
            return (3 * cubic * t + 2 * square) * t + first
        if nu == 2:
            return 6 * cubic * t + 2 * square
        raise ValueError("derivatives of a cubic spline are supported up to the second")


class Linear:
    """Straight lines between points."""

    def __init__(self, knots, values, bounded):
        self.knots = knots
        self.values = values
        self.bounded = bounded

    def __call__(self, x):
        x = np.asarray(x)
        if self.bounded and (np.any(x < self.knots[0]) or np.any(x > self.knots[-1])):
            raise ValueError("a value is outside of the interpolation range")
        i = np.clip(np.searchsorted(self.knots, x) - 1, 0, np.size(self.knots) - 2)
        slope = (self.values[i + 1] - self.values[i]) / (self.knots[i + 1] - self.knots[i])
        return slope * (x - self.knots[i]) + self.values[i]


def require_line(y):
    """Refuse several functions at once."""
    if np.ndim(y) != 1:
        raise ValueError("a spline through points whose values are numbers is supported")


def ends_of(bc_type):
    """The conditions at both ends."""
    if isinstance(bc_type, str):
        return bc_type, bc_type
    return bc_type


def condition(bc):
    """A condition as an order of derivative, and its value; None for the third one being continuous."""
    if bc == "not-a-knot":
        return None
    if bc == "natural":
        return 2, 0.0
    if bc == "clamped":
        return 1, 0.0
    return bc


def CubicSpline(x, y, axis=0, bc_type="not-a-knot"):  # noqa: N802  (SciPy's name)
    """The spline that is twice continuously differentiable: its slopes solve a tridiagonal system."""
    require_line(y)
    x, y = np.asarray(x), np.asarray(y)
    n = np.size(x)
    h = np.diff(x)
    slope = np.diff(y) / h
    first, last = ends_of(bc_type)
    start, end = condition(first), condition(last)
    if n < 4 and (start is None or end is None):
        raise ValueError("a spline through less than four points is supported with conditions at its ends")
    bands, right = np.zeros((3, n)), np.zeros(n)
    bands[1, 1:-1] = 2 * (h[:-1] + h[1:])
    bands[0, 2:] = h[:-1]
    bands[2, :-2] = h[1:]
    right[1:-1] = 3 * (h[1:] * slope[:-1] + h[:-1] * slope[1:])
    if start is None:
        d = x[2] - x[0]
        bands[1, 0] = h[1]
        bands[0, 1] = d
        right[0] = ((h[0] + 2 * d) * h[1] * slope[0] + h[0] ** 2 * slope[1]) / d
    elif start[0] == 1:
        bands[1, 0] = 1.0
        right[0] = start[1]
    else:
        bands[1, 0] = 2 * h[0]
        bands[0, 1] = h[0]
        right[0] = 3 * (y[1] - y[0]) - 0.5 * start[1] * h[0] ** 2
    if end is None:
        d = x[-1] - x[-3]
        bands[1, -1] = h[-2]
        bands[2, -2] = d
        right[-1] = (h[-1] ** 2 * slope[-2] + (2 * d + h[-1]) * h[-2] * slope[-1]) / d
    elif end[0] == 1:
        bands[1, -1] = 1.0
        right[-1] = end[1]
    else:
        bands[1, -1] = 2 * h[-1]
        bands[2, -2] = h[-1]
        right[-1] = 3 * (y[-1] - y[-2]) + 0.5 * end[1] * h[-1] ** 2
    return Cubic(x, y, runtime.banded_solution(bands, right, lower=1, upper=1))


def end_slope(h0, h1, m0, m1):
    """Fritsch and Carlson's slope at an end: of three points, unless that is not monotone."""
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    steep = np.logical_and(np.sign(m0) != np.sign(m1), np.absolute(d) > 3 * np.absolute(m0))
    return np.where(np.sign(d) != np.sign(m0), 0.0, np.where(steep, 3 * m0, d))


def PchipInterpolator(x, y, axis=0):  # noqa: N802
    """A monotone cubic: harmonic means of neighbouring slopes."""
    require_line(y)
    x, y = np.asarray(x), np.asarray(y)
    if np.size(x) < 3:
        raise ValueError("a monotone cubic through less than three points is not supported")
    h = np.diff(x)
    slope = np.diff(y) / h
    flat = slope[1:] * slope[:-1] <= 0
    before, after = np.where(flat, 1.0, slope[:-1]), np.where(flat, 1.0, slope[1:])
    one, other = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    inner = np.where(flat, 0.0, (one + other) / (one / before + other / after))
    first = end_slope(h[0], h[1], slope[0], slope[1])
    last = end_slope(h[-1], h[-2], slope[-1], slope[-2])
    return Cubic(x, y, np.concatenate((np.reshape(first, (1,)), inner, np.reshape(last, (1,)))))


def interp1d(x, y, kind="linear", bounds_error=None, fill_value=None):
    """Lines, or a cubic spline, through points in order."""
    require_line(y)
    x, y = np.asarray(x), np.asarray(y)
    if kind == "linear":
        if isinstance(fill_value, str):
            return Linear(x, y, False)
        if fill_value is None and (bounds_error is None or bounds_error):
            return Linear(x, y, True)
    if kind == "cubic" and isinstance(fill_value, str):
        return CubicSpline(x, y)
    raise ValueError("interp1d is supported for lines, and with fill_value='extrapolate' for cubic splines")


def make_interp_spline(x, y, k=3):
    """A spline through points, of degree one or three."""
    require_line(y)
    if k == 1:
        return Linear(np.asarray(x), np.asarray(y), False)
    if k != 3:
        raise ValueError("splines of degree one and three are supported")
    return CubicSpline(x, y)


for _definition in (CubicSpline, PchipInterpolator, interp1d, make_interp_spline):
    define(
        getattr(scipy.interpolate, _definition.__name__),
        _definition,
        spelling=f"scipy.interpolate.{_definition.__name__}",
    )
