"""Special functions that appear in derivatives of NumPy's and Python's own, and that neither of these has."""

from __future__ import annotations

import math

import numpy as np


def i1(x):
    """The modified Bessel function of order one, the derivative of `np.i0`.

    By its power series, all terms of which are positive, below 30, and by its asymptotic series beyond.

    Examples
    --------
    >>> i1(np.array([0.0, 1.0, 50.0]))
    array([0.00000000e+00, 5.65159104e-01, 2.90307859e+20])
    """
    x = np.asarray(x)
    near, far = np.minimum(np.abs(x), 30), np.maximum(np.abs(x), 30)
    series = tail = 1
    for k in range(60, 0, -1):
        series = 1 + series * near * near / (4 * k * (k + 1))
    for k in range(25, 0, -1):
        tail = 1 + tail * ((2 * k - 1) ** 2 - 4) / (8 * k * far)
    beyond = np.sign(x) * np.exp(far) * tail / np.sqrt(2 * math.pi * far)
    return np.where(np.abs(x) < 30, x / 2 * series, beyond)


def polygamma(n, x):
    """The derivative of order `n + 1` of `math.lgamma`, of a number, by recurrence to where its asymptotics hold.

    Examples
    --------
    >>> round(polygamma(0, 1.0), 12), round(polygamma(1, 1.0), 12)
    (-0.577215664902, 1.644934066848)
    """
    steps = max(0, math.ceil(12 + n - x))
    sign = -1 if n % 2 == 0 else 1  # of (-1)**(n + 1)
    passed = math.fsum(1 / (x + step) ** (n + 1) for step in range(steps))
    x = x + steps
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
    if n == 0:
        series = sum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(bernoulli, 1))
        return math.log(x) - 1 / (2 * x) - series - passed
    series = sum(
        b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
        for k, b in enumerate(bernoulli, 1)
    )
    leading = math.factorial(n - 1) / x**n + math.factorial(n) / (2 * x ** (n + 1))
    return sign * (leading + series + math.factorial(n) * passed)
