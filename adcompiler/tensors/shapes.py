"""Shapes: bringing a cotangent to the shape and dtype of its primal, and what is said when shapes do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from adcompiler.rules.table import RULES
from adcompiler.tensors.node import Cotangent, Layout


def fit(bar: Any, layout: Layout, recorded: bool) -> Cotangent:
    """A cotangent in the shape and dtype of its primal.

    Axes that broadcasting added or stretched are summed over; a cotangent that is uniform along an axis, and was
    therefore left narrower, is broadcast.
    """
    from adcompiler.tensors.traced import traced, unwrap

    bar = traced(bar) if recorded else np.asarray(bar)
    if bar.dtype.kind == "c" and layout.dtype.kind != "c":
        bar = np.real(bar)
    if bar.shape != layout.shape:
        summed = _stretched_axes(bar.shape, layout.shape)
        if summed:
            bar = np.sum(bar, axis=summed, keepdims=True)
        if bar.ndim > len(layout.shape):
            bar = np.reshape(bar, bar.shape[bar.ndim - len(layout.shape) :])
        if bar.shape != layout.shape:
            bar = np.broadcast_to(bar, layout.shape)
    if bar.dtype != layout.dtype:
        if not recorded:
            return bar.astype(layout.dtype)
        from adcompiler.tensors.tape import apply

        return apply(RULES["astype"], [bar.tensor], {"dtype": layout.dtype.name}, "ToCopyBackward0")
    return unwrap(bar)


def _stretched_axes(shape: Sequence[int], target: Sequence[int]) -> tuple[int, ...]:
    extra = len(shape) - len(target)
    added = range(max(extra, 0))
    stretched = (axis for axis in range(max(extra, 0), len(shape)) if target[axis - extra] == 1 and shape[axis] != 1)
    return (*added, *stretched)


def cannot_broadcast(arrays: Iterable[Any]) -> RuntimeError | None:
    """PyTorch's complaint about two operands whose shapes do not fit; None if all do."""
    seen: tuple[int, ...] = ()
    for array in arrays:
        shape = np.shape(array)
        rank = max(len(seen), len(shape))
        left, right = (1,) * (rank - len(seen)) + seen, (1,) * (rank - len(shape)) + tuple(shape)
        for axis in reversed(range(rank)):
            if left[axis] != right[axis] and 1 not in (left[axis], right[axis]):
                return RuntimeError(
                    f"The size of tensor a ({left[axis]}) must match the size of tensor b ({right[axis]}) "
                    f"at non-singleton dimension {axis}"
                )
        seen = tuple(max(a, b) if 0 not in (a, b) else 0 for a, b in zip(left, right, strict=True))
    return None


def normal_axis(dim: int, rank: int) -> int:
    """An axis counted from the front.

    Raises
    ------
    IndexError
        There is no such axis.
    """
    limit = max(rank, 1)
    if not -limit <= dim < limit:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})")
    return dim % limit


def shape_from(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape given as `f(2, 3)` or `f((2, 3))`."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    return tuple(int(size) for size in sizes)
