"""Tensors in NumPy's vocabulary, so that a rule runs on them: `size` is a number here, `dtype` is NumPy's."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import RULES, method_rule
from adcompiler.tensors.dtypes import NumpyDtype
from adcompiler.tensors.indexing import split_index
from adcompiler.tensors.tape import apply, call
from adcompiler.tensors.tensor import Tensor


class TracedArray(NDArrayOperatorsMixin):
    """A tensor as a derivative rule sees it: an array whose operations are recorded."""

    __slots__ = ("tensor",)
    __array_priority__ = 2000

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""
        return tuple(self.tensor.array.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.tensor.array.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.tensor.array.size

    @property
    def dtype(self) -> NumpyDtype:
        """The element type."""
        dtype: NumpyDtype = self.tensor.array.dtype
        return dtype

    @property
    def T(self) -> Any:  # noqa: N802  (NumPy's name)
        """The transpose."""
        return np.transpose(self)  # dispatched to a rule

    def __array__(self, *arguments: Any, **keywords: Any) -> Any:
        return self.tensor.__array__(*arguments, **keywords)  # which refuses one that requires a gradient

    def __len__(self) -> int:
        return len(self.tensor.array)

    def __index__(self) -> int:
        return operator.index(self.tensor.array)

    def __bool__(self) -> bool:
        return bool(self.tensor.array)

    def __getitem__(self, index: Any) -> Any:
        template, slots = split_index(unwrap(index))
        return TracedArray(apply(RULES["getitem"], [self.tensor, *slots], {"index": template}))

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tensor[unwrap(index)] = unwrap(value)

    def __getattr__(self, name: str) -> Any:
        rule = method_rule(name)
        if rule is None:
            raise AttributeError(name)
        return lambda *arguments, **keywords: _wrap(rule.function, (self, *arguments), keywords)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        return _wrap(ufunc if method == "__call__" else getattr(ufunc, method), inputs, keywords)

    def __array_function__(
        self, function: Any, types: Iterable[type], arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> Any:
        return _wrap(function, arguments, keywords)


_QUERIES = {np.shape: "shape", np.ndim: "ndim", np.size: "size"}


def _wrap(function: Any, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
    if function in _QUERIES and len(arguments) == 1:
        return getattr(arguments[0], _QUERIES[function])
    if function is axis_length:
        return np.shape(arguments[0])[keywords["axis"]]
    return retraced(call(function, unwrap(arguments), {name: unwrap(value) for name, value in keywords.items()}))


def traced(value: Any) -> TracedArray:
    """A tensor, or a constant, as a rule sees it."""
    if isinstance(value, TracedArray):
        return value
    return TracedArray(value if isinstance(value, Tensor) else Tensor.of(value))


def retraced(value: Any) -> Any:
    """The traced arrays of tensors, in tuples and lists too; anything else as it is."""
    if isinstance(value, Tensor):
        return TracedArray(value)
    if isinstance(value, (tuple, list)):
        return _like(value, map(retraced, value))
    return value


def _like(sequence: Any, items: Iterable[Any]) -> Any:
    """A list or tuple, with names or without."""
    kind = type(sequence)
    return kind(*items) if hasattr(kind, "_fields") else kind(items)


def unwrap(value: Any) -> Any:
    """The tensors in the place of their traced arrays, in tuples and lists too."""
    if isinstance(value, TracedArray):
        return value.tensor
    if isinstance(value, (tuple, list)):
        return _like(value, map(unwrap, value))
    return value
