"""Discrete Fourier transforms: linear, with a symmetric matrix, so that a transform is its own transpose.

The transforms of real signals know half of the spectrum, since the other half is its mirror image: the transpose of one
from real numbers is the real part of a whole transform, that of one to real numbers counts what is mirrored twice.

A length (`n`, `s`) other than the operand's cuts the operand off or continues it with zeros, first; the transpose does
the opposite, last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.dims import is_length
from adcompiler.ir.types import array
from adcompiler.rules.inference import length_from, same_shape_type
from adcompiler.rules.products import equally_shaped
from adcompiler.rules.rule import OMITTED, RankUnknownError
from adcompiler.rules.spectral_lengths import (
    along_one,
    along_several,
    double_mirrored,
    fit_shape,
    from_half,
    half,
    signal_dtype,
    spectrum_dtype,
    whole,
)
from adcompiler.rules.symbolic import Symbolic
from adcompiler.rules.table import linear, vjp

function: Callable[..., Any]  # in the loops below

# Whole spectra

_ONE = {"axis": -1, "norm": None}
_LINES = (
    ((5,),),
    ((3, 4), {"axis": 0}),
    ((3, 4), {"norm": "ortho"}),
    ((2, 3, 1, 4), {"axis": -3, "norm": "forward"}),
    ((5,), 7),
    ((5,), 4),
    ((3, 4), 5, {"axis": 0, "norm": "forward"}),
    ((3, 0), 2, {"axis": 0}),
    ((1,),),
)
_PLANES = (
    ((3, 4),),
    ((2, 3, 4), {"axes": (0, 2)}),
    ((3, 4), {"norm": "forward"}),
    ((3, 4), (5, 3), {"axes": (0, 1), "norm": "ortho"}),
    ((2, 3, 4), (-1, 5), {"axes": (2, 0)}),
    ((1, 3, 2, 2), {"axes": (-1, -3)}),
)


def _signature_along_one(a, n=OMITTED, axis=-1, norm=None): ...


def _signature_along_planes(a, s=OMITTED, axes=(-2, -1), norm=None): ...


def _signature_along_several(a, s=OMITTED, axes=None, norm=None): ...


def _fitted(bar, a):
    """The cotangent of the operand from that of the operand with the lengths that were given."""
    return bar if equally_shaped(bar, a) else fit_shape(bar, np.shape(a))


def _own_axes(axes, s):
    """The axes that are meant where none are given: the last ones, as many as there are lengths."""
    if axes is not None or s is None:
        return axes
    count = len(s.type.elements) if isinstance(s, Symbolic) else len(s)
    if count == 0:
        raise RankUnknownError(str(s))
    return tuple(range(-count, 0))


def _bar_along_one(transform):
    return lambda g, y, a, n=None, axis=-1, norm=None: _fitted(transform(g, axis=axis, norm=norm), a)


def _bar_along_several(transform, default):
    def bar(g, y, a, s=None, axes=default, norm=None):
        return _fitted(transform(g, axes=_own_axes(axes, s), norm=norm), a)

    return bar


for function in (np.fft.fft, np.fft.ifft):
    linear(
        function,
        _bar_along_one(function),
        None,
        static=_ONE,
        infer=along_one(spectrum_dtype, whole),
        signature=_signature_along_one,
        spelling=f"np.fft.{function.__name__}",
        at=_LINES,
    )
for function in (np.fft.fft2, np.fft.ifft2):
    linear(
        function,
        _bar_along_several(function, (-2, -1)),
        None,
        static={"axes": (-2, -1), "norm": None},
        infer=along_several(spectrum_dtype, whole, (-2, -1)),
        signature=_signature_along_planes,
        spelling=f"np.fft.{function.__name__}",
        at=_PLANES,
    )
for function in (np.fft.fftn, np.fft.ifftn):
    linear(
        function,
        _bar_along_several(function, None),
        None,
        static={"axes": None, "norm": None},
        infer=along_several(spectrum_dtype, whole, None),
        signature=_signature_along_several,
        spelling=f"np.fft.{function.__name__}",
        at=(*_PLANES, ((3, 2, 4),)),
    )

# From real signals: y_k = Σ_j a_j exp(-2πi jk/n) for half of the k, so a_bar_j = Re Σ_k g_k exp(-2πi jk/n)


def _from_real(transform):
    def bar(g, y, a, n=None, axis=-1, norm=None):
        length = np.shape(a)[axis] if n is None else n
        return _fitted(np.real(transform(g, length, axis=axis, norm=norm)), a)

    return bar


def _from_real_along_several(default):
    def bar(g, y, a, s=None, axes=default, norm=None):
        axes = _own_axes(axes, s)
        axes = tuple(range(-np.ndim(a), 0)) if axes is None else axes
        own = np.shape(a)[axes[-1]]
        others = tuple(-1 for _ in axes[1:]) if s is None else tuple(s[number] for number in range(len(axes) - 1))
        last = own if s is None else _given(s[len(axes) - 1], own)
        return _fitted(np.real(np.fft.fftn(g, (*others, last), axes=axes, norm=norm)), a)

    return bar


def _given(length, own):
    """A length that is given, or the operand's own, which -1 stands for."""
    if isinstance(length, (int, np.integer)):
        return own if length == -1 else length
    return length if is_length(length.type.extent) else np.where(np.equal(length, -1), own, length)


