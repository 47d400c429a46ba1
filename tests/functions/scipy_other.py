"""Integrals, solutions, splines and sparse matrices of SciPy."""

from __future__ import annotations

import numpy as np
import scipy.integrate
import scipy.interpolate
import scipy.ndimage
import scipy.optimize
import scipy.sparse
import scipy.sparse.linalg

from .table import M, P, S, X, covers, torch

SPARSE = scipy.sparse.csr_array(S * np.array([[1, 0, 1], [0, 1, 0], [1, 1, 1]]))


@covers("scipy other", "integrate.odeint", at=[(X[:2], 0.7)], tolerance=1e-5, order=1)
def odeint(y0, rate):
    def pull(y, t, rate):
        return -rate * y * y + np.sin(t)

    return scipy.integrate.odeint(pull, y0, np.array([0.0, 0.4, 1.0]), args=(rate,), rtol=1e-10, atol=1e-10)


@covers("scipy other", "integrate.quad", at=[(0.3, 1.7, 0.7)], order=1)
def quad(low, high, rate):
    value, error = scipy.integrate.quad(lambda t: np.exp(-rate * t * t), low, high)
    return value


@covers("scipy.integrate", "simpson", at=[np.stack([M, M + 1, M * M, np.sin(M)]), np.stack([S, S.T, S @ S])])
def samples(y):
    found = scipy.integrate.simpson(y, axis=0), scipy.integrate.simpson(y, x=np.array([0.0, 0.4, 1.0]))
    return *found, scipy.integrate.cumulative_trapezoid(y, axis=0), scipy.integrate.trapezoid(y, axis=1)


@covers("scipy other", "interpolate (spline)", at=[(np.array([0.3, 1.2, 2.6]), X)])
def spline(x, values):
    return scipy.interpolate.CubicSpline(np.array([0.0, 1.0, 2.0, 3.0]), values)(x)


@covers("scipy other", "ndimage.map_coordinates", at=[(M, np.array([[0.3, 0.8], [1.4, 0.6]]))])
def map_coordinates(x, places):
    return scipy.ndimage.map_coordinates(x, places, order=1)


@covers(
    "scipy other",
    "optimize.root / minimize (implicit)",
    at=[(np.array([0.5, 0.5]), P[:2])],
    wrt=(1,),
    tolerance=1e-6,
    order=1,
)
def root(guess, a):
    def residual(x, a):
        return x**3 + a * x - 1

    return scipy.optimize.root(residual, guess, args=(a,), tol=1e-12).x


@covers(
    "scipy other",
    "optimize.root / minimize (implicit)",
    at=[(np.array([0.5, 0.5]), P[:2])],
    wrt=(1,),
    tolerance=1e-4,
    order=1,
)
def minimize(guess, a):
    def loss(x, a):
        return np.sum(x**4 + a * x * x - x)

    return scipy.optimize.minimize(loss, guess, args=(a,), tol=1e-10).x


@covers(
    "scipy other",
    "sparse matmul",
    at=[X[:3], S],
    torch=lambda x: torch.tensor(SPARSE.toarray()) @ x,
)
def sparse_matmul(x):
    return SPARSE @ x


@covers("scipy other", "sparse.linalg.cg", at=[(S, X[:3])])
def cg(a, b):
    x, info = scipy.sparse.linalg.cg(a @ a.T, b, rtol=1e-13)
    return x
