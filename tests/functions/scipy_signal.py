"""Filters of SciPy."""

from __future__ import annotations

import numpy as np
import scipy.signal as signal

from .table import M, N, X, Y, covers


@covers("scipy.signal", "convolve", at=[(X, Y[:3]), (M, N[:, :2])])
def convolve(x, y):
    return signal.convolve(x, y)


@covers("scipy.signal", "convolve", at=[(X, Y[:3])])
def convolve_in_other_modes(x, y):
    return signal.convolve(x, y, mode="valid"), signal.convolve(x, y, mode="same")


@covers("scipy.signal", "fftconvolve", at=[(X, Y[:3]), (M, N[:, :2])])
def fftconvolve(x, y):
    return signal.fftconvolve(x, y)


@covers("scipy.signal", "correlate", at=[(X, Y[:3]), (M, N[:, :2])])
def correlate(x, y):
    return signal.correlate(x, y)


@covers("scipy.signal", "lfilter", at=[(Y[:2], np.array([1.3, 0.5, -0.2]), np.concatenate([X, Y]))])
def lfilter(b, a, x):
    return signal.lfilter(b, a, x)


@covers("scipy.signal", "detrend", at=[X, M])
def detrend(x):
    return signal.detrend(x)


@covers("scipy.signal", "detrend", at=[M])
def detrend_by_a_constant(x):
    return signal.detrend(x, axis=0, type="constant")
