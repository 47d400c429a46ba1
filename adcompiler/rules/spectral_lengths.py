"""Lengths of signals and of their spectra: types of Fourier transforms, and what their transposes do to lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim, clamped
from adcompiler.ir.nodes import InferTypes
from adcompiler.ir.types import Shape, Type, array
from adcompiler.rules.inference import (
    DATA_DEPENDENT,
    UNKNOWN_SHAPE,
    given_shape_type,
    length_from,
    named_shape,
    normal_axes,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.table import linear

# What is done to lengths


def _double_mirrored_type(spectrum: Type, n: Type, **_: Any) -> tuple[Type, ...]:
    return (spectrum,)


fit_shape, double_mirrored = overridable(runtime.fit_shape), overridable(runtime.double_mirrored)

linear(
    fit_shape,
    lambda h, y, x, shape: fit_shape(h, np.shape(x)),
    None,
    infer=given_shape_type,
    aliases=(runtime.fit_shape,),
    views=True,
    at=(((3,), (5,)), ((3, 4), (5, 2)), ((3,), (3,)), ((0,), (2,)), ((2, 3, 1), (1, 0, 2))),
)
linear(
    double_mirrored,
    lambda h, y, spectrum, n, axis=-1: double_mirrored(h, n, axis=axis),
    None,
    static={"axis": -1},
    infer=_double_mirrored_type,
    aliases=(runtime.double_mirrored,),
    at=(((4,), 6), ((4,), 7), ((4, 2), 6, {"axis": 0}), ((1,), 1), ((2,), 2), ((2, 2), 3, {"axis": -2})),
)

# Types

_COMPLEX = {"float16": "complex64", "float32": "complex64", "complex64": "complex64"}
_REAL = {"float16": "float16", "float32": "float32", "complex64": "float32"}


def spectrum_dtype(dtype: str | None) -> str:
    """That of a spectrum; complex in any case, so that a program whose types are not known is refused."""
    return "complex128" if dtype is None else _COMPLEX.get(dtype, "complex128")


def signal_dtype(dtype: str | None) -> str | None:
    """That of a real signal with a spectrum of this dtype."""
    return None if dtype is None else _REAL.get(dtype, "float64")


def whole(dim: Dim, n: Dim | None) -> Dim:
    """The length that is given, or that of the operand."""
    return dim if n is None else n


def half(dim: Dim, n: Dim | None) -> Dim:
    """The number of coefficients that know the spectrum of a real signal."""
    length = whole(dim, n)
    return length // 2 + 1 if isinstance(length, int) else DATA_DEPENDENT


def from_half(dim: Dim, n: Dim | None) -> Dim:
    """The length of the signal that so many coefficients know, which is even if nothing else is said."""
    if n is not None:
        return n
    return clamped(2 * (dim - 1))


Length = Callable[[Dim, Dim | None], Dim]


def _shape_of(last: Length, a: Type, axes: Any, lengths: Type | None) -> Shape:
    """The shape of a transform, whose last axis gets the length `last` and whose others get those that are given."""
    given = None if lengths is None or lengths.kind != "tuple" else lengths.elements
    if given == ():
        return UNKNOWN_SHAPE  # so many lengths as another array has axes
    if not isinstance(a.shape, tuple):
        if given is not None:
            return UNKNOWN_SHAPE
        return a.shape if last is whole else named_shape(f"fft{last.__name__}", a.shape, axes=axes)
    places = normal_axes(tuple(range(-len(given), 0)) if axes is None and given is not None else axes, len(a.shape))
    if len(set(places)) < len(places):
        raise ValueError(f"the derivative of a transform twice along one axis, `axes={axes}`, is not known")
    dims = list(a.shape)
    for number, place in enumerate(places):
        n = None if given is None else length_from(given[number])
        dims[place] = last(dims[place], n) if number == len(places) - 1 else whole(dims[place], n)
    return tuple(dims)


def along_one(dtype: Callable[[str | None], str | None], last: Length) -> InferTypes:
    """Inference for a transform along `axis`, of a signal with `n` elements."""

    def infer(a: Type, n: Type | None = None, *, axis: int = -1, norm: Any = None) -> tuple[Type, ...]:
        lengths = None if n is None or n.kind != "scalar" else Type("tuple", elements=(n,))
        return (array(dtype(a.dtype), _shape_of(last, a, (axis,), lengths)),)

    return infer


def along_several(dtype: Callable[[str | None], str | None], last: Length, default: Any) -> InferTypes:
    """Inference for a transform along `axes`, of a signal with `s` elements."""

    def infer(a: Type, s: Type | None = None, *, axes: Any = default, norm: Any = None) -> tuple[Type, ...]:
        return (array(dtype(a.dtype), _shape_of(last, a, axes, s)),)

    return infer
