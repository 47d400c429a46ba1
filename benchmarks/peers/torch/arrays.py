"""Formulas on whole arrays, for PyTorch."""

import math

import torch
import torch.nn.functional as F


def tutorial(x):
    y = x + 2
    return (y * y * 3).mean()


def tiny_chain(p, v, dt):
    a = -torch.sin(p) - 0.1 * v
    v1 = v + dt * a
    p1 = p + dt * v1
    b = -torch.sin(p1) - 0.1 * v1 + 0.5 * torch.cos(p1 * v1)
    v2 = v1 + dt * b
    p2 = p1 + dt * v2
    return torch.sum(0.5 * v2 * v2 - torch.cos(p2))


def black_scholes(S, K, T, r, sigma):
    def normal_cdf(x):
        return 0.5 * (1.0 + torch.erf(x / math.sqrt(2.0)))

    deviation = sigma * torch.sqrt(T)
    d1 = (torch.log(S / K) + (r + 0.5 * sigma * sigma) * T) / deviation
    d2 = d1 - deviation
    return torch.sum(S * normal_cdf(d1) - K * torch.exp(-r * T) * normal_cdf(d2))


def softmax(x, labels):
    return F.cross_entropy(x, labels)


def logsumexp(x):
    return torch.logsumexp(x, dim=0)


def correlation(data):
    return torch.corrcoef(data.T).square().sum()


def rosenbrock(x):
    return torch.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def conv2d(images, weights):
    return F.conv2d(images.permute(0, 3, 1, 2), weights.permute(3, 2, 0, 1)).square().sum()


def least_squares(x, points):
    t = torch.linspace(-1.0, 1.0, points, dtype=x.dtype)
    residual = torch.sign(t) - torch.linalg.vander(t, N=len(x)) @ x
    return 0.5 * residual.square().sum()


def kmeans(centres, points):
    return (points[:, None, :] - centres).square().sum(2).min(1).values.sum()


def gmm(alphas, means, icf, x, gamma, m):
    n, d = x.shape
    k = len(alphas)
    log_diagonal, lower = icf[:, :d], icf[:, d:]
    columns, rows = torch.triu_indices(d, d, 1)
    factors = torch.diag_embed(torch.exp(log_diagonal))
    factors[:, rows, columns] = lower
    mapped = (x - means[:, None, :]) @ factors.mT
    terms = (alphas + log_diagonal.sum(1))[:, None] - 0.5 * mapped.square().sum(2)
    data = torch.logsumexp(terms, 0).sum() - n * torch.logsumexp(alphas, 0)
    degrees = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * math.log(math.pi) + sum(math.lgamma(0.5 * (degrees - j)) for j in range(d))
    constant = degrees * d * (math.log(gamma) - 0.5 * math.log(2)) - log_gamma
    frobenius = torch.exp(2 * log_diagonal).sum() + lower.square().sum()
    prior = 0.5 * gamma * gamma * frobenius - m * log_diagonal.sum() - k * constant
    return -0.5 * n * d * math.log(2 * math.pi) + data + prior
