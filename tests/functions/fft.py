"""Discrete Fourier transforms."""

from __future__ import annotations

import numpy as np

from .table import ZM, B, M, X, Z, covers, torch

ODD = X[:3]


@covers("fft", "fft / ifft", at=[X, Z, M], torch=lambda x: (torch.fft.fft(x), torch.fft.ifft(x)))
def fft(x):
    return np.fft.fft(x), np.fft.ifft(x)


@covers(
    "fft",
    "fft / ifft",
    at=[M],
    torch=lambda x: (torch.fft.fft(x, n=3, dim=0), torch.fft.fft(x, 2, norm="ortho")),
)
def fft_of_another_length(x):
    return np.fft.fft(x, n=3, axis=0), np.fft.fft(x, 2, norm="ortho")


@covers("fft", "fft2 / ifft2", at=[M, ZM, B], torch=lambda x: (torch.fft.fft2(x), torch.fft.ifft2(x)))
def fft2(x):
    return np.fft.fft2(x), np.fft.ifft2(x)


@covers("fft", "fftn / ifftn", at=[M, ZM, B], torch=lambda x: (torch.fft.fftn(x), torch.fft.ifftn(x)))
def fftn(x):
    return np.fft.fftn(x), np.fft.ifftn(x)


@covers("fft", "rfft", at=[X, ODD, M], torch=lambda x: (torch.fft.rfft(x), torch.fft.rfft(x, n=5)))
def rfft(x):
    return np.fft.rfft(x), np.fft.rfft(x, n=5)


@covers("fft", "irfft", at=[Z, ZM], torch=lambda x: (torch.fft.irfft(x), torch.fft.irfft(x, n=5)))
def irfft(x):
    return np.fft.irfft(x), np.fft.irfft(x, n=5)


@covers("fft", "rfft2 / rfftn", at=[M, B], torch=lambda x: (torch.fft.rfft2(x), torch.fft.rfftn(x)))
def rfft2(x):
    return np.fft.rfft2(x), np.fft.rfftn(x)


@covers(
    "fft",
    "rfft2 / rfftn",
    at=[ZM],
    torch=lambda x: (torch.fft.irfft2(x), torch.fft.irfftn(x, s=(2, 3))),
)
def irfft2(x):
    return np.fft.irfft2(x), np.fft.irfftn(x, s=(2, 3), axes=(0, 1))


@covers("fft", "hfft / ihfft", at=[Z], torch=lambda x: (torch.fft.hfft(x), torch.fft.ihfft(x.real)))
def hfft(x):
    return np.fft.hfft(x), np.fft.ihfft(np.real(x))


@covers("fft", "fftshift / ifftshift", at=[X, M], torch=lambda x: (torch.fft.fftshift(x), torch.fft.ifftshift(x)))
def shifts(x):
    return np.fft.fftshift(x), np.fft.ifftshift(x)


@covers("fft", "irfft", at=[(X, ODD), (M, ODD)])
def convolution_by_spectra(x, y):
    n = x.shape[-1] + len(y) - 1
    return np.fft.irfft(np.fft.rfft(x, n) * np.fft.rfft(y, n), n=n)


@covers("fft", "irfft", at=[X, M], torch=lambda x: torch.fft.irfft(x * x, n=4, norm="ortho"))
def irfft_of_real_numbers(x):
    return np.fft.irfft(x * x, n=4, norm="ortho")


@covers(
    "fft",
    "rfft2 / rfftn",
    at=[M, B],
    torch=lambda x: torch.fft.irfftn(torch.fft.rfftn(x, s=(5, 2), dim=(-1, 0), norm="forward"), s=(4, 3), dim=(-1, 0)),
)
def rfftn_of_another_shape(x):
    return np.fft.irfftn(np.fft.rfftn(x, (5, 2), (-1, 0), "forward"), s=(4, 3), axes=(-1, 0))


@covers("fft", "hfft / ihfft", at=[X, M], torch=lambda x: torch.fft.hfft(torch.fft.ihfft(x, 5, 0, "ortho") ** 2, 3, 0))
def hfft_of_another_length(x):
    return np.fft.hfft(np.fft.ihfft(x, 5, 0, "ortho") ** 2, 3, 0)


@covers("fft", "fftshift / ifftshift", at=[M, B], torch=lambda x: torch.fft.ifftshift(torch.fft.fftshift(x, 0), -1))
def shifts_along_axes(x):
    return np.fft.ifftshift(np.fft.fftshift(x, axes=0), axes=(-1,))


@covers("fft", "fftfreq", at=[(X, 0.7)])
def derivative_by_spectrum(u, d):
    slope = np.fft.ifft(2j * np.pi * np.fft.fftfreq(len(u), d) * np.fft.fft(u))
    return np.real(slope), np.fft.rfftfreq(5, d=d) ** 2


@covers("fft", "fft into an array", at=[X])
def fft_into_an_array(x):
    spectrum = np.empty(4, complex)
    np.fft.fft(x, out=spectrum)
    return np.abs(spectrum) ** 3
