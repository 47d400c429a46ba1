"""Formulas on whole arrays, from four elements to a million."""

from __future__ import annotations

import math

import numpy as np
import scipy.special

from benchmarks.problems.registry import problem
from benchmarks.problems.targets import FORMULA, MIXTURE, TINY, TUTORIAL


@problem(
    {"2x2": lambda rng: (np.ones((2, 2)),), "1e6": lambda rng: (rng.normal(size=1_000_000),)},
    small=lambda rng: (rng.normal(size=(2, 3)),),
    kind=TUTORIAL,
    target={"2x2": 0.6, "1e6": 1.0},
)
def tutorial(x):
    """The function of the autograd tutorial."""
    y = x + 2
    z = y * y * 3
    return z.mean()


def _pendulum(rng):
    return rng.normal(size=3), rng.normal(size=3), 0.3


@problem(_pendulum, small=_pendulum, wrt=(0, 1), kind=TINY)
def tiny_chain(p, v, dt):
    """A step of a pendulum with friction and a spring: twenty operations on vectors of three."""
    a = -np.sin(p) - 0.1 * v
    v1 = v + dt * a
    p1 = p + dt * v1
    b = -np.sin(p1) - 0.1 * v1 + 0.5 * np.cos(p1 * v1)
    v2 = v1 + dt * b
    p2 = p1 + dt * v2
    energy = 0.5 * v2 * v2 - np.cos(p2)
    return np.sum(energy)


def _options(size):
    def initialise(rng):
        S, K, T = rng.uniform(10, 50, size), rng.uniform(10, 50, size), rng.uniform(1, 2, size)
        return S, K, T, 0.1, 0.2

    return initialise


def normal_cdf(x):
    """The normal distribution function."""
    return 0.5 * (1.0 + scipy.special.erf(x / math.sqrt(2.0)))


@problem({"1e4": _options(10_000), "1e6": _options(1_000_000)}, small=_options(7), wrt=(0, 1, 2, 4), kind=FORMULA)
def black_scholes(S, K, T, r, sigma):
    """The summed prices of call options."""
    deviation = sigma * np.sqrt(T)
    d1 = (np.log(S / K) + (r + 0.5 * sigma * sigma) * T) / deviation
    d2 = d1 - deviation
    return np.sum(S * normal_cdf(d1) - K * np.exp(-r * T) * normal_cdf(d2))


def _rows(rng, size=1000):
    return rng.normal(size=(size, size)), rng.integers(0, size, size)


