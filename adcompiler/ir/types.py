"""What is known of a value before the program runs: its kind, dtype and shape.

A shape whose rank is known is a tuple of dims (`ir/dims.py`); a dim is an integer or an `Extent`, a sum of symbols.
A shape whose rank is not known is `Unranked`: the broadcast of parts that have names. Two unranked shapes are
equal when they are broadcasts of the same parts, so that much can be said about shapes whose rank nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from typing import Literal as OneOf

import numpy as np

from adcompiler.ir.dims import OPEN, Dim, Extent, extent, may_be_one
from adcompiler.ir.structure import Packing, Static, Structure, Unusable
from adcompiler.record import record


@record(frozen=True, slots=True)
class Unranked:
    """A shape of unknown rank: the broadcast of `parts` (names of shapes, or shapes of known rank)."""

    parts: frozenset[str | tuple[Dim, ...]]

    def __str__(self) -> str:
        return "~" + "|".join(sorted(p if isinstance(p, str) else format_dims(p) for p in self.parts))


Shape = tuple[Dim, ...] | Unranked


def format_dims(dims: Iterable[Dim]) -> str:
    """`[n, 3]`: dims as the command line and error messages write them."""
    return "[" + ", ".join(str(dim) for dim in dims) + "]"


class Relation(Enum):
    """How the shape of a cotangent compares with the shape it should have."""

    EQUAL = "equal"
    NARROWER = "broadcasts to it"
    WIDER = "it broadcasts to the cotangent"
    UNKNOWN = "cannot be said"


def broadcast_dims(left: Dim, right: Dim) -> Dim | None:
    """The broadcast of two dims (of a program that is right), or None where it depends on their values."""
    if left == right or right == 1:
        return left
    if left == 1:
        return right
    for dim in sorted((left, right), key=lambda dim: isinstance(dim, Extent)):
        if not may_be_one(dim):
            return dim
    return None


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The shape of an elementwise result, as far as it can be said."""
    ranked = [shape for shape in shapes if isinstance(shape, tuple)]
    parts: set[str | tuple[Dim, ...]] = set()
    for shape in shapes:
        if isinstance(shape, Unranked):
            parts |= shape.parts
    if not parts:
        result: list[Dim] = []
        for axis in range(1, 1 + max((len(shape) for shape in ranked), default=0)):
            dim: Dim = 1
            for shape in ranked:
                if axis <= len(shape):
                    merged = broadcast_dims(dim, shape[-axis])
                    if merged is None:
                        return Unranked(frozenset(s for s in ranked if s))
                    dim = merged
            result.insert(0, dim)
        return tuple(result)
    return Unranked(frozenset(parts | {shape for shape in ranked if shape}))


def relate(shape: Shape, target: Shape) -> Relation:
    """Compare the shape of a cotangent with its target's; `WIDER` promises that the target broadcasts to it."""
    if shape == target:
        return Relation.EQUAL
    together = broadcast_shapes(shape, target)
    if together == target:
        return Relation.NARROWER
    if together == shape:
        return Relation.WIDER
    return Relation.UNKNOWN


Kind = OneOf["scalar", "array", "unknown", "tuple", "list", "range", "residuals", "generator", "opaque"]


