"""Discrete Fourier transforms: linear, with a symmetric matrix, so that a transform is its own transpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import same_shape_type
from adcompiler.rules.table import vjp

function: Callable[..., Any]  # in the loops below

_COMPLEX = {"float32": "complex64", "float16": "complex64", "complex64": "complex64"}


def _complex_dtype(dtype: str | None) -> str:
    """That of the transform; complex in any case, so that a program whose types are not known is refused."""
    return "complex128" if dtype is None else _COMPLEX.get(dtype, "complex128")


def _transform_type(a: Type, **_: Any) -> tuple[Type, ...]:
    return (array(_complex_dtype(a.dtype), a.shape),)


_ALONG = {"axis": -1, "norm": None}
_ALONG_SEVERAL = {"axes": None, "norm": None}
_LINES = (((5,),), ((3, 4), {"axis": 0}), ((3, 4), {"norm": "ortho"}))
_PLANES = (((3, 4),), ((2, 3, 4), {"axes": (0, 2)}), ((3, 4), {"norm": "forward"}))

for function in (np.fft.fft, np.fft.ifft):
    vjp(
        function,
        lambda g, y, a, axis=-1, norm=None, function=function: function(g, axis=axis, norm=norm),
        static=_ALONG,
        infer=_transform_type,
        spelling=f"np.fft.{function.__name__}",
        at=_LINES,
    )
for function in (np.fft.fft2, np.fft.ifft2):
    vjp(
        function,
        lambda g, y, a, axes=(-2, -1), norm=None, function=function: function(g, axes=axes, norm=norm),
        static={"axes": (-2, -1), "norm": None},
        infer=_transform_type,
        spelling=f"np.fft.{function.__name__}",
        at=_PLANES,
    )
for function in (np.fft.fftn, np.fft.ifftn):
    vjp(
        function,
        lambda g, y, a, axes=None, norm=None, function=function: function(g, axes=axes, norm=norm),
        static=_ALONG_SEVERAL,
        infer=_transform_type,
        spelling=f"np.fft.{function.__name__}",
        at=_PLANES,
    )

for function, inverse in ((np.fft.fftshift, np.fft.ifftshift), (np.fft.ifftshift, np.fft.fftshift)):
    vjp(
        function,
        lambda g, y, x, axes=None, inverse=inverse: inverse(g, axes=axes),
        static={"axes": None},
        infer=same_shape_type,
        spelling=f"np.fft.{function.__name__}",
        at=(((5,),), ((4, 3),), ((4, 3), {"axes": 0})),
    )
