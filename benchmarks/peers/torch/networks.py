"""Neural networks, for PyTorch: its own layers, where it has them, with the given weights."""

import torch
import torch.nn.functional as F


def mlp(W1, b1, W2, b2, x, labels):
    logits = F.linear(F.relu(F.linear(x, W1.T, b1)), W2.T, b2)
    return F.cross_entropy(logits, labels)


def lstm(W, U, b, xs):
    """The loop of `torch.nn.LSTM`; its gates stand in another order."""

    def ordered(weights):
        i, f, o, g = weights.chunk(4, dim=-1)
        return torch.cat([i, f, g, o], dim=-1).mT if weights.ndim == 2 else torch.cat([i, f, g, o])

    zeros = xs.new_zeros((1, xs.shape[1], W.shape[0]))
    bias = ordered(b)
    weights = [ordered(W).contiguous(), ordered(U).contiguous(), bias, torch.zeros_like(bias)]
    _, h, _ = torch.lstm(xs, (zeros, zeros), weights, True, 1, 0.0, True, False, False)
    return h.square().sum()


def rnn(W, U, b, xs):
    """The loop of `torch.nn.RNN`."""
    zeros = xs.new_zeros((1, 1, len(b)))
    _, h = torch.rnn_tanh(xs[:, None], zeros, [U, W, b, torch.zeros_like(b)], True, 1, 0.0, True, False, False)
    return h.square().sum()


def diagonal_cell(weight, bias, hidden, cell, x):
    """ADBench's cell, whose gates have diagonal weights."""
    forget = torch.sigmoid(x * weight[0] + bias[0])
    enter = torch.sigmoid(hidden * weight[1] + bias[1])
    leave = torch.sigmoid(x * weight[2] + bias[2])
    change = torch.tanh(hidden * weight[3] + bias[3])
    cell = cell * forget + enter * change
    return leave * torch.tanh(cell), cell


def lstm_adbench(weights, biases, ends, hidden0, cell0, sequence, cell_step=diagonal_cell):
    hidden, cell = list(hidden0), list(cell0)
    weights, biases = [w.unbind() for w in weights], [b.unbind() for b in biases]
    outputs = []
    for x in sequence[:-1] * ends[0]:
        for layer in range(len(hidden)):
            hidden[layer], cell[layer] = cell_step(weights[layer], biases[layer], hidden[layer], cell[layer], x)
            x = hidden[layer]
        outputs.append(x)
    predicted = torch.stack(outputs) * ends[1] + ends[2]
    normalised = predicted - torch.log(torch.exp(predicted).sum(1, keepdim=True) + 2)
    return -(sequence[1:] * normalised).mean()
