"""The programs that JAX can differentiate too, compared with it; JAX is an optional extra."""

from __future__ import annotations

import copy
import types
from typing import Any

import numpy as np
import pytest
from numerics import floating_positions
from programs import PROGRAMS, Example

from adcompiler.api import value_and_grad

jax = pytest.importorskip("jax", reason="JAX is not installed: pip install '.[compare]'")

PURE = [
    "absolute",
    "basic_indices",
    "boolean_operators",
    "broadcasting",
    "calls",
    "chained_comparison",
    "closures",
    "divide_by_scalar",
    "doubling",
    "early_return",
    "elif_chain",
    "endless_with_break",
    "horner",
    "joined",
    "layer",
    "nested_branches",
    "nested_loops",
    "newton",
    "no_dependence",
    "over_elements",
    "over_enumerate",
    "over_rows",
    "over_zip",
    "polynomial",
    "products",
    "return_from_loops",
    "same_variable_twice",
    "swap_in_branch",
    "swapped_names",
    "tuples",
    "tutorial",
    "unrolled",
    "with_break",
]
"""Programs that write into no array: JAX has no writes in place."""


def with_jax(function: types.FunctionType) -> types.FunctionType:
    """The same function over `jax.numpy`."""
    namespace = {**function.__globals__, "np": jax.numpy}
    for name, value in function.__globals__.items():
        if isinstance(value, types.FunctionType) and value.__module__ == function.__module__:
            namespace[name] = types.FunctionType(value.__code__, namespace, name, value.__defaults__)
    return types.FunctionType(function.__code__, namespace, function.__name__, function.__defaults__)


@pytest.mark.parametrize(
    "example", [e for e in PROGRAMS if e.name in PURE], ids=lambda e: f"{e.name}-{PROGRAMS.index(e)}"
)
def test_gradient_agrees_with_jax(example: Example) -> None:
    jax.config.update("jax_enable_x64", True)
    positions = floating_positions(example.arguments)
    value, gradients = value_and_grad(example.function, positions)(*copy.deepcopy(example.arguments))
    arguments: list[Any] = [jax.numpy.asarray(a) if isinstance(a, np.ndarray) else a for a in example.arguments]
    function = with_jax(example.function)  # type: ignore[arg-type]  # the table holds functions
    expected, wanted = jax.value_and_grad(function, positions)(*arguments)
    np.testing.assert_allclose(value, expected, rtol=1e-10)
    for one, other in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(one, np.asarray(other), rtol=1e-9, atol=1e-12)
