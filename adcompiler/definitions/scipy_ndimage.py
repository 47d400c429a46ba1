"""Filters and interpolation on grids: SciPy's `ndimage` in terms of parts of arrays and correlations."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.ndimage
import scipy.signal

from adcompiler.definitions.table import define

# Beyond the edges


def mirrored(i, n, mode):
    """Which element stands at a position, beyond the edges too."""
    if mode in ("reflect", "grid-mirror"):
        i = i % (2 * n)
        return np.where(i < n, i, 2 * n - 1 - i)
    if mode == "mirror":
        i = i % max(2 * n - 2, 1)
        return np.where(i < n, i, 2 * n - 2 - i)
    if mode in ("wrap", "grid-wrap"):
        return i % n
    if mode not in ("nearest", "constant", "grid-constant"):
        raise ValueError("`mode` is none of those that `scipy.ndimage` has")
    return np.clip(i, 0, n - 1)


def of_axis(given, axis):
    """What is given for all axes, or for each."""
    return given[axis] if isinstance(given, (tuple, list)) else given


def extended(x, before, after, mode, cval):
    """An array with so many elements more at both ends of the last axis."""
    n = np.shape(x)[-1]
    i = np.arange(-before, n + after)
    found = x[..., mirrored(i, n, mode)]
    return np.where((i >= 0) & (i < n), found, cval) if mode in ("constant", "grid-constant") else found


def correlate1d(input, weights, axis=-1, mode="reflect", cval=0.0, origin=0):
    """The sums of neighbours along an axis, weighted."""
    weights = np.asarray(weights)
    before = np.size(weights) // 2 + origin
    x = np.moveaxis(np.asarray(input), axis, -1)
    x = extended(x, before, np.size(weights) - 1 - before, mode, cval)
    window = np.reshape(weights, (1,) * (x.ndim - 1) + (-1,))
    return np.moveaxis(scipy.signal.correlate(x, window, mode="valid"), -1, axis)


def convolve1d(input, weights, axis=-1, mode="reflect", cval=0.0, origin=0):
    """The same with the weights from the last to the first."""
    weights = np.asarray(weights)
    shift = -origin - 1 if np.size(weights) % 2 == 0 else -origin
    return correlate1d(input, weights[::-1], axis, mode, cval, shift)


def correlate(input, weights, mode="reflect", cval=0.0, origin=0):
    """The sums of neighbours, weighted."""
    x, weights = np.asarray(input), np.asarray(weights)
    for axis in range(x.ndim):
        before = np.shape(weights)[axis] // 2 + of_axis(origin, axis)
        after = np.shape(weights)[axis] - 1 - before
        x = np.moveaxis(extended(np.moveaxis(x, axis, -1), before, after, mode, cval), -1, axis)
    return scipy.signal.correlate(x, weights, mode="valid")


# Smoothing and slopes


def gaussian_weights(sigma, order, radius):
    """A Gaussian, or a derivative of it, at the integers."""
    x = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * x**2 / sigma**2)
    weights = weights / np.sum(weights)
    if order == 0:
        return weights
    if order == 1:
        return -x / sigma**2 * weights
    if order == 2:
        return (x**2 / sigma**4 - 1 / sigma**2) * weights
    raise ValueError("derivatives of a Gaussian are supported up to the second")


def gaussian_filter1d(input, sigma, axis=-1, order=0, mode="reflect", cval=0.0, truncate=4.0, *, radius=None):
    """Smoothing along an axis."""
    if radius is None:
        radius = int(truncate * sigma + 0.5)
    return correlate1d(input, gaussian_weights(sigma, order, radius)[::-1], axis, mode, cval)


def gaussian_filter(input, sigma, order=0, mode="reflect", cval=0.0, truncate=4.0, *, radius=None):
    """Smoothing along every axis."""
    x = np.asarray(input)
    for axis in range(x.ndim):
        width = of_axis(sigma, axis)
        if width > 1e-15:
            x = gaussian_filter1d(
                x,
                width,
                axis,
                of_axis(order, axis),
                of_axis(mode, axis),
                cval,
                truncate,
                radius=of_axis(radius, axis),
            )
    return x


def uniform_filter1d(input, size, axis=-1, mode="reflect", cval=0.0, origin=0):
    """The means of neighbours along an axis."""
    return correlate1d(input, np.ones(size) / size, axis, mode, cval, origin)


def uniform_filter(input, size=3, mode="reflect", cval=0.0):
    """The means of neighbours."""
    x = np.asarray(input)
    for axis in range(x.ndim):
        x = uniform_filter1d(x, of_axis(size, axis), axis, of_axis(mode, axis), cval)
    return x


def slopes(x, axis, mode, cval, weights):
    """Differences along an axis, smoothed along the others."""
    axis = axis % x.ndim
    found = correlate1d(x, np.array([-1.0, 0.0, 1.0]), axis, of_axis(mode, axis), cval)
    for other in range(x.ndim):
        if other != axis:
            found = correlate1d(found, weights, other, of_axis(mode, other), cval)
    return found


def sobel(input, axis=-1, mode="reflect", cval=0.0):
    """Sobel's filter."""
    return slopes(np.asarray(input), axis, mode, cval, np.array([1.0, 2.0, 1.0]))


