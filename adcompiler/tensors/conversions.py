"""Copies of a tensor: as it is, in another element type, or laid out afresh."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.rules.table import RULES
from adcompiler.tensors import dtypes
from adcompiler.tensors.dtypes import DTypeLike, dtype_of
from adcompiler.tensors.grad_mode import is_grad_enabled
from adcompiler.tensors.node import Layout
from adcompiler.tensors.rule_node import CopyNode
from adcompiler.tensors.tape import apply
from adcompiler.tensors.tensor import Tensor

_DEEP_COPY = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you "
    "were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
    "https://github.com/pytorch/pytorch/pull/103001"
)


def clone(input: Tensor) -> Tensor:
    """A copy that belongs to the graph."""
    return apply(RULES["copy"], [input], name="CloneBackward0")


def copied(input: Tensor, name: str = "CopyBackwards") -> Tensor:
    """A copy behind a node of this name."""
    result = Tensor.of(input.array.copy())
    edge = input.edge() if is_grad_enabled() else None
    if edge is not None:
        layout = Layout(input.array.shape, input.array.dtype)
        result.set_history(CopyNode.named(name)([edge], layout, layout))
    return result


def to(input: Tensor, dtype: DTypeLike | Tensor) -> Tensor:
    """The elements in another type; the tensor itself if it has that type."""
    if isinstance(dtype, str) and dtype == "cpu":
        return input
    target = dtype.array.dtype if isinstance(dtype, Tensor) else dtype_of(dtype).dtype
    if input.array.dtype == target:
        return input
    if target.kind not in "fc":
        return Tensor.of(input.array.astype(target))
    return apply(RULES["astype"], [input], {"dtype": target.name}, "ToCopyBackward0")


def contiguous(input: Tensor) -> Tensor:
    """The tensor laid out row by row: itself if it is."""
    return input if is_contiguous(input) else apply(RULES["copy"], [input], name="CloneBackward0")


def is_contiguous(input: Tensor) -> bool:
    """Whether the elements lie row by row."""
    return bool(input.array.flags.c_contiguous)


def deep_copy(input: Tensor, memo: dict[int, Any]) -> Tensor:
    """What `copy.deepcopy` makes of a leaf."""
    if not input.is_leaf:
        raise RuntimeError(_DEEP_COPY)
    result = Tensor.of(input.array.copy())
    result.requires_grad_(input.requires_grad)
    memo[id(input)] = result
    result.stored_grad = copy.deepcopy(input.stored_grad, memo)
    return result


def _to_dtype(name: str, dtype: dtypes.DType) -> Callable[[Tensor], Tensor]:
    def function(input: Tensor) -> Tensor:
        return to(input, dtype)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The elements as {dtype.name}."
    return function


CASTS = {
    name: _to_dtype(name, getattr(dtypes, name)) for name in ("bool", "double", "float", "half", "int", "long", "short")
}
"""Methods only: as functions of the namespace these names are dtypes."""


def real(input: Tensor) -> Tensor:
    """The real part: the tensor itself if it is real."""
    return apply(RULES["real"], [input]) if input.dtype.is_complex else input


def imag(input: Tensor) -> Tensor:
    """The imaginary part."""
    if not input.dtype.is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return apply(RULES["imag"], [input])


def conj(input: Tensor) -> Tensor:
    """The complex conjugate: the tensor itself if it is real."""
    return apply(RULES["conj"], [input]) if input.dtype.is_complex else input


def data_ptr(input: Tensor) -> int:
    """The address of the first element."""
    return int(input.array.__array_interface__["data"][0])


def stride(input: Tensor) -> tuple[int, ...]:
    """Distance of neighbours along each axis, in elements."""
    return tuple(step // input.array.itemsize for step in input.array.strides)


def numel(input: Tensor) -> int:
    """Number of elements."""
    return int(input.array.size)


def is_tensor(value: object) -> bool:
    """Whether this is a tensor."""
    return isinstance(value, Tensor)


def as_array(input: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
    """What `np.asarray` makes of a tensor that does not require gradients."""
    array = input.numpy()
    return array.astype(dtype) if dtype is not None and dtype != array.dtype else array.copy() if copy else array
