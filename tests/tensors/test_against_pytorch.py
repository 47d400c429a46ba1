"""Values and derivatives of order one and two against PyTorch, function by function and for random programs.

What passing does not prove: the points are generic, so kinks and poles are left to the conformance suite.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adcompiler.tensors import elementwise

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

OURS = importlib.import_module("adcompiler.tensors")

NOT_DIFFERENTIABLE_IN_PYTORCH = {"floor_divide"}

CASES: dict[str, Any] = {
    "rsub": lambda t, x, y: 1 - x,
    "rdiv": lambda t, x, y: 2 / x,
    "rpow": lambda t, x, y: 2**x,
    "pow 3": lambda t, x, y: x**3,
    "pow -0.5": lambda t, x, y: x**-0.5,
    "broadcast": lambda t, x, y: (x[0] * y + x[:, :1]) / y[1, 2],
    "matmul": lambda t, x, y: x @ y.T,
    "matmul vector": lambda t, x, y: x @ y[0],
    "vector matmul": lambda t, x, y: x[:, 0] @ y,
    "dot": lambda t, x, y: x[0] @ y[1],
    "bmm": lambda t, x, y: t.bmm(x[None].expand(2, 2, 3), t.stack([y.T, x.T])),
    "batched by matrix": lambda t, x, y: t.stack([x, y]) @ y.T,
    "outer": lambda t, x, y: t.outer(x[0], y[1]),
    "sum": lambda t, x, y: (x * y).sum(),
    "sum dim": lambda t, x, y: (x * y).sum(1, keepdim=True),
    "sum dims": lambda t, x, y: (x * y).sum((0, 1)),
    "mean": lambda t, x, y: (x * y).mean(dim=0),
    "prod": lambda t, x, y: x.prod(),
    "prod dim": lambda t, x, y: x.prod(1),
    "max": lambda t, x, y: x.max() * x.min(),
    "max dim": lambda t, x, y: x.max(1).values * x.min(1, keepdim=True).values,
    "amax": lambda t, x, y: x.amax(1) * x.amin(dim=(0, 1)),
    "var": lambda t, x, y: x.var() + x.var(1).sum() + x.std(0, unbiased=False).sum(),
    "norm": lambda t, x, y: x.norm() * x.norm(1) * x.norm(3),
    "norm dim": lambda t, x, y: x.norm(dim=1) + y.norm(3, dim=1) + x.norm(float("inf"), dim=1),
    "norm kept": lambda t, x, y: x / x.norm(dim=1, keepdim=True) + y.norm(p=2, keepdim=True),
    "logsumexp": lambda t, x, y: x.logsumexp(1) * x.logsumexp((0, 1)),
    "softmax": lambda t, x, y: x.softmax(1) * y.log_softmax(0),
    "cumsum": lambda t, x, y: (x * y).cumsum(1),
    "cumprod": lambda t, x, y: (x * y).cumprod(1),
    "sort": lambda t, x, y: (x * y).sort(1, descending=True)[0] * y,
    "topk": lambda t, x, y: (x * y).topk(2, 1).values,
    "median": lambda t, x, y: (x * y).median() * (x * y).median(1).values,
    "kthvalue": lambda t, x, y: (x * y).kthvalue(2, 1)[0],
    "cummax": lambda t, x, y: (x * y).cummax(1)[0],
    "clamp": lambda t, x, y: x.clamp(0.5, 1.0) * x.clamp(min=0.7) * x.clamp(max=0.9) * x.clamp(y - 0.2, y + 0.2),
    "where": lambda t, x, y: t.where(x > y, x * y, y * y),
    "cat": lambda t, x, y: t.cat([x, x * y, y], 1) * t.cat([x * x, y, x], 1),
    "stack": lambda t, x, y: t.stack([x * y, y], 1),
    "reshape": lambda t, x, y: (x * x).reshape(3, 2) * y.T.reshape(-1).view(3, 2),
    "flatten": lambda t, x, y: x.flatten() * y.ravel(),
    "permute": lambda t, x, y: x[None].permute(2, 0, 1) * y.t().unsqueeze(1),
    "transpose": lambda t, x, y: x.transpose(0, 1) * y.swapaxes(0, 1) * x.movedim(0, 1),
    "squeeze": lambda t, x, y: x[None, :, None].squeeze() * y[None].squeeze(0),
    "expand": lambda t, x, y: x[0].expand(4, 3) * y[:, :1].expand(-1, 4).T[:, :1],
    "repeat": lambda t, x, y: (x * y).repeat(2, 1, 2),
    "roll": lambda t, x, y: x.roll(1, 1) * y.roll(1) * x.flip(0, 1),
    "triangles": lambda t, x, y: (x * y).tril() + (x * x).triu(1),
    "diag": lambda t, x, y: (x @ y.T).diag() * x[0, :2] + x[0].diag().sum(),
    "trace": lambda t, x, y: t.trace(x @ y.T),
    "gather": lambda t, x, y: (x * y).gather(1, t.tensor([[0, 0], [2, 1]])),
    "index_select": lambda t, x, y: (x * y).index_select(1, t.tensor([2, 0, 2])),
    "masked_select": lambda t, x, y: (x * y)[x > y],
    "advanced": lambda t, x, y: (x * y)[[0, 1, 0], [2, 2, 2]] * x[t.tensor([1, 0, 1])][:, 0],
    "mixed": lambda t, x, y: t.stack([x, y])[0, :, [0, 2]] * t.stack([x, y])[:, [0, 1], 1:].sum(),
    "ellipsis": lambda t, x, y: x[..., 1] * y[None, ..., 0],
    "split": lambda t, x, y: t.cat([p * p for p in x.split(2, 1)], 1) * t.cat(y.chunk(2, 1)[::-1], 1),
    "unbind": lambda t, x, y: sum(a * b for a, b in zip(x.unbind(1), y.unbind(1), strict=True)),
    "lerp": lambda t, x, y: t.lerp(x, y, 0.3) + t.addcmul(x, x, y, value=0.5),
    "xlogy": lambda t, x, y: t.xlogy(x, y),
    "det": lambda t, x, y: t.linalg.det(x @ y.T) * t.linalg.inv(x @ y.T + 2 * t.eye(2, dtype=t.float64)),
    "solve": lambda t, x, y: t.linalg.solve(x @ y.T + 2 * t.eye(2, dtype=t.float64), x),
    "to": lambda t, x, y: (x * y).float().double() * x.type_as(y),
    "round": lambda t, x, y: (x * y).round() * x + t.floor(y) * y.sign(),
    "in place": lambda t, x, y: (x * 2).mul_(y).add_(x).clamp_(min=0.5).sub_(y, alpha=2).exp_(),
    "write": lambda t, x, y: _write(t, x, y),
    "write into view": lambda t, x, y: _write_into_view(t, x, y),
    "masked write": lambda t, x, y: _masked_write(t, x, y),
}
"""Functions of two tensors of shape (2, 3)."""


def _write(t: Any, x: Any, y: Any) -> Any:
    z = t.zeros(2, 3, dtype=t.float64)
    z[0] = x[1] * y[0]
    z[1, 1:] = x[0, :2] ** 2
    z[:, 0] *= y[:, 2]
    z[0, 2] += z[1, 1].clone() * x[0, 0]
    return z * x


def _write_into_view(t: Any, x: Any, y: Any) -> Any:
    z = x * y
    flat = z.view(-1)
    flat[1:3].mul_(y[0, :2])
    z.t()[2].copy_(x[:, 0])
    flat[0] = flat[5] * 2
    return z * flat.view(2, 3)


def _masked_write(t: Any, x: Any, y: Any) -> Any:
    z = x * 1
    z[x > y] = 2.0
    z[[1, 0], [0, 2]] = y[:, 1] * x[:, 1]
    z[0].masked_fill_(y[0] > 0.9, 0.0)
    return z * z


for _name in elementwise.FUNCTIONS:
    if _name in CASES or _name in NOT_DIFFERENTIABLE_IN_PYTORCH:
        continue
    if _name in elementwise.UNARY:
        CASES[_name] = lambda t, x, y, name=_name: getattr(t, name)(x * y)
    elif _name in elementwise.BINARY:
        CASES[_name] = lambda t, x, y, name=_name: getattr(t, name)(x * 1.5, y)

POINTS = np.random.default_rng(0).uniform(0.3, 0.95, (2, 2, 3))


def _derivatives(t: Any, function: Any) -> list[Any]:
    """Value, gradient and the gradient of a scalar of the gradient, with the name of the value's node."""
    shift = 1.0 if function in (CASES["acosh"],) else 0.0
    x, y = (t.tensor(point + shift, requires_grad=True) for point in POINTS)
    value = function(t, x, y)
    if not value.requires_grad:
        return [value.tolist()]
    weights = t.tensor(np.linspace(0.5, 1.5, value.numel())).reshape(value.shape).to(value.dtype)
    first = t.autograd.grad((value * weights).sum(), (x, y), create_graph=True, allow_unused=True)
    scalar = sum((g * t.tensor(point).cos()).sum() for g, point in zip(first, POINTS, strict=True) if g is not None)
    second: Any = (None, None)
    if scalar.requires_grad:
        second = t.autograd.grad(scalar, (x, y), allow_unused=True)
    return [value.tolist(), *(None if g is None else g.tolist() for g in (*first, *second))]


