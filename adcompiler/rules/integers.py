"""Integers that a program computes from lengths: `2 * size + 1` is known as far as `size` is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from adcompiler.ir.dims import OPEN, Dim, floor_quotient
from adcompiler.ir.types import Type
from adcompiler.rules.inference import arithmetic_type, integral_type


def _with_value(
    infer: Callable[..., tuple[Type, ...]], compute: Callable[..., Dim | None]
) -> Callable[..., tuple[Type, ...]]:
    """Inference that also says which integer the result is, where those of all operands are known."""

    @lru_cache(maxsize=1024)
    def with_value(*types: Type) -> tuple[Type, ...]:
        (result,) = infer(*types)
        numbers = [type.extent for type in types]
        if result.kind != "scalar" or result.dtype != "int64" or not result.weak or None in numbers:
            return (result,)
        value = compute(*numbers)
        return (result,) if value is None or value == OPEN or _is_open(value) else (replace(result, extent=value),)

    return with_value


def _is_open(value: Dim) -> bool:
    """Whether this is a negative literal, which is not told from one that means something else (`reshape(-1)`)."""
    return isinstance(value, int) and value < 0


sum_type = _with_value(arithmetic_type, lambda a, b: a + b)
difference_type = _with_value(arithmetic_type, lambda a, b: a - b)
product_type = _with_value(arithmetic_type, lambda a, b: a * b)
negative_type = _with_value(arithmetic_type, lambda a: -a)
floor_quotient_type = _with_value(integral_type, floor_quotient)
