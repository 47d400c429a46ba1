"""Log-sums of exponentials, and softmax: with weights, along axes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.special

from adcompiler import runtime
from adcompiler.ir.types import Type, broadcast_shapes
from adcompiler.rules.inference import (
    common_dtype,
    float_dtype,
    reduced_shape,
    reduction_type,
    same_shape_type,
    value_type,
)
from adcompiler.rules.overriding import overridable
from adcompiler.rules.reductions import AXIS, beside
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import vjp

_AT = (
    ((3,),),
    ((),),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1, "keepdims": True}),
    ((2, 3), {"keepdims": True}),
    ((2, 3, 4), {"axis": (0, 2)}),
    ((2, 1, 3, 2), {"axis": (-1, 0)}),
)

# Of plain numbers. `logsumexp` by itself is a definition, in which weights go another way.

logsumexp = overridable(scipy.special.logsumexp)


def _shares(y, a, axis, keepdims):
    """How each exponential contributes to the sum; NaN where all are zero, as in PyTorch."""
    return np.exp(a - beside(y, axis, keepdims))


def _double(dtype: str | None) -> str | None:
    return "float64" if dtype is not None and np.dtype(dtype).kind in "iub" else dtype


vjp(
    logsumexp,
    lambda g, y, a, axis=None, keepdims=False: beside(g, axis, keepdims) * _shares(y, a, axis, keepdims),
    jvp=lambda a_dot, y, a, axis=None, keepdims=False: np.sum(
        a_dot * _shares(y, a, axis, keepdims), axis=axis, keepdims=keepdims
    ),
    static=AXIS,
    infer=reduction_type(lambda a: _double(a.dtype)),
    spelling="scipy.special.logsumexp",
    at=_AT,
)

# With weights: the logarithm of the absolute value, and the sign.

weighted_logsumexp = overridable(runtime.weighted_logsumexp)


def _weighted_type(a: Type, b: Type, *, axis=None, keepdims=False) -> tuple[Type, ...]:
    shape = reduced_shape(broadcast_shapes(a.shape, b.shape), axis, keepdims)
    result = value_type(_double(common_dtype(a, b)), shape)
    return (Type("tuple", elements=(result, result)),)


def _signed(part, y, axis, keepdims):
    return beside(part * y[1], axis, keepdims)


def _exponent_bar(g, y, a, b, axis=None, keepdims=False):
    if g[0] is None:
        return None
    bar = _signed(g[0], y, axis, keepdims) * b * _shares(y[0], a, axis, keepdims)
    return unbroadcast(bar, np.shape(a))


def _weight_bar(g, y, a, b, axis=None, keepdims=False):
    """Without `b`, which may be 0."""
    if g[0] is None:
        return None
    bar = _signed(g[0], y, axis, keepdims) * _shares(y[0], a, axis, keepdims)
    return unbroadcast(bar, np.shape(b))


def _exponent_dot(a_dot, y, a, b, axis=None, keepdims=False):
    return y[1] * np.sum(a_dot * b * _shares(y[0], a, axis, keepdims), axis=axis, keepdims=keepdims), None


def _weight_dot(b_dot, y, a, b, axis=None, keepdims=False):
    return y[1] * np.sum(b_dot * _shares(y[0], a, axis, keepdims), axis=axis, keepdims=keepdims), None


vjp(
    weighted_logsumexp,
    _exponent_bar,
    _weight_bar,
    jvp=(_exponent_dot, _weight_dot),
    aliases=(runtime.weighted_logsumexp,),
    static=AXIS,
    infer=_weighted_type,
    spelling="weighted_logsumexp",
    at=(
        ((3,), (3,)),
        ((2, 3), (3,), {"axis": 0}),
        ((2, 3), (2, 1), {"axis": -1, "keepdims": True}),
        (np.array([0.3, -2.0]), np.array([1.0, 0.0])),
    ),
)

# Softmax

softmax = overridable(scipy.special.softmax)
log_softmax = overridable(scipy.special.log_softmax)


def _softmax_type(x: Type, *, axis=None) -> tuple[Type, ...]:
    (result,) = same_shape_type(x)
    return (replace(result, dtype=float_dtype(x.dtype, weak=x.weak)),)


def _centred(y, v, axis):
    """`v` less its mean under the weights `y`, times the weights: the Jacobian is symmetric."""
    return y * (v - np.sum(y * v, axis=axis, keepdims=True))


_SOFTMAX_AT = (
    ((3,),),
    ((2, 3),),
    ((2, 3), {"axis": 0}),
    ((2, 3, 4), {"axis": (0, 2)}),
    ((2, 1, 3, 2), {"axis": -1}),
)
vjp(
    softmax,
    lambda g, y, x, axis=None: _centred(y, g, axis),
    jvp=lambda x_dot, y, x, axis=None: _centred(y, x_dot, axis),
    aliases=(scipy.special.softmax,),
    static={"axis": None},
    infer=_softmax_type,
    spelling="scipy.special.softmax",
    at=_SOFTMAX_AT,
)
vjp(
    log_softmax,
    lambda g, y, x, axis=None: g - np.exp(y) * np.sum(g, axis=axis, keepdims=True),
    jvp=lambda x_dot, y, x, axis=None: x_dot - np.sum(np.exp(y) * x_dot, axis=axis, keepdims=True),
    aliases=(scipy.special.log_softmax,),
    static={"axis": None},
    infer=_softmax_type,
    spelling="scipy.special.log_softmax",
    at=_SOFTMAX_AT,
)
