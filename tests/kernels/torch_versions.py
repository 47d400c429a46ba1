"""The same mathematics in PyTorch, without writes in place: each takes a kernel's arguments and returns its outcome."""

from __future__ import annotations

import torch
from torch.nn.functional import conv2d, max_pool2d, relu

identity = torch.eye


def jacobi_1d(TSTEPS, A, B):
    def smoothed(x, y):
        return torch.cat([y[:1], 0.33333 * (x[:-2] + x[1:-1] + x[2:]), y[-1:]])

    for _ in range(1, TSTEPS):
        B = smoothed(A, B)
        A = smoothed(B, A)
    return A, B


def atax(A, x):
    return A.T @ A @ x


def bicg(A, p, r):
    return A.T @ r, A @ p


def doitgen(NR, NQ, NP, A, C4):
    return torch.einsum("rqs,sp->rqp", A, C4)


def gemm(alpha, beta, C, A, B):
    return alpha * (A @ B) + beta * C


def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A = A + torch.outer(u1, v1) + torch.outer(u2, v2)
    x = x + beta * A.T @ y + z
    return A, x, w + alpha * A @ x


def gesummv(alpha, beta, A, B, x):
    return (alpha * A + beta * B) @ x


def k2mm(alpha, beta, A, B, C, D):
    return alpha * A @ (B @ C) + beta * D


def k3mm(A, B, C, D):
    return (A @ B) @ (C @ D)


def mvt(x1, x2, y_1, y_2, A):
    return x1 + A @ y_1, x2 + A.T @ y_2


def spmv(A_row, A_col, A_val, x):
    products = A_val * x[A_col]
    return torch.stack([products[A_row[i] : A_row[i + 1]].sum() for i in range(len(A_row) - 1)])


def symm(alpha, beta, C, A, B):
    return alpha * (torch.tril(A) + torch.tril(A, -1).T) @ B + beta * C


def syr2k(alpha, beta, C, A, B):
    return torch.triu(C, 1) + torch.tril(beta * C + alpha * (A @ B.T + B @ A.T))


def syrk(alpha, beta, C, A):
    return torch.triu(C, 1) + torch.tril(beta * C + alpha * A @ A.T)


def trmm(alpha, A, B):
    return alpha * (torch.tril(A, -1).T @ B + B)


def cholesky(A):
    lower = torch.tril(A) + torch.tril(A, -1).T
    return torch.linalg.cholesky(lower) + torch.triu(A, 1)


cholesky2 = cholesky


def durbin(r):
    first = torch.cat([torch.ones(1), r[:-1]])
    places = torch.arange(len(r))
    return -torch.linalg.solve(first[(places[:, None] - places).abs()], r)


def gramschmidt(A):
    Q, R = torch.linalg.qr(A)
    signs = torch.sign(torch.diagonal(R))
    return Q * signs, R * signs[:, None]


def ludcmp(A, b):
    x = torch.linalg.solve(A, b)
    upper = _upper(A)
    return x, upper @ x


def lu(A):
    upper = _upper(A)
    return torch.tril(torch.linalg.solve(upper.T, A.T).T, -1) + upper


def _upper(A):
    """The upper factor of A = LU, by elimination of one row after the other."""
    rows = list(A)
    for i in range(len(rows)):
        for j in range(i + 1, len(rows)):
            rows[j] = rows[j] - rows[j][i] / rows[i][i] * rows[i]
    return torch.triu(torch.stack(rows))


def trisolv(L, x, b):
    return torch.linalg.solve_triangular(torch.tril(L), b[:, None], upper=False)[:, 0]


def arc_distance(theta_1, phi_1, theta_2, phi_2):
    t1, p1, t2, p2 = theta_1, phi_1, theta_2, phi_2
    return torch.arccos(torch.sin(t1) * torch.sin(t2) + torch.cos(t1) * torch.cos(t2) * torch.cos(p2 - p1))


def compute(array_1, array_2, a, b, c):
    return torch.clamp(array_1, 2, 10) * a + array_2 * b + c


def covariance(M, float_n, data):
    centred = data - data.mean(dim=0)
    return centred.T @ centred / (float_n - 1)


def correlation(M, float_n, data):
    scaled = (data - data.mean(dim=0)) / (float_n**0.5 * data.std(dim=0, correction=0))
    corr = scaled.T @ scaled
    return corr - torch.diag(torch.diag(corr)) + identity(M)


def go_fast(a):
    return a + torch.tanh(torch.diagonal(a)).sum()


def _convolved(input, weights, bias):
    return conv2d(input.permute(0, 3, 1, 2), weights.permute(3, 2, 0, 1), bias)


def conv2d_bias(input, weights, bias):
    return _convolved(input, weights, bias).permute(0, 2, 3, 1)


def lenet(input, conv1, conv1bias, conv2, conv2bias, fc1w, fc1b, fc2w, fc2b, fc3w, fc3b, N, C_before_fc1):
    x = max_pool2d(relu(_convolved(input, conv1, conv1bias)), 2).permute(0, 2, 3, 1)
    x = max_pool2d(relu(_convolved(x, conv2, conv2bias)), 2).permute(0, 2, 3, 1)
    x = x.reshape(N, C_before_fc1)
    return relu(relu(x @ fc1w + fc1b) @ fc2w + fc2b) @ fc3w + fc3b


def mlp(input, w1, b1, w2, b2, w3, b3):
    return torch.softmax(relu(relu(input @ w1 + b1) @ w2 + b2) @ w3 + b3, dim=-1)


def softmax(x):
    return torch.softmax(x, dim=-1)


def floyd_warshall(path):
    for k in range(len(path)):
        path = torch.minimum(path, path[:, k : k + 1] + path[k])
    return path


def contour_integral(NR, NM, slab_per_bc, Ham, int_pts, Y):
    P0 = P1 = 0
    for z in int_pts:
        T = sum(z ** (slab_per_bc / 2 - n) * Ham[n] for n in range(slab_per_bc + 1))
        X = torch.linalg.solve(T, Y) * (-1 if abs(z) < 1 else 1)
        P0, P1 = P0 + X, P1 + z * X
    return P0, P1


def stockham_fft(N, R, K, x, y):
    return torch.fft.fft(x)


def scattering_self_energies(neigh_idx, dH, G, D, Sigma):
    energies = []
    for E in range(G.shape[1]):
        energy = 0
        for w in range(min(E + 1, D.shape[1])):
            dHG = torch.einsum("kabmn,abinl->kabiml", G[:, E - w][:, neigh_idx], dH)
            energy = energy + torch.einsum("kabiml,abjlo,qabij->kamo", dHG, dH, D[:, w])
        energies.append(energy)
    return Sigma + torch.stack(energies, dim=1)
