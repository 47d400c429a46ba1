"""Polynomials, and what is computed from several variables' observations."""

from __future__ import annotations

import numpy as np

from .table import B, M, N, P, S, X, Y, Z, covers, torch

V, W = X[:3], Y[:3]


@covers("products", "polyval", at=[(Z, X)])
def polyval_of_complex_coefficients(p, x):
    return np.polyval(p, x)


@covers("products", "polyval", at=[(X, Z)])
def polyval_at_complex_numbers(p, x):
    return np.polyval(p, x)


@covers("products", "polynomial.polyval", at=[(0.7, X), (X, Y), (M, X), (V, M)])
def ascending_polyval(x, c):
    return np.polynomial.polynomial.polyval(x, c)


@covers("products", "polyadd / polysub", at=[(X, Y), (X, W), (W, X)])
def sums_of_polynomials(p, q):
    return np.polyadd(p, q), np.polysub(p, q)


@covers("products", "polymul", at=[(X, Y), (X, W), (W, X)])
def polymul(p, q):
    return np.polymul(p, q)


@covers("products", "polyder / polyint", at=[X, Y])
def derivative_and_integral(p):
    return np.polyder(p), np.polyder(p, 2), np.polyint(p), np.polyint(p, 2, k=[0.5, 1.5])


@covers("products", "polyint", at=[(X, 0.7)])
def polyint_with_a_constant(p, constant):
    return np.polyint(p, k=constant)


@covers("products", "poly", at=[X, V])
def poly(x):
    return np.poly(x)


@covers("products", "polyfit", at=[(X, Y)])
def polyfit(x, y):
    return np.polyfit(x, y, 2)


@covers("products", "polyfit", at=[(X, Y, P)])
def weighted_polyfit(x, y, w):
    return np.polyfit(x, y, 1, w=w)


@covers("products", "vander", at=[(X, 0.5)])
def vander_of_few_columns(x, factor):
    return np.vander(x, 3) * factor, np.vander(x, N=5, increasing=True)


@covers("products", "kron", at=[(V, B), (M, 0.7), (B, M)], torch=lambda x, y: torch.kron(x, y))
def kron_of_stacks(x, y):
    return np.kron(x, y)


@covers("reductions", "cov", at=[(M, N), (V, W), (M, V)], torch=lambda x, y: torch.cov(torch.vstack([x, y])))
def cov_of_two(x, y):
    return np.cov(x, y)


@covers("reductions", "cov", at=[(S, np.array([1.0, 2.0, 0.5]))])
def weighted_cov(x, w):
    return np.cov(x, rowvar=False, aweights=w), np.cov(x, fweights=[1, 3, 2], aweights=w, bias=True)


@covers("reductions", "cov", at=[X, M], torch=lambda x: torch.cov(x, correction=0))
def biased_cov(x):
    return np.cov(x, bias=True)


@covers("reductions", "corrcoef", at=[(V, W), (X, Y**2)])
def corrcoef_of_two(x, y):
    return np.corrcoef(x, y)


@covers("reductions", "corrcoef", at=[S])
def corrcoef_of_columns(x):
    return np.corrcoef(x, rowvar=False)


# once more is refused: sums of parts whose lengths only the program knows have no known rank
@covers("products", "roots", at=[X, V], order=1)
def roots(p):
    return np.abs(np.roots(p))


@covers("products", "polyval", at=[(0.7, X), (1.2, M)])
def polyval_of_lists(s, x):
    return np.polyval([1.0, s, s * s], x), np.polyval((s, 2), x)


@covers("products", "poly", at=[0.7])
def poly_of_lists(s):
    return np.poly([s, 1.0, s * s]), np.poly((s,))
