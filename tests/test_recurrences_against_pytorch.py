"""Recurrent networks and iterations, in float64 and float32, compared with PyTorch; the second is an optional extra."""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import adcompiler as ad

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def elman(W, U, b, xs):
    h = np.zeros_like(b)
    total = 0.0
    for x in xs:
        h = np.tanh(W @ h + U @ x + b)
        total = total + np.sum(h * h)
    return total


def gated(Wz, Uz, W, U, b, xs):
    h = np.zeros_like(b)
    for x in xs:
        z = sigmoid(Wz @ x + Uz @ h)
        h = (1 - z) * np.tanh(W @ x + U @ (z * h) + b) + z * h
    return np.sum(h * h)


def stacked(W1, W2, U, xs):
    one, two = np.zeros_like(U[:, 0]), np.zeros_like(U[:, 0])
    for x in xs:
        one = np.tanh(W1 @ one + U @ x)
        two = np.tanh(W2 @ two + W1 @ one)
    return np.sum(two)


def power(A, v):
    estimate = v @ v
    change = estimate + 1.0
    while change > 1e-3:
        w = A @ v
        v = w / np.sqrt(np.sum(w * w))
        previous = estimate
        estimate = v @ (A @ v)
        change = abs(estimate - previous)
    return estimate


def refined(A, b, x):
    for _ in range(6):
        for _ in range(2):
            x = x + 0.1 * (b - A @ x)
        x = x - 0.01 * (A.T @ np.sin(x))
    return np.sum(x * x)


SIZES: dict[Callable[..., Any], tuple[tuple[int, ...], ...]] = {
    elman: ((6, 6), (6, 4), (6,), (9, 4)),
    gated: ((6, 4), (6, 6), (6, 4), (6, 6), (6,), (9, 4)),
    stacked: ((6, 6), (6, 6), (6, 4), (9, 4)),
    power: ((6, 6), (6,)),
    refined: ((6, 6), (6,), (6,)),
}


def with_pytorch(function: Callable[..., Any], arguments: list[Any]) -> list[Any]:
    assert isinstance(function, types.FunctionType)
    names = types.SimpleNamespace(
        tanh=torch.tanh, exp=torch.exp, sin=torch.sin, sqrt=torch.sqrt, sum=torch.sum, zeros_like=torch.zeros_like
    )
    namespace: dict[str, Any] = {"np": names, "abs": torch.abs, "__builtins__": builtins}
    namespace["sigmoid"] = types.FunctionType(sigmoid.__code__, namespace)
    tensors = [torch.tensor(argument, requires_grad=True) for argument in arguments]
    types.FunctionType(function.__code__, namespace)(*tensors).backward()
    return [tensor.grad.numpy() for tensor in tensors]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", SIZES, ids=lambda function: function.__name__)
def test_recurrences(function: Callable[..., Any], dtype: type) -> None:
    rng = np.random.default_rng(0)
    arguments = [(0.5 * rng.random(size)).astype(dtype) for size in SIZES[function]]
    expected = with_pytorch(function, arguments)
    found = ad.grad(function, tuple(range(len(arguments))))(*arguments)
    _, pullback = ad.vjp(function, *arguments)
    tolerance = 1e-9 if dtype is np.float64 else 2e-3
    for gradient, again, wanted in zip(found, pullback(1.0), expected, strict=True):
        assert gradient.dtype == dtype
        np.testing.assert_allclose(gradient, wanted, rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(again, wanted, rtol=tolerance, atol=tolerance)
