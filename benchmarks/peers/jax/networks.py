"""Neural networks, for JAX; what does not depend on the recurrence is computed before the scan."""

import jax
import jax.numpy as jnp
from jax import lax


def mlp(W1, b1, W2, b2, x, labels):
    hidden = jax.nn.relu(x @ W1 + b1)
    logits = hidden @ W2 + b2
    return -jnp.mean(jnp.sum(labels * jax.nn.log_softmax(logits), axis=1))


def lstm(W, U, b, xs):
    def step(carry, entered):
        h, c = carry
        i, f, o, g = jnp.split(entered + h @ U, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), None

    zeros = jnp.zeros((xs.shape[1], W.shape[0]))
    (h, _), _ = lax.scan(step, (zeros, zeros), xs @ W + b)
    return jnp.sum(h * h)


def rnn(W, U, b, xs):
    def step(h, entered):
        return jnp.tanh(W @ h + entered), None

    h, _ = lax.scan(step, jnp.zeros_like(b), xs @ U.T + b)
    return jnp.sum(h * h)


def lstm_adbench(weights, biases, ends, hidden0, cell0, sequence):
    def cell_step(weight, bias, hidden, cell, x):
        forget = jax.nn.sigmoid(x * weight[0] + bias[0])
        enter = jax.nn.sigmoid(hidden * weight[1] + bias[1])
        leave = jax.nn.sigmoid(x * weight[2] + bias[2])
        change = jnp.tanh(hidden * weight[3] + bias[3])
        cell = cell * forget + enter * change
        return leave * jnp.tanh(cell), cell

    def step(carry, item):
        hidden, cell = carry
        x = item * ends[0]
        hiddens, cells = [], []
        for layer in range(len(hidden0)):
            x, c = cell_step(weights[layer], biases[layer], hidden[layer], cell[layer], x)
            hiddens.append(x)
            cells.append(c)
        return (jnp.stack(hiddens), jnp.stack(cells)), x

    _, outputs = lax.scan(step, (hidden0, cell0), sequence[:-1])
    predicted = outputs * ends[1] + ends[2]
    normalised = predicted - jnp.log(jnp.sum(jnp.exp(predicted), axis=1, keepdims=True) + 2)
    return -jnp.sum(sequence[1:] * normalised) / sequence[1:].size
