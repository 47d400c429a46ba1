"""Autograd: `autograd.value_and_grad` of functions of `autograd.numpy`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers.peer import Call, Peer


def _prepare(version: Callable[..., Any], arguments: tuple[Any, ...], wrt: tuple[int, ...]) -> Call:
    import autograd

    value_and_grad = autograd.value_and_grad(version, wrt)
    return lambda: value_and_grad(*arguments)


AUTOGRAD = Peer("autograd", "autograd", __name__, _prepare)
