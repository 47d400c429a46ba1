"""Convolutions and filters of `scipy.signal`: linear in the signal and in the window, of any rank."""

from __future__ import annotations

import numpy as np
import scipy.signal

from adcompiler import runtime
from adcompiler.ir.dims import OPEN, Dim
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import UNKNOWN_SHAPE, common_dtype, float_dtype, shape_from
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear, vjp

# Convolutions. The cotangents of both operands are functions of their own, of which each is linear again.

_MODE = {"mode": "full"}
_METHOD = {**_MODE, "method": "auto"}
convolution_first_bar = overridable(runtime.convolution_first_bar)
convolution_second_bar = overridable(runtime.convolution_second_bar)


def _length(n: Dim, m: Dim, mode: str) -> Dim:
    if mode == "same":
        return n
    if not (isinstance(n, int) and isinstance(m, int)):
        return OPEN
    return n + m - 1 if mode == "full" else max(n, m) - min(n, m) + 1


def _convolution_type(x: Type, h: Type, mode: str = "full", **_: object) -> tuple[Type, ...]:
    dtype = common_dtype(x, h)
    if not (isinstance(x.shape, tuple) and isinstance(h.shape, tuple) and len(x.shape) == len(h.shape)):
        return (Type("unknown", dtype, UNKNOWN_SHAPE),)
    return (array(dtype, tuple(_length(n, m, mode) for n, m in zip(x.shape, h.shape, strict=True))),)


def _fft_type(x: Type, h: Type, **static: object) -> tuple[Type, ...]:
    """That of a convolution; of nothing, these make an empty vector, whatever the rank."""
    (found,) = _convolution_type(x, h, **static)  # type: ignore[arg-type]
    if any(isinstance(part.shape, tuple) and 0 in part.shape for part in (x, h)):
        return (array(float_dtype(found.dtype), (0,)),)
    return (Type(found.kind, float_dtype(found.dtype), found.shape),)


_FUNCTION = {"function": REQUIRED, "mode": "full"}

_SHAPES = ((4,), (3,)), ((2, 3), (2, 2)), ((2, 1, 3), (1, 1, 2))


def _function(name):
    return overridable(getattr(scipy.signal, name))


_RULES = {}

for _name in ("convolve", "correlate", "fftconvolve", "oaconvolve", "convolve2d", "correlate2d"):
    _has_method = _name in ("convolve", "correlate")
    _planes = _name.endswith("2d")
    _RULES[_name] = linear(
        _function(_name),
        lambda g, y, x, h, mode="full", name=_name, **_: convolution_first_bar(
            g, h, np.shape(x), function=name, mode=mode
        ),
        lambda g, y, x, h, mode="full", name=_name, **_: convolution_second_bar(
            g, x, np.shape(h), function=name, mode=mode
        ),
        static=_METHOD if _has_method else _MODE,
        infer=_fft_type if _name in ("fftconvolve", "oaconvolve") else _convolution_type,
        aliases=(getattr(scipy.signal, _name),),
        spelling=f"scipy.signal.{_name}",
        at=tuple(
            (*shapes, {"mode": mode})
            for shapes in _SHAPES
            for mode in ("full", "same", "valid")
            if not _planes or len(shapes[0]) == 2
        ),
    )


def _whole(function, x, h, mode):
    return _RULES[function].function(x, h, mode=mode)


def _bar_type(g: Type, other: Type, shape: Type, **_: object) -> tuple[Type, ...]:
    return (array(float_dtype(common_dtype(g, other)), shape_from(shape)),)


