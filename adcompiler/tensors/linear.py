"""Products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.rules.table import RULES
from adcompiler.tensors.indexing import getitem
from adcompiler.tensors.tape import apply, call
from adcompiler.tensors.tensor import Tensor


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product `input @ other`."""
    left, right = input.array.shape, other.array.shape
    if not left or not right:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {len(left)}D and {len(right)}D"
        )
    if left[-1] != right[-2 if len(right) > 1 else 0]:
        raise RuntimeError(_mismatch(left, right))
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(
            f"expected m1 and m2 to have the same dtype, but got: {input.array.dtype.name} != {other.array.dtype.name}"
        )
    return apply(RULES["matmul"], [input, other])


def _mismatch(left: tuple[int, ...], right: tuple[int, ...]) -> str:
    match len(left), len(right):
        case 1, 1:
            return (
                f"inconsistent tensor size, expected tensor [{left[0]}] and src [{right[0]}] to have the same number "
                f"of elements, but got {left[0]} and {right[0]} elements respectively"
            )
        case _, 1:
            return f"size mismatch, got input ({left[0]}), mat ({left[0]}x{left[1]}), vec ({right[0]})"
        case ((1 | 2), 2):
            rows = 1 if len(left) == 1 else left[0]
            return f"mat1 and mat2 shapes cannot be multiplied ({rows}x{left[-1]} and {right[0]}x{right[1]})"
        case _:
            return (
                f"Expected size for first two dimensions of batch2 tensor to be: [{right[0]}, {left[-1]}] but got: "
                f"[{right[0]}, {right[-2]}]."
            )


def _of_ranks(name: str, *ranks: int) -> Callable[[Tensor, Tensor], Tensor]:
    def product(input: Tensor, other: Tensor) -> Tensor:
        if (input.array.ndim, other.array.ndim) != ranks:
            raise RuntimeError(
                "self must be a matrix"
                if name == "mm"
                else f"{name}: expected tensors with {ranks[0]} and {ranks[1]} dimensions, but got "
                f"{input.array.ndim}D and {other.array.ndim}D"
            )
        return matmul(input, other)

    product.__name__ = product.__qualname__ = name
    product.__doc__ = f"The product of tensors with {ranks[0]} and {ranks[1]} axes."
    return product


mm, mv, bmm, dot = _of_ranks("mm", 2, 2), _of_ranks("mv", 2, 1), _of_ranks("bmm", 3, 3), _of_ranks("dot", 1, 1)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of an element of one vector and one of another."""
    return apply(RULES["multiply"], [getitem(input, (slice(None), None)), vec2])


def einsum(equation: str, *operands: Any) -> Tensor:
    """A sum of products, as the equation says."""
    tensors = operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    result: Tensor = call(np.einsum, (equation, *tensors), {})
    return result


def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal."""
    result: Tensor = call(np.trace, (input,), {})
    return result


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "bmm": bmm,
    "dot": dot,
    "einsum": einsum,
    "matmul": matmul,
    "mm": mm,
    "mv": mv,
    "outer": outer,
    "trace": trace,
}
