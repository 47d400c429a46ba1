"""What inference says, held against what happened."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler.ir.dims import Dim, extent, lower_bound, value_of
from adcompiler.ir.types import Shape, Type, Unranked


class Knowledge:
    """The lengths and shapes that names stand for; a name met for the first time stands for what is there."""

    def __init__(self) -> None:
        self.lengths: dict[str, int] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}

    def check(self, type: Type, value: Any) -> None:
        """Raise `AssertionError` where `type` says of `value` what is not so."""
        assert self._fits(type, value), f"{value!r} is not a {type}"

    def _fits(self, type: Type, value: Any) -> bool:
        match type.kind:
            case "tuple":
                if isinstance(type.shape, Unranked):
                    return isinstance(value, tuple) and self._fits_shape(type.shape, value)
                return (
                    isinstance(value, tuple)
                    and len(value) == len(type.elements)
                    and all(map(self._fits, type.elements, value))
                )
            case "list":
                return isinstance(value, list) and all(self._fits(type.elements[0], item) for item in value)
            case "range":
                return isinstance(value, range)
            case "opaque":
                return True
            case "scalar":
                return not isinstance(value, np.ndarray) and self._fits_number(type, value)
            case "array":
                return isinstance(value, np.ndarray) and self._fits_array(type, value)
            case _:
                return self._fits_array(type, value)

    def _fits_number(self, type: Type, value: Any) -> bool:
        if type.weak == isinstance(value, np.generic):
            return False
        return self._fits_array(type, value) and (type.extent is None or self._fits_length(type.extent, value))

    def _fits_array(self, type: Type, value: Any) -> bool:
        return (
            type.dtype is None or np.result_type(value) == type.dtype or _is_python(type, value)
        ) and self._fits_shape(type.shape, np.shape(value))

    def _fits_shape(self, shape: Shape, actual: tuple[int, ...]) -> bool:
        if isinstance(shape, tuple):
            return len(shape) == len(actual) and all(map(self._fits_length, shape, actual))
        if len(shape.parts) == 1:
            (part,) = shape.parts
            return (
                self._fits_shape(part, actual)
                if isinstance(part, tuple)
                else self.shapes.setdefault(part, actual) == actual
            )
        known = [self.shapes.get(part) for part in shape.parts if isinstance(part, str)]
        return None in known or any(isinstance(p, tuple) for p in shape.parts) or np.broadcast_shapes(*known) == actual

    def _fits_length(self, dim: Dim, actual: int) -> bool:
        if isinstance(dim, int):
            return dim == actual
        if dim.symbol is not None and not dim.symbol.function:
            self.lengths.setdefault(dim.symbol.name, actual)
        value = value_of(dim, self.lengths)
        if value is None:
            return True  # not all symbols in it have been met
        least, most = lower_bound(dim), lower_bound(-dim)
        return value == actual and (least is None or least <= value) and (most is None or value <= -most)


def _is_python(type: Type, value: Any) -> bool:
    """Whether a Python number is of the kind that the type names, whatever its width."""
    kinds = {bool: "b", int: "iu", float: "f", complex: "c"}
    if isinstance(value, np.generic):
        return False
    return isinstance(value, (bool, int, float, complex)) and np.dtype(type.dtype).kind in kinds[value.__class__]


def exact_type(value: Any, name: str) -> Type:
    """Everything that can be known of a value."""
    return _type_of(value, np.shape(value))


def named_type(value: Any, name: str) -> Type:
    """Rank and dtype are known, and axes of equal length have one name."""
    dims = tuple(length if length < 2 else extent(f"n{length}", least=2) for length in np.shape(value))
    return _type_of(value, dims)


def unranked_type(value: Any, name: str) -> Type:
    """Nothing is known but a name for the shape."""
    return Type("unknown", None, Unranked(frozenset([name])))


def _type_of(value: Any, shape: tuple[Dim, ...]) -> Type:
    if isinstance(value, np.ndarray):
        return Type("array", value.dtype.name, shape)
    weak = not isinstance(value, np.generic)
    return Type("scalar", np.result_type(value).name, weak=weak)
