"""Neural networks."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.registry import problem
from benchmarks.problems.targets import NETWORK, RECURRENT


def _digits(rng, batch=128, pixels=784, size=256):
    def layer(inputs, outputs):
        return (rng.normal(size=(inputs, outputs)) / np.sqrt(inputs)).astype(np.float32)

    x = rng.random((batch, pixels), dtype=np.float32)
    labels = np.eye(10, dtype=np.float32)[rng.integers(0, 10, batch)]
    return layer(pixels, size), np.zeros(size, np.float32), layer(size, 10), np.zeros(10, np.float32), x, labels


@problem(_digits, small=lambda rng: _digits(rng, 4, 6, 5), wrt=(0, 1, 2, 3), kind=NETWORK)
def mlp(W1, b1, W2, b2, x, labels):
    """A perceptron 784-256-10 with cross entropy, in float32."""
    hidden = np.maximum(x @ W1 + b1, 0)
    logits = hidden @ W2 + b2
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(np.sum(labels * log_probabilities, axis=1))


def sigmoid(x):
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-x))


def _sequence(rng, steps=200, batch=16, size=64):
    return (
        rng.normal(size=(size, 4 * size)) / 8,
        rng.normal(size=(size, 4 * size)) / 8,
        np.zeros(4 * size),
        rng.normal(size=(steps, batch, size)),
    )


@problem(_sequence, small=lambda rng: _sequence(rng, 3, 2, 4), wrt=(0, 1, 2), kind=RECURRENT)
def lstm(W, U, b, xs):
    """A long short-term memory over 200 steps: batch 16, size 64."""
    size = W.shape[0]
    h = np.zeros((xs.shape[1], size))
    c = np.zeros((xs.shape[1], size))
    for x in xs:
        gates = x @ W + h @ U + b
        i = sigmoid(gates[:, :size])
        f = sigmoid(gates[:, size : 2 * size])
        o = sigmoid(gates[:, 2 * size : 3 * size])
        g = np.tanh(gates[:, 3 * size :])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum(h * h)


def _vectors(rng, steps=200, size=64, inputs=32):
    return (
        rng.normal(size=(size, size)) / 8,
        rng.normal(size=(size, inputs)) / 8,
        rng.normal(size=size),
        rng.normal(size=(steps, inputs)),
    )


@problem(_vectors, small=lambda rng: _vectors(rng, 4, 3, 2), wrt=(0, 1, 2), kind=RECURRENT)
def rnn(W, U, b, xs):
    """A recurrent network of one sequence, a vector a step."""
    h = np.zeros(b.shape)
    for x in xs:
        h = np.tanh(W @ h + U @ x + b)
    return np.sum(h * h)


def _cell(weight, bias, hidden, cell, x):
    forget = sigmoid(x * weight[0] + bias[0])
    enter = sigmoid(hidden * weight[1] + bias[1])
    leave = sigmoid(x * weight[2] + bias[2])
    change = np.tanh(hidden * weight[3] + bias[3])
    cell = cell * forget + enter * change
    return leave * np.tanh(cell), cell


def _characters(rng, layers=2, steps=100, size=14):
    return (
        rng.normal(size=(layers, 4, size)) * 0.3,
        rng.normal(size=(layers, 4, size)) * 0.3,
        rng.normal(size=(3, size)) * 0.3,
        rng.normal(size=(layers, size)) * 0.3,
        rng.normal(size=(layers, size)) * 0.3,
        rng.normal(size=(steps, size)),
    )


@problem(_characters, small=lambda rng: _characters(rng, 2, 4, 3), wrt=(0, 1, 2))
def lstm_adbench(weights, biases, ends, hidden0, cell0, sequence):
    """ADBench's `lstm`: layers with diagonal gates that predict each next character."""
    hidden = [hidden0[layer] for layer in range(len(hidden0))]
    cell = [cell0[layer] for layer in range(len(hidden0))]
    total = 0.0
    for t in range(len(sequence) - 1):
        x = sequence[t] * ends[0]
        for layer in range(len(hidden0)):
            hidden[layer], cell[layer] = _cell(weights[layer], biases[layer], hidden[layer], cell[layer], x)
            x = hidden[layer]
        predicted = x * ends[1] + ends[2]
        normalised = predicted - np.log(np.sum(np.exp(predicted)) + 2)
        total += np.sum(sequence[t + 1] * normalised)
    return -total / ((len(sequence) - 1) * sequence.shape[1])
