"""Discrete Fourier transforms."""

from __future__ import annotations

import numpy as np

from .table import ZM, B, M, X, Z, covers, torch

ODD = X[:3]


@covers("fft", "fft / ifft", at=[X, Z, M], torch=lambda x: (torch.fft.fft(x), torch.fft.ifft(x)), order=1)
def fft(x):
    return np.fft.fft(x), np.fft.ifft(x)


@covers(
    "fft",
    "fft / ifft",
    at=[M],
    torch=lambda x: (torch.fft.fft(x, n=3, dim=0), torch.fft.fft(x, 2, norm="ortho")),
    order=1,
)
def fft_of_another_length(x):
    return np.fft.fft(x, n=3, axis=0), np.fft.fft(x, 2, norm="ortho")


@covers("fft", "fft2 / ifft2", at=[M, ZM, B], torch=lambda x: (torch.fft.fft2(x), torch.fft.ifft2(x)), order=1)
def fft2(x):
    return np.fft.fft2(x), np.fft.ifft2(x)


@covers("fft", "fftn / ifftn", at=[M, ZM, B], torch=lambda x: (torch.fft.fftn(x), torch.fft.ifftn(x)), order=1)
def fftn(x):
    return np.fft.fftn(x), np.fft.ifftn(x)


@covers("fft", "rfft", at=[X, ODD, M], torch=lambda x: (torch.fft.rfft(x), torch.fft.rfft(x, n=5)), order=1)
def rfft(x):
    return np.fft.rfft(x), np.fft.rfft(x, n=5)


@covers("fft", "irfft", at=[Z, ZM], torch=lambda x: (torch.fft.irfft(x), torch.fft.irfft(x, n=5)), order=1)
def irfft(x):
    return np.fft.irfft(x), np.fft.irfft(x, n=5)


@covers("fft", "rfft2 / rfftn", at=[M, B], torch=lambda x: (torch.fft.rfft2(x), torch.fft.rfftn(x)), order=1)
def rfft2(x):
    return np.fft.rfft2(x), np.fft.rfftn(x)


@covers(
    "fft",
    "rfft2 / rfftn",
    at=[ZM],
    torch=lambda x: (torch.fft.irfft2(x), torch.fft.irfftn(x, s=(2, 3))),
    order=1,
)
def irfft2(x):
    return np.fft.irfft2(x), np.fft.irfftn(x, s=(2, 3), axes=(0, 1))


@covers("fft", "hfft / ihfft", at=[Z], torch=lambda x: (torch.fft.hfft(x), torch.fft.ihfft(x.real)), order=1)
def hfft(x):
    return np.fft.hfft(x), np.fft.ihfft(np.real(x))


@covers("fft", "fftshift / ifftshift", at=[X, M], torch=lambda x: (torch.fft.fftshift(x), torch.fft.ifftshift(x)))
def shifts(x):
    return np.fft.fftshift(x), np.fft.ifftshift(x)
