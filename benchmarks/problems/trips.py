"""How often the while loops of problems turn: some peers have a reverse mode only where that is given."""

from __future__ import annotations

import numpy as np


def _power_iteration(A, v):
    rounds, estimate, change = 0, 0.0, 1.0
    while change > 1e-10:
        w = A @ v
        v = w / np.sqrt(np.sum(w * w))
        previous, estimate = estimate, v @ (A @ v)
        change = abs(estimate - previous)
        rounds += 1
    return rounds


def _doubling(x):
    rounds, y = 0, x * 2
    while np.sqrt(np.sum(y * y)) < 1e6:
        y = y * 2
        rounds += 1
    return rounds


TRIPS = {"power_iteration": _power_iteration, "doubling": _doubling}