def prewitt(input, axis=-1, mode="reflect", cval=0.0):
    """Prewitt's filter."""
    return slopes(np.asarray(input), axis, mode, cval, np.array([1.0, 1.0, 1.0]))


def laplace(input, mode="reflect", cval=0.0):
    """The sum of second differences."""
    x = np.asarray(input)
    found = np.zeros_like(x)
    for axis in range(x.ndim):
        found = found + correlate1d(x, np.array([1.0, -2.0, 1.0]), axis, of_axis(mode, axis), cval)
    return found


# Between the points of a grid


def map_coordinates(input, coordinates, order=3, mode="constant", cval=0.0):
    """Values between the points of a grid: of the nearest point, or interpolated linearly."""
    if order not in (0, 1):
        raise ValueError("map_coordinates is supported for `order` 0 and 1: a spline of higher order is not")
    if mode not in ("constant", "nearest"):
        raise ValueError("map_coordinates is supported for the modes 'constant' and 'nearest'")
    x, places = np.asarray(input), np.asarray(coordinates)
    inside = True
    below, along = [], []
    for axis in range(x.ndim):
        n, c = np.shape(x)[axis], places[axis]
        if mode == "nearest":
            c = np.clip(c, 0, n - 1)
        else:
            inside = np.logical_and(inside, np.logical_and(c >= 0, c <= n - 1))
        i = np.floor(c + 0.5) if order == 0 else np.floor(c)
        i = np.clip(i, 0, n - 1 if order == 0 else max(n - 2, 0)).astype(int)
        below.append(i)
        along.append(c - i)
    if order == 0:
        found = x[tuple(below)]
    else:
        found = 0.0
        for corner in itertools.product((0, 1), repeat=x.ndim):
            weight = 1.0
            for t, side in zip(along, corner, strict=True):
                weight = weight * (t if side else 1 - t)
            place = tuple(np.minimum(i + side, n - 1) for i, side, n in zip(below, corner, np.shape(x), strict=True))
            found = found + weight * x[place]
    return np.where(inside, found, cval)


def convolve(input, weights, mode="reflect", cval=0.0, origin=0):
    """The same with the weights from the last to the first."""
    weights = np.flip(np.asarray(weights))
    if origin != 0 or any(n % 2 == 0 for n in np.shape(weights)):
        raise ValueError("convolve is supported for weights with an odd number of elements, without `origin=`")
    return correlate(input, weights, mode, cval)


_FILTERS = (correlate1d, convolve1d, correlate, convolve, gaussian_filter1d, gaussian_filter, uniform_filter1d)
_OTHERS = (uniform_filter, sobel, prewitt, laplace, map_coordinates)

for _definition in (*_FILTERS, *_OTHERS):
    define(getattr(scipy.ndimage, _definition.__name__), _definition, spelling=f"scipy.ndimage.{_definition.__name__}")
