"""Long loops, for `torch.compile`, which would write their rounds out: one round is compiled, and called in a loop.

Where a function can be compiled as a whole, in one graph of both sweeps, that is faster, and no version stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from benchmarks.peers.torch.loops import heated, ode_step
from benchmarks.peers.torch.networks import diagonal_cell
from benchmarks.peers.torch.networks import lstm_adbench as characters


def by_steps(version: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a version that compiles its steps itself, and is differentiated by the tape."""
    version.compiles_its_steps = True  # type: ignore[attr-defined]
    return version


def _compiled(step: Callable[..., Any]) -> Callable[..., Any]:
    return torch.compile(step, dynamic=False, fullgraph=True)


def _swept(smoothed: Callable[[Any], Any], rank: int) -> Callable[..., Any]:
    inner = (slice(1, -1),) * rank

    def step(A, B):
        A, B = A.clone(), B.clone()
        B[inner] = smoothed(A)
        A[inner] = smoothed(B)
        return A, B

    step = _compiled(step)

    def sweep(A, B, steps):
        for _ in range(1, steps):
            A, B = step(A, B)
        return A.square().sum()

    return by_steps(sweep)


jacobi_1d = _swept(lambda A: 0.33333 * (A[:-2] + A[1:-1] + A[2:]), 1)
jacobi_2d = _swept(lambda A: 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1]), 2)
heat_3d = _swept(heated, 3)


@_compiled
def _fields(ex, ey, hz, value):
    ex, ey, hz = ex.clone(), ey.clone(), hz.clone()
    ey[0] = value
    ey[1:] -= 0.5 * (hz[1:] - hz[:-1])
    ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
    hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return ex, ey, hz


@by_steps
def fdtd_2d(ex, ey, hz, source):
    for value in source:
        ex, ey, hz = _fields(ex, ey, hz, value)
    return hz.square().sum()


@_compiled
def _cell(U, entered, h, c):
    i, f, o, g = (entered + h @ U).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@by_steps
def lstm(W, U, b, xs):
    h = c = xs.new_zeros((xs.shape[1], W.shape[0]))
    for entered in xs @ W + b:
        h, c = _cell(U, entered, h, c)
    return h.square().sum()


@_compiled
def _unit(W, entered, h):
    return torch.tanh(W @ h + entered)


@by_steps
def rnn(W, U, b, xs):
    h = torch.zeros_like(b)
    for entered in xs @ U.T + b:
        h = _unit(W, entered, h)
    return h.square().sum()


_diagonal_cell = _compiled(diagonal_cell)


@by_steps
def lstm_adbench(weights, biases, ends, hidden0, cell0, sequence):
    return characters(weights, biases, ends, hidden0, cell0, sequence, cell_step=_diagonal_cell)


@_compiled
def _iterate(A, v):
    w = A @ v
    v = w / torch.linalg.vector_norm(w)
    return v, v @ (A @ v)


@by_steps
def power_iteration(A, v):
    number, change = 0.0, 1.0
    while change > 1e-10:
        v, estimate = _iterate(A, v)
        previous, number = number, estimate.item()
        change = abs(number - previous)
    return estimate


@_compiled
def _doubled(y):
    y = y * 2
    return y, torch.linalg.vector_norm(y)


@by_steps
def doubling(x):
    y = x * 2
    norm = torch.linalg.vector_norm(y)
    while norm < 1e6:
        y, norm = _doubled(y)
    return y.sum()


_ode_step = _compiled(ode_step)


@by_steps
def ode(x, steps):
    y = torch.zeros_like(x)
    for _ in range(steps):
        y = _ode_step(x, y, 2.0 / steps)
    return y.sum()
