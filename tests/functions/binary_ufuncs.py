"""Ufuncs of two arguments."""

from __future__ import annotations

import numpy as np

from .table import PAIRS, SPECIAL_PAIRS, M, N, P, X, Y, covers, torch

POSITIVE_PAIRS = [(1.3, -0.4), (P, Y), (np.abs(M), N[0]), (0.8, Y)]
QUOTIENTS = [(5.3, 2.0), (-5.3, 2.0), (5.3 * X, np.array([2.0, -2.0, 1.5, 0.7])), (5.3 * M, np.array([0.7, 1.1, -0.9]))]


@covers("binary ufuncs", "add", at=PAIRS, kinks=SPECIAL_PAIRS, torch="add")
def add(x, y):
    return np.add(x, y)


@covers("binary ufuncs", "subtract", at=PAIRS, kinks=SPECIAL_PAIRS, torch="sub")
def subtract(x, y):
    return np.subtract(x, y)


@covers("binary ufuncs", "multiply", at=PAIRS, kinks=SPECIAL_PAIRS, torch="mul")
def multiply(x, y):
    return np.multiply(x, y)


@covers("binary ufuncs", "divide", at=PAIRS, kinks=SPECIAL_PAIRS, torch="div")
def divide(x, y):
    return np.divide(x, y)


@covers("binary ufuncs", "true_divide", at=PAIRS, kinks=SPECIAL_PAIRS, torch="true_divide")
def true_divide(x, y):
    return np.true_divide(x, y)


@covers(
    "binary ufuncs",
    "power",
    at=POSITIVE_PAIRS,
    kinks=SPECIAL_PAIRS,
    torch="pow",
)
def power(x, y):
    return np.power(x, y)


@covers("binary ufuncs", "power", at=[(X, np.array([2.0, 3.0, -1.0, 0.0])), (-1.3, 3)], wrt=(0,), torch="pow")
def power_of_negative_numbers(x, y):
    return x**y


@covers("binary ufuncs", "float_power", at=POSITIVE_PAIRS, kinks=SPECIAL_PAIRS, torch="float_power")
def float_power(x, y):
    return np.float_power(x, y)


@covers("binary ufuncs", "mod / remainder", at=QUOTIENTS, torch=lambda x, y: 3 * torch.remainder(x, y))
def remainder(x, y):
    return np.mod(x, y) + np.remainder(x, y) + x % y


@covers("binary ufuncs", "fmod", at=QUOTIENTS, kinks=SPECIAL_PAIRS, torch="fmod")
def fmod(x, y):
    return np.fmod(x, y)


@covers("binary ufuncs", "divmod", at=QUOTIENTS)
def quotient_and_rest(x, y):
    quotient, rest = np.divmod(x, y)
    return quotient * x + rest


@covers("binary ufuncs", "divmod", at=[(5.3, 2.0), (-5.3, 2.0)])
def quotient_and_rest_of_numbers(x, y):
    quotient, rest = divmod(x, y)
    return quotient * x + rest


@covers("binary ufuncs", "maximum", at=PAIRS, kinks=SPECIAL_PAIRS, torch="maximum")
def maximum(x, y):
    return np.maximum(x, y)


@covers("binary ufuncs", "minimum", at=PAIRS, kinks=SPECIAL_PAIRS, torch="minimum")
def minimum(x, y):
    return np.minimum(x, y)


@covers("binary ufuncs", "fmax", at=PAIRS, kinks=SPECIAL_PAIRS, torch="fmax")
def fmax(x, y):
    return np.fmax(x, y)


@covers("binary ufuncs", "fmin", at=PAIRS, kinks=SPECIAL_PAIRS, torch="fmin")
def fmin(x, y):
    return np.fmin(x, y)


@covers("binary ufuncs", "arctan2", at=PAIRS, kinks=SPECIAL_PAIRS, torch="arctan2")
def arctan2(x, y):
    return np.arctan2(x, y)


@covers("binary ufuncs", "hypot", at=PAIRS, kinks=SPECIAL_PAIRS, torch="hypot")
def hypot(x, y):
    return np.hypot(x, y)


@covers("binary ufuncs", "logaddexp", at=PAIRS, kinks=SPECIAL_PAIRS, torch="logaddexp")
def logaddexp(x, y):
    return np.logaddexp(x, y)


@covers("binary ufuncs", "logaddexp2", at=PAIRS, kinks=SPECIAL_PAIRS, torch="logaddexp2")
def logaddexp2(x, y):
    return np.logaddexp2(x, y)


@covers("binary ufuncs", "copysign", at=PAIRS, kinks=SPECIAL_PAIRS, torch="copysign")
def copysign(x, y):
    return np.copysign(x, y)


@covers("binary ufuncs", "heaviside", at=[(1.3, 0.5), (X, Y)], wrt=(0,))
def heaviside(x, y):
    return np.heaviside(x, y)


@covers(
    "binary ufuncs",
    "ldexp",
    at=[(1.3, 3), (X, np.array([0, 1, -2, 3]))],
    torch=lambda x, n: torch.ldexp(x, torch.as_tensor(n, dtype=x.dtype)),
)
def ldexp(x, n):
    return np.ldexp(x, n)


@covers("binary ufuncs", "nextafter", at=[(X, Y), (1.3, 2.0)], torch="nextafter")
def nextafter(x, y):
    return np.nextafter(x, y)
