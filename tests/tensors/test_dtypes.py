"""Promotion of element types and errors of dtype and shape against PyTorch."""

from __future__ import annotations

import importlib
import itertools
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

OURS = importlib.import_module("adcompiler.tensors")

DTYPES = ["bool", "uint8", "int32", "int64", "float16", "float32", "float64", "complex64"]
OPERATIONS: dict[str, Any] = {
    "add": lambda t, a, b: a + b,
    "multiply": lambda t, a, b: a * b,
    "divide": lambda t, a, b: a / b,
    "subtract": lambda t, a, b: b - a,
    "power": lambda t, a, b: a**b,
    "less": lambda t, a, b: a < b,
    "maximum": lambda t, a, b: t.maximum(a, b),
    "atan2": lambda t, a, b: t.atan2(a, b),
    "sin": lambda t, a, b: t.sin(a),
    "sum": lambda t, a, b: a.sum(),
    "prod": lambda t, a, b: a.prod(),
    "cumsum": lambda t, a, b: a.cumsum(0),
    "mean": lambda t, a, b: a.mean(),
    "abs": lambda t, a, b: a.abs(),
    "negative": lambda t, a, b: -a,
    "cat": lambda t, a, b: t.cat([a, b]),
    "in place": lambda t, a, b: a.add_(b),
    "in place divide": lambda t, a, b: a.div_(b),
    "number": lambda t, a, b: a * 2.5,
    "integer": lambda t, a, b: a * 2,
    "where": lambda t, a, b: t.where(a > 0, a, b),
    "clamp": lambda t, a, b: a.clamp(0.5, 1),
    "matmul": lambda t, a, b: a @ b,
    "norm": lambda t, a, b: a.norm(),
    "argmax": lambda t, a, b: a.argmax(),
}
SHAPES = [((2,), (2,)), ((), (2,)), ((2,), ()), ((1,), (2,)), ((3,), (2,))]


def _outcome(t: Any, operation: str, left: str, right: str, shapes: Any) -> Any:
    a, b = (t.ones(shape, dtype=getattr(t, dtype)) for shape, dtype in zip(shapes, (left, right), strict=True))
    try:
        result = OPERATIONS[operation](t, a, b)
    except (RuntimeError, NotImplementedError, IndexError, TypeError) as error:
        return type(error)
    return repr(result.dtype), tuple(result.shape), result.tolist()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_results_have_pytorch_dtypes(operation: str) -> None:
    different = []
    for left, right, shapes in itertools.product(DTYPES, DTYPES, SHAPES):
        if {left, right} == {"float16", "complex64"}:
            continue  # may be complex32, which NumPy has not
        expected = _outcome(torch, operation, left, right, shapes)
        found = _outcome(OURS, operation, left, right, shapes)
        if isinstance(expected, type):
            continue  # what PyTorch refuses, for want of a kernel, we may compute
        if isinstance(found, type) or found[:2] != expected[:2] or not np.allclose(found[2], expected[2], rtol=1e-3):
            different.append((left, right, shapes, found, expected))
    assert not different
