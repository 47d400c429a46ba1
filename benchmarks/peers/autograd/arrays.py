"""Formulas on whole arrays, for Autograd."""

import math

import autograd.numpy as np
from autograd.scipy.signal import convolve
from autograd.scipy.special import erf
from autograd.scipy.special import logsumexp as log_of_sum


def tutorial(x):
    y = x + 2
    return np.mean(y * y * 3)


def tiny_chain(p, v, dt):
    a = -np.sin(p) - 0.1 * v
    v1 = v + dt * a
    p1 = p + dt * v1
    b = -np.sin(p1) - 0.1 * v1 + 0.5 * np.cos(p1 * v1)
    v2 = v1 + dt * b
    p2 = p1 + dt * v2
    return np.sum(0.5 * v2 * v2 - np.cos(p2))


def black_scholes(S, K, T, r, sigma):
    def normal_cdf(x):
        return 0.5 * (1.0 + erf(x / math.sqrt(2.0)))

    deviation = sigma * np.sqrt(T)
    d1 = (np.log(S / K) + (r + 0.5 * sigma * sigma) * T) / deviation
    d2 = d1 - deviation
    return np.sum(S * normal_cdf(d1) - K * np.exp(-r * T) * normal_cdf(d2))


def softmax(x, labels):
    chosen = x[np.arange(len(labels)), labels]
    return np.mean(log_of_sum(x, axis=1) - chosen)


def logsumexp(x):
    return log_of_sum(x)


def correlation(data):
    centred = data - np.mean(data, axis=0)
    scaled = centred / (np.sqrt(float(data.shape[0])) * np.std(data, axis=0))
    matrix = scaled.T @ scaled
    return np.sum(matrix * matrix)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def conv2d(images, weights):
    output = convolve(images, weights[::-1, ::-1], axes=([1, 2], [0, 1]), dot_axes=([3], [2]), mode="valid")
    return np.sum(output * output)


def least_squares(x, points):
    t = -1.0 + np.arange(points) * 2.0 / (points - 1.0)
    residual = np.sign(t) - np.vander(t, len(x), increasing=True) @ x
    return 0.5 * np.sum(residual * residual)


def kmeans(centres, points):
    differences = points[:, np.newaxis, :] - centres
    return np.sum(np.min(np.sum(differences * differences, axis=2), axis=1))


def gmm(alphas, means, icf, x, gamma, m):
    n, d = x.shape
    log_diagonal, lower = icf[:, :d], icf[:, d:]
    columns, rows = np.triu_indices(d, 1)
    places = np.zeros((len(rows), d, d))
    places[np.arange(len(rows)), rows, columns] = 1.0
    factors = np.tensordot(lower, places, axes=1) + np.exp(log_diagonal)[:, :, np.newaxis] * np.eye(d)
    mapped = (x - means[:, np.newaxis, :]) @ np.swapaxes(factors, 1, 2)
    terms = (alphas + np.sum(log_diagonal, axis=1))[:, np.newaxis] - 0.5 * np.sum(mapped * mapped, axis=2)
    data = np.sum(log_of_sum(terms, axis=0)) - n * log_of_sum(alphas)
    degrees = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * math.log(math.pi) + sum(math.lgamma(0.5 * (degrees - j)) for j in range(d))
    constant = degrees * d * (math.log(gamma) - 0.5 * math.log(2)) - log_gamma
    frobenius = np.sum(np.exp(2 * log_diagonal)) + np.sum(lower * lower)
    prior = 0.5 * gamma * gamma * frobenius - m * np.sum(log_diagonal) - len(alphas) * constant
    return -0.5 * n * d * math.log(2 * math.pi) + data + prior
