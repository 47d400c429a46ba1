"""What one who writes for JAX would rather say in another way: by its library, or by vectors instead of loops."""

import jax.numpy as jnp
from jax import lax

from benchmarks.peers.jax.arrays import rosenbrock as rosenbrock_loop

__all__ = ["cholesky", "kmeans", "lu", "rosenbrock_loop", "seidel_2d"]


def kmeans(centres, points):
    """Distances by a product of matrices, which loses digits of small ones."""
    distances = jnp.sum(centres * centres, axis=1) - 2.0 * points @ centres.T
    return jnp.sum(points * points) + jnp.sum(jnp.min(distances, axis=1))


def lu(A):
    """The matrix is diagonally dominant: nothing is exchanged."""
    factors, _, _ = lax.linalg.lu(A)
    return jnp.sum(factors * factors)


def cholesky(A):
    lower = jnp.linalg.cholesky(jnp.tril(A) + jnp.tril(A, -1).T, symmetrize_input=False)
    upper = jnp.triu(A, 1)
    return jnp.sum(lower * lower) + jnp.sum(upper * upper)


def seidel_2d(A, steps):
    """What a row takes from its neighbours at once, then the recurrence along it."""

    def along(left, value):
        left = (left + value) / 9.0
        return left, left

    def row(above, rows):
        here, below = rows
        three = above[:-2] + above[1:-1] + above[2:] + below[:-2] + below[1:-1] + below[2:]
        _, inner = lax.scan(along, here[0], three + here[1:-1] + here[2:])
        here = here.at[1:-1].set(inner)
        return here, here

    def sweep(_, A):
        _, inner = lax.scan(row, A[0], (A[1:-1], A[2:]))
        return A.at[1:-1].set(inner)

    A = lax.fori_loop(0, steps, sweep, A)
    return jnp.sum(A * A)
