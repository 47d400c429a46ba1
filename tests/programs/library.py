"""Functions of NumPy that are not one rule: read by their definition, or as parts of arrays; and sums over indices."""

from __future__ import annotations

import numpy as np
import scipy.special

from .table import example

X = np.array([0.5, -1.2, 2.0, 0.3])
Y = np.array([1.5, 0.7, -0.4, 2.2])
M = np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7]])
S = np.array([[1.5, 0.2, 0.4], [0.3, 2.9, 0.6], [-0.2, 0.5, 1.1]])


@example(M, S, X[:3])
def einstein_sums(m, s, x):
    y = np.einsum("ij,jk->ik", m, s) + np.einsum("ij->i", m)[:, np.newaxis]
    return np.einsum("ij,j", y, x) @ np.array([1.0, 2.0]) + np.einsum("ij,jk,ik->", m, s, m)


@example(X, Y)
def halves(x, y):
    first, second = np.split(x, 2)
    return np.sum(first * second) + np.sum(np.split(y, [1, 3])[1] ** 2)


@example(M)
def columns_and_rows(m):
    left, middle, right = np.hsplit(m, 3)
    above, below = np.vsplit(m, 2)
    return np.sum(left * right + middle) + np.sum(above * below)


@example(X, untyped=False)
def part_written(x):
    y = x * 1
    first, second = np.split(y, 2)
    first *= second
    return np.sum(y * y)


@example(X)
def differences(x):
    steps = np.diff(x)
    return np.sum(steps**2) + np.sum(np.diff(x, n=2) * x[1:-1]) + np.sum(np.diff(np.outer(x, x), axis=0) ** 3)


@example(M)
def padded(m):
    wide = np.pad(m, 1)
    return np.sum((wide[1:-1, 2:] - wide[:-2, 1:-1]) ** 2) + np.sum(np.pad(m, ((0, 1), (1, 0))) ** 3)


@example(X, Y, 0.1, untyped=False)
def integrals(x, y, h):
    return np.trapezoid(y) + np.trapezoid(y * x, dx=h) + np.trapezoid(y, np.exp(x))


@example(M, X[:3] + 2, untyped=False)
def averages(m, w):
    return np.sum(np.average(m, axis=1, weights=w)) + np.average(m) + np.average(m[0], weights=w)


@example(X, 0.7)
def polynomials(p, x):
    return np.polyval(p, x) + np.sum(np.polyval(p, p))


@example(np.array([0.2, 1.4, 2.9]), Y)
def interpolated(x, values):
    positions = np.array([0.0, 1.0, 2.0, 3.0])
    return np.sum(np.interp(x, positions, values) ** 2)


@example(X, 0.3, untyped=False)
def in_order_at_any_place(x, q):
    return np.quantile(x, q) * np.percentile(x, 60)


@example(X)
def in_order(x):
    return np.median(x) * np.quantile(x, 0.3) + np.percentile(x, 60) + np.median(x[:3])


@example(X, Y)
def appended(x, y):
    return np.sum(np.append(x, y) ** 2) + np.sum(np.ediff1d(x) * y[1:])


@example(S, M, untyped=False)
def products(s, m):
    c = np.cross(s, m[0])
    k = np.kron(s, m)
    power = np.linalg.matrix_power(s, 3) + np.linalg.matrix_power(s, -1)
    return np.sum(c**2) + np.sum(k**2) + np.sum(np.linalg.multi_dot([m, power, s]))


@example(X, Y[:3])
def grids(x, y):
    a, b = np.meshgrid(x, y)
    c, d = np.meshgrid(x, y, indexing="ij")
    return np.sum(np.sin(a * b)) + np.sum(c**2 * d)


@example(X)
def selected(x):
    return np.sum(np.select([x > 1, x > 0], [x * x, np.sin(x)], default=2.0))


@example(S, untyped=False)
def moments(s):
    return np.sum(np.cov(s) ** 2) + np.sum(np.corrcoef(s) * s)


@example(X)
def without_nan(x):
    y = np.where(x > 1, np.nan, x * x)
    return np.nansum(y) + np.nanmean(y)


@example(X, Y, untyped=False)
def spectrum(x, y):
    z = np.fft.fft(x)
    power = np.abs(z) ** 2
    filtered = np.fft.ifft(z * np.exp(-np.fft.fftshift(y)))
    return np.sum(power[1:] * y[1:]) + np.sum(np.real(filtered) ** 2)


@example(S, untyped=False)
def plane_waves(s):
    z = np.fft.fft2(s) * np.fft.fftn(s, norm="ortho")
    return np.sum(np.imag(np.fft.ifft2(z)) ** 2) + np.sum(np.abs(z))


@example(X)
def several_results_of_a_function(x):
    part, whole = np.modf(2.7 * x)
    return np.sum(part * part * whole)


@example(X)
def one_result_of_several(x):
    results = np.modf(2.7 * x)
    return np.sum(results[0] ** 2) + results[0][1]


@example(X)
def several_results_in_a_loop(x):
    total = 0.0
    for i in range(len(x)):
        part, whole = np.modf(2.7 * x[i])
        if part > 0.5:
            part = part * whole
        total = total + part * part
    return total


@example(X)
def result_of_several_from_a_branch(x):
    if x[0] > 0:
        both = np.modf(1.3 * x)
    else:
        both = np.modf(2.7 * x)
    part, _ = both
    return np.sum(part * x)


@example(X)
def sigmoid_of_scipy(x):
    return np.sum(scipy.special.expit(x) * x)


@example(M, untyped=False)
def rows_unstacked(m):
    a, b = np.unstack(m)
    turned = np.stack(np.unstack(m)[::-1])
    return np.sum(a * b) + np.sum(turned * m * m) + np.unstack(m, axis=1)[1][0]