@pytest.mark.parametrize("name", CASES)
def test_value_and_two_derivatives_agree(name: str) -> None:
    for ours, theirs in zip(_derivatives(OURS, CASES[name]), _derivatives(torch, CASES[name]), strict=True):
        # A gradient that is zero everywhere may be None in one of the two.
        ours = np.zeros((2, 3)) if ours is None else ours
        theirs = np.zeros((2, 3)) if theirs is None else theirs
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_node_has_the_name_it_has_in_pytorch(name: str) -> None:
    x, y = (OURS.tensor(point, requires_grad=True) for point in POINTS)
    a, b = (torch.tensor(point, requires_grad=True) for point in POINTS)
    ours, theirs = CASES[name](OURS, x, y).grad_fn, CASES[name](torch, a, b).grad_fn
    assert (ours and ours.name()) == (theirs and theirs.name())


STEPS: list[Any] = [
    lambda t, u, v: u + v,
    lambda t, u, v: u - v,
    lambda t, u, v: u * v,
    lambda t, u, v: u / (v * v + 1),
    lambda t, u, v: t.tanh(u),
    lambda t, u, v: t.sin(u) * 0.5,
    lambda t, u, v: t.maximum(u, v),
    lambda t, u, v: t.where(u > v, u, v * 2),
    lambda t, u, v: u.sigmoid(),
    lambda t, u, v: u.sum(0) * 0.3 + v,
    lambda t, u, v: u.mean(1, keepdim=True) + v,
    lambda t, u, v: u.T @ v @ v.T[:, :1] * 0.1 + v[:1].T,
    lambda t, u, v: u.t().reshape(u.shape),
    lambda t, u, v: u.flip(0),
    lambda t, u, v: t.cat([u[:, 1:], v[:, :1]], 1),
    lambda t, u, v: u.clone().mul_(v).add_(1),
    lambda t, u, v: _assign(u.clone(), (0,), v[1]),
    lambda t, u, v: _assign(u.clone(), (slice(None), 1), v[:, 0] * u[:, 2]),
    lambda t, u, v: _assign(u.clone(), ([0, 1], [2, 0]), v[:, 1]),
    lambda t, u, v: u.relu() + v,
]


def _assign(target: Any, index: Any, value: Any) -> Any:
    target[index] = value
    return target


def _run(t: Any, program: list[tuple[int, int, int]]) -> tuple[Any, list[Any]]:
    values = [t.tensor(point, requires_grad=True) for point in POINTS]
    leaves = list(values)
    for step, left, right in program:
        result = STEPS[step](t, values[left % len(values)], values[right % len(values)])
        values.append(result if result.shape == (2, 3) else result.sum() + values[right % len(values)])
    total = sum(value.sum() * weight for weight, value in enumerate(values, 1))
    total.backward()
    return total.item(), [leaf.grad.tolist() for leaf in leaves]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 20), st.integers(0, 20)), max_size=12))
def test_random_programs_have_pytorch_gradients(program: list[tuple[int, int, int]]) -> None:
    value, gradients = _run(OURS, program)
    expected_value, expected_gradients = _run(torch, program)
    np.testing.assert_allclose(value, expected_value, rtol=1e-9)
    np.testing.assert_allclose(gradients, expected_gradients, rtol=1e-9, atol=1e-12)
