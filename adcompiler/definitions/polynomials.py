"""Polynomials."""

from __future__ import annotations

import numpy as np

from adcompiler.definitions.table import define


def polyval(p, x):
    """A polynomial, by Horner's rule."""
    p = np.asarray(p) if isinstance(p, (list, tuple)) else p
    y = np.zeros_like(x)
    for coefficient in p:
        y = y * x + coefficient
    return y


def ascending_value(x, c, tensor=True):
    """A polynomial whose coefficients have the lowest power first; further axes of `c` are of as many polynomials."""
    if tensor and np.ndim(c) > 1:
        c = np.reshape(c, c.shape + (1,) * np.ndim(x))
    y = c[-1] + x * 0
    for coefficient in c[-2::-1]:
        y = coefficient + y * x
    return y


def polyint(p, m=1, k=None):
    """The integral, `m` times, each time with a constant."""
    if m == 0:
        return p
    powers = np.arange(len(p), 0, -1)
    if m > 1:
        powers = np.prod(powers[:, np.newaxis] + np.arange(m), axis=1)
    constants = np.zeros(m) if k is None else np.ones(m) * np.asarray(k)
    if m > 1 and k is not None:
        constants = constants / np.cumprod(np.maximum(np.arange(m), 1))[::-1]
    return np.concatenate((p / powers, constants))


def poly(seq_of_zeros):
    """The polynomial that has these zeros."""
    if np.ndim(seq_of_zeros) != 1:
        raise ValueError("the characteristic polynomial of a matrix is not supported: take its eigenvalues first")
    seq_of_zeros = np.ravel(seq_of_zeros)  # which makes an array of a list
    p = np.concatenate((np.ones_like(seq_of_zeros[:1]), np.zeros_like(seq_of_zeros)))
    for zero in seq_of_zeros:
        p = p - zero * np.concatenate((np.zeros_like(p[:1]), p[:-1]))
    return p


def roots(p):
    """The zeros of a polynomial: the eigenvalues of its companion matrix."""
    if np.ndim(p) != 1:
        raise ValueError("a polynomial has coefficients along one axis")
    p = np.ravel(p)  # which makes an array of a list
    shift = np.diag(np.ones_like(p[2:]), -1)
    first = np.concatenate((np.ones_like(p[:1]), np.zeros_like(p[2:])))
    return np.linalg.eigvals(shift - first[:, np.newaxis] * p[1:] / p[0])


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """The polynomial of a degree with the least squares of (weighted) residuals."""
    if full or cov:
        raise ValueError("`full=` and `cov=` of `np.polyfit` are not supported")
    powers = np.vander(x, deg + 1)
    if w is not None:
        powers = powers * w[:, np.newaxis]
        y = y * w if np.ndim(y) == 1 else y * w[:, np.newaxis]
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    p = np.linalg.lstsq(powers / scale, y, rcond)[0]
    return p / scale if np.ndim(y) == 1 else p / scale[:, np.newaxis]


define(np.polyval, polyval, at=(((3,), 0.7), ((3,), (4,)), ((3, 4), (4,)), ((1,), (2, 2))))
define(
    np.polynomial.polynomial.polyval,
    ascending_value,
    spelling="np.polynomial.polynomial.polyval",
    at=((0.7, (3,)), ((4,), (3,)), ((2,), (3, 4)), ((4,), (3, 4), {"tensor": False}), ((4,), (1,))),
)
define(np.polyint, polyint, at=(((3,),), ((3,), {"m": 2}), ((3,), {"m": 2, "k": np.array([0.5, 2.0])})))
define(np.poly, poly, at=(((3,),), ((1,),)))
define(np.roots, roots)
define(np.polyfit, polyfit, at=(((5,), (5,), 2), ((5,), (5, 2), 1)))
