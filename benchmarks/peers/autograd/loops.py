"""Loops, for Autograd, which has no updates in place: each step makes new arrays."""

import autograd.numpy as np


def _edges(A):
    """The array with zeros inside its border, which steps leave as it is."""
    inner = np.zeros(A.shape)
    inner[(slice(1, -1),) * A.ndim] = 1.0
    return A * (1.0 - inner)


def _stepped(A, B, steps, smoothed):
    edges_A, edges_B = _edges(A), _edges(B)
    for _ in range(1, steps):
        B = np.pad(smoothed(A), 1, mode="constant") + edges_B
        A = np.pad(smoothed(B), 1, mode="constant") + edges_A
    return np.sum(A * A)


def jacobi_1d(A, B, steps):
    return _stepped(A, B, steps, lambda A: 0.33333 * (A[:-2] + A[1:-1] + A[2:]))


def jacobi_2d(A, B, steps):
    def smoothed(A):
        return 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])

    return _stepped(A, B, steps, smoothed)


def heat_3d(A, B, steps):
    def heated(A):
        inner = A[1:-1, 1:-1, 1:-1]
        return (
            0.125 * (A[2:, 1:-1, 1:-1] - 2.0 * inner + A[:-2, 1:-1, 1:-1])
            + 0.125 * (A[1:-1, 2:, 1:-1] - 2.0 * inner + A[1:-1, :-2, 1:-1])
            + 0.125 * (A[1:-1, 1:-1, 2:] - 2.0 * inner + A[1:-1, 1:-1, :-2])
            + inner
        )

    return _stepped(A, B, steps, heated)


def fdtd_2d(ex, ey, hz, source):
    for value in source:
        first = np.full((1, ey.shape[1]), value)
        ey = np.concatenate([first, ey[1:] - 0.5 * (hz[1:] - hz[:-1])])
        ex = np.concatenate([ex[:, :1], ex[:, 1:] - 0.5 * (hz[:, 1:] - hz[:, :-1])], axis=1)
        curl = ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]
        hz = hz - 0.7 * np.pad(curl, ((0, 1), (0, 1)), mode="constant")
    return np.sum(hz * hz)


def seidel_2d(A, steps):
    """With a list of numbers for each row that is being written, after what it takes from its neighbours at once."""
    rows = [A[i] for i in range(A.shape[0])]
    for _ in range(steps):
        for i in range(1, len(rows) - 1):
            here, both = rows[i], rows[i - 1] + rows[i + 1]
            values = (both[:-2] + both[1:-1] + both[2:] + here[1:-1] + here[2:]) / 9.0
            new = [here[0]]
            for j in range(len(here) - 2):
                new.append(new[-1] / 9.0 + values[j])
            rows[i] = np.array([*new, here[-1]])
    A = np.array(rows)
    return np.sum(A * A)


def hdiff(in_field, coeff):
    I, J, _ = coeff.shape
    lap = 4.0 * in_field[1 : I + 3, 1 : J + 3] - (
        in_field[2 : I + 4, 1 : J + 3]
        + in_field[0 : I + 2, 1 : J + 3]
        + in_field[1 : I + 3, 2 : J + 4]
        + in_field[1 : I + 3, 0 : J + 2]
    )
    res = lap[1:, 1 : J + 1] - lap[:-1, 1 : J + 1]
    flx = np.where(res * (in_field[2 : I + 3, 2 : J + 2] - in_field[1 : I + 2, 2 : J + 2]) > 0, 0, res)
    res = lap[1 : I + 1, 1:] - lap[1 : I + 1, :-1]
    fly = np.where(res * (in_field[2 : I + 2, 2 : J + 3] - in_field[2 : I + 2, 1 : J + 2]) > 0, 0, res)
    out = in_field[2 : I + 2, 2 : J + 2] - coeff * (flx[1:] - flx[:-1] + fly[:, 1:] - fly[:, :-1])
    return np.sum(out * out)


def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    last = utens_stage.shape[2] - 1
    half = 0.125 * (wcon[1:] + wcon[:-1])
    right = dtr_stage * u_pos + utens + utens_stage
    between = half[:, :, 1:] * (u_stage[:, :, 1:] - u_stage[:, :, :-1])
    c, d = [], []
    for k in range(last + 1):
        diagonal, value = dtr_stage, right[:, :, k]
        if k > 0:
            diagonal, value = diagonal + half[:, :, k], value - between[:, :, k - 1]
        if k < last:
            diagonal, value = diagonal - half[:, :, k + 1], value - between[:, :, k]
        if k > 0:
            diagonal, value = diagonal + half[:, :, k] * c[-1], value + half[:, :, k] * d[-1]
        if k < last:
            c.append(half[:, :, k + 1] / diagonal)
        d.append(value / diagonal)
    x = [d[last]]
    for k in range(last - 1, -1, -1):
        x.append(d[k] - c[k] * x[-1])
    out = dtr_stage * (np.stack(x[::-1], axis=2) - u_pos)
    return np.sum(out * out)


def lu(A):
    """By rows."""
    upper, total = [], 0.0
    for i in range(A.shape[0]):
        row = A[i]
        for j in range(i):
            factor = row[j] / upper[j][j]
            row = row - factor * upper[j]
            total = total + factor * factor
        upper.append(row)
    above = np.triu(np.array(upper))
    return total + np.sum(above * above)


def cholesky(A):
    """By rows, each a list of numbers while it is being written."""
    lower, total = [], np.sum(np.triu(A, 1) ** 2)
    for i in range(A.shape[0]):
        found = []
        for j in range(i):
            inner = np.dot(np.array(found), lower[j][:j]) if j else 0.0
            found.append((A[i, j] - inner) / lower[j][j])
        squares = np.sum(np.array(found) ** 2) if i else 0.0
        row = np.array([*found, np.sqrt(A[i, i] - squares)])
        lower.append(row)
        total = total + np.sum(row * row)
    return total


def logistic_map(x, r, steps):
    for _ in range(steps):
        x = r * x * (1.0 - x)
    return x


def rosenbrock_loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def power_iteration(A, v):
    estimate = 0.0
    change = 1.0
    while change > 1e-10:
        w = A @ v
        v = w / np.sqrt(np.sum(w * w))
        previous = estimate
        estimate = v @ (A @ v)
        change = abs(estimate - previous)
    return estimate


def doubling(x):
    y = x * 2
    while np.sqrt(np.sum(y * y)) < 1e6:
        y = y * 2
    return np.sum(y)


def ode(x, steps):
    h = 2.0 / steps

    def production(y):
        return np.concatenate([x[:1], x[1:] * y[:-1]])

    y = np.zeros(x.shape)
    for _ in range(steps):
        k1 = production(y)
        k2 = production(y + 0.5 * h * k1)
        k3 = production(y + 0.5 * h * k2)
        k4 = production(y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(y)
