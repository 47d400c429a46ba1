"""Loops, for JAX: those that run on the machine are `lax.scan` or `lax.fori_loop`, which have a reverse mode."""

import jax.numpy as jnp
from jax import lax


def jacobi_1d(A, B, steps):
    def step(_, grids):
        A, B = grids
        B = B.at[1:-1].set(0.33333 * (A[:-2] + A[1:-1] + A[2:]))
        A = A.at[1:-1].set(0.33333 * (B[:-2] + B[1:-1] + B[2:]))
        return A, B

    A, _ = lax.fori_loop(1, steps, step, (A, B))
    return jnp.sum(A * A)


def jacobi_2d(A, B, steps):
    def smoothed(A):
        return 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])

    def step(_, grids):
        A, B = grids
        B = B.at[1:-1, 1:-1].set(smoothed(A))
        A = A.at[1:-1, 1:-1].set(smoothed(B))
        return A, B

    A, _ = lax.fori_loop(1, steps, step, (A, B))
    return jnp.sum(A * A)


def heat_3d(A, B, steps):
    def heated(A):
        inner = A[1:-1, 1:-1, 1:-1]
        return (
            0.125 * (A[2:, 1:-1, 1:-1] - 2.0 * inner + A[:-2, 1:-1, 1:-1])
            + 0.125 * (A[1:-1, 2:, 1:-1] - 2.0 * inner + A[1:-1, :-2, 1:-1])
            + 0.125 * (A[1:-1, 1:-1, 2:] - 2.0 * inner + A[1:-1, 1:-1, :-2])
            + inner
        )

    def step(_, grids):
        A, B = grids
        B = B.at[1:-1, 1:-1, 1:-1].set(heated(A))
        A = A.at[1:-1, 1:-1, 1:-1].set(heated(B))
        return A, B

    A, _ = lax.fori_loop(1, steps, step, (A, B))
    return jnp.sum(A * A)


def fdtd_2d(ex, ey, hz, source):
    def step(fields, value):
        ex, ey, hz = fields
        ey = ey.at[0].set(value)
        ey = ey.at[1:].add(-0.5 * (hz[1:] - hz[:-1]))
        ex = ex.at[:, 1:].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        hz = hz.at[:-1, :-1].add(-0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]))
        return (ex, ey, hz), None

    (_, _, hz), _ = lax.scan(step, (ex, ey, hz), source)
    return jnp.sum(hz * hz)


def seidel_2d(A, steps):
    n = A.shape[0]

    def element(position, A):
        i, j = 1 + position // (n - 2) % (n - 2), 1 + position % (n - 2)
        around = lax.dynamic_slice(A, (i - 1, j - 1), (3, 3))
        return A.at[i, j].set(jnp.sum(around) / 9.0)

    A = lax.fori_loop(0, steps * (n - 2) ** 2, element, A)
    return jnp.sum(A * A)


def hdiff(in_field, coeff):
    I, J, _ = coeff.shape
    lap = 4.0 * in_field[1 : I + 3, 1 : J + 3] - (
        in_field[2 : I + 4, 1 : J + 3]
        + in_field[0 : I + 2, 1 : J + 3]
        + in_field[1 : I + 3, 2 : J + 4]
        + in_field[1 : I + 3, 0 : J + 2]
    )
    res = lap[1:, 1 : J + 1] - lap[:-1, 1 : J + 1]
    flx = jnp.where(res * (in_field[2 : I + 3, 2 : J + 2] - in_field[1 : I + 2, 2 : J + 2]) > 0, 0, res)
    res = lap[1 : I + 1, 1:] - lap[1 : I + 1, :-1]
    fly = jnp.where(res * (in_field[2 : I + 2, 2 : J + 3] - in_field[2 : I + 2, 1 : J + 2]) > 0, 0, res)
    out = in_field[2 : I + 2, 2 : J + 2] - coeff * (flx[1:] - flx[:-1] + fly[:, 1:] - fly[:, :-1])
    return jnp.sum(out * out)


