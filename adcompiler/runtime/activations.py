"""Activation functions of neural networks, elementwise, and the softmax family, along axes."""

import math

import numpy as np


def erf(x):
    """The error function.

    Examples
    --------
    >>> erf(np.array([0.0, 1.0])).round(6)
    array([0.      , 0.842701])
    """
    x = np.asarray(x)
    dtype = np.result_type(x, np.float16)
    return np.fromiter(map(math.erf, x.ravel().tolist()), dtype, x.size).reshape(x.shape)[()]


def relu(x):
    """The positive part."""
    return np.maximum(x, 0)


def hardtanh(x, min_val=-1.0, max_val=1.0):
    """`x` between two bounds; unlike that of `np.clip`, its derivative is 0 at both."""
    return np.clip(x, min_val, max_val)


def sigmoid(x):
    """`1 / (1 + exp(-x))`, without overflow.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1, small)[()] / (1 + small)


def softplus(x, beta=1.0, threshold=20.0):
    """`log(1 + exp(beta x)) / beta`, and `x` where `beta x` is above the threshold.

    Examples
    --------
    >>> softplus(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """
    return np.where(x * beta > threshold, x, np.logaddexp(0, x * beta) / beta)[()]


def silu(x):
    """`x sigmoid(x)`."""
    return x * sigmoid(x)


def gelu(x):
    """`x` times the probability that a standard normal number is below it."""
    return x * 0.5 * (1 + erf(x * math.sqrt(0.5)))


def gelu_by_tanh(x):
    """`gelu`, approximately."""
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))


def leaky_relu(x, negative_slope=0.01):
    """`x`, with another slope where it is not positive."""
    return np.where(np.greater(x, 0), x, negative_slope * x)[()]


def elu(x, alpha=1.0):
    """`x`, and `alpha (exp(x) - 1)` where it is not positive."""
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0)))[()]


def log_loss(p, target):
    """The negative log-probability of yes, to a fraction, and no, with logarithms of -100 at least.

    Examples
    --------
    >>> log_loss(np.array([0.5, 1.0, 0.0]), np.array([1.0, 1.0, 0.5])).round(6)
    array([ 0.693147, -0.      , 50.      ])
    """
    with np.errstate(divide="ignore"):
        return -(target * np.maximum(np.log(p), -100) + (1 - target) * np.maximum(np.log1p(-p), -100))


def softmax(x, axis=-1):
    """Exponentials over their sum along an axis.

    Examples
    --------
    >>> softmax(np.array([0.0, 1000.0, 1000.0]))
    array([0. , 0.5, 0.5])
    """
    weights = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    return weights / np.sum(weights, axis=axis, keepdims=True)


def log_softmax(x, axis=-1):
    """The logarithm of `softmax`.

    Examples
    --------
    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    shifted = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def logsumexp(x, axis=None, keepdims=False):
    """The logarithm of the sum of exponentials along axes.

    Examples
    --------
    >>> float(logsumexp(np.array([-1000.0, -1000.0])).round(6))
    -999.306853
    """
    largest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    largest = np.where(np.isfinite(largest), largest, 0)
    total = np.log(np.sum(np.exp(x - largest), axis=axis, keepdims=True)) + largest
    return total if keepdims else np.squeeze(total, axis)[()]