@problem(_rows, small=lambda rng: _rows(rng, 5), kind=FORMULA)
def softmax(x, labels):
    """The mean cross entropy of the softmax of each row."""
    shifted = x - np.max(x, axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    probabilities = exponentials / np.sum(exponentials, axis=1, keepdims=True)
    return -np.mean(np.log(probabilities[np.arange(len(labels)), labels]))


@problem(lambda rng: (rng.normal(size=1_000_000),), small=lambda rng: (rng.normal(size=9),), kind=FORMULA)
def logsumexp(x):
    """GradBench's `lse`: the logarithm of a sum of exponentials, shifted by the maximum."""
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


@problem(lambda rng: (rng.normal(size=(1000, 200)),), small=lambda rng: (rng.normal(size=(8, 4)),))
def correlation(data):
    """The summed squares of the correlations between columns."""
    centred = data - np.mean(data, axis=0)
    scaled = centred / (np.sqrt(float(data.shape[0])) * np.std(data, axis=0))
    matrix = scaled.T @ scaled
    return np.sum(matrix * matrix)


@problem(lambda rng: (rng.normal(size=100_000),), small=lambda rng: (rng.normal(size=6),))
def rosenbrock(x):
    """Rosenbrock's function, vectorised."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def _images(rng, number=8, width=16, outputs=8):
    return rng.normal(size=(number, width, width, 3)), rng.normal(size=(3, 3, 3, outputs))


@problem(_images, small=lambda rng: _images(rng, 2, 5, 4), wrt=(0, 1))
def conv2d(images, weights):
    """A convolution of NHWC images without padding, position by position."""
    size = weights.shape[0]
    height, width = images.shape[1] - size + 1, images.shape[2] - size + 1
    output = np.empty((images.shape[0], height, width, weights.shape[3]))
    for i in range(height):
        for j in range(width):
            window = images[:, i : i + size, j : j + size, :, np.newaxis]
            output[:, i, j, :] = np.sum(window * weights, axis=(1, 2, 3))
    return np.sum(output * output)


@problem(lambda rng: (rng.normal(size=30), 2000), small=lambda rng: (rng.normal(size=4), 10))
def least_squares(x, points):
    """GradBench's `llsq`: the distance of a polynomial from the sign function, on a grid of points."""
    t = -1.0 + np.arange(points) * 2.0 / (points - 1.0)
    residual = np.sign(t) - np.vander(t, len(x), increasing=True) @ x
    return 0.5 * np.sum(residual * residual)


def _clusters(rng, centres=50, points=5000, d=8):
    return rng.normal(size=(centres, d)), rng.normal(size=(points, d))


@problem(_clusters, small=lambda rng: _clusters(rng, 3, 10, 2))
def kmeans(centres, points):
    """GradBench's `kmeans`: the summed squared distances from each point to its nearest centre."""
    differences = points[:, np.newaxis, :] - centres[np.newaxis, :, :]
    return np.sum(np.min(np.sum(differences * differences, axis=2), axis=1))


def _mixture(rng, n=1000, d=10, k=25):
    icf = np.concatenate([rng.normal(size=(k, d)), rng.normal(size=(k, d * (d - 1) // 2)) * 0.1], axis=1)
    return rng.normal(size=k), rng.normal(size=(k, d)), icf, rng.normal(size=(n, d)), 1.0, 0


def _log_wishart_prior(gamma, m, log_diagonal, lower):
    """Of precisions with these factors, up to what does not depend on their number."""
    k, p = log_diagonal.shape
    n = p + m + 1
    log_gamma = 0.25 * p * (p - 1) * math.log(math.pi)
    for j in range(p):
        log_gamma += math.lgamma(0.5 * (n - j))
    constant = n * p * (math.log(gamma) - 0.5 * math.log(2)) - log_gamma
    diagonal = np.exp(log_diagonal)
    frobenius = np.sum(diagonal * diagonal) + np.sum(lower * lower)
    return 0.5 * gamma * gamma * frobenius - m * np.sum(log_diagonal) - k * constant


@problem(_mixture, small=lambda rng: _mixture(rng, 6, 3, 2), wrt=(0, 1, 2), kind=MIXTURE)
def gmm(alphas, means, icf, x, gamma, m):
    """ADBench's `gmm`: the log-likelihood of a mixture of Gaussians, with a Wishart prior of their precisions.

    The factor of a precision is packed: logarithms of its diagonal, then its columns below that.
    """
    n, d = x.shape
    k = len(alphas)
    log_diagonal, lower = icf[:, :d], icf[:, d:]
    columns, rows = np.triu_indices(d, 1)
    factors = np.zeros((k, d, d))
    factors[:, rows, columns] = lower
    centred = x[:, np.newaxis, :] - means
    mapped = np.exp(log_diagonal) * centred + np.einsum("kij,nkj->nki", factors, centred)
    terms = alphas + np.sum(log_diagonal, axis=1) - 0.5 * np.sum(mapped * mapped, axis=2)
    largest = np.max(terms, axis=1, keepdims=True)
    data = np.sum(largest[:, 0] + np.log(np.sum(np.exp(terms - largest), axis=1)))
    largest_alpha = np.max(alphas)
    normaliser = largest_alpha + np.log(np.sum(np.exp(alphas - largest_alpha)))
    prior = _log_wishart_prior(gamma, m, log_diagonal, lower)
    return -0.5 * n * d * math.log(2 * math.pi) + data - n * normaliser + prior
