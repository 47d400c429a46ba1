"""Products of matrices, as library calls and as loops."""

from __future__ import annotations

import numpy as np

from tests.kernels.registry import kernel


@kernel(lambda rng, M=4, N=5: (rng.random((M, N)), rng.random(N)))
def atax(A, x):
    return (A @ x) @ A


@kernel(lambda rng, M=4, N=5: (rng.random((N, M)), rng.random(M), rng.random(N)))
def bicg(A, p, r):
    return r @ A, A @ p


@kernel(lambda rng, NR=3, NQ=2, NP=4: (NR, NQ, NP, rng.random((NR, NQ, NP)), rng.random((NP, NP))), of="A")
def doitgen(NR, NQ, NP, A, C4):
    for r in range(NR):
        for q in range(NQ):
            A[r, q, :] = A[r, q, :] @ C4


@kernel(lambda rng, I=3, J=4, K=5: (1.5, 1.2, rng.random((I, J)), rng.random((I, K)), rng.random((K, J))), of="C")
def gemm(alpha, beta, C, A, B):
    C[:] = alpha * A @ B + beta * C


@kernel(lambda rng, N=5: (1.5, 1.2, rng.random((N, N)), *rng.random((8, N))), of=("A", "x", "w"))
def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x


@kernel(lambda rng, N=5: (1.5, 1.2, rng.random((N, N)), rng.random((N, N)), rng.random(N)))
def gesummv(alpha, beta, A, B, x):
    return alpha * A @ x + beta * B @ x


def _k2mm_arguments(rng, NI=3, NJ=4, NK=5, NL=2):
    return 1.5, 1.2, rng.random((NI, NK)), rng.random((NK, NJ)), rng.random((NJ, NL)), rng.random((NI, NL))


@kernel(_k2mm_arguments, of="D")
def k2mm(alpha, beta, A, B, C, D):
    D[:] = alpha * A @ B @ C + beta * D


@kernel(lambda rng: (rng.random((3, 4)), rng.random((4, 2)), rng.random((2, 5)), rng.random((5, 3))))
def k3mm(A, B, C, D):
    return A @ B @ C @ D


@kernel(lambda rng, N=5: (*rng.random((4, N)), rng.random((N, N))), of=("x1", "x2"))
def mvt(x1, x2, y_1, y_2, A):
    x1 += A @ y_1
    x2 += y_2 @ A


def _csr_arguments(rng, rows=5, columns=6):
    dense = rng.random((rows, columns)) * (rng.random((rows, columns)) < 0.5)
    starts = np.concatenate([[0], np.cumsum(np.count_nonzero(dense, axis=1))])
    return starts, np.nonzero(dense)[1], dense[dense != 0], rng.random(columns)


@kernel(_csr_arguments)
def spmv(A_row, A_col, A_val, x):
    y = np.empty(A_row.size - 1, A_val.dtype)
    for i in range(A_row.size - 1):
        cols = A_col[A_row[i] : A_row[i + 1]]
        vals = A_val[A_row[i] : A_row[i + 1]]
        y[i] = vals @ x[cols]
    return y


@kernel(lambda rng, M=3, N=4: (1.5, 1.2, rng.random((M, N)), rng.random((M, M)), rng.random((M, N))), of="C")
def symm(alpha, beta, C, A, B):
    temp2 = np.empty((C.shape[1],), dtype=C.dtype)
    C *= beta
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            C[:i, j] += alpha * B[i, j] * A[i, :i]
            temp2[j] = B[:i, j] @ A[i, :i]
        C[i, :] += alpha * B[i, :] * A[i, i] + alpha * temp2


@kernel(lambda rng, M=3, N=4: (1.5, 1.2, rng.random((N, N)), rng.random((N, M)), rng.random((N, M))), of="C")
def syr2k(alpha, beta, C, A, B):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += A[: i + 1, k] * alpha * B[i, k] + B[: i + 1, k] * alpha * A[i, k]


@kernel(lambda rng, M=3, N=4: (1.5, 1.2, rng.random((N, N)), rng.random((N, M))), of="C")
def syrk(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += alpha * A[i, k] * A[: i + 1, k]


@kernel(lambda rng, M=4, N=3: (1.5, rng.random((M, M)), rng.random((M, N))), of="B")
def trmm(alpha, A, B):
    for i in range(B.shape[0]):
        for j in range(B.shape[1]):
            B[i, j] += np.dot(A[i + 1 :, i], B[i + 1 :, j])
    B *= alpha
