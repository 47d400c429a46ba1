"""Types on their way into a callee and out of it: lengths have names inside, which stand for others in each call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.state import State
from adcompiler.ir.build import own_shape
from adcompiler.ir.dims import OPEN, Dim, Extent, substituted_dim
from adcompiler.ir.types import Shape, Type, Unranked, broadcast_shapes, join_types, type_of_constant


def first_type(state: State, ref: Ref) -> Type:
    """The type of a parameter as one call knows it."""
    type = type_of_constant(ref.value) if isinstance(ref, Constant) else state.type_of(ref)
    assert type is not None
    return generalised(type)


def generalised(type: Type) -> Type:
    """A type without the value of an integer that happens to be known."""
    return replace(type, extent=None) if isinstance(type.extent, int) else type


def widened(known: Type, found: Type, label: str) -> Type:
    """The type of a parameter that is given this too; a length that differs gets a name of its own."""
    return with_own_lengths(join_types(known, generalised(found)), label)


def with_own_lengths(type: Type, label: str) -> Type:
    """Name what is open in a type, and in the types of a tuple's elements, after what has it."""
    elements = tuple(with_own_lengths(element, f"{label}[{n}]") for n, element in enumerate(type.elements))
    return own_shape(replace(type, elements=elements) if elements else type, label)


def lengths(type: Type) -> Iterator[tuple[str, Dim | Shape]]:
    """The symbols in a type, with what each stands for."""
    if isinstance(type.shape, tuple):
        yield from ((name, dim) for dim in type.shape if (name := _name(dim)) is not None)
    elif len(type.shape.parts) == 1:
        (part,) = type.shape.parts
        if isinstance(part, str):
            yield part, type.shape
    if type.extent is not None and (name := _name(type.extent)) is not None:
        yield name, type.extent
    for element in type.elements:
        yield from lengths(element)


def _name(dim: Dim) -> str | None:
    """The name of a length that is a symbol and nothing more."""
    symbol = dim.symbol if isinstance(dim, Extent) else None
    return None if symbol is None else symbol.name


def match(type: Type, given: Type, found: dict[str, Dim | Shape]) -> None:
    """Note what the symbols in the type of a parameter stand for where it is given this."""
    if isinstance(type.shape, tuple) and isinstance(given.shape, tuple) and len(type.shape) == len(given.shape):
        for dim, actual in zip(type.shape, given.shape, strict=True):
            if (name := _name(dim)) is not None:
                found.setdefault(name, actual)
    elif isinstance(type.shape, Unranked) and len(type.shape.parts) == 1:
        (part,) = type.shape.parts
        if isinstance(part, str):
            found.setdefault(part, given.shape)
    if type.extent is not None and given.extent is not None and (name := _name(type.extent)) is not None:
        found.setdefault(name, given.extent)
    if len(type.elements) == len(given.elements):
        for element, given_element in zip(type.elements, given.elements, strict=True):
            match(element, given_element, found)


def substituted(type: Type, lengths: Mapping[str, Dim | Shape]) -> Type:
    """A type with other lengths for its symbols; one that is not known is open (`?`)."""
    extent = _dim(type.extent, lengths) if type.extent is not None else None
    return replace(
        type,
        shape=_shape(type.shape, lengths),
        extent=None if extent == OPEN else extent,
        elements=tuple(substituted(element, lengths) for element in type.elements),
    )


def _dim(dim: Dim, lengths: Mapping[str, Dim | Shape]) -> Dim:
    if isinstance(dim, int):
        return dim
    known = {symbol.name: lengths.get(symbol.name) for symbol in dim.symbols}
    return substituted_dim(dim, {name: found for name, found in known.items() if isinstance(found, Dim)})


def _shape(shape: Shape, lengths: Mapping[str, Dim | Shape]) -> Shape:
    if isinstance(shape, tuple):
        return tuple(_dim(dim, lengths) for dim in shape)
    parts: list[Shape] = []
    for part in shape.parts:
        known = tuple(_dim(dim, lengths) for dim in part) if isinstance(part, tuple) else lengths.get(part)
        if not isinstance(known, tuple | Unranked) or (isinstance(known, tuple) and OPEN in known):
            return Unranked(frozenset(["?"]))
        parts.append(known)
    return broadcast_shapes(*parts)
