"""Loops: stencils swept over grids, weather kernels, factorisations and iterations, element by element as written."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.registry import problem
from benchmarks.problems.targets import ELEMENTS, STENCIL, WHILE
from tests.kernels import factorisations, stencils, weather


def _grids(shape, steps):
    return lambda rng: (rng.random(shape), rng.random(shape), steps)


@problem(_grids(2000, 200), small=_grids(9, 4), wrt=(0, 1), kind=STENCIL)
def jacobi_1d(A, B, steps):
    """Two grids, each smoothed into the other."""
    A, B = A.copy(), B.copy()
    stencils.jacobi_1d(steps, A, B)
    return np.sum(A * A)


@problem(_grids((250, 250), 50), small=_grids((6, 7), 4), wrt=(0, 1), kind=STENCIL)
def jacobi_2d(A, B, steps):
    """The same in two dimensions."""
    A, B = A.copy(), B.copy()
    stencils.jacobi_2d(steps, A, B)
    return np.sum(A * A)


@problem(_grids((40, 40, 40), 20), small=_grids((5, 4, 6), 3), wrt=(0, 1), kind=STENCIL)
def heat_3d(A, B, steps):
    """The heat equation."""
    A, B = A.copy(), B.copy()
    stencils.heat_3d(steps, A, B)
    return np.sum(A * A)


def _fields(rng, shape=(200, 240), steps=50):
    return *rng.random((3, *shape)), rng.random(steps)


@problem(_fields, small=lambda rng: _fields(rng, (5, 6), 4), wrt=(0, 1, 2), kind=STENCIL)
def fdtd_2d(ex, ey, hz, source):
    """Maxwell's equations on staggered grids."""
    ex, ey, hz = ex.copy(), ey.copy(), hz.copy()
    stencils.fdtd_2d(len(source), ex, ey, hz, source)
    return np.sum(hz * hz)


@problem(lambda rng: (rng.random((60, 60)), 10), small=lambda rng: (rng.random((5, 5)), 2), kind=ELEMENTS, target=0.6)
def seidel_2d(A, steps):
    """Gauss-Seidel sweeps, element by element."""
    A = A.copy()
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (
                    A[i - 1, j - 1] + A[i - 1, j] + A[i - 1, j + 1]
                    + A[i, j - 1] + A[i, j] + A[i, j + 1]
                    + A[i + 1, j - 1] + A[i + 1, j] + A[i + 1, j + 1]
                ) / 9.0  # fmt: skip
    return np.sum(A * A)


def _field(rng, I=64, J=64, K=40):
    return rng.random((I + 4, J + 4, K)), rng.random((I, J, K))


@problem(_field, small=lambda rng: _field(rng, 3, 4, 2), wrt=(0, 1))
def hdiff(in_field, coeff):
    """Horizontal diffusion with a flux limiter."""
    out_field = np.empty(coeff.shape)
    weather.hdiff(in_field, out_field, coeff)
    return np.sum(out_field * out_field)


def _columns(rng, I=32, J=32, K=40):
    shape = (I, J, K)
    return rng.random(shape), rng.random(shape), rng.random((I + 1, J, K)), rng.random(shape), rng.random(shape), 3 / 20


@problem(_columns, small=lambda rng: _columns(rng, 2, 3, 5), wrt=(0, 1, 2, 3, 4))
def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    """Vertical advection: a tridiagonal system for each column."""
    utens_stage = utens_stage.copy()
    weather.vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage)
    return np.sum(utens_stage * utens_stage)


def _dominant(rng, n=60):
    return (rng.random((n, n)) + n * np.eye(n),)


def _positive(rng, n=60):
    A = rng.random((n, n))
    return (A @ A.T + n * np.eye(n),)


@problem(_dominant, small=lambda rng: _dominant(rng, 5), kind=ELEMENTS)
def lu(A):
    """A factorisation with inner products of rows and columns."""
    A = A.copy()
    factorisations.lu(A)
    return np.sum(A * A)


@problem(_positive, small=lambda rng: _positive(rng, 5), kind=ELEMENTS)
def cholesky(A):
    """The same of a symmetric matrix."""
    A = A.copy()
    factorisations.cholesky(A)
    return np.sum(A * A)


@problem(lambda rng: (0.3, 3.5, 100_000), small=lambda rng: (0.3, 3.5, 5), wrt=(0, 1), kind=ELEMENTS)
def logistic_map(x, r, steps):
    """The logistic map, iterated."""
    for _ in range(steps):
        x = r * x * (1.0 - x)
    return x


@problem(lambda rng: (rng.normal(size=20_000),), small=lambda rng: (rng.normal(size=6),), kind=ELEMENTS, target=0.6)
def rosenbrock_loop(x):
    """Rosenbrock's function, element by element."""
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def _covariance(rng, n=300):
    """The covariance of n variables with one strong factor: some forty rounds of the iteration."""
    data, factor = rng.normal(size=(n, 2 * n)), rng.normal(size=n)
    return data @ data.T / (2 * n) + 2.7 * np.outer(factor, factor) / (factor @ factor), rng.random(n)


@problem(_covariance, small=lambda rng: _covariance(rng, 6), kind=WHILE)
def power_iteration(A, v):
    """The largest eigenvalue of a symmetric matrix, iterated until it stands still."""
    estimate = 0.0
    change = 1.0
    while change > 1e-10:
        w = A @ v
        v = w / np.sqrt(np.sum(w * w))
        previous = estimate
        estimate = v @ (A @ v)
        change = abs(estimate - previous)
    return estimate


@problem(lambda rng: (rng.random(1000) + 0.1,), small=lambda rng: (rng.random(5) + 0.1,), kind=WHILE)
def doubling(x):
    """Doubled until it is long enough."""
    y = x * 2
    while np.sqrt(np.sum(y * y)) < 1e6:
        y = y * 2
    return np.sum(y)


def _production(x, y):
    """The right-hand side of GradBench's `ode`: each component grows with the one before it."""
    rates = x.copy()
    rates[1:] *= y[:-1]
    return rates


@problem(lambda rng: (rng.random(200), 100), small=lambda rng: (rng.random(5), 4))
def ode(x, steps):
    """GradBench's `ode`: Runge-Kutta steps, of the fourth order, from zero to two; the sum of all components."""
    h = 2.0 / steps
    y = np.zeros(x.shape)
    for _ in range(steps):
        k1 = _production(x, y)
        k2 = _production(x, y + 0.5 * h * k1)
        k3 = _production(x, y + 0.5 * h * k2)
        k4 = _production(x, y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(y)