@record(frozen=True, slots=True)
class Type:
    """The abstract value of one IR value.

    Parameters
    ----------
    kind : str
        `scalar` (a Python number or NumPy scalar: immutable, shape `()`), `array` (an ndarray: mutable, may be
        0-d), `unknown` (either of them), `tuple` (of `elements`; a shape is a tuple), `list` (of `elements[0]`),
        `range`, `residuals` (what a callee keeps for its backward sweep; only it knows what that is), `generator`
        (of random numbers), or `opaque` (a string, None, …: never differentiated).
    dtype : str or None
        NumPy's name (`float64`, `int64`, `bool`, …); None where it is not known.
    shape : Shape
        Of numbers and arrays. Of a tuple of unknown length that is a shape: that shape. `()` for everything else.
    weak : bool
        A Python number, which does not widen the dtype of what it meets (NEP 50).
    extent : Dim, optional
        Of an integer: its value, where it follows from lengths of axes. A literal is known if it is not negative.
    elements : tuple of Type
        Of a tuple: each element's type; of a list: the one type of all, if one is known. There, the shape `?` and the
        length `?` are each element's own.
    packing : Packing, optional
        Of a `tuple` that Python writes as a list, a dict or an object.
    """

    kind: Kind
    dtype: str | None = None
    shape: Shape = ()
    weak: bool = False
    extent: Dim | None = None
    elements: tuple[Type, ...] = ()
    packing: Packing | None = None

    @property
    def rank(self) -> int | None:
        """Number of axes, or None where it is not known."""
        return len(self.shape) if isinstance(self.shape, tuple) else None

    @property
    def is_numeric(self) -> bool:
        """Whether this is a number or an array of numbers."""
        return self.kind in ("scalar", "array", "unknown")

    @property
    def may_be_differentiable(self) -> bool:
        """Whether a value of this type can carry a cotangent: floating point, or of unknown dtype."""
        return self.is_numeric and (self.dtype is None or self.dtype.startswith(("float", "complex")))

    @property
    def is_complex(self) -> bool:
        """Whether this is known to be a complex number or an array of them."""
        return self.is_numeric and self.dtype is not None and self.dtype.startswith("complex")

    @property
    def may_be_complex(self) -> bool:
        """Whether this is a complex number or an array of them, as far as is known."""
        return self.is_numeric and (self.dtype is None or self.is_complex)

    def __str__(self) -> str:
        if self.packing is not None and self.packing.keys is not None:
            parts = (f"{key}: {element}" for key, element in zip(self.packing.keys, self.elements, strict=True))
            return f"{self.packing.kind.__name__}({', '.join(parts)})"
        if self.kind in ("tuple", "list"):
            return f"{self.kind}({', '.join(map(str, self.elements))})"
        if not self.is_numeric:
            return self.kind
        dtype = self.dtype or "any"
        if self.kind == "scalar":
            return f"{dtype}{'*' if self.weak else ''}" + (f"={self.extent}" if self.extent is not None else "")
        dims = format_dims(self.shape) if isinstance(self.shape, tuple) else f"[{self.shape}]"
        return f"{dtype}{dims}" + ("?" if self.kind == "unknown" else "")


def scalar(dtype: str | None, *, weak: bool = False, extent: Dim | None = None) -> Type:
    """The type of a Python number (`weak`) or of a NumPy scalar."""
    return Type("scalar", dtype, (), weak, extent)


def array(dtype: str | None, shape: Shape) -> Type:
    """The type of an ndarray."""
    return Type("array", dtype, shape)


def unknown(name: str, dtype: str | None = None) -> Type:
    """The type of a number or array about which nothing is known but the name of its shape."""
    return Type("unknown", dtype, Unranked(frozenset([name])))


INT = scalar("int64", weak=True)
BOOL = scalar("bool", weak=True)
FLOAT = scalar("float64", weak=True)
OPAQUE = Type("opaque")
GENERATOR = Type("generator")
RESIDUALS = Type("residuals")
RANGE = Type("range", elements=(INT,))


def type_of_constant(constant: object) -> Type:
    """The type of a literal: a Python number, a NumPy scalar, a string, a tuple of such."""
    match constant:
        case bool():
            return BOOL
        case np.generic():
            return scalar(constant.dtype.name)
        case int():
            return scalar("int64", weak=True, extent=constant if constant >= 0 else None)
        case float():
            return FLOAT
        case complex():
            return scalar("complex128", weak=True)
        case tuple():
            return Type("tuple", elements=tuple(type_of_constant(item) for item in constant))
        case _:
            return OPAQUE


