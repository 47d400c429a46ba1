"""Loss functions with PyTorch's names and parameters."""

from __future__ import annotations

import numpy as np

from adcompiler.rules.activations import log_loss, log_softmax
from adcompiler.rules.structure import stop_gradient


def _reduced(loss, reduction):
    if reduction == "mean":
        return np.mean(loss)
    if reduction == "sum":
        return np.sum(loss)
    if reduction != "none":
        raise ValueError("`reduction` is 'mean', 'sum' or 'none'")
    return loss


def mse_loss(input, target, reduction="mean"):
    """Squared differences."""
    return _reduced((input - target) ** 2, reduction)


def l1_loss(input, target, reduction="mean"):
    """Absolute differences."""
    return _reduced(np.abs(input - target), reduction)


def smooth_l1_loss(input, target, reduction="mean", beta=1.0):
    """Squared differences below `beta`, absolute ones beyond."""
    if beta == 0:
        return l1_loss(input, target, reduction)
    distance = np.abs(input - target)
    return _reduced(np.where(distance < beta, 0.5 * (input - target) ** 2 / beta, distance - 0.5 * beta), reduction)


def huber_loss(input, target, reduction="mean", delta=1.0):
    """Squared differences up to `delta`, absolute ones beyond, times `delta`."""
    distance = np.abs(input - target)
    loss = np.where(distance <= delta, 0.5 * (input - target) ** 2, delta * (distance - 0.5 * delta))
    return _reduced(loss, reduction)


def nll_loss(input, target, weight=None, ignore_index=-100, reduction="mean"):
    """The negative log-probability of classes (axis 1, or the only one); each may have a weight, and one is ignored."""
    axis = 0 if input.ndim == 1 else 1
    is_counted = np.not_equal(target, ignore_index)
    classes = np.where(is_counted, target, 0)
    chosen = np.squeeze(np.take_along_axis(input, np.expand_dims(classes, axis), axis=axis), axis)
    shares = np.where(is_counted, np.ones_like(chosen) if weight is None else weight[classes], 0)
    loss = np.where(is_counted, -shares * chosen, 0)
    if reduction == "mean":
        return np.sum(loss) / np.sum(shares)
    return _reduced(loss, reduction)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """The negative log-probability of classes (axis 1, or the only one) by logits, or its mean by probabilities."""
    axis = 0 if input.ndim == 1 else 1
    log_probabilities = log_softmax(input, axis=axis)
    if target.ndim == input.ndim:
        return _mean_log_loss(log_probabilities, target, axis, weight, reduction, label_smoothing)
    chosen = nll_loss(log_probabilities, target, weight, ignore_index, reduction)
    if label_smoothing == 0:
        return chosen
    # The other part of the target is the same for each class.
    is_counted = np.not_equal(target, ignore_index)
    spread = -np.sum(
        log_probabilities if weight is None else _along(weight, input, axis) * log_probabilities, axis=axis
    )
    spread = np.where(is_counted, spread, 0)
    if reduction == "mean":
        weights = np.ones_like(spread) if weight is None else weight[np.where(is_counted, target, 0)]
        spread = np.sum(spread) / np.sum(np.where(is_counted, weights, 0))
    else:
        spread = _reduced(spread, reduction)
    return (1 - label_smoothing) * chosen + label_smoothing / input.shape[axis] * spread


def _mean_log_loss(log_probabilities, target, axis, weight, reduction, label_smoothing):
    count = target.shape[axis]
    if label_smoothing != 0:
        target = target * (1 - label_smoothing) + label_smoothing / count
    if weight is not None:
        target = target * _along(weight, target, axis)
    loss = -np.sum(target * log_probabilities, axis=axis)
    if reduction == "mean":
        return np.sum(loss) / (np.size(log_probabilities) // count)
    return _reduced(loss, reduction)


def _along(weight, input, axis):
    """A number for each class, beside the axes after that of classes."""
    return np.reshape(weight, (-1,) + (1,) * (input.ndim - axis - 1))


def binary_cross_entropy(input, target, weight=None, reduction="mean"):
    """The negative log-probability of yes and no, whose logarithms are at least -100."""
    loss = log_loss(input, target)
    return _reduced(loss if weight is None else weight * loss, reduction)


def binary_cross_entropy_with_logits(input, target, weight=None, reduction="mean", pos_weight=None):
    """The negative log-probability of yes and no, by logits."""
    not_log, log = np.logaddexp(0, input), np.logaddexp(0, -input)
    loss = (1 - target) * not_log + (target if pos_weight is None else target * pos_weight) * log
    return _reduced(loss if weight is None else weight * loss, reduction)


def kl_div(input, target, reduction="mean", log_target=False):
    """`target (log target - input)`: how far log-probabilities are from probabilities."""
    if log_target:
        loss = np.exp(target) * (target - input)
    else:
        positive = target > 0
        loss = np.where(positive, target * (np.log(np.where(positive, target, 1)) - input), 0 * input)
    if reduction == "batchmean":
        return np.sum(loss) / input.shape[0]
    return _reduced(loss, reduction)


def poisson_nll_loss(input, target, log_input=True, full=False, eps=1e-8, reduction="mean"):
    """The negative log-probability of counts, by their mean or the logarithm of that, up to a constant."""
    if full:
        raise ValueError("`full=True` is not supported")
    loss = np.exp(input) - target * input if log_input else input - target * np.log(input + eps)
    return _reduced(loss, reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """The negative log-density of numbers by their mean and variance, which is at least `eps`."""
    var = var + stop_gradient(np.where(var < eps, eps - var, 0))
    loss = 0.5 * (np.log(var) + (input - target) ** 2 / var)
    return _reduced(loss + 0.9189385332046727 if full else loss, reduction)


def hinge_embedding_loss(input, target, margin=1.0, reduction="mean"):
    """A distance where the target is 1, and what it lacks to a margin where that is -1."""
    zero = 0 * input
    apart = np.where(target == -1, _positive(margin - input), zero)
    return _reduced(np.where(target == 1, input, zero) + apart, reduction)


def margin_ranking_loss(input1, input2, target, margin=0.0, reduction="mean"):
    """What numbers lack to be in the order that a target of 1 or -1 says."""
    return _reduced(_positive(margin - target * (input1 - input2)), reduction)


def _positive(x):
    """With a derivative of 1 at 0, as that of PyTorch's `clamp`."""
    return np.clip(x, 0, None)


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """The cosine of the angle between vectors along an axis."""
    one, other = np.linalg.norm(x1, axis=dim), np.linalg.norm(x2, axis=dim)
    return np.sum(x1 * x2, axis=dim) / (np.maximum(one, eps) * np.maximum(other, eps))