linear(
    convolution_first_bar,
    lambda x_bar, y, g, h, shape, function, mode="full": _whole(function, x_bar, h, mode),
    lambda x_bar, y, g, h, shape, function, mode="full": convolution_second_bar(
        g, x_bar, np.shape(h), function=function, mode=mode
    ),
    None,
    static=_FUNCTION,
    infer=_bar_type,
    aliases=(runtime.convolution_first_bar,),
    at=(
        ((6,), (3,), (4,), {"function": "convolve"}),
        ((4,), (3,), (4,), {"function": "correlate", "mode": "same"}),
        ((2,), (3,), (4,), {"function": "correlate", "mode": "valid"}),
    ),
)
linear(
    convolution_second_bar,
    lambda h_bar, y, g, x, shape, function, mode="full": _whole(function, x, h_bar, mode),
    lambda h_bar, y, g, x, shape, function, mode="full": convolution_first_bar(
        g, h_bar, np.shape(x), function=function, mode=mode
    ),
    None,
    static=_FUNCTION,
    infer=_bar_type,
    aliases=(runtime.convolution_second_bar,),
    at=(
        ((6,), (4,), (3,), {"function": "convolve"}),
        ((4,), (4,), (3,), {"function": "correlate", "mode": "same"}),
        ((2,), (4,), (3,), {"function": "correlate", "mode": "valid"}),
    ),
)

# Recursive filters: a₀ yₙ = Σ bₖ xₙ₋ₖ - Σ aₖ yₙ₋ₖ

lfilter, lagged_products = overridable(scipy.signal.lfilter), overridable(runtime.lagged_products)
_AXIS = {"axis": -1}


def _filtered_type(b: Type, a: Type, x: Type, **_: object) -> tuple[Type, ...]:
    return (array(float_dtype(common_dtype(b, a, x)), x.shape),)


def _backwards(b, a, g, axis):
    """The transpose of a filter."""
    return np.flip(lfilter(b, a, np.flip(g, axis), axis=axis), axis)


def _excitation(a, g, axis):
    """The cotangent of what the recursive part is given."""
    return _backwards(np.ones_like(a[:1]), a, g, axis)


vjp(
    lfilter,
    lambda g, y, b, a, x, axis=-1: lagged_products(_excitation(a, g, axis), x, np.shape(b), axis=axis),
    lambda g, y, b, a, x, axis=-1: -lagged_products(_excitation(a, g, axis), y, np.shape(a), axis=axis),
    lambda g, y, b, a, x, axis=-1: _backwards(b, a, g, axis),
    jvp=(
        lambda b_dot, y, b, a, x, axis=-1: lfilter(b_dot, a, x, axis=axis),
        lambda a_dot, y, b, a, x, axis=-1: -lfilter(a_dot, a, y, axis=axis),
        lambda x_dot, y, b, a, x, axis=-1: lfilter(b, a, x_dot, axis=axis),
    ),
    static=_AXIS,
    infer=_filtered_type,
    aliases=(scipy.signal.lfilter,),
    spelling="scipy.signal.lfilter",
    at=(
        ((2,), np.array([1.3, 0.5, -0.2]), (6,)),
        ((3,), np.array([2.0, 0.4]), (2, 5)),
        ((2,), np.array([1.1]), (4, 2), {"axis": 0}),
    ),
)
linear(
    lagged_products,
    lambda c_bar, c, g, x, shape, axis=-1: lfilter(c_bar, np.ones_like(c_bar[:1]), x, axis=axis),
    lambda c_bar, c, g, x, shape, axis=-1: _backwards(c_bar, np.ones_like(c_bar[:1]), g, axis),
    None,
    static=_AXIS,
    infer=lambda g, x, shape, **_: (array(common_dtype(g, x), shape_from(shape)),),
    aliases=(runtime.lagged_products,),
    at=(((5,), (5,), (3,)), ((5, 2), (5, 2), (2,), {"axis": 0})),
)

# Trends: a projection, which is its own transpose

without_trend = overridable(runtime.without_trend)

linear(
    without_trend,
    lambda g, y, data, **static: without_trend(g, **static),
    static={"axis": -1, "breaks": 0},
    infer=lambda data, **_: (array(float_dtype(data.dtype), data.shape),),
    aliases=(runtime.without_trend,),
    at=(((5,),), ((2, 5),), ((5, 2), {"axis": 0}), ((6,), {"breaks": 3})),
)