def join_types(one: Type, other: Type) -> Type:
    """The type of a variable that has either; what they disagree on is not known (`?` stands for a new shape)."""
    if one == other or other == OPAQUE:
        return one
    if one == OPAQUE:
        return other
    if one.kind == other.kind == "tuple":
        return _join_tuples(one, other)
    if one.kind == other.kind == "list":
        elements = (one.elements + other.elements)[:2]
        return Type("list", elements=elements if len(elements) < 2 else (join_types(*elements),))
    if not (one.is_numeric and other.is_numeric):
        return OPAQUE
    kind = one.kind if one.kind == other.kind else "unknown"
    return Type(kind, _join_dtypes(one, other), _join_shapes(one.shape, other.shape), one.weak and other.weak)


def without_own_lengths(type: Type) -> Type:
    """The same without lengths and shapes that are named after a value, which may differ when it is computed again."""
    elements = tuple(map(without_own_lengths, type.elements))
    shape: Shape = _OPEN
    if isinstance(type.shape, tuple):
        shape = tuple(OPEN if _is_own(dim) else dim for dim in type.shape)
    return replace(type, shape=shape, elements=elements, extent=None if _is_own(type.extent) else type.extent)


def _is_own(dim: Dim | None) -> bool:
    return isinstance(dim, Extent) and dim.is_own


def _join_tuples(one: Type, other: Type) -> Type:
    """A tuple of what both have in each place; a shape of any rank where they are shapes of different ranks."""
    both = (one, other)
    if any(isinstance(type.shape, Unranked) for type in both) or len(one.elements) != len(other.elements):
        lengths = (element for type in both for element in type.elements)
        are_shapes = all(type.packing is None for type in both) and all(map(_may_be_length, lengths))
        return Type("tuple", shape=_OPEN) if are_shapes else OPAQUE
    elements = tuple(map(join_types, one.elements, other.elements))
    if one.packing == other.packing:
        return replace(one, elements=elements)
    keyed = any(type.packing is not None and type.packing.keys is not None for type in both)
    return OPAQUE if keyed else Type("tuple", elements=elements)


def _may_be_length(type: Type) -> bool:
    return type.kind == "scalar" and type.dtype == "int64"


def _join_dtypes(one: Type, other: Type) -> str | None:
    if one.dtype == other.dtype:
        return one.dtype
    if one.dtype is None or other.dtype is None:
        return None
    for weak, strong in ((one, other), (other, one)):
        # Beside a narrower dtype a Python number shows: `np.tanh` of it is float64.
        if weak.weak and weak.dtype in ("int64", "bool", "float64") and strong.dtype in ("float64", "complex128"):
            return strong.dtype
    if "complex" in one.dtype or "complex" in other.dtype:  # a real number is a complex one
        return "complex64" if {one.dtype, other.dtype} <= _BESIDE_COMPLEX64 else "complex128"
    return None


_BESIDE_COMPLEX64 = {"complex64", "float32", "float16"}


_OPEN = Unranked(frozenset(["?"]))


def _join_shapes(one: Shape, other: Shape) -> Shape:
    if one in (other, _OPEN):
        return one
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return tuple(_join_dims(a, b) for a, b in zip(one, other, strict=True))
    return _OPEN


def _join_dims(one: Dim, other: Dim) -> Dim:
    return one if one in (other, OPEN) else OPEN


Parameter = Type | Static | Unusable | Structure
"""What is known of an argument: its type, its value, or what is known of each of its parts."""


def parameter_types(types: Iterable[Type]) -> tuple[Type, ...] | None:
    """The types of arguments as those of parameters: lengths get names of their own, equal ones the same.

    None where one is not the type of a number, or of an array of known dtype and rank.
    """
    names: dict[Extent, Extent] = {}

    def renamed(dim: Dim) -> Dim:
        if isinstance(dim, int):
            return dim
        return names.setdefault(dim, extent(f"n{len(names) + 1}", least=0 if may_be_one(dim) else 2))

    found = []
    for type_ in types:
        if type_.kind not in ("scalar", "array") or type_.dtype is None or isinstance(type_.shape, Unranked):
            return None
        found.append(replace(type_, shape=tuple(map(renamed, type_.shape)), extent=None))
    return tuple(found)
