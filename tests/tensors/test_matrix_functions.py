"""`torch.linalg` on Tensors: values and gradients are PyTorch's, in second order too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adcompiler as ad

S = np.array([[2.4, 0.3, -0.2], [0.1, 3.0, 0.4], [-0.5, 0.2, 1.7]])
TURN = np.array([[0.3, -1.2, 0.4], [1.1, 0.2, -0.3], [0.2, 0.5, 1.4]])
M = np.array([[0.6, -1.2, 2.1], [0.3, 0.9, -0.7]])
STACK = np.stack([S, S.T + TURN])
ZM = np.array([[2.0 + 0.3j, 0.4 - 0.5j], [0.1 + 0.2j, 1.5 - 0.4j]])
SYMMETRIC = S + S.T


def _gram(t: Any, z: Any) -> Any:
    return z @ z.mT.conj() + t.eye(z.shape[-1], dtype=z.dtype)


CASES: dict[str, tuple[Callable[..., Any], list[np.ndarray]]] = {
    "det": (lambda t, x: t.linalg.det(x), [S, STACK]),
    "logdet": (lambda t, x: t.logdet(x), [S, STACK]),
    "slogdet": (lambda t, x: t.slogdet(x)[1] * t.linalg.slogdet(x).sign, [S, -S, STACK]),
    "slogdet (complex)": (lambda t, z: t.linalg.slogdet(z).sign + t.linalg.slogdet(z).logabsdet, [ZM]),
    "inv": (lambda t, x: t.linalg.inv(x) + t.inverse(x), [S, STACK, ZM]),
    "pinv": (lambda t, x: t.linalg.pinv(x) + t.pinverse(x), [M, M.T, S]),
    "pinv of a symmetric matrix": (lambda t, x: t.linalg.pinv(x, hermitian=True), [SYMMETRIC]),
    "solve": (lambda t, x: t.linalg.solve(x, x[..., :2]), [S, STACK]),
    "solve from the right": (lambda t, x: t.linalg.solve(x, x[..., :2, :], left=False), [S]),
    "solve_triangular": (
        lambda t, x: (
            t.linalg.solve_triangular(x, x[:, :2], upper=True)
            + t.linalg.solve_triangular(x, x[:, :2], upper=False, unitriangular=True)
        ),
        [S],
    ),
    "lstsq": (lambda t, x: t.linalg.lstsq(x, x[:, :1] ** 2)[0], [M.T]),
    "cholesky": (lambda t, x: t.linalg.cholesky(x), [SYMMETRIC]),
    "upper cholesky": (lambda t, x: t.linalg.cholesky(x, upper=True), [SYMMETRIC]),
    "cholesky (complex)": (lambda t, z: t.linalg.cholesky(_gram(t, z)), [ZM]),
    "qr": (lambda t, x: t.linalg.qr(x).Q * t.linalg.qr(x)[0] ** 2, [S, M, M.T, STACK]),
    "triangle of qr": (lambda t, x: t.linalg.qr(x).R, [S, M, M.T, STACK]),
    "eigh": (lambda t, x: t.linalg.eigh(x)[1] ** 2, [SYMMETRIC]),
    "eigenvalues": (lambda t, x: t.linalg.eigh(x).eigenvalues + t.linalg.eigvalsh(x) ** 2, [SYMMETRIC]),
    "eigh of the upper triangle": (lambda t, x: t.linalg.eigh(x, UPLO="U").eigenvalues, [SYMMETRIC]),
    "eigh (complex)": (lambda t, z: t.linalg.eigh(_gram(t, z)).eigenvectors.abs(), [ZM]),
    "eig": (lambda t, x: t.linalg.eig(x).eigenvectors.abs() + t.linalg.eig(x)[0].abs(), [TURN]),
    "eigvals": (lambda t, x: t.linalg.eigvals(x).abs(), [TURN, STACK, ZM]),
    "svd": (lambda t, x: t.linalg.svd(x, full_matrices=False)[0] ** 2, [S, M, M.T, STACK]),
    "singular values": (lambda t, x: t.linalg.svd(x).S + t.linalg.svdvals(x), [S, M, STACK, ZM]),
    "svd (complex)": (lambda t, z: t.linalg.svd(z).Vh.abs(), [ZM]),
    "norms": (
        lambda t, x: sum(t.linalg.norm(x, p) for p in (None, "fro", "nuc", 1, -1, 2, -2, float("inf"))),
        [S, M, ZM],
    ),
    "matrix_norm": (lambda t, x: t.linalg.matrix_norm(x, "nuc", dim=(0, 2), keepdim=True), [STACK]),
    "norm along an axis": (lambda t, x: t.linalg.norm(x, 1, dim=0) + t.linalg.vector_norm(x, dim=0), [S]),
    "cond": (lambda t, x: t.linalg.cond(x), [S, M]),
    "matrix_power": (lambda t, x: t.linalg.matrix_power(x, 3) + t.matrix_power(x, -2), [S, STACK]),
    "multi_dot": (lambda t, x: t.linalg.multi_dot([x[0], x, x.mT]), [S]),
    "cross": (lambda t, x: t.linalg.cross(x, x**2), [S]),
    "vecdot": (lambda t, x: t.linalg.vecdot(x, x**2), [S]),
    "diagonal": (lambda t, x: t.linalg.diagonal(x**3, offset=1), [S, STACK]),
    "tensorinv": (lambda t, x: t.linalg.tensorinv(x.reshape(3, 3, 1), ind=1), [S]),
    "tensorsolve": (lambda t, x: t.linalg.tensorsolve(x.reshape(3, 1, 3), x[:, :1]), [S]),
    "method": (lambda t, x: x.det() * x.slogdet()[1] * x.inverse() @ x.matrix_power(2), [S]),
}


def _gradients(module: Any, function: Callable[..., Any], x: np.ndarray) -> tuple[np.ndarray, ...]:
    """The value, the gradient of a weighted sum of it, and that of a weighted sum of the gradient."""
    leaf = module.tensor(x, requires_grad=True)
    y = function(module, leaf)
    (first,) = module.autograd.grad(_weighted(module, y), leaf, create_graph=True)
    (second,) = module.autograd.grad(_weighted(module, first), leaf)
    return tuple(np.array(tensor.detach().tolist()) for tensor in (y, first, second))


def _weighted(module: Any, y: Any) -> Any:
    weights = np.random.default_rng(1).uniform(0.5, 1.5, tuple(y.shape))
    total = (y * module.tensor(weights)).sum()
    return total.real if np.iscomplexobj(np.array(total.tolist())) else total


@pytest.mark.parametrize("name", CASES)
def test_function_agrees_with_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="compares with PyTorch, which is not installed")
    function, points = CASES[name]
    for x in points:
        for found, expected in zip(_gradients(ad, function, x), _gradients(torch, function, x), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9)


def test_results_have_names_and_one_node() -> None:
    x = ad.tensor(S, requires_grad=True)
    result = ad.linalg.svd(x)
    assert result._fields == ("U", "S", "Vh")
    assert {type(part.grad_fn).__name__ for part in result} == {"LinalgSvdBackward0"}
    assert [part.output_number for part in result] == [0, 1, 2]
    assert result.U.grad_fn is result.S.grad_fn


def test_function_of_numpy_has_several_tensors_too() -> None:
    x = ad.tensor(S, requires_grad=True)
    w, v = np.linalg.eigh(x + x.T)
    (v[0] ** 2 * w).sum().backward()
    assert x.grad is not None
    expected = ad.grad(lambda x: _first_weights(x))(S)
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-12)


def _first_weights(x: Any) -> Any:
    w, v = np.linalg.eigh(x + x.T)
    return np.sum(v[0] ** 2 * w)


def test_rank_is_an_integer_without_a_gradient() -> None:
    x = ad.tensor(M.T, requires_grad=True)
    result = np.linalg.lstsq(x, ad.tensor(M.T[:, 0]))
    assert [part.requires_grad for part in result] == [True, True, False, True]


def test_result_written_into_is_noticed() -> None:
    x = ad.tensor(S, requires_grad=True)
    w, v = ad.linalg.eigh(x)
    with ad.no_grad():
        v.zero_()
    with pytest.raises(RuntimeError, match="output 1 of LinalgEigh,"):
        w.sum().backward()
