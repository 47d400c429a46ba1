"""Activation functions with PyTorch's names and parameters, in terms of the primitives behind them."""

from __future__ import annotations

import numpy as np

from adcompiler.rules import activations as primitives


def _refuse_in_place(inplace):
    if inplace:
        raise ValueError("`inplace=True` is not supported: assign the result")


def relu(input, inplace=False):
    """The positive part; its derivative at 0 is 0."""
    _refuse_in_place(inplace)
    return primitives.relu(input)


def relu6(input, inplace=False):
    """`relu`, at most 6."""
    return hardtanh(input, 0.0, 6.0, inplace)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """Elements moved into the bounds; the derivative at both of them is 0."""
    _refuse_in_place(inplace)
    return primitives.hardtanh(input, min_val=min_val, max_val=max_val)


def hardsigmoid(input, inplace=False):
    """`relu6(x + 3) / 6`."""
    return relu6(input + 3, inplace) / 6


def hardswish(input, inplace=False):
    """`x relu6(x + 3) / 6`."""
    _refuse_in_place(inplace)
    return np.where(input <= -3, 0 * input, np.where(input < 3, input * (input + 3) / 6, input))


def threshold(input, threshold, value, inplace=False):
    """`x` where it is above a threshold, else a value."""
    _refuse_in_place(inplace)
    return np.where(input > threshold, input, value)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    """`x`, with another slope where it is not positive."""
    _refuse_in_place(inplace)
    return primitives.leaky_relu(input, negative_slope=negative_slope)


def prelu(input, weight):
    """`leaky_relu` with slopes that are learned: one, or one for each channel (axis 1)."""
    if weight.ndim == 1 and input.ndim > 2:
        weight = np.reshape(weight, (-1,) + (1,) * (input.ndim - 2))
    return np.where(input > 0, input, weight * input)


def elu(input, alpha=1.0, inplace=False):
    """`x`, and `alpha (exp(x) - 1)` where it is not positive."""
    _refuse_in_place(inplace)
    return primitives.elu(input, alpha=alpha)


def selu(input, inplace=False):
    """`elu` that keeps mean 0 and variance 1."""
    return 1.0507009873554804934193349852946 * elu(input, 1.6732632423543772848170429916717, inplace)


def celu(input, alpha=1.0, inplace=False):
    """`alpha elu(x / alpha)`."""
    return alpha * elu(input / alpha, 1.0, inplace)


def sigmoid(input):
    """`1 / (1 + exp(-x))`."""
    return primitives.sigmoid(input)


def logsigmoid(input):
    """The logarithm of `sigmoid`."""
    return -np.logaddexp(0, -input)


def silu(input, inplace=False):
    """`x sigmoid(x)`."""
    _refuse_in_place(inplace)
    return primitives.silu(input)


def mish(input, inplace=False):
    """`x tanh(softplus(x))`."""
    _refuse_in_place(inplace)
    return input * np.tanh(np.logaddexp(0, input))


def gelu(input, approximate="none"):
    """`x` times the probability that a standard normal number is below it; `approximate="tanh"` for a formula."""
    if approximate == "tanh":
        return primitives.gelu_by_tanh(input)
    if approximate != "none":
        raise ValueError("`approximate` is 'none' or 'tanh'")
    return primitives.gelu(input)


def softplus(input, beta=1.0, threshold=20.0):
    """`log(1 + exp(beta x)) / beta`, and `x` where `beta x` is above the threshold."""
    return primitives.softplus(input, beta=beta, threshold=threshold)


def tanh(input):
    """The hyperbolic tangent."""
    return np.tanh(input)


def softsign(input):
    """`x / (1 + |x|)`."""
    return input / (1 + np.abs(input))


def tanhshrink(input):
    """`x - tanh(x)`."""
    return input - np.tanh(input)


def softshrink(input, lambd=0.5):
    """`x` moved towards 0 by `lambd`, and 0 nearer to it."""
    return np.where(input > lambd, input - lambd, np.where(input < -lambd, input + lambd, 0 * input))


def hardshrink(input, lambd=0.5):
    """`x`, and 0 from `-lambd` to `lambd`."""
    return np.where(np.abs(input) > lambd, input, 0 * input)


def glu(input, dim=-1):
    """One half of an axis times `sigmoid` of the other half."""
    dim, half = dim % input.ndim, input.shape[dim] // 2
    before = (slice(None),) * dim
    one, other = before + (slice(half),), before + (slice(half, None),)  # noqa: RUF005  (an index, which is read)
    return input[one] * primitives.sigmoid(input[other])


def softmax(input, dim):
    """Exponentials over their sum along an axis."""
    return primitives.softmax(input, axis=dim)


def softmin(input, dim):
    """`softmax(-x)`."""
    return primitives.softmax(-input, axis=dim)


def log_softmax(input, dim):
    """The logarithm of `softmax`."""
    return primitives.log_softmax(input, axis=dim)


def logsumexp(input, dim, keepdim=False):
    """The logarithm of the sum of exponentials along axes."""
    return primitives.logsumexp(input, axis=dim, keepdims=keepdim)


def normalize(input, p=2.0, dim=1, eps=1e-12):
    """A vector along an axis over its norm."""
    return input / np.maximum(np.linalg.norm(input, ord=p, axis=dim, keepdims=True), eps)
