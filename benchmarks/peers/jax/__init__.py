"""JAX: `jax.jit` of `jax.value_and_grad`, in float64 where the problem is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers.peer import Call, Peer


def _prepare(version: Callable[..., Any], arguments: tuple[Any, ...], wrt: tuple[int, ...]) -> Call:
    import jax

    jax.config.update("jax_enable_x64", True)
    static = tuple(i for i, argument in enumerate(arguments) if isinstance(argument, int))
    placed = [a if i in static else jax.numpy.asarray(a) for i, a in enumerate(arguments)]
    value_and_grad = jax.jit(jax.value_and_grad(version, wrt), static_argnums=static)
    return lambda: jax.block_until_ready(value_and_grad(*placed))


JAX = Peer("jax.jit", "jax", __name__, _prepare, trips=True)
