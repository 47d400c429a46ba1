"""Types and summaries of values: what code is compiled for, and what tells whether it serves.

Two arrays whose axes have one length when the code is compiled share a symbol for it, lengths 0 and 1 stand as they
are, and every other length is a symbol for two or more: code compiled for a pattern of lengths is right for every call
of the same pattern.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any

import numpy as np

from adcompiler.ir.dims import Dim, Extent, extent, value_of
from adcompiler.ir.structure import (
    LONGEST,
    Packing,
    Static,
    Structure,
    Unusable,
    argument_packing,
    leaves,
    tree_of,
)
from adcompiler.ir.types import FLOAT, GENERATOR, INT, Parameter, Shape, Type, Unranked, array, scalar
from adcompiler.passes.block_rows import exceeds_cache

_SYMBOLS = "nmklpqrs"


def symbol(number: int) -> str:
    """The name of the `number`-th length: n, m, k, …"""
    return _SYMBOLS[number] if number < len(_SYMBOLS) else f"n{number - len(_SYMBOLS) + 1}"


class Generality(IntEnum):
    """How little is taken for granted of the shapes of arguments."""

    PATTERNS = 0
    """Which lengths are equal, and which are 0 or 1, is known."""
    LENGTHS = 1
    """Ranks are known, and nothing of lengths."""
    RANKS = 2
    """Nothing is known of shapes."""


class Lengths:
    """Hands out dims for the lengths of axes: one symbol for each length of two or more.

    Where less is to be taken for granted, every axis gets a symbol of its own, or every array a shape of its own.
    """

    def __init__(self, *, generic: Generality = Generality.PATTERNS) -> None:
        self.generic = generic
        self.numbers: dict[str, int] = {}
        """What the symbols stand for."""
        self._symbols: dict[int, Extent] = {}
        self._count = 0
        self.asked: dict[Type, bool] = {}
        """Of which types it was asked whether arrays are large, and what the answers were."""

    def copy(self) -> Lengths:
        """One that knows the same lengths, and will hand out the same symbols."""
        made = Lengths(generic=self.generic)
        made._symbols, made._count, made.numbers = dict(self._symbols), self._count, dict(self.numbers)
        return made

    def dim(self, length: int) -> Dim:
        """The dim of an axis of this length."""
        if self.generic:
            self._count += 1
            return extent(symbol(self._count - 1))
        if length < 2:
            return length
        if length not in self._symbols:
            name = symbol(len(self._symbols))
            self._symbols[length], self.numbers[name] = extent(name, least=2), length
        return self._symbols[length]

    def _shape(self, lengths: tuple[int, ...]) -> Shape:
        if self.generic is not Generality.RANKS:
            return tuple(map(self.dim, lengths))
        self._count += 1
        return Unranked(frozenset([f"shape{self._count}"]))

    def knows(self, type: Type) -> bool:
        """Whether the lengths in a type are those of what was given a type here."""
        dims = type.shape if isinstance(type.shape, tuple) else ()
        return all(value_of(dim, self.numbers) is not None for dim in dims)

    def is_large(self, type: Type) -> bool:
        """Whether an array of this type is larger than the cache; lengths that are not known count as one.

        Code that was compiled with the answer serves calls for which it is the same.
        """
        if self.generic or not isinstance(type.shape, tuple):
            return False
        lengths = [value_of(dim, self.numbers) for dim in type.shape]
        count = math.prod(1 if length is None else length for length in lengths)
        answer = self.asked[type] = exceeds_cache(count, type.dtype)
        return answer

    def type_of(self, value: Any) -> Parameter:
        """The type of a value, those of its parts, or the value itself where it is no number."""
        match value:
            case np.generic() if value.dtype.kind in "biufc":  # before float: np.float64 is one, but not weak
                return scalar(value.dtype.name)
            case bool():
                return Static(value)
            case int():
                return INT
            case float():
                return FLOAT
            case complex():
                return scalar("complex128", weak=True)
            case np.ndarray() if value.dtype.kind in "biufc":
                return array(value.dtype.name, self._shape(value.shape))
            case np.ndarray() | np.generic():
                raise TypeError(f"an array of {value.dtype}: only numbers can be computed with")
            case np.random.Generator() | np.random.RandomState():
                return GENERATOR
        packing = argument_packing(value)
        if packing is None:
            return Static(value)
        if _is_constant(value):
            return _constant(value)
        parts = enumerate(packing.parts(value))
        return Structure(packing, tuple(_CACHED if packing.is_cached(n) else self._type_of_part(p) for n, p in parts))

    def _type_of_part(self, value: Any) -> Parameter:
        reason = _why_unusable(value)
        return self.type_of(value) if reason is None else Unusable(reason)


_CACHED = Unusable("was computed before, and what it depends on is not seen: `del` it")
"""The value of a `cached_property`."""


def _is_constant(value: Any) -> bool:
    """Whether a value is a tuple of what is known at compile time: axes, a shape, names."""
    if value.__class__ is not tuple:
        return False
    return all(isinstance(part, int | str | None) or _is_constant(part) for part in value)


def _constant(value: Any) -> Parameter:
    return Structure(Packing(tuple), tuple(map(_constant, value))) if isinstance(value, tuple) else Static(value)


def _why_unusable(value: Any) -> str | None:
    """Why a part of a structure is nothing that a program could read; None for what it may read."""
    if isinstance(value, np.ndarray | np.generic):
        return None if value.dtype.kind in "biufc" else f"is an array of {value.dtype}, not of numbers"
    if value.__class__ in (list, tuple, dict) and len(value) > LONGEST:
        return f"is a {type(value).__name__} of more than {LONGEST} parts: make it an array"
    if argument_packing(value) is None:
        try:
            hash(value)
        except TypeError:
            return f"is {_with_article(type(value).__name__)}, which is not read{_as_plain(value)}"
    return None


def _as_plain(value: Any) -> str:
    """What to pass instead of a list or dict of a class of its own."""
    plain = next((base for base in (dict, list) if isinstance(value, base)), None)
    return f": make it a {plain.__name__}" if plain is not None else ""


def _with_article(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def describe(value: Any) -> Any:
    """A hashable summary of an argument: equal for values that the same code serves.

    Raises
    ------
    TypeError
        The value is neither a number, an array, a structure of such, nor hashable.
    """
    cls = value.__class__
    if cls is np.ndarray:
        return value.shape, value.dtype.char
    if cls is float or cls is int:
        return cls
    if isinstance(value, np.generic):
        return cls
    if isinstance(value, np.ndarray):
        return cls, value.shape, value.dtype.char
    if isinstance(value, np.random.Generator | np.random.RandomState):
        return cls
    packing = argument_packing(value)
    if packing is not None and not _is_constant(value):
        return _describe_structure(value, packing, ())
    return _describe_constant(value)


def _describe_structure(value: Any, packing: Packing, around: tuple[int, ...]) -> Any:
    """The packing and a summary of each part; `around` holds the identities of the structures that this one is in."""
    if id(value) in around:
        raise TypeError(f"a {packing.kind.__name__} that holds itself")
    parts = packing.parts(value)
    around = (*around, id(value))
    found: list[Any] = [packing]
    for number, part in enumerate(parts):
        if packing.is_cached(number):
            continue
        cls = part.__class__
        if cls is np.ndarray:
            found.append((part.shape, part.dtype.char))
        elif cls is float or cls is int:
            found.append(cls)
        elif (inner := argument_packing(part)) is not None and not _is_constant(part):
            found.append(_describe_structure(part, inner, around))
        elif (reason := _why_unusable(part)) is not None:
            found.append(reason)
        else:
            found.append(describe(part))
    return tuple(found)


def array_of(value: Any) -> Any:
    """The array in a Tensor; any other value itself."""
    return value.detach().numpy() if _is_tensor(value) else value


def _is_tensor(value: Any) -> bool:
    """Whether a value is a Tensor, ours or PyTorch's; there are objects that answer to every name."""
    return isinstance(getattr(value, "requires_grad", None), bool)


def without_tensors(value: Any) -> Any:
    """A value with arrays in the place of the Tensors that it is or holds; itself if it holds none."""
    if value.__class__ in TENSORLESS:
        return value
    if argument_packing(value) is None:
        return array_of(value)
    tree = tree_of(value)
    return _with_arrays(tree) if any(map(_is_tensor, leaves(tree))) else value


TENSORLESS = frozenset((np.ndarray, float, int, bool, str, type(None), np.float64, np.float32))
"""Classes of arguments that hold no Tensor, which is all that most calls pass."""


def _with_arrays(tree: Any) -> Any:
    return tree.packing.pack(map(_with_arrays, tree.parts)) if isinstance(tree, Structure) else array_of(tree)


def summary(value: Any) -> Any:
    """As `describe`, of a number, an array or a Tensor outside the function, and whether the Tensor requires grad."""
    return describe(array_of(value)), getattr(value, "requires_grad", False) is True


def _describe_constant(value: Any) -> Any:
    if isinstance(value, tuple):
        return value.__class__, tuple(map(_describe_constant, value))
    reason = _why_unusable(value)
    if reason is not None:
        raise TypeError(reason.removeprefix("is "))
    return value.__class__, value
