"""Neural networks, their layers written out."""

from __future__ import annotations

import numpy as np

from tests.kernels.registry import kernel


def relu(x):
    return np.maximum(x, 0)


def conv2d(input, weights):
    """A convolution of NHWC images without padding."""
    K = weights.shape[0]
    N = input.shape[0]
    H_out = input.shape[1] - K + 1
    W_out = input.shape[2] - K + 1
    C_out = weights.shape[3]
    output = np.empty((N, H_out, W_out, C_out), dtype=np.float64)

    for i in range(H_out):
        for j in range(W_out):
            output[:, i, j, :] = np.sum(
                input[:, i : i + K, j : j + K, :, np.newaxis] * weights[np.newaxis, :, :, :], axis=(1, 2, 3)
            )
    return output


def maxpool2d(x):
    output = np.empty([x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]], dtype=x.dtype)
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            output[:, i, j, :] = np.max(x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, :], axis=(1, 2))
    return output


def batchnorm2d(x, eps=1e-5):
    mean = np.mean(x, axis=0, keepdims=True)
    std = np.std(x, axis=0, keepdims=True)
    return (x - mean) / np.sqrt(std + eps)


@kernel(lambda rng: (rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(2, 2, 3, 4)), rng.normal(size=4)))
def conv2d_bias(input, weights, bias):
    return conv2d(input, weights) + bias


def _lenet_arguments(rng, N=2, H=16, W=16):
    C_before_fc1 = 16 * (((H - 4) // 2 - 4) // 2) * (((W - 4) // 2 - 4) // 2)
    convolutions = (N, H, W, 1), (5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,)
    layers = (C_before_fc1, 12), (12,), (12, 8), (8,), (8, 10), (10,)
    return (*(rng.normal(size=shape) / 3 for shape in convolutions + layers), N, C_before_fc1)


@kernel(_lenet_arguments)
def lenet(
    input, conv1, conv1bias, conv2, conv2bias, fc1w, fc1b, fc2w, fc2b, fc3w, fc3b, N, C_before_fc1
):  # fmt: skip
    x = relu(conv2d(input, conv1) + conv1bias)
    x = maxpool2d(x)
    x = relu(conv2d(x, conv2) + conv2bias)
    x = maxpool2d(x)
    x = np.reshape(x, (N, C_before_fc1))
    x = relu(x @ fc1w + fc1b)
    x = relu(x @ fc2w + fc2b)
    return x @ fc3w + fc3b


@kernel(lambda rng, sizes=(2, 3, 4, 4): (rng.normal(size=sizes),))
def softmax(x):
    tmp_max = np.max(x, axis=-1, keepdims=True)
    tmp_out = np.exp(x - tmp_max)
    tmp_sum = np.sum(tmp_out, axis=-1, keepdims=True)
    return tmp_out / tmp_sum


def _mlp_arguments(rng, N=4, C_in=3, S0=6, S1=5, S2=4):
    shapes = (N, C_in), (C_in, S0), (S0,), (S0, S1), (S1,), (S1, S2), (S2,)
    return tuple(rng.normal(size=shape) for shape in shapes)


@kernel(_mlp_arguments)
def mlp(input, w1, b1, w2, b2, w3, b3):
    x = relu(input @ w1 + b1)
    x = relu(x @ w2 + b2)
    return softmax(x @ w3 + b3)


def _resnet_arguments(rng, N=3, W=4, H=4, C1=5, C2=2):
    return (
        rng.normal(size=(N, H, W, C1)),
        rng.normal(size=(1, 1, C1, C2)),
        rng.normal(size=(3, 3, C2, C2)),
        rng.normal(size=(1, 1, C2, C1)),
    )


@kernel(_resnet_arguments)
def resnet(input, conv1, conv2, conv3):
    """A bottleneck block."""
    padded = np.zeros((input.shape[0], input.shape[1] + 2, input.shape[2] + 2, conv1.shape[3]))
    padded[:, 1:-1, 1:-1, :] = conv2d(input, conv1)
    x = batchnorm2d(padded)
    x = relu(x)

    x = conv2d(x, conv2)
    x = batchnorm2d(x)
    x = relu(x)
    x = conv2d(x, conv3)
    x = batchnorm2d(x)
    return relu(x + input)
