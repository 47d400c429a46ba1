"""PyTorch: its tape (eager), and `torch.compile` of `torch.func.grad_and_value`: one graph of both sweeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers.peer import Call, Peer


def _tensors(arguments: tuple[Any, ...], wrt: tuple[int, ...]) -> list[Any]:
    import torch

    torch.set_num_threads(1)
    placed = []
    for i, argument in enumerate(arguments):
        if isinstance(argument, np.ndarray):
            placed.append(torch.from_numpy(argument.copy()))
        else:
            placed.append(torch.tensor(argument, dtype=torch.float64) if i in wrt else argument)
    return placed


def _taped(version: Callable[..., Any], arguments: tuple[Any, ...], wrt: tuple[int, ...]) -> Call:
    import torch

    placed = _tensors(arguments, wrt)
    leaves = [placed[i].requires_grad_() for i in wrt]

    def call() -> tuple[Any, tuple[Any, ...]]:
        value = version(*placed)
        return value, torch.autograd.grad(value, leaves)

    return call


def _compiled(version: Callable[..., Any], arguments: tuple[Any, ...], wrt: tuple[int, ...]) -> Call:
    if getattr(version, "compiles_its_steps", False):
        return _taped(version, arguments, wrt)
    import torch

    placed = _tensors(arguments, wrt)
    grad_and_value = torch.compile(torch.func.grad_and_value(version, wrt), dynamic=False)

    def call() -> tuple[Any, tuple[Any, ...]]:
        gradients, value = grad_and_value(*placed)
        return value, gradients

    return call


TORCH = Peer("PyTorch", "torch", __name__, _taped)

_UNROLLED = "`torch.compile` writes loops over elements out, one graph node for each operation on an element"

TORCH_COMPILE = Peer(
    "torch.compile",
    "torch",
    __name__,
    _compiled,
    overrides="compiled",
    absent=dict.fromkeys(("seidel_2d", "lu", "cholesky", "logistic_map", "rosenbrock_loop"), _UNROLLED),
)
