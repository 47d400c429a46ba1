"""Which facts about lengths decide the type of what was just written, if its operands leave it open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from adcompiler.frontend.facts import Facts
from adcompiler.ir.dims import OPEN, Dim, Extent, is_length
from adcompiler.ir.nodes import Atom
from adcompiler.ir.types import Shape, Type
from adcompiler.rules.indexed_types import getitem_type
from adcompiler.rules.table import RULES

_SHAPED = frozenset(("zeros", "ones", "empty", "full", "reshape", "broadcast_to", "arange", "eye", "identity"))
"""What makes an array of the lengths that it is given."""


def learns(facts: Facts, name: str, inputs: Sequence[Atom], output: Type, index: tuple[Any, ...] | None) -> bool:
    """Look up what decides the type of the result of a primitive; whether something was learnt."""
    types = [atom.type for atom in inputs]
    if name == "getitem":
        return _learns_dims(facts, output.shape)
    if name in ("setitem", "additem") and index is not None:
        (part,) = getitem_type(types[0], *types[2:], index=index)
        return _learns_dims(facts, part.shape) or _learns_broadcast(facts, [part.shape, types[1].shape])
    if name == "matmul":
        return _learns_matmul(facts, types[0].shape, types[1].shape)
    if name in _SHAPED:
        return _learns_lengths(facts, types)
    if _is_elementwise(name):
        return _learns_broadcast(facts, [type.shape for type in types if type.is_numeric])
    return False


def _is_elementwise(name: str) -> bool:
    rule = RULES[name]
    return rule.kind == "elementwise" or name == "where" or isinstance(rule.function, np.ufunc)


def _learns_dims(facts: Facts, shape: Shape) -> bool:
    """Whether a slice ends within its axis."""
    return isinstance(shape, tuple) and any(learns_dim(facts, dim) for dim in shape)


def learns_dim(facts: Facts, dim: Dim) -> bool:
    """Look up which of two numbers is the smaller, and whether one is negative, where a length depends on that."""
    if isinstance(dim, int):
        return False
    for symbol in dim.symbols:
        if symbol.function and any(learns_dim(facts, each) for each in symbol.of):
            return True
        if symbol.function == "max" and facts.learn_sign(symbol.of[0]):
            return True
        if symbol.function == "min" and facts.learn_sign(symbol.of[1] - symbol.of[0]):
            return True
    return False


def _learns_broadcast(facts: Facts, shapes: Sequence[Shape]) -> bool:
    """Whether the axes of operands that meet have one length, or length one."""
    if not shapes:
        return False
    first = shapes[0]
    if all(shape in ((), first) for shape in shapes):
        return False
    ranked = [shape for shape in shapes if isinstance(shape, tuple)]
    return any(_learns_pairs(facts, dims) for dims in _aligned(ranked))


def _aligned(shapes: Sequence[tuple[Dim, ...]]) -> Iterator[list[Dim]]:
    for axis in range(1, 1 + max(map(len, shapes), default=0)):
        yield [shape[-axis] for shape in shapes if axis <= len(shape)]


def _learns_pairs(facts: Facts, dims: Sequence[Dim]) -> bool:
    met = [dim for dim in dict.fromkeys(dims) if dim != 1]
    return any(facts.learn_equality(met[0], dim) for dim in met[1:])


def _learns_matmul(facts: Facts, one: Shape, other: Shape) -> bool:
    if not (isinstance(one, tuple) and isinstance(other, tuple)) or not one or not other:
        return False
    summed = (one[-1], other[-2] if len(other) > 1 else other[0])
    if summed[0] != summed[1] and facts.learn_equality(*summed):
        return True
    return any(_learns_pairs(facts, dims) for dims in _aligned([one[:-2], other[:-2]]))


def _learns_lengths(facts: Facts, types: Sequence[Type]) -> bool:
    """Whether a number that is used as a length is none, because it is negative."""
    given = [element for type in types for element in (type, *type.elements) if isinstance(element.extent, Extent)]
    return any(
        facts.learn_sign(element.extent)
        for element in given
        if element.extent is not None and element.extent != OPEN and not is_length(element.extent)
    )
