"""Fourier transforms of SciPy's in terms of NumPy's; cosine and sine transforms."""

from __future__ import annotations

import numpy as np
import scipy.fft

from adcompiler import runtime
from adcompiler.definitions.table import define


def fft(x, n=None, axis=-1, norm=None):
    """The discrete Fourier transform."""
    return np.fft.fft(x, n, axis, norm)


def ifft(x, n=None, axis=-1, norm=None):
    """Its inverse."""
    return np.fft.ifft(x, n, axis, norm)


def rfft(x, n=None, axis=-1, norm=None):
    """That of a real signal."""
    return np.fft.rfft(x, n, axis, norm)


def irfft(x, n=None, axis=-1, norm=None):
    """The real signal of a spectrum."""
    return np.fft.irfft(x, n, axis, norm)


def hfft(x, n=None, axis=-1, norm=None):
    """That of a signal with Hermitian symmetry."""
    return np.fft.hfft(x, n, axis, norm)


def ihfft(x, n=None, axis=-1, norm=None):
    """Its inverse."""
    return np.fft.ihfft(x, n, axis, norm)


def fft2(x, s=None, axes=(-2, -1), norm=None):
    """The transform along two axes."""
    return np.fft.fft2(x, s, axes, norm)


def ifft2(x, s=None, axes=(-2, -1), norm=None):
    """Its inverse."""
    return np.fft.ifft2(x, s, axes, norm)


def fftn(x, s=None, axes=None, norm=None):
    """The transform along several axes."""
    return np.fft.fftn(x, s, axes, norm)


def ifftn(x, s=None, axes=None, norm=None):
    """Its inverse."""
    return np.fft.ifftn(x, s, axes, norm)


def rfft2(x, s=None, axes=(-2, -1), norm=None):
    """That of a real image."""
    return np.fft.rfft2(x, s, axes, norm)


def irfft2(x, s=None, axes=(-2, -1), norm=None):
    """The real image of a spectrum."""
    return np.fft.irfft2(x, s, axes, norm)


def rfftn(x, s=None, axes=None, norm=None):
    """That of a real array."""
    return np.fft.rfftn(x, s, axes, norm)


def irfftn(x, s=None, axes=None, norm=None):
    """The real array of a spectrum."""
    return np.fft.irfftn(x, s, axes, norm)


def dct(x, type=2, axis=-1, norm=None):
    """The cosine transform."""
    return runtime.real_transform(x, function="dct", kind=type, axis=axis, norm=norm)


def dst(x, type=2, axis=-1, norm=None):
    """The sine transform."""
    return runtime.real_transform(x, function="dst", kind=type, axis=axis, norm=norm)


def inverse_kind(kind):
    """The type of the inverse transform."""
    return 5 - kind if kind in (2, 3) else kind


def inverse_norm(norm):
    """The weights of the inverse transform."""
    return norm if norm == "ortho" else None if norm == "forward" else "forward"


def idct(x, type=2, axis=-1, norm=None):
    """The inverse of the cosine transform."""
    return dct(x, inverse_kind(type), axis, inverse_norm(norm))


def idst(x, type=2, axis=-1, norm=None):
    """The inverse of the sine transform."""
    return dst(x, inverse_kind(type), axis, inverse_norm(norm))


def dctn(x, type=2, axes=None, norm=None):
    """The cosine transform along several axes."""
    for axis in tuple(range(np.ndim(x))) if axes is None else axes:
        x = dct(x, type, axis, norm)
    return x


def idctn(x, type=2, axes=None, norm=None):
    """Its inverse."""
    for axis in tuple(range(np.ndim(x))) if axes is None else axes:
        x = idct(x, type, axis, norm)
    return x


def fftshift(x, axes=None):
    """The frequency zero in the middle."""
    return np.fft.fftshift(x, axes)


def ifftshift(x, axes=None):
    """The inverse of `fftshift`."""
    return np.fft.ifftshift(x, axes)


_COMPLEX = (fft, ifft, rfft, irfft, hfft, ihfft, fft2, ifft2, fftn, ifftn, rfft2, irfft2, rfftn, irfftn)

for _definition in (*_COMPLEX, dct, dst, idct, idst, dctn, idctn, fftshift, ifftshift):
    define(getattr(scipy.fft, _definition.__name__), _definition, spelling=f"scipy.fft.{_definition.__name__}")
