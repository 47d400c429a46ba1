"""Formulas on whole arrays, for JAX."""

import math

import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.special import erf


def tutorial(x):
    y = x + 2
    return jnp.mean(y * y * 3)


def tiny_chain(p, v, dt):
    a = -jnp.sin(p) - 0.1 * v
    v1 = v + dt * a
    p1 = p + dt * v1
    b = -jnp.sin(p1) - 0.1 * v1 + 0.5 * jnp.cos(p1 * v1)
    v2 = v1 + dt * b
    p2 = p1 + dt * v2
    return jnp.sum(0.5 * v2 * v2 - jnp.cos(p2))


def black_scholes(S, K, T, r, sigma):
    def normal_cdf(x):
        return 0.5 * (1.0 + erf(x / math.sqrt(2.0)))

    deviation = sigma * jnp.sqrt(T)
    d1 = (jnp.log(S / K) + (r + 0.5 * sigma * sigma) * T) / deviation
    d2 = d1 - deviation
    return jnp.sum(S * normal_cdf(d1) - K * jnp.exp(-r * T) * normal_cdf(d2))


def softmax(x, labels):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), labels[:, None], axis=1))


def logsumexp(x):
    return jax.nn.logsumexp(x)


def correlation(data):
    matrix = jnp.corrcoef(data, rowvar=False)
    return jnp.sum(matrix * matrix)


def rosenbrock(x):
    return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def conv2d(images, weights):
    output = lax.conv_general_dilated(images, weights, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return jnp.sum(output * output)


def least_squares(x, points):
    t = -1.0 + jnp.arange(points) * 2.0 / (points - 1.0)
    residual = jnp.sign(t) - jnp.vander(t, len(x), increasing=True) @ x
    return 0.5 * jnp.sum(residual * residual)


def kmeans(centres, points):
    differences = points[:, None, :] - centres
    return jnp.sum(jnp.min(jnp.sum(differences * differences, axis=2), axis=1))


def gmm(alphas, means, icf, x, gamma, m):
    n, d = x.shape
    k = len(alphas)
    log_diagonal, lower = icf[:, :d], icf[:, d:]
    columns, rows = jnp.triu_indices(d, 1)
    factors = jax.vmap(jnp.diag)(jnp.exp(log_diagonal)).at[:, rows, columns].set(lower)
    mapped = (x - means[:, None, :]) @ factors.mT
    terms = (alphas + jnp.sum(log_diagonal, axis=1))[:, None] - 0.5 * jnp.sum(mapped * mapped, axis=2)
    data = jnp.sum(jax.nn.logsumexp(terms, axis=0)) - n * jax.nn.logsumexp(alphas)
    degrees = d + m + 1
    log_gamma = jax.scipy.special.multigammaln(0.5 * degrees, d)
    constant = degrees * d * (jnp.log(gamma) - 0.5 * math.log(2)) - log_gamma
    frobenius = jnp.sum(jnp.exp(2 * log_diagonal)) + jnp.sum(lower * lower)
    prior = 0.5 * gamma * gamma * frobenius - m * jnp.sum(log_diagonal) - k * constant
    return -0.5 * n * d * math.log(2 * math.pi) + data + prior