for function, transform in ((np.fft.rfft, np.fft.fft), (np.fft.ihfft, np.fft.ifft)):
    linear(
        function,
        _from_real(transform),
        None,
        static=_ONE,
        infer=along_one(spectrum_dtype, half),
        signature=_signature_along_one,
        spelling=f"np.fft.{function.__name__}",
        at=(*_LINES, ((4,),)),
    )
linear(
    np.fft.rfft2,
    _from_real_along_several((-2, -1)),
    None,
    static={"axes": (-2, -1), "norm": None},
    infer=along_several(spectrum_dtype, half, (-2, -1)),
    signature=_signature_along_planes,
    spelling="np.fft.rfft2",
    at=_PLANES,
)
linear(
    np.fft.rfftn,
    _from_real_along_several(None),
    None,
    static={"axes": None, "norm": None},
    infer=along_several(spectrum_dtype, half, None),
    signature=_signature_along_several,
    spelling="np.fft.rfftn",
    at=(*_PLANES, ((3, 2, 4),)),
)

# To real signals: y_j = Σ_k c_k Re(a_k exp(2πi jk/n)), c_k = 2 where mirrored, so a_bar_k = c_k Σ_j g_j exp(2πi jk/n)

_OPPOSITE: dict[str | None, Any] = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def _like_operand(bar, a):
    """The cotangent of the operand, which may be real as well."""
    return bar if a.dtype.kind == "c" else np.real(bar)


def _to_real(transform):
    def bar(g, y, a, n=None, axis=-1, norm=None):
        spectrum = double_mirrored(transform(g, axis=axis, norm=norm), np.shape(g)[axis], axis=axis)
        return _fitted(_like_operand(spectrum, a), a)

    return bar


def _to_real_along_several(default):
    def bar(g, y, a, s=None, axes=default, norm=None):
        axes = _own_axes(axes, s)
        last = -1 if axes is None else axes[-1]
        spectrum = np.conj(np.fft.rfftn(g, axes=axes, norm=_OPPOSITE[norm]))
        return _fitted(_like_operand(double_mirrored(spectrum, np.shape(g)[last], axis=last), a), a)

    return bar


_HALVES = (*_LINES[:-2], ((4,), 6), ((4,), 7), ((2, 3, 4), {"axis": 1}))

for function, transform in ((np.fft.irfft, np.fft.ihfft), (np.fft.hfft, np.fft.rfft)):
    linear(
        function,
        _to_real(transform),
        None,
        static=_ONE,
        infer=along_one(signal_dtype, from_half),
        signature=_signature_along_one,
        spelling=f"np.fft.{function.__name__}",
        at=_HALVES,
    )
linear(
    np.fft.irfft2,
    _to_real_along_several((-2, -1)),
    None,
    static={"axes": (-2, -1), "norm": None},
    infer=along_several(signal_dtype, from_half, (-2, -1)),
    signature=_signature_along_planes,
    spelling="np.fft.irfft2",
    at=_PLANES,
)
linear(
    np.fft.irfftn,
    _to_real_along_several(None),
    None,
    static={"axes": None, "norm": None},
    infer=along_several(signal_dtype, from_half, None),
    signature=_signature_along_several,
    spelling="np.fft.irfftn",
    at=(*_PLANES, ((3, 2, 4),)),
)

# Shifts and frequencies

for function, inverse in ((np.fft.fftshift, np.fft.ifftshift), (np.fft.ifftshift, np.fft.fftshift)):
    linear(
        function,
        lambda g, y, x, axes=None, inverse=inverse: inverse(g, axes=axes),
        static={"axes": None},
        infer=same_shape_type,
        spelling=f"np.fft.{function.__name__}",
        at=(((5,),), ((4, 3),), ((4, 3), {"axes": 0}), ((0, 3), {"axes": (-1, 0)})),
    )


def _frequencies_type(length):
    return lambda n, d=None: (array("float64", (length(length_from(n), None),)),)


for function, length in ((np.fft.fftfreq, whole), (np.fft.rfftfreq, half)):
    vjp(
        function,
        None,
        lambda g, y, n, d=1.0: -np.sum(g * y) / d,
        jvp=(None, lambda d_dot, y, n, d=1.0: -d_dot * y / d),
        infer=_frequencies_type(length),
        signature=lambda n, d=OMITTED: None,
        spelling=f"np.fft.{function.__name__}",
        at=((5, 0.5), (6, 2.0), (4,)),
    )
