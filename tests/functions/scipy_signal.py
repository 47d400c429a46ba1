"""Filters of SciPy."""

from __future__ import annotations

import numpy as np
import scipy.fft
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


@covers("scipy.fft", "fft", at=[X, M])
def power_spectrum(x):
    return np.abs(scipy.fft.fft(x)) ** 2, np.abs(scipy.fft.rfft(x, n=6, norm="ortho")) ** 2


@covers("scipy.fft", "irfft", at=[X])
def smoothed(x):
    spectrum = scipy.fft.fft2(np.outer(x, x) + np.sin(x))
    return scipy.fft.irfft(scipy.fft.rfft(x) ** 2, n=4), np.real(scipy.fft.ifft2(spectrum * spectrum))


@covers("scipy.fft", "dct", at=[X, M])
def cosines(x):
    return [scipy.fft.dct(x, type=kind, norm=norm) for kind in (1, 2, 3, 4) for norm in (None, "ortho", "forward")]


@covers("scipy.fft", "dst", at=[X, M])
def sines(x):
    return [scipy.fft.dst(x, type=kind, norm=norm) for kind in (1, 2, 3, 4) for norm in (None, "ortho", "forward")]


@covers("scipy.fft", "idct", at=[X, M])
def inverse_cosines(x):
    return [
        f(x, type=kind, norm=norm)
        for f in (scipy.fft.idct, scipy.fft.idst)
        for kind in (1, 2, 3, 4)
        for norm in (None, "ortho", "forward")
    ]


@covers("scipy.fft", "dctn", at=[M])
def cosines_of_an_image(x):
    return scipy.fft.dctn(x, norm="ortho"), scipy.fft.idctn(x**2, axes=(0,))


@covers("scipy.signal", "convolve2d", at=[(M, N[:, :2])])
def planes(x, y):
    modes = ("full", "same", "valid")
    return [f(x, y, mode=mode) for f in (signal.convolve2d, signal.correlate2d) for mode in modes]


@covers("scipy.signal", "oaconvolve", at=[(np.concatenate([X, Y]), Y[:3])])
def long_signal(x, y):
    return signal.oaconvolve(x, y, mode="same"), signal.correlate(x, y, mode="valid", method="direct")


@covers("scipy.signal", "sosfilt", at=[np.concatenate([X, Y])])
def second_order_sections(x):
    return signal.sosfilt(np.array([[1.0, 0.3, 0.1, 1.0, 0.2, -0.1], [0.5, 0.1, 0.0, 1.0, -0.3, 0.2]]), x)


@covers("scipy.fft", "fftshift", at=[M])
def shifted_transforms(x):
    power = np.abs(scipy.fft.fftshift(scipy.fft.fft2(x))) ** 2
    return power * scipy.fft.ifftshift(x, axes=1)
