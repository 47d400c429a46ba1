"""Reading and writing by index: integers, slices, None and `...` make views; arrays, lists and masks gather."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adcompiler.ir.nodes import Slot
from adcompiler.rules.table import RULES
from adcompiler.tensors.inplace import copy_into, update
from adcompiler.tensors.tape import apply
from adcompiler.tensors.tensor import Tensor
from adcompiler.tensors.views import view

_ZERO_DIMENSIONS = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
    "tensor to a number"
)


def split_index(index: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """The form of an index, with a slot for each array, and the arrays."""
    slots: list[Any] = []

    def plain(item: Any) -> Any:
        match item:
            case slice():
                return slice(*(None if b is None else int(b) for b in (item.start, item.stop, item.step)))
            case bool() | np.bool_() | list() | range() | tuple() | np.ndarray() | Tensor():
                array = item.array if isinstance(item, Tensor) else np.asarray(item)
                if array.size == 0 and array.dtype.kind == "f":
                    array = array.astype(np.int64)
                if array.ndim == 0 and array.dtype.kind in "iu":
                    return int(array)
                slots.append(array)
                return Slot(len(slots) - 1)
            case np.integer():
                return int(item)
            case _:
                return item

    return tuple(map(plain, index if isinstance(index, tuple) else (index,))), slots


def getitem(tensor: Tensor, index: Any, name: str = "IndexBackward0") -> Tensor:
    """`tensor[index]`; `name` is that of the node if it gathers."""
    template, slots = split_index(index)
    part, gather = _place(tensor, template, slots)
    if gather is None:
        return part
    try:
        return apply(RULES["getitem"], [part, *slots], {"index": gather}, name)
    except IndexError as error:
        raise _translated(error) from None


def setitem(tensor: Tensor, index: Any, value: Any) -> None:
    """`tensor[index] = value`."""
    template, slots = split_index(index)
    part, gather = _place(tensor, template, slots)
    if gather is None:
        copy_into(part, value)
        return
    try:
        update(part, RULES["setitem"], [value, *slots], {"index": gather}, "IndexPutBackward0")
    except IndexError as error:
        raise _translated(error) from None
    except ValueError as error:
        raise RuntimeError(f"shape mismatch: {error}") from None


def _place(tensor: Tensor, template: tuple[Any, ...], slots: Sequence[Any]) -> tuple[Tensor, tuple[Any, ...] | None]:
    """Apply the integers and slices of an index; what is left are arrays, in their places among full slices.

    Integers go first, as in PyTorch: in NumPy one beside an array takes part in the gathering and may move axes.
    """
    if not any(isinstance(item, Slot) for item in template):
        return (tensor if template == () else _view(tensor, template)), None
    axes = tensor.array.ndim
    used = sum(_axes_of(item, slots) for item in template)
    basic: list[Any] = []
    gather: list[Any] = []
    for item in template:
        if item is Ellipsis:
            full = [slice(None)] * (axes - used)
            basic += full
            gather += full
        elif isinstance(item, Slot):
            basic += [slice(None)] * _axes_of(item, slots)
            gather.append(item)
        else:
            basic.append(item)
            gather += [] if isinstance(item, int) else [slice(None)]
    trivial = all(isinstance(item, slice) and item == slice(None) for item in basic)
    return (tensor if trivial else _view(tensor, tuple(basic))), tuple(gather)


def _axes_of(item: Any, slots: Sequence[Any]) -> int:
    if item is None or item is Ellipsis:
        return 0
    if isinstance(item, Slot) and slots[item.number].dtype == np.bool_:
        return int(slots[item.number].ndim)
    return 1


def _view(tensor: Tensor, template: tuple[Any, ...]) -> Tensor:
    if tensor.array.ndim == 0 and any(isinstance(item, int) for item in template):
        raise IndexError(_ZERO_DIMENSIONS)
    try:
        return view(RULES["getitem"], tensor, (), {"index": template}, _view_name(template))
    except IndexError as error:
        raise _translated(error) from None


def _view_name(template: tuple[Any, ...]) -> str:
    for item in reversed(template):
        if isinstance(item, int):
            return "SelectBackward0"
        if item is None:
            return "UnsqueezeBackward0"
        if isinstance(item, slice) and item != slice(None):
            return "SliceBackward0"
    return "AliasBackward0"


def _translated(error: IndexError) -> IndexError:
    text = str(error)
    if text.startswith("too many indices"):
        return IndexError(text.split(": array is ")[0].replace("for array", "for tensor"))
    return IndexError(text.replace("axis", "dimension"))


def along_axis(tensor: Tensor, indices: np.ndarray[Any, Any], axis: int, name: str, *, drop: bool = False) -> Tensor:
    """The elements at `indices` along one axis: NumPy's `take_along_axis`.

    `drop` removes the axis, along which `indices` then has length one.
    """
    places = []
    for number, length in enumerate(indices.shape):
        shape = [1] * indices.ndim
        shape[number] = length
        place = indices if number == axis else np.arange(length).reshape(shape)
        places.append(np.squeeze(place, axis) if drop else place)
    template = tuple(Slot(number) for number in range(indices.ndim))
    return apply(RULES["getitem"], [tensor, *places], {"index": template}, name)
