"""Making tensors: from numbers, arrays and shapes, and at random."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.tensors.dtypes import DTypeLike, NumpyDtype, default_dtype, dtype_of
from adcompiler.tensors.node import Array
from adcompiler.tensors.shapes import shape_from
from adcompiler.tensors.tensor import Tensor

_COPY_OF_TENSOR = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)
_NOT_DIFFERENTIABLE = "Only Tensors of floating point and complex dtype can require gradients"

_FLOAT32: NumpyDtype = np.dtype(np.float32)


def _made(array: Any, requires_grad: bool) -> Tensor:
    result = Tensor.of(array)
    if requires_grad:
        if not result.dtype.is_differentiable:
            raise RuntimeError(_NOT_DIFFERENTIABLE)
        result.requires_grad_()
    return result


def _numpy_dtype(dtype: DTypeLike | None, default: NumpyDtype = _FLOAT32) -> NumpyDtype:
    return default if dtype is None else dtype_of(dtype).dtype


def tensor(data: Any, *, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`.

    Parameters
    ----------
    data : number, nested sequence, ndarray or Tensor
        Floats become float32; NumPy arrays and scalars keep their dtype.
    dtype : dtype, optional
    requires_grad : bool

    Examples
    --------
    >>> tensor([[1.0, 2.0], [3.0, 4.0]])
    tensor([[1., 2.],
            [3., 4.]])
    """
    if isinstance(data, Tensor):
        warnings.warn(_COPY_OF_TENSOR, UserWarning, stacklevel=2)
    array = _array_of(data)
    return _made(np.array(array, dtype=_numpy_dtype(dtype, array.dtype)), requires_grad)


def _array_of(data: Any) -> Array:
    if isinstance(data, Tensor):
        return data.array
    if isinstance(data, (np.ndarray, np.generic)):
        return np.asarray(data)
    if not isinstance(data, (list, tuple)):
        return np.array(data, default_dtype(data))
    leaves = [item.array if isinstance(item, Tensor) else item for item in _leaves(data)]
    array = np.array(_plain(data))
    if any(isinstance(leaf, (np.ndarray, np.generic)) for leaf in leaves):
        return array
    return array.astype(default_dtype(array.flat[0].item()) if array.size else _FLOAT32)


def _leaves(data: Any) -> list[Any]:
    return [leaf for item in data for leaf in _leaves(item)] if isinstance(data, (list, tuple)) else [data]


def _plain(data: Any) -> Any:
    if isinstance(data, Tensor):
        return data.array if data.array.ndim else data.array[()]
    return [_plain(item) for item in data] if isinstance(data, (list, tuple)) else data


def as_tensor(data: Any, *, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor of `data`: itself if it is one, and sharing the memory of an array."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    array = _array_of(data)
    return Tensor.of(array.astype(_numpy_dtype(dtype, array.dtype), copy=False))


def from_numpy(array: Array) -> Tensor:
    """A tensor that shares an array's memory."""
    return Tensor.of(array)


def _filled(name: str, value: float) -> Callable[..., Tensor]:
    def function(*size: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
        return _made(np.full(shape_from(size), value, _numpy_dtype(dtype)), requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"A tensor of {name}, of the given size."
    return function


def _filled_like(name: str, value: float) -> Callable[..., Tensor]:
    def function(input: Tensor, *, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
        return _made(np.full(input.array.shape, value, _numpy_dtype(dtype, input.array.dtype)), requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"A tensor of {name.removesuffix('_like')} with the shape and dtype of another."
    return function


zeros, ones, empty = _filled("zeros", 0), _filled("ones", 1), _filled("empty", 0)
zeros_like, ones_like = _filled_like("zeros_like", 0), _filled_like("ones_like", 1)
empty_like = _filled_like("empty_like", 0)


def full(size: Any, fill_value: Any, *, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor filled with one value."""
    return _made(
        np.full(shape_from((size,)), fill_value, _numpy_dtype(dtype, default_dtype(fill_value))), requires_grad
    )


def full_like(input: Tensor, fill_value: Any, *, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor filled with one value, with the shape and dtype of another."""
    return Tensor.of(np.full(input.array.shape, fill_value, _numpy_dtype(dtype, input.array.dtype)))


def eye(n: int, m: int | None = None, *, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """The identity matrix."""
    return _made(np.eye(n, m, dtype=_numpy_dtype(dtype)), requires_grad)


def arange(*bounds: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """`arange(end)` or `arange(start, end, step)`: integers if all bounds are, else float32."""
    numbers = [bound.item() if isinstance(bound, Tensor) else bound for bound in bounds]
    integral = builtins.all(isinstance(number, (int, np.integer)) for number in numbers)
    default = np.dtype(np.int64) if integral else _FLOAT32
    return _made(np.arange(*numbers).astype(_numpy_dtype(dtype, default)), requires_grad)


def linspace(
    start: float, end: float, steps: int, *, dtype: DTypeLike | None = None, requires_grad: bool = False
) -> Tensor:
    """Numbers at equal distances, both ends included."""
    return _made(np.linspace(start, end, steps, dtype=_numpy_dtype(dtype)), requires_grad)


_generator = np.random.default_rng()


def manual_seed(seed: int) -> None:
    """Make `rand` and `randn` repeatable; the numbers are NumPy's, not PyTorch's."""
    global _generator  # one stream for all, as in PyTorch
    _generator = np.random.default_rng(seed)


def uniform(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Random numbers between 0 and 1, of the stream of `rand`."""
    return _generator.random(shape)


def rand(*size: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Uniform random numbers between 0 and 1."""
    return _made(np.asarray(uniform(shape_from(size)), _numpy_dtype(dtype)), requires_grad)


def randn(*size: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Standard normal random numbers."""
    return _made(np.asarray(_generator.standard_normal(shape_from(size)), _numpy_dtype(dtype)), requires_grad)


def randint(low: int, high: int, size: Any) -> Tensor:
    """Random integers from `low` up to `high`, which is not included."""
    return Tensor.of(_generator.integers(low, high, shape_from((size,))))
