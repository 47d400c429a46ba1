"""Loops, for PyTorch: Python's, over operations on tensors.

What is linear needs nothing of what it overwrites, and is written in place on copies; the rest makes new tensors.
"""

import itertools

import torch


def jacobi_1d(A, B, steps):
    A, B = A.clone(), B.clone()
    for _ in range(1, steps):
        B[1:-1] = 0.33333 * (A[:-2] + A[1:-1] + A[2:])
        A[1:-1] = 0.33333 * (B[:-2] + B[1:-1] + B[2:])
    return A.square().sum()


def jacobi_2d(A, B, steps):
    A, B = A.clone(), B.clone()
    for _ in range(1, steps):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
    return A.square().sum()


def heated(A):
    """The inner part after one step of the heat equation."""
    inner = A[1:-1, 1:-1, 1:-1]
    return (
        0.125 * (A[2:, 1:-1, 1:-1] - 2.0 * inner + A[:-2, 1:-1, 1:-1])
        + 0.125 * (A[1:-1, 2:, 1:-1] - 2.0 * inner + A[1:-1, :-2, 1:-1])
        + 0.125 * (A[1:-1, 1:-1, 2:] - 2.0 * inner + A[1:-1, 1:-1, :-2])
        + inner
    )


def heat_3d(A, B, steps):
    A, B = A.clone(), B.clone()
    for _ in range(1, steps):
        B[1:-1, 1:-1, 1:-1] = heated(A)
        A[1:-1, 1:-1, 1:-1] = heated(B)
    return A.square().sum()


def fdtd_2d(ex, ey, hz, source):
    ex, ey, hz = ex.clone(), ey.clone(), hz.clone()
    for value in source:
        ey[0] = value
        ey[1:] -= 0.5 * (hz[1:] - hz[:-1])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return hz.square().sum()


def seidel_2d(A, steps):
    A = A.clone()
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = A[i - 1 : i + 2, j - 1 : j + 2].sum() / 9.0
    return A.square().sum()


def hdiff(in_field, coeff):
    I, J, _ = coeff.shape
    lap = 4.0 * in_field[1 : I + 3, 1 : J + 3] - (
        in_field[2 : I + 4, 1 : J + 3]
        + in_field[0 : I + 2, 1 : J + 3]
        + in_field[1 : I + 3, 2 : J + 4]
        + in_field[1 : I + 3, 0 : J + 2]
    )
    res = lap[1:, 1 : J + 1] - lap[:-1, 1 : J + 1]
    flx = torch.where(res * (in_field[2 : I + 3, 2 : J + 2] - in_field[1 : I + 2, 2 : J + 2]) > 0, 0.0, res)
    res = lap[1 : I + 1, 1:] - lap[1 : I + 1, :-1]
    fly = torch.where(res * (in_field[2 : I + 2, 2 : J + 3] - in_field[2 : I + 2, 1 : J + 2]) > 0, 0.0, res)
    out = in_field[2 : I + 2, 2 : J + 2] - coeff * (flx[1:] - flx[:-1] + fly[:, 1:] - fly[:, :-1])
    return out.square().sum()


def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    last = utens_stage.shape[2] - 1
    speed = 0.25 * (wcon[1:] + wcon[:-1])
    right = (dtr_stage * u_pos + utens + utens_stage).unbind(2)
    between = (0.5 * speed[:, :, 1:] * (u_stage[:, :, 1:] - u_stage[:, :, :-1])).unbind(2)
    half = (0.5 * speed).unbind(2)
    c, d = [], []
    for k in range(last + 1):
        diagonal, value = dtr_stage, right[k]
        if k > 0:
            diagonal, value = diagonal + half[k], value - between[k - 1]
        if k < last:
            diagonal, value = diagonal - half[k + 1], value - between[k]
        if k > 0:
            diagonal, value = diagonal + half[k] * c[-1], value + half[k] * d[-1]
        if k < last:
            c.append(half[k + 1] / diagonal)
        d.append(value / diagonal)
    x = [d[last]]
    for k in range(last - 1, -1, -1):
        x.append(d[k] - c[k] * x[-1])
    out = dtr_stage * (torch.stack(x[::-1], 2) - u_pos)
    return out.square().sum()


def lu(A):
    """By rows: elements written in place would be missed by the inner products that follow."""
    upper, total = [], 0.0
    for row in A:
        for j, above in enumerate(upper):
            factor = row[j] / above[j]
            row = row - factor * above
            total = total + factor * factor
        upper.append(row)
    return total + torch.triu(torch.stack(upper)).square().sum()


def cholesky(A):
    """By rows: elements written in place would be missed by the inner products that follow."""
    lower, total = [], torch.triu(A, 1).square().sum()
    for i, row in enumerate(A):
        found = row[:0]
        for j, above in enumerate(lower):
            found = torch.cat([found, ((row[j] - found @ above[:j]) / above[j]).reshape(1)])
        found = torch.cat([found, torch.sqrt(row[i] - found @ found).reshape(1)])
        lower.append(found)
        total = total + found @ found
    return total


def logistic_map(x, r, steps):
    for _ in range(steps):
        x = r * x * (1.0 - x)
    return x


def rosenbrock_loop(x):
    total = 0.0
    elements = x.unbind()
    for here, after in itertools.pairwise(elements):
        total = total + 100.0 * (after - here**2) ** 2 + (1 - here) ** 2
    return total


def power_iteration(A, v):
    number, change = 0.0, 1.0
    while change > 1e-10:
        w = A @ v
        v = w / torch.linalg.vector_norm(w)
        previous = number
        estimate = v @ (A @ v)
        number = estimate.item()
        change = abs(number - previous)
    return estimate


def doubling(x):
    y = x * 2
    while torch.linalg.vector_norm(y) < 1e6:
        y = y * 2
    return y.sum()


def ode_step(x, y, h):
    """One step of Runge and Kutta."""

    def production(y):
        return torch.cat([x[:1], x[1:] * y[:-1]])

    k1 = production(y)
    k2 = production(y + 0.5 * h * k1)
    k3 = production(y + 0.5 * h * k2)
    k4 = production(y + h * k3)
    return y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def ode(x, steps):
    y = torch.zeros_like(x)
    for _ in range(steps):
        y = ode_step(x, y, 2.0 / steps)
    return y.sum()
