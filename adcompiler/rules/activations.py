"""Activation functions of neural networks, with PyTorch's derivatives at kinks; the softmax family."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Type
from adcompiler.rules.inference import float_dtype, kept_type, reduction_type, same_shape_type
from adcompiler.rules.overriding import overridable
from adcompiler.rules.reductions import AXIS, beside
from adcompiler.rules.table import elementwise, vjp

erf = overridable(runtime.erf)
relu = overridable(runtime.relu)
hardtanh = overridable(runtime.hardtanh)
sigmoid = overridable(runtime.sigmoid)
softplus = overridable(runtime.softplus)
silu = overridable(runtime.silu)
gelu = overridable(runtime.gelu)
gelu_by_tanh = overridable(runtime.gelu_by_tanh)
leaky_relu = overridable(runtime.leaky_relu)
elu = overridable(runtime.elu)
log_loss = overridable(runtime.log_loss)
softmax = overridable(runtime.softmax)
log_softmax = overridable(runtime.log_softmax)
logsumexp = overridable(runtime.logsumexp)


def _silu_slope(x):
    s = sigmoid(x)
    return s * (1 + x * (1 - s))


def _gelu_slope(x):
    """Φ(x) + x φ(x), with the distribution and the density of a standard normal number."""
    return 0.5 * (1 + erf(x * math.sqrt(0.5))) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def _gelu_by_tanh_slope(x):
    t = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)


def _between(g, y, x, min_val=-1.0, max_val=1.0):
    """0 at both bounds."""
    return np.where(np.logical_and(np.greater(x, min_val), np.less(x, max_val)), g, 0)


def _softplus_partial(g, y, x, beta=1.0, threshold=20.0):
    return np.where(np.greater(x * beta, threshold), g, g * sigmoid(x * beta))


def _elu_partial(g, y, x, alpha=1.0):
    """At 0 the slope is the one from below, `alpha`."""
    return np.where(np.greater(x, 0), g, g * alpha * np.exp(np.where(np.greater(x, 0), 0, x)))


def _real_type(*types: Type, **_: object) -> tuple[Type, ...]:
    (result,) = kept_type(*types)
    return (replace(result, dtype=float_dtype(result.dtype)),)


_AT = (0.3, -2.0, 4.0)


def _activation(function, partial, **options):
    elementwise(function, partial, aliases=(getattr(runtime, function.__name__),), infer=_real_type, at=_AT, **options)


_activation(erf, lambda g, y, x: 2 / math.sqrt(math.pi) * g * np.exp(-x * x))
_activation(relu, lambda g, y, x: np.where(np.greater(y, 0), g, 0))
_activation(hardtanh, _between, static={"min_val": -1.0, "max_val": 1.0})
_activation(sigmoid, lambda g, y, x: g * y * (1 - y))
_activation(softplus, _softplus_partial, static={"beta": 1.0, "threshold": 20.0})
_activation(silu, lambda g, y, x: g * _silu_slope(x))
_activation(gelu, lambda g, y, x: g * _gelu_slope(x))
_activation(gelu_by_tanh, lambda g, y, x: g * _gelu_by_tanh_slope(x), name="gelu_by_tanh")
_activation(
    leaky_relu,
    lambda g, y, x, negative_slope=0.01: np.where(np.greater(x, 0), g, negative_slope * g),
    static={"negative_slope": 0.01},
)
_activation(elu, _elu_partial, static={"alpha": 1.0})
elementwise(
    log_loss,
    # Where the loss is cut off, its slope is large and not infinite, as in PyTorch.
    lambda g, y, p, t: g * (p - t) / np.maximum((1 - p) * p, 1e-12),
    lambda g, y, p, t: g * (np.maximum(np.log1p(-p), -100) - np.maximum(np.log(p), -100)),
    aliases=(runtime.log_loss,),
    infer=_real_type,
    at=((0.3, 0.4), (0.9, 1.0)),
)

# Along axes


def _same_shape_float_type(x: Type, **_: object) -> tuple[Type, ...]:
    (result,) = same_shape_type(x)
    return (replace(result, dtype=float_dtype(x.dtype, weak=x.weak)),)


def _centred(y, v, axis):
    """The Jacobian of softmax, which is symmetric: `v` less its mean under the weights `y`, times these."""
    return y * (v - np.sum(y * v, axis=axis, keepdims=True))


_ALONG = (((3,),), ((2, 3),), ((2, 3), {"axis": 0}), ((2, 1, 3), {"axis": 1}))
vjp(
    softmax,
    lambda g, y, x, axis=-1: _centred(y, g, axis),
    jvp=lambda x_dot, y, x, axis=-1: _centred(y, x_dot, axis),
    aliases=(runtime.softmax,),
    static={"axis": -1},
    infer=_same_shape_float_type,
    at=_ALONG,
)
vjp(
    log_softmax,
    lambda g, y, x, axis=-1: g - np.exp(y) * np.sum(g, axis=axis, keepdims=True),
    jvp=lambda x_dot, y, x, axis=-1: x_dot - np.sum(np.exp(y) * x_dot, axis=axis, keepdims=True),
    aliases=(runtime.log_softmax,),
    static={"axis": -1},
    infer=_same_shape_float_type,
    at=_ALONG,
)


def _shares(y, x, axis, keepdims):
    """How each exponential contributes to the sum; NaN where all are zero, as in PyTorch."""
    return np.exp(x - beside(y, axis, keepdims))


vjp(
    logsumexp,
    lambda g, y, x, axis=None, keepdims=False: beside(g, axis, keepdims) * _shares(y, x, axis, keepdims),
    jvp=lambda x_dot, y, x, axis=None, keepdims=False: np.sum(
        x_dot * _shares(y, x, axis, keepdims), axis=axis, keepdims=keepdims
    ),
    aliases=(runtime.logsumexp,),
    static=AXIS,
    infer=reduction_type(lambda x: float_dtype(x.dtype, weak=x.weak)),
    at=(*_ALONG, ((2, 3),), ((2, 3, 2), {"axis": (0, 2), "keepdims": True})),
)
