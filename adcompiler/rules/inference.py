"""Types of results from types of operands, one function a family of primitives.

Sound before precise: what cannot be said is `Unranked`. A shape that is a function of other shapes is named after
them (`matmul(x,W)`), so that equal things stay equal; a shape or length that depends on data is `?`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from adcompiler.ir.dims import OPEN, Dim, is_length
from adcompiler.ir.types import Kind, Shape, Type, Unranked, array, broadcast_shapes, scalar

_LONGEST_NAME = 120

DATA_DEPENDENT = OPEN
"""A length that nobody knows before the program runs; it gets the name of the value that has it."""

UNKNOWN_SHAPE = Unranked(frozenset(["?"]))
"""A shape of which not even the rank is known; it gets the name of the value that has it."""

_WEAK: dict[str, Any] = {"f": 1.0, "i": 1, "u": 1, "b": True, "c": 1j}
_FLOAT_OF_SIZE = {1: "float16", 2: "float32"}


def common_dtype(*types: Type) -> str | None:
    """The dtype NumPy gives to a result of these operands; Python numbers are weak (NEP 50)."""
    samples: list[Any] = []
    for type in types:
        if type.dtype is None:
            return None
        samples.append(_WEAK[np.dtype(type.dtype).kind] if type.weak else np.dtype(type.dtype))
    return np.result_type(*samples).name


def joined_dtype(*types: Type) -> str | None:
    """The dtype of a product of arrays, for which a Python number is an array like any other."""
    return common_dtype(*(replace(type, weak=False) for type in types))


def float_dtype(dtype: str | None, *, weak: bool = False) -> str | None:
    """The dtype of a floating-point function of such numbers: integers become floats that hold them."""
    if dtype is None or np.dtype(dtype).kind not in "iub":
        return dtype
    if weak:
        return "float16" if dtype == "bool" else "float64"
    return _FLOAT_OF_SIZE.get(np.dtype(dtype).itemsize, "float64")


def real_dtype(dtype: str | None) -> str | None:
    """The dtype of the real part of such numbers."""
    if dtype is None or np.dtype(dtype).kind != "c":
        return dtype
    return np.empty(0, dtype).real.dtype.name


def value_type(dtype: str | None, shape: Shape) -> Type:
    """The result of a ufunc or reduction: a scalar when it has no axes, else an array."""
    if shape == ():
        return scalar(dtype)
    return array(dtype, shape) if isinstance(shape, tuple) else Type("unknown", dtype, shape)


def broadcast_type(types: tuple[Type, ...], dtype: str | None) -> Type:
    """The result of an elementwise function."""
    result = value_type(dtype, broadcast_shapes(*(type.shape for type in types)))
    ranked = any(type.rank for type in types)
    return replace(result, kind="array") if ranked else result


@lru_cache(maxsize=1024)
def elementwise_type(*types: Type, dtype: str | None = None) -> tuple[Type, ...]:
    """An elementwise function of floating-point numbers: broadcast shape, common (or given) dtype.

    Integers become floats of their own (`np.sin(2)` is float64); use `arithmetic_type` for what keeps them.
    """
    weak = all(type.weak for type in types)
    return (broadcast_type(types, dtype or float_dtype(common_dtype(*types), weak=weak)),)


@lru_cache(maxsize=1024)
def arithmetic_type(*types: Type) -> tuple[Type, ...]:
    """`+ - *` and their like: integers stay integers, and Python numbers stay Python numbers."""
    result = broadcast_type(types, common_dtype(*types))
    weak = result.kind == "scalar" and (all(type.weak for type in types) or _meets_as_float(*types))
    if weak and result.dtype == "bool":
        result = replace(result, dtype="int64")  # True + True is 2
    return (replace(result, weak=weak),)


def _meets_as_float(*types: Type) -> bool:
    """Whether a Python complex number meets a NumPy float64 on its right, which it takes for a Python float."""
    first, *others = types
    is_complex = first.weak and first.dtype == "complex128"
    return is_complex and len(others) == 1 and others[0].kind == "scalar" and others[0].dtype == "float64"


@lru_cache(maxsize=1024)
def division_type(*types: Type) -> tuple[Type, ...]:
    """`/`: the quotient of integers is a float."""
    (result,) = arithmetic_type(*types)
    if result.dtype is not None and np.dtype(result.dtype).kind in "iub":
        result = replace(result, dtype="float64")
    return (result,)


def power_type(*types: Type) -> tuple[Type, ...]:
    """`**`: the power of two Python integers may be either; see `arithmetic_type`."""
    (result,) = integral_type(*types)
    if result.weak and result.dtype == "int64" and not is_length(types[1].extent):
        return (replace(result, dtype=None),)
    return (result,)


def integral_type(*types: Type) -> tuple[Type, ...]:
    """`// %` and their like: as `arithmetic_type`, but NumPy takes booleans for int8."""
    (result,) = arithmetic_type(*types)
    return (replace(result, dtype="int8") if result.dtype == "bool" else result,)


def bitwise_type(*types: Type) -> tuple[Type, ...]:
    """`& | ^`: as `arithmetic_type`, but booleans stay booleans."""
    result = broadcast_type(types, common_dtype(*types))
    return (replace(result, weak=result.kind == "scalar" and all(type.weak for type in types)),)


def kept_integral_type(*types: Type) -> tuple[Type, ...]:
    """As `kept_type`, but NumPy takes booleans for int8."""
    (result,) = kept_type(*types)
    return (replace(result, dtype="int8") if result.dtype == "bool" else result,)


@lru_cache(maxsize=1024)
def kept_type(*types: Type) -> tuple[Type, ...]:
    """An elementwise NumPy function that keeps integers (`np.abs`, `np.maximum`): never a Python number."""
    return (broadcast_type(types, common_dtype(*types)),)


def logic_type(*types: Type, **_: Any) -> tuple[Type, ...]:
    """Elementwise tests and logic: booleans of the broadcast shape."""
    return (broadcast_type(types, "bool"),)


@lru_cache(maxsize=1024)
def comparison_type(*types: Type) -> tuple[Type, ...]:
    """`< == >=` and their like: comparing Python numbers gives Python's booleans."""
    result = broadcast_type(types, "bool")
    return (replace(result, weak=result.kind == "scalar" and all(type.weak for type in types)),)


