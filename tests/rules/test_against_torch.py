"""The conventions at kinks once more, computed by PyTorch itself where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adcompiler.rules.table import rule_of
from tests.rules.points import Case

torch = pytest.importorskip("torch", reason="compares with PyTorch, which is not installed")

_SPECIAL = [-2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0]

UNARY = [
    (np.absolute, "abs"),
    (np.sqrt, "sqrt"),
    (np.exp, "exp"),
    (np.expm1, "expm1"),
    (np.log, "log"),
    (np.log1p, "log1p"),
    (np.tan, "tan"),
    (np.arcsin, "asin"),
    (np.arccos, "acos"),
    (np.arctan, "atan"),
    (np.tanh, "tanh"),
    (np.arcsinh, "asinh"),
    (np.arctanh, "atanh"),
    (np.reciprocal, "reciprocal"),
    (np.sinc, "sinc"),
    (np.square, "square"),
    (np.deg2rad, "deg2rad"),
    (np.nan_to_num, "nan_to_num"),
]
BINARY = [
    (np.multiply, "mul"),
    (np.divide, "div"),
    (np.remainder, "remainder"),
    (np.fmod, "fmod"),
    (np.maximum, "maximum"),
    (np.minimum, "minimum"),
    (np.fmax, "fmax"),
    (np.fmin, "fmin"),
    (np.arctan2, "atan2"),
    (np.hypot, "hypot"),
    (np.logaddexp, "logaddexp"),
    (np.copysign, "copysign"),
    (np.power, "pow"),
]
REDUCTIONS = [
    (np.sum, "sum", {}),
    (np.mean, "mean", {}),
    (np.prod, "prod", {}),
    (np.max, "amax", {}),
    (np.min, "amin", {}),
    (np.linalg.norm, "norm", {}),
    (np.std, "std", {"ddof": 1}),
    (np.var, "var", {"ddof": 1}),
]
TABLE = np.array([[3.0, 1.0, 3.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]])


def _ours(function: Callable[..., Any], operands: tuple[Any, ...], static: dict[str, Any]) -> list[np.ndarray]:
    rule = rule_of(function)
    assert rule is not None
    case = Case(rule.primitive.name, rule, operands, static)
    with np.errstate(all="ignore"):
        y = case.value(*operands)
        return [case.full_bar(number, np.ones_like(y), y, *operands) for number in case.differentiable]


def _theirs(function: Callable[..., Any], operands: tuple[Any, ...], static: dict[str, Any]) -> list[np.ndarray]:
    tensors = [torch.tensor(operand, requires_grad=True) for operand in operands]
    function(*tensors, **static).sum().backward()
    return [np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.numpy() for tensor in tensors]


@pytest.mark.parametrize(("function", "name"), UNARY, ids=[name for _, name in UNARY])
def test_unary_function_agrees(function: Callable[..., Any], name: str) -> None:
    x = np.array(_SPECIAL)
    np.testing.assert_allclose(_ours(function, (x,), {}), _theirs(getattr(torch, name), (x,), {}), rtol=1e-12)


@pytest.mark.parametrize(("function", "name"), BINARY, ids=[name for _, name in BINARY])
def test_binary_function_agrees(function: Callable[..., Any], name: str) -> None:
    a, b = (grid.ravel() for grid in np.meshgrid(_SPECIAL, _SPECIAL))
    ours, theirs = _ours(function, (a, b), {}), _theirs(getattr(torch, name), (a, b), {})
    for bar, expected in zip(ours, theirs, strict=False):
        np.testing.assert_allclose(bar, expected, rtol=1e-12)


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(("function", "name", "static"), REDUCTIONS, ids=[name for _, name, _ in REDUCTIONS])
def test_reduction_agrees(
    function: Callable[..., Any], name: str, static: dict[str, Any], axis: int | None, keepdims: bool
) -> None:
    if axis is None and name == "prod":
        theirs = _theirs(torch.prod, (TABLE,), {})
    else:
        dim = {} if axis is None and name == "norm" else {"dim": (0, 1) if axis is None else axis, "keepdim": keepdims}
        theirs = _theirs(getattr(torch, name), (TABLE,), dim)
    ours = _ours(function, (TABLE,), {"axis": axis, "keepdims": keepdims, **static})
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("bounds", [(0.0, 1.0), (-1.0, 0.0), (1.0, 0.0), (0.5, 0.5)])
def test_clip_with_array_bounds_agrees(bounds: tuple[float, float]) -> None:
    x = np.array(_SPECIAL)
    operands = (x, np.full_like(x, bounds[0]), np.full_like(x, bounds[1]))
    np.testing.assert_allclose(_ours(np.clip, operands, {}), _theirs(torch.clamp, operands, {}))
