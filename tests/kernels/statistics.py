"""Statistics of data, and elementwise maps of it."""

from __future__ import annotations

import numpy as np

from tests.kernels.registry import kernel


@kernel(lambda rng, N=5: tuple(rng.random((4, N))))
def arc_distance(theta_1, phi_1, theta_2, phi_2):
    """The angle between two directions (haversine formula)."""
    temp = np.sin((theta_2 - theta_1) / 2) ** 2 + np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2) ** 2
    return 2 * np.arctan2(np.sqrt(temp), np.sqrt(1 - temp))


@kernel(lambda rng, N=40: (rng.random(N), rng.random(N), 4), wrt=("data",))
def azimint_naive(data, radius, npt):
    """The mean of data in rings about the origin."""
    rmax = radius.max()
    res = np.zeros(npt)
    for i in range(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        mask_r12 = np.logical_and((r1 <= radius), (radius < r2))
        values_r12 = data[mask_r12]
        res[i] = values_r12.mean()
    return res


@kernel(lambda rng: (rng.uniform(0, 12, (3, 4)), rng.uniform(0, 12, (3, 4)), 4.0, 3.0, 9.0))
def compute(array_1, array_2, a, b, c):
    return np.clip(array_1, 2, 10) * a + array_2 * b + c


@kernel(lambda rng, M=4, N=6: (M, float(N), rng.random((N, M))))
def correlation(M, float_n, data):
    mean = np.mean(data, axis=0)
    stddev = np.std(data, axis=0)
    stddev[stddev <= 0.1] = 1.0
    data -= mean
    data /= np.sqrt(float_n) * stddev
    corr = np.eye(M, dtype=data.dtype)
    for i in range(M - 1):
        corr[i + 1 : M, i] = corr[i, i + 1 : M] = data[:, i] @ data[:, i + 1 : M]
    return corr


@kernel(lambda rng, M=4, N=6: (M, float(N), rng.random((N, M))))
def covariance(M, float_n, data):
    mean = np.mean(data, axis=0)
    data -= mean
    cov = np.zeros((M, M), dtype=data.dtype)
    for i in range(M):
        cov[i:M, i] = cov[i, i:M] = data[:, i] @ data[:, i:M] / (float_n - 1.0)
    return cov


@kernel(lambda rng, N=5: (rng.random((N, N)),))
def go_fast(a):
    trace = 0.0
    for i in range(a.shape[0]):
        trace += np.tanh(a[i, i])
    return a + trace