def opaque_shape_type(*types: Type, **static: Any) -> tuple[Type, ...]:
    """A result of unknown shape and dtype: always sound."""
    return (Type("unknown", None, UNKNOWN_SHAPE),)


def named_shape(name: str, *shapes: Shape, **static: Any) -> Shape:
    """The shape `name` makes of others, where its rank is not known: the same name for the same operands."""
    parts = [str(s) if isinstance(s, Unranked) else "[" + ",".join(map(str, s)) + "]" for s in shapes]
    parts += [f"{key}={value}" for key, value in sorted(static.items())]
    text = f"{name}({','.join(parts)})"
    return Unranked(frozenset([text])) if len(text) <= _LONGEST_NAME and "?" not in text else UNKNOWN_SHAPE


def same_type(x: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    """A result like the first operand."""
    return (x,)


def rearranged_type(x: Type, shape: Shape) -> Type:
    """The elements of `x` in another shape: an array, but NumPy may leave a scalar as it is."""
    kind: Kind = "array" if x.kind == "array" or (isinstance(shape, tuple) and shape) else "unknown"
    return Type(kind, x.dtype, shape)


def same_shape_type(x: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    """A result of the shape and dtype of the first operand."""
    return (replace(rearranged_type(x, x.shape), kind="array" if x.rank else "unknown"),)


def with_shape(dims: Callable[..., tuple[Dim, ...] | None]) -> Callable[..., tuple[Type, ...]]:
    """Inference for a function of one array to an array of its dtype: `dims(operand's dims, **static)`.

    `dims` returns None where it cannot say; a call that cannot be right (an axis out of range) may raise.
    """

    def infer(x: Type, *others: Type, **static: Any) -> tuple[Type, ...]:
        result: Shape | None = dims(x.shape, **static) if isinstance(x.shape, tuple) else None
        return (rearranged_type(x, named_shape(dims.__name__, x.shape, **static) if result is None else result),)

    return infer


def normal_axes(axis: int | tuple[int, ...] | None, rank: int) -> tuple[int, ...]:
    """The axes meant by `axis=`, counted from the front; all of them for None."""
    if axis is None:
        return tuple(range(rank))
    axes = axis if isinstance(axis, tuple) else (axis,)
    for each in axes:
        if not -rank <= each < rank:
            raise np.exceptions.AxisError(each, rank)
    return tuple(each % rank for each in axes)


def reduced_shape(shape: Shape, axis: int | tuple[int, ...] | None, keepdims: bool) -> Shape:
    """The shape that a reduction along `axis` leaves."""
    if axis is None and not keepdims:
        return ()
    if isinstance(shape, Unranked):
        return named_shape("reduced", shape, axis=axis, keepdims=keepdims)
    axes = normal_axes(axis, len(shape))
    if len(set(axes)) < len(axes):
        raise ValueError("duplicate value in 'axis'")
    if keepdims:
        return tuple(1 if number in axes else dim for number, dim in enumerate(shape))
    return tuple(dim for number, dim in enumerate(shape) if number not in axes)


def reduction_type(dtype_of: Callable[[Type], str | None]) -> Callable[..., tuple[Type, ...]]:
    """Inference for a reduction with `axis` and `keepdims` to the dtype `dtype_of(operand)`, if none is given."""

    def infer(
        x: Type, *_: Type, axis: Any = None, keepdims: bool = False, dtype: str | None = None, **__: Any
    ) -> tuple[Type, ...]:
        return (value_type(dtype or dtype_of(x), reduced_shape(x.shape, axis, keepdims)),)

    return infer


def shape_from(type: Type) -> Shape:
    """The shape that a value of this type means as an argument: a tuple of integers, or one integer."""
    if type.kind == "scalar":
        return (length_from(type),)
    if type.kind == "tuple":
        return type.shape if isinstance(type.shape, Unranked) else tuple(map(length_from, type.elements))
    return UNKNOWN_SHAPE


def given_shape_type(x: Type, shape: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    """An array of the dtype of the first operand, in the shape that the second one says."""
    return (array(x.dtype, shape_from(shape)),)


def length_from(type: Type) -> Dim:
    """The length that an integer of this type means."""
    return type.extent if type.extent is not None and is_length(type.extent) else DATA_DEPENDENT


def vector_length(x: Type, refusal: str) -> Dim:
    """The number of elements along the only axis; a number is a vector with one."""
    if not isinstance(x.shape, tuple):
        return DATA_DEPENDENT
    if len(x.shape) > 1:
        raise ValueError(refusal)
    return x.shape[0] if x.shape else 1


def element_count(dims: tuple[Dim, ...]) -> Dim | None:
    """The number of elements of an array with these dims; None where one of them is open."""
    if 0 in dims:
        return 0
    count = math.prod(dims)
    return None if count == DATA_DEPENDENT else count


def loop_type(function: np.ufunc) -> Callable[..., tuple[Type, ...]]:
    """Inference for a ufunc by the loops that it has, which NumPy knows: SciPy's have none for short floats."""

    @lru_cache(maxsize=1024)
    def infer(*types: Type) -> tuple[Type, ...]:
        results = tuple(broadcast_type(types, dtype) for dtype in _loop_dtypes(function, types))
        return results if len(results) == 1 else (Type("tuple", elements=results),)

    return infer


_PYTHON_NUMBERS: dict[str, type] = {"f": float, "i": int, "c": complex}


def _loop_dtypes(function: np.ufunc, types: tuple[Type, ...]) -> tuple[str | None, ...]:
    """The dtypes of the results of the loop that these operands select."""
    given: list[Any] = []
    for type in types:
        if type.dtype is None:  # complex in any case, so that a program whose types are not known is refused
            return ("complex128" if all(loop[-1] in "FDG" for loop in function.types) else None,) * function.nout
        dtype = np.dtype(type.dtype)
        given.append(_PYTHON_NUMBERS.get(dtype.kind, dtype) if type.weak else dtype)
    resolved = function.resolve_dtypes((*given, *(None,) * function.nout))
    return tuple(dtype.name for dtype in resolved[len(types) :])
