"""Cotangents of lists and tuples: of the same structure, an item's cotangent in the place of each item.

What has no derivative (an index in a tuple) has 0.0 in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adcompiler.ir.build import Builder
from adcompiler.ir.nodes import Atom
from adcompiler.ir.types import FLOAT, Type
from adcompiler.rules.table import RULES


def is_container(type: Type) -> bool:
    """Whether a cotangent of this type has a structure."""
    return type.kind in ("list", "tuple")


def joined_type(types: Iterable[Type]) -> Type:
    """The type, but for shapes, of a cotangent that different code computes on different paths.

    Python numbers take the dtype of the others.
    """
    types = tuple(types)
    kinds = {type.kind for type in types}
    if kinds in ({"list"}, {"tuple"}):
        columns = zip(*(type.elements for type in types if type.elements), strict=True)
        return Type(kinds.pop(), elements=tuple(map(joined_type, columns)))
    dtypes = {type.dtype for type in types if not type.weak}
    weak = not dtypes
    dtype = "float64" if weak else dtypes.pop() if len(dtypes) == 1 else None
    return Type(kinds.pop() if len(kinds) == 1 else "unknown", dtype, weak=weak)


def without_shapes(type: Type) -> Type:
    """What is first assumed of the cotangent of a value of this type, but for shapes."""
    if is_container(type):
        return Type(type.kind, elements=tuple(map(without_shapes, type.elements)))
    return Type(type.kind, type.dtype) if type.may_be_differentiable else FLOAT


def with_shapes(found: Type, value: Type) -> Type:
    """The type of a cotangent, with the shapes of the value that it belongs to."""
    if not is_container(found):
        return replace(found, shape=value.shape)
    if found.kind != value.kind or len(found.elements) != len(value.elements):
        return found  # of an empty list, or of no value
    return replace(found, elements=tuple(map(_item_with_shapes, found.elements, value.elements)))


def _item_with_shapes(found: Type, value: Type) -> Type:
    is_placeholder = not (is_container(value) or value.may_be_differentiable)
    return found if is_placeholder else with_shapes(found, value)


def sum_of(one: Atom, other: Atom, builder: Builder) -> Atom:
    """The sum of two cotangents of the same value."""
    if one.type.kind == "list":
        return builder.emit(RULES["add_items"].primitive, one, other)
    if one.type.kind == "tuple":
        item = RULES["item"].primitive
        parts = [
            sum_of(builder.emit(item, one, index=number), builder.emit(item, other, index=number), builder)
            for number in range(len(one.type.elements))
        ]
        return builder.emit(RULES["make_tuple"].primitive, *parts)
    return builder.emit(RULES["add"].primitive, one, other)
