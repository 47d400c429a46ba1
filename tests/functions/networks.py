"""Functions of neural networks, which PyTorch has under the same names: what is written here is run by it too."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

import adcompiler.nn.functional as F  # noqa: N812  (its name among those who use it)

from .table import SPECIAL, B, M, N, P, X, Y, covers, torch


def network(*at: Any, **asked: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function under its own name, with itself in PyTorch, and for Tensors."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        theirs = None if torch is None else {"F": torch.nn.functional}
        in_torch = None if theirs is None else types.FunctionType(function.__code__, theirs)
        return covers("networks", function.__name__, at=at, **{"torch": in_torch, "tensors": True, **asked})(function)

    return enter


RNG = np.random.default_rng(5)
SIGNAL = RNG.normal(size=(2, 4, 7))
IMAGE = RNG.normal(size=(2, 4, 6, 5))
LOGITS = RNG.normal(size=(4, 3))
CLASSES = np.array([2, 0, 1, 2])
SOME_IGNORED = np.array([2, -100, 1, -100])
MANY_LOGITS = RNG.normal(size=(2, 3, 4))
MANY_CLASSES = np.array([[2, 0, 1, 2], [1, 1, 0, 2]])
SHARES = np.array([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0], [0.1, 0.1, 0.8], [0.3, 0.3, 0.4]])
WEIGHTS = np.array([0.5, 1.5, 2.0])
WITHIN = np.array([0.2, 0.7, 0.4, 0.9])
LABELS = np.array([0.0, 1.0, 0.3, 1.0])
EDGES = np.array([-6.0, -3.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 3.0, 6.0, 30.0, -800.0, 800.0])
TIES = np.array([[[1.0, 3.0, 3.0, 0.0, 2.0, 2.0], [0.0, 0.0, 0.0, -1.0, -1.0, 5.0]]])

# Activations


@network(X, M, kinks=[EDGES])
def relu(x):
    return F.relu(x)


@network(X, M, kinks=[EDGES])
def relu6(x):
    return F.relu6(4 * x)


@network(X, kinks=[EDGES])
def hardtanh(x):
    return F.hardtanh(x) + F.hardtanh(x, -0.5, 3.0)


@network(X, M, kinks=[EDGES], torch=lambda x: torch.nn.functional.relu6(x + 3) / 6)  # its own rounds 1/6 to float32
def hardsigmoid(x):
    return F.hardsigmoid(x)


@network(X, M, kinks=[EDGES])
def hardswish(x):
    return F.hardswish(x)


@network(X, kinks=[EDGES])
def threshold(x):
    return F.threshold(x, 0.5, 0.2)


@network(X, M, kinks=[EDGES])
def leaky_relu(x):
    return F.leaky_relu(x) + F.leaky_relu(x, 0.2)


@network((X, np.array([0.3])), (M, P[:3]), (B, P[:3]))
def prelu(x, weight):
    return F.prelu(x, weight)


@network(X, M, kinks=[EDGES])
def elu(x):
    return F.elu(x) + F.elu(x, 0.5)


@network(X, M, kinks=[EDGES])
def selu(x):
    return F.selu(x)


@network(X, M, kinks=[EDGES])
def celu(x):
    return F.celu(x) + F.celu(x, alpha=0.5)


@network(X, M, kinks=[EDGES])
def sigmoid(x):
    return F.sigmoid(x)


@network(X, M, kinks=[EDGES])
def logsigmoid(x):
    return F.logsigmoid(x)


@network(X, M, kinks=[EDGES])
def silu(x):
    return F.silu(x)


@network(X, M, kinks=[SPECIAL])
def mish(x):
    return F.mish(x)


@network(X, M, kinks=[EDGES])
def gelu(x):
    return F.gelu(x)


@network(X, M, kinks=[SPECIAL])
def gelu_by_tanh(x):
    return F.gelu(x, approximate="tanh")


@network(X, M, kinks=[EDGES, np.array([19.9, 20.0, 20.1])])
def softplus(x):
    return F.softplus(x) + F.softplus(x, beta=2.0, threshold=10.0)


@network(X, M, kinks=[EDGES])
def tanh(x):
    return F.tanh(x)


@network(X, M, kinks=[EDGES])
def softsign(x):
    return F.softsign(x)


@network(X, M, kinks=[EDGES])
def tanhshrink(x):
    return F.tanhshrink(x)


@network(X, M, kinks=[EDGES])
def softshrink(x):
    return F.softshrink(x)


@network(X, M, kinks=[EDGES])
def hardshrink(x):
    return F.hardshrink(x)


@network(X, SIGNAL[0])
def glu(x):
    return F.glu(x, dim=0)


@network(M, SIGNAL, kinks=[400 * M])
def softmax(x):
    return F.softmax(x, dim=1)


@network(M, SIGNAL, kinks=[400 * M])
def softmin(x):
    return F.softmin(x, dim=-1)


@network(M, SIGNAL, kinks=[400 * M])
def log_softmax(x):
    return F.log_softmax(x, dim=0)


@network(M, SIGNAL, kinks=[np.zeros((2, 3))])
def normalize(x):
    return F.normalize(x, dim=1)


# Losses


@network((X, Y), (M, N), kinks=[(X, X)])
def mse_loss(x, y):
    return F.mse_loss(x, y)


@network((X, Y), (M, N), kinks=[(X, X)])
def l1_loss(x, y):
    return F.l1_loss(x, y, reduction="sum")


@network((X, Y), (M, 1.05 * N), kinks=[(X, X), (X, X + 1)])
def smooth_l1_loss(x, y):
    return F.smooth_l1_loss(x, y) + F.smooth_l1_loss(x, y, beta=0.7)


@network((X, Y), (M, N), kinks=[(X, X)])
def huber_loss(x, y):
    return F.huber_loss(x, y, reduction="none", delta=0.7)


@network((LOGITS, CLASSES), (LOGITS, SOME_IGNORED), (MANY_LOGITS, MANY_CLASSES))
def nll_loss(x, y):
    return F.nll_loss(x, y) + F.nll_loss(x, y, reduction="sum")


@network((LOGITS, CLASSES, WEIGHTS), (MANY_LOGITS, MANY_CLASSES, WEIGHTS), wrt=(0,))
def nll_loss_with_weights(x, y, weight):
    return F.nll_loss(x, y, weight) + F.nll_loss(x, y, weight=weight, ignore_index=1, reduction="sum")


@network((LOGITS, CLASSES), (LOGITS, SOME_IGNORED), (MANY_LOGITS, MANY_CLASSES), kinks=[(400 * LOGITS, CLASSES)])
def cross_entropy(x, y):
    return F.cross_entropy(x, y)


@network((LOGITS[0], np.array(2)))
def cross_entropy_of_one_sample(x, y):
    return F.cross_entropy(x, y)


@network((LOGITS, SOME_IGNORED, WEIGHTS), (MANY_LOGITS, MANY_CLASSES, WEIGHTS), wrt=(0,))
def cross_entropy_with_options(x, y, weight):
    mean = F.cross_entropy(x, y, weight=weight, label_smoothing=0.1)
    return mean + F.cross_entropy(x, y, weight, reduction="none", label_smoothing=0.2)


@network((LOGITS, SHARES), (LOGITS[0], SHARES[0]))
def cross_entropy_of_probabilities(x, y):
    return F.cross_entropy(x, y) + F.cross_entropy(x, y, reduction="sum", label_smoothing=0.1)


@network((LOGITS, SHARES, WEIGHTS), wrt=(0, 1))
def cross_entropy_of_probabilities_with_weights(x, y, weight):
    return F.cross_entropy(x, y, weight)


@network((WITHIN, LABELS), kinks=[(np.array([0.0, 1.0, 1.0, 0.5]), LABELS)], wrt=(0,))
def binary_cross_entropy(x, y):
    return F.binary_cross_entropy(x, y)


@network((WITHIN, LABELS, P), wrt=(0,))
def binary_cross_entropy_with_weights(x, y, weight):
    return F.binary_cross_entropy(x, y, weight, reduction="none")


@network((X, LABELS), (M, np.abs(N)), kinks=[(np.array([-800.0, 800.0, 0.0]), np.array([0.0, 0.0, 1.0]))])
def binary_cross_entropy_with_logits(x, y):
    return F.binary_cross_entropy_with_logits(x, y)


@network((X, LABELS, P, Y), wrt=(0,))
def binary_cross_entropy_with_logits_and_weights(x, y, weight, positive):
    return F.binary_cross_entropy_with_logits(x, y, weight, pos_weight=positive, reduction="sum")


@network((np.log(SHARES + 0.1), SHARES), wrt=(0,))
def kl_div(x, y):
    return F.kl_div(x, y, reduction="batchmean")


@network((np.log(SHARES + 0.1), np.log(SHARES + 0.2)))
def kl_div_of_logarithms(x, y):
    return F.kl_div(x, y, reduction="sum", log_target=True)


@network((X, np.array([0.0, 1.0, 3.0, 2.0])), wrt=(0,))
def poisson_nll_loss(x, y):
    return F.poisson_nll_loss(x, y) + F.poisson_nll_loss(x * x, y, log_input=False)


@network((X, Y, P), kinks=[(X, Y, np.array([0.0, 1.0, 2.0, 0.0]))])
def gaussian_nll_loss(x, y, var):
    return F.gaussian_nll_loss(x, y, var) + F.gaussian_nll_loss(x, y, var, full=True, reduction="sum")


@network((X, np.array([1, -1, 1, -1])), kinks=[(np.array([1.0, 0.0, 1.0]), np.array([1, -1, -1]))])
def hinge_embedding_loss(x, y):
    return F.hinge_embedding_loss(x, y)


@network((X, Y, np.array([1.0, -1.0, 1.0, -1.0])), wrt=(0, 1))
def margin_ranking_loss(x, y, target):
    return F.margin_ranking_loss(x, y, target, margin=0.5)


@network((M, N), (SIGNAL, SIGNAL[::-1] + 1))
def cosine_similarity(x, y):
    return F.cosine_similarity(x, y)


# Layers


@network((M, np.vstack([M, N]), Y), (SIGNAL, RNG.normal(size=(3, 7)), X[:3]))
def linear(x, weight, bias):
    return F.linear(x, weight, bias)


@network((np.array([[0, 1, 1], [3, 0, 2]]), LOGITS))
def embedding(x, weight):
    return F.embedding(x, weight)


@network((np.array([0, 1, 1]), LOGITS), kinks=[(np.array([2, 1, 3]), LOGITS)])
def embedding_with_padding(x, weight):
    return F.embedding(x, weight, padding_idx=2) * F.embedding(x, weight, padding_idx=-1)


@network((CLASSES, LOGITS), wrt=(1,))
def one_hot(x, y):
    return F.one_hot(x, 3) * y


@network((SIGNAL, RNG.normal(size=(3, 4, 2)), X[:3]))
def conv1d(x, weight, bias):
    return F.conv1d(x, weight, bias)


@network((SIGNAL, RNG.normal(size=(6, 2, 3))), (SIGNAL[0], RNG.normal(size=(2, 2, 1))))
def conv1d_with_options(x, weight):
    return F.conv1d(x, weight, stride=2, padding=1, dilation=2, groups=2)


@network((SIGNAL, RNG.normal(size=(3, 4, 3)), X[:3]))
def conv1d_of_the_same_length(x, weight, bias):
    return F.conv1d(x, weight, bias, padding="same") + F.conv1d(x, weight, padding="same", dilation=2)


@network((IMAGE, RNG.normal(size=(3, 4, 3, 2)), X[:3]), (IMAGE[0], RNG.normal(size=(1, 4, 1, 1)), X[:1]))
def conv2d(x, weight, bias):
    return F.conv2d(x, weight, bias)


@network((IMAGE, RNG.normal(size=(6, 2, 3, 2))), (IMAGE, RNG.normal(size=(2, 2, 1, 3))))
def conv2d_with_options(x, weight):
    return F.conv2d(x, weight, None, (2, 1), (1, 2), (1, 2), 2)


@network((RNG.normal(size=(1, 2, 3, 4, 3)), RNG.normal(size=(2, 1, 2, 2, 3))))
def conv3d(x, weight):
    return F.conv3d(x, weight, stride=(1, 2, 1), padding=1, groups=2)


@network((SIGNAL, RNG.normal(size=(4, 2, 3)), X))
def conv_transpose1d(x, weight, bias):
    return F.conv_transpose1d(x, weight, bias[:2]) * F.conv_transpose1d(x, weight[:, 1:])


@network((IMAGE, RNG.normal(size=(4, 3, 3, 2)), RNG.normal(size=6)))
def conv_transpose2d(x, weight, bias):
    return F.conv_transpose2d(x, weight, bias, stride=2, padding=(1, 0), output_padding=1, groups=2, dilation=(1, 2))


@network(SIGNAL, SIGNAL[0], kinks=[TIES])
def max_pool1d(x):
    return F.max_pool1d(x, 2)


@network(SIGNAL, kinks=[TIES])
def max_pool1d_with_options(x):
    return F.max_pool1d(x, 3, stride=2, padding=1, dilation=2, ceil_mode=True)


@network(IMAGE, IMAGE[0])
def max_pool2d(x):
    return F.max_pool2d(x, 2)


@network(IMAGE, kinks=[np.round(IMAGE), np.full((1, 1, 4, 4), -np.inf)])
def max_pool2d_with_options(x):
    return F.max_pool2d(x, (3, 2), (2, 1), padding=(1, 1), ceil_mode=True)


@network(SIGNAL, SIGNAL[0])
def avg_pool1d(x):
    return F.avg_pool1d(x, 3, stride=2, padding=1)


@network(IMAGE, IMAGE[0])
def avg_pool2d(x):
    return F.avg_pool2d(x, 2)


@network(IMAGE)
def avg_pool2d_with_options(x):
    included = F.avg_pool2d(x, (3, 2), (2, 1), padding=1, ceil_mode=True)
    return included + F.avg_pool2d(x, (3, 2), (2, 1), 1, True, count_include_pad=False)


@network(IMAGE)
def avg_pool2d_by_a_divisor(x):
    return F.avg_pool2d(x, 2, divisor_override=3)


@network((M, P[:3], Y[:3]), (SIGNAL, RNG.normal(size=7), RNG.normal(size=7)))
def layer_norm(x, weight, bias):
    return F.layer_norm(x, weight.shape, weight, bias)


@network((SIGNAL,))
def layer_norm_of_two_axes(x):
    return F.layer_norm(x, (4, 7), eps=0.1)


@network((M, P[:3]))
def rms_norm(x, weight):
    return F.rms_norm(x, (3,), weight, eps=1e-6)


@network((LOGITS, WEIGHTS, Y[:3]), (SIGNAL[:, :3], WEIGHTS, Y[:3]), (IMAGE[:, :3], WEIGHTS, Y[:3]))
def batch_norm(x, weight, bias):
    return F.batch_norm(x, None, None, weight, bias, training=True)


@network((LOGITS, Y[:3], WEIGHTS), (IMAGE[:, :3], Y[:3], WEIGHTS), wrt=(0,))
def batch_norm_by_running_values(x, mean, var):
    return F.batch_norm(x, mean, var)


@network((SIGNAL, P, Y), (IMAGE, P, Y))
def group_norm(x, weight, bias):
    return F.group_norm(x, 2, weight, bias)


@network(X)
def dropout_in_evaluation(x):
    return F.dropout(x * x, training=False) * F.dropout(x, 0.0)


@network((RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 5, 4)), RNG.normal(size=(2, 5, 2))))
def scaled_dot_product_attention(query, key, value):
    return F.scaled_dot_product_attention(query, key, value)


@network((RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 2))))
def causal_attention(query, key, value):
    return F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=0.3)
