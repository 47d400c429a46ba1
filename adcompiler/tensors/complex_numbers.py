"""Gradients of complex tensors, from rules written for real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from adcompiler.rules.table import Rule

_HOLOMORPHIC = frozenset(
    [
        *("add", "subtract", "multiply", "divide", "negative", "positive", "power", "reciprocal", "square", "sqrt"),
        *("exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
        *("sum", "mean", "prod", "cumsum", "matmul", "dot", "where", "astype", "copy", "concatenate", "stack"),
        *("reshape", "ravel", "transpose", "swapaxes", "moveaxis", "squeeze", "expand_dims", "flip", "roll"),
        *("broadcast_to", "unbroadcast", "getitem", "setitem", "additem"),
    ]
)
"""Primitives that are holomorphic, or linear with real coefficients."""

_OWN = frozenset(["absolute", "real", "imag", "conj"])
"""Primitives whose rule gives the complex gradient as it stands."""


def pull_complex(
    rule: Rule,
    pullback: Callable[..., Any],
    g: Any,
    result: Any,
    operands: Sequence[Any],
    static: Mapping[str, Any],
) -> Any:
    """The cotangent of a complex operand: of a holomorphic function, `g * conj(f'(x))`, as in PyTorch.

    Raises
    ------
    NotImplementedError
        It is not known whether the rule holds for complex numbers.
    """
    name = rule.primitive.name
    if name in _OWN:
        return pullback(g, result, *operands, **static)
    if name not in _HOLOMORPHIC:
        raise NotImplementedError(f"the derivative of `{name}` is not known for complex tensors")
    return pullback(g, *map(_conjugate, (result, *operands)), **static)


def _conjugate(value: Any) -> Any:
    return np.conj(value) if getattr(value, "dtype", None) is not None and value.dtype.kind == "c" else value
