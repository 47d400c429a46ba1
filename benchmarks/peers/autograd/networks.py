"""Neural networks, for Autograd; what does not depend on the recurrence is computed before the loop."""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def sigmoid(x):
    return 0.5 * (np.tanh(0.5 * x) + 1.0)


def mlp(W1, b1, W2, b2, x, labels):
    hidden = np.maximum(x @ W1 + b1, 0)
    logits = hidden @ W2 + b2
    log_probabilities = logits - logsumexp(logits, axis=1, keepdims=True)
    return -np.mean(np.sum(labels * log_probabilities, axis=1))


def lstm(W, U, b, xs):
    size = W.shape[0]
    h = c = np.zeros((xs.shape[1], size))
    for entered in xs @ W + b:
        gates = entered + h @ U
        opened = sigmoid(gates[:, : 3 * size])
        i, f, o = opened[:, :size], opened[:, size : 2 * size], opened[:, 2 * size :]
        c = f * c + i * np.tanh(gates[:, 3 * size :])
        h = o * np.tanh(c)
    return np.sum(h * h)


def rnn(W, U, b, xs):
    h = np.zeros(b.shape)
    for entered in xs @ U.T + b:
        h = np.tanh(W @ h + entered)
    return np.sum(h * h)


def lstm_adbench(weights, biases, ends, hidden0, cell0, sequence):
    def cell_step(weight, bias, hidden, cell, x):
        forget = sigmoid(x * weight[0] + bias[0])
        enter = sigmoid(hidden * weight[1] + bias[1])
        leave = sigmoid(x * weight[2] + bias[2])
        change = np.tanh(hidden * weight[3] + bias[3])
        cell = cell * forget + enter * change
        return leave * np.tanh(cell), cell

    hidden, cell = list(hidden0), list(cell0)
    weights = [[weights[layer, gate] for gate in range(4)] for layer in range(len(hidden0))]
    biases = [[biases[layer, gate] for gate in range(4)] for layer in range(len(hidden0))]
    outputs = []
    for x in sequence[:-1] * ends[0]:
        for layer in range(len(hidden0)):
            hidden[layer], cell[layer] = cell_step(weights[layer], biases[layer], hidden[layer], cell[layer], x)
            x = hidden[layer]
        outputs.append(x)
    predicted = np.array(outputs) * ends[1] + ends[2]
    normalised = predicted - np.log(np.sum(np.exp(predicted), axis=1, keepdims=True) + 2)
    return -np.mean(sequence[1:] * normalised)