def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    stage, u, position, tendency = (jnp.moveaxis(a, 2, 0) for a in (utens_stage, u_stage, u_pos, utens))
    speed = 0.25 * jnp.moveaxis(wcon[1:] + wcon[:-1], 2, 0)
    zero = jnp.zeros_like(speed[:1])
    below, above = jnp.concatenate([zero, -speed[1:]]), jnp.concatenate([speed[1:], zero])
    a, c = 0.5 * below, 0.5 * above
    difference = u[1:] - u[:-1]
    correction = jnp.concatenate([zero, 0.5 * below[1:] * difference]) - jnp.concatenate(
        [0.5 * above[:-1] * difference, zero]
    )
    d = dtr_stage * position + tendency + stage + correction
    b = dtr_stage - a - c

    def forward(carry, row):
        c_before, d_before = carry
        a, b, c, d = row
        divided = 1.0 / (b - c_before * a)
        c, d = c * divided, (d - d_before * a) * divided
        return (c, d), (c, d)

    def backward(x, row):
        c, d = row
        x = d - c * x
        return x, x

    _, rows = lax.scan(forward, (zero[0], zero[0]), (a, b, c, d))
    _, x = lax.scan(backward, zero[0], rows, reverse=True)
    out = dtr_stage * (x - position)
    return jnp.sum(out * out)


def lu(A):
    n = A.shape[0]
    places = jnp.arange(n)

    def element(position, A):
        i, j = position // n, position % n
        inner = jnp.sum(jnp.where(places < jnp.minimum(i, j), A[i] * A[:, j], 0.0))
        value = A[i, j] - inner
        return A.at[i, j].set(jnp.where(j < i, value / A[j, j], value))

    A = lax.fori_loop(0, n * n, element, A)
    return jnp.sum(A * A)


def cholesky(A):
    n = A.shape[0]
    places = jnp.arange(n)

    def inner(A, i, j):
        return jnp.sum(jnp.where(places < j, A[i] * A[j], 0.0))

    def below(j, carry):
        A, i = carry
        return A.at[i, j].set((A[i, j] - inner(A, i, j)) / A[j, j]), i

    def row(i, A):
        # Only a number of rounds that is known when it is compiled has a reverse mode: those above the diagonal change
        # nothing.
        A, _ = lax.fori_loop(0, n, lambda j, carry: lax.cond(j < i, below, lambda _, same: same, j, carry), (A, i))
        return A.at[i, i].set(jnp.sqrt(A[i, i] - inner(A, i, i)))

    A = lax.fori_loop(0, n, row, A)
    return jnp.sum(A * A)


def logistic_map(x, r, steps):
    return lax.fori_loop(0, steps, lambda _, x: r * x * (1.0 - x), x)


def rosenbrock_loop(x):
    def add(total, pair):
        here, after = pair
        return total + 100.0 * (after - here**2) ** 2 + (1 - here) ** 2, None

    return lax.scan(add, 0.0, (x[:-1], x[1:]))[0]


def power_iteration(A, v, rounds):
    def iterate(_, carry):
        v, _ = carry
        w = A @ v
        v = w / jnp.sqrt(jnp.sum(w * w))
        return v, v @ (A @ v)

    return lax.fori_loop(0, rounds, iterate, (v, 0.0))[1]


def doubling(x, rounds):
    return jnp.sum(lax.fori_loop(0, rounds, lambda _, y: y * 2, x * 2))


def ode(x, steps):
    h = 2.0 / steps

    def production(y):
        return jnp.concatenate([x[:1], x[1:] * y[:-1]])

    def step(_, y):
        k1 = production(y)
        k2 = production(y + 0.5 * h * k1)
        k3 = production(y + 0.5 * h * k2)
        k4 = production(y + h * k3)
        return y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)

    return jnp.sum(lax.fori_loop(0, steps, step, jnp.zeros_like(x)))
