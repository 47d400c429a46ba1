"""Element types with PyTorch's names and its promotion: Python numbers never widen, dimensions outrank 0-d tensors."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

NumpyDtype = np.dtype[Any]


class DType:
    """An element type: NumPy's, under the name PyTorch prints for it.

    There is one object for each type, so `is` and `==` agree.
    """

    _of: ClassVar[dict[NumpyDtype, DType]] = {}

    __slots__ = ("dtype", "legacy_name", "name")

    def __init__(self, name: str, legacy_name: str) -> None:
        self.name = name
        self.legacy_name = legacy_name
        """As in error messages: `Float`, `Double`, `Long`, …"""
        self.dtype: NumpyDtype = np.dtype(name)
        """What NumPy calls it; `np.dtype(float32)` finds it here."""
        DType._of[self.dtype] = self

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return dtype_of, (self.name,)

    @property
    def is_floating_point(self) -> builtins.bool:
        """Whether its values are real floating-point numbers."""
        return self.dtype.kind == "f"

    @property
    def is_complex(self) -> builtins.bool:
        """Whether its values are complex."""
        return self.dtype.kind == "c"

    @property
    def is_differentiable(self) -> builtins.bool:
        """Whether tensors of this type may require gradients."""
        return self.dtype.kind in "fc"


float16 = half = DType("float16", "Half")
float32 = float = DType("float32", "Float")
float64 = double = DType("float64", "Double")
complex64 = cfloat = DType("complex64", "ComplexFloat")
complex128 = cdouble = DType("complex128", "ComplexDouble")
uint8 = DType("uint8", "Byte")
int8 = DType("int8", "Char")
int16 = short = DType("int16", "Short")
int32 = int = DType("int32", "Int")
int64 = long = DType("int64", "Long")
bool = DType("bool", "Bool")

DTypeLike = DType | NumpyDtype | type[Any] | str


def dtype_of(spec: DTypeLike) -> DType:
    """The element type meant by ours, NumPy's, its name, or a Python type (`float` is the default, float32).

    Raises
    ------
    TypeError
        A type that tensors do not have.
    """
    if isinstance(spec, DType):
        return spec
    if spec is builtins.float:
        return float32
    if spec is builtins.complex:
        return complex64
    try:
        return DType._of[np.dtype(spec)]
    except KeyError:
        raise TypeError(f"can't convert an array of dtype {np.dtype(spec)} to a tensor") from None


def tensor_type_name(dtype: NumpyDtype) -> str:
    """`torch.FloatTensor`: how messages call a tensor of this element type."""
    return f"torch.{dtype_of(dtype).legacy_name}Tensor"


_RANK = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}
_DEFAULTS = (
    (builtins.bool, np.dtype(builtins.bool)),
    (builtins.int, np.dtype("int64")),
    (builtins.float, np.dtype("float32")),
)
_DEFAULT_COMPLEX = np.dtype("complex64")


def default_dtype(number: object) -> NumpyDtype:
    """The element type of a tensor made from a Python number."""
    for kind, dtype in _DEFAULTS:
        if isinstance(number, kind):
            return dtype
    return _DEFAULT_COMPLEX


def promote(left: NumpyDtype, right: NumpyDtype) -> NumpyDtype:
    """The common type of two: unlike NumPy's, an integer of any width takes the other's floating-point type.

    Examples
    --------
    >>> promote(np.dtype("int64"), np.dtype("float32"))
    dtype('float32')
    """
    if left == right:
        return left
    low, high = sorted((left, right), key=lambda dtype: _RANK[dtype.kind])
    if _RANK[high.kind] > _RANK[low.kind] and low.kind != "f":
        return high
    return np.promote_types(low, high)


def result_dtype(operands: Iterable[Any]) -> NumpyDtype:
    """The type in which an operation on these operands is done.

    Arrays with axes decide; a 0-d array, and last a Python number, matter only where they bring a higher kind
    (boolean, integer, real, complex).

    Examples
    --------
    >>> result_dtype([np.ones(2, "float32"), np.ones((), "float64"), 2.5])
    dtype('float32')
    """
    by_priority: list[NumpyDtype | None] = [None, None, None]
    for operand in operands:
        priority, dtype = (
            (0 if operand.ndim else 1, operand.dtype)
            if isinstance(operand, np.ndarray)
            else (2, default_dtype(operand))
        )
        known = by_priority[priority]
        by_priority[priority] = dtype if known is None else promote(known, dtype)
    result = by_priority[2]
    for dtype in (by_priority[1], by_priority[0]):
        result = dtype if result is None else result if dtype is None else _outrank(dtype, result)
    assert result is not None, "an operation without operands"
    return result


def _outrank(high: NumpyDtype, low: NumpyDtype) -> NumpyDtype:
    if high.kind == "c":
        return high
    if high.kind == "f":
        return np.promote_types(high, np.complex64) if low.kind == "c" else high
    if high.kind == "b" or low.kind in "fc":
        return promote(high, low)
    return high
