"""Structures: tuples, lists, dicts, named tuples and objects, nested, with numbers and arrays for leaves.

A *packing* says how Python puts parts together; a *structure* is a tree of packings around leaves, which are what its
user is interested in: types of arguments, positions of parameters. Objects are those of classes written in Python;
their parts are their attributes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

from adcompiler.record import record

LONGEST = 1000
"""Parts of a structure, beyond which it is data and not structure."""


@record(frozen=True, slots=True)
class Packing:
    """How Python puts parts together.

    Parameters
    ----------
    kind : type
        `tuple`, `list`, `dict`, the class of a named tuple or of an object.
    keys : tuple, optional
        Of each part: the key of a dict, the name of a field or attribute. None in a tuple or list.
    """

    kind: type
    keys: tuple[Any, ...] | None = None

    @property
    def is_object(self) -> bool:
        """Whether the parts are attributes."""
        return not issubclass(self.kind, tuple | list | dict)

    @property
    def is_named(self) -> bool:
        """Whether the parts are read as attributes: of an object or a named tuple."""
        return self.keys is not None and not issubclass(self.kind, dict)

    def key(self, number: int) -> Any:
        """The key, name or position of a part."""
        return number if self.keys is None else self.keys[number]

    def access(self, number: int) -> str:
        """How a part is read, as source text: `["W"]`, `.W`, `[0]`."""
        key = self.key(number)
        return f".{key}" if self.is_named else f"[{key!r}]"

    def is_cached(self, number: int) -> bool:
        """Whether a part was computed from others: by a `cached_property`."""
        return self.is_object and bool(cached := _cached_of(self.kind)) and self.key(number) in cached

    def parts(self, value: Any) -> tuple[Any, ...]:
        """The parts of a value of this packing."""
        if self.keys is None:
            return tuple(value)
        if self.is_named:
            return tuple([getattr(value, key) for key in self.keys])
        return tuple([value[key] for key in self.keys])

    def pack(self, parts: Iterable[Any]) -> Any:
        """Parts put together again; an object is made without its `__init__`."""
        if self.keys is None:
            return self.kind(parts)
        if issubclass(self.kind, tuple):
            return tuple.__new__(self.kind, parts)
        if issubclass(self.kind, dict):
            return self.kind(zip(self.keys, parts, strict=True))
        if self.kind is SimpleNamespace:
            return SimpleNamespace(**dict(zip(self.keys, parts, strict=True)))
        made = object.__new__(self.kind)
        for key, part in zip(self.keys, parts, strict=True):
            object.__setattr__(made, key, part)
        return made


@record(frozen=True, slots=True)
class Structure:
    """Parts, which are structures or leaves, and how they are put together."""

    packing: Packing
    parts: tuple[Any, ...]


@record(frozen=True)
class Static:
    """A leaf whose value is known at compile time: a string, a flag, a function, None, an axis."""

    value: Any


@record(frozen=True)
class Unusable:
    """A leaf that a program cannot read, and why."""

    reason: str


Path = tuple[tuple[Packing, int], ...]
"""The way from a value to a leaf: at each step, how it is packed, and the number of the part."""


def leaves(tree: Any) -> Iterator[Any]:
    """The leaves of a structure, in order; a tree that is no structure is one leaf."""
    if isinstance(tree, Structure):
        for part in tree.parts:
            yield from leaves(part)
    else:
        yield tree


def paths(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The leaves of a structure, each with the way to it."""
    if isinstance(tree, Structure):
        for number, part in enumerate(tree.parts):
            yield from paths(part, (*path, (tree.packing, number)))
    else:
        yield path, tree


def map_leaves(tree: Any, function: Callable[[Path, Any], Any], path: Path = ()) -> Any:
    """The same structure with `function(path, leaf)` in the place of each leaf."""
    if not isinstance(tree, Structure):
        return function(path, tree)
    parts = [map_leaves(part, function, (*path, (tree.packing, number))) for number, part in enumerate(tree.parts)]
    return Structure(tree.packing, tuple(parts))


def at_path(value: Any, path: Path) -> Any:
    """The leaf of a live value at the end of a path."""
    for packing, number in path:
        key = packing.key(number)
        value = getattr(value, key) if packing.is_named else value[key]
    return value


def spell(parameter: str, path: Path) -> str:
    """How a leaf of a parameter is read: `layers[0].W`."""
    return parameter + "".join(packing.access(number) for packing, number in path)


def leaf_names(trees: Mapping[str, Any]) -> dict[str, tuple[str, Path]]:
    """A name for each leaf of some parameters, by parameter: its parameter and path.

    A parameter that is no structure goes by its own name. The name of another leaf is its last key or attribute, or as
    much of its path as no other leaf has: `W`, `layers_0_W`.
    """
    endings: dict[tuple[str, Path], list[str]] = {}
    for parameter, tree in trees.items():
        for path, _ in paths(tree):
            if path:
                words = [parameter, *(_identifier(packing.key(number)) for packing, number in path)]
                found = ["_".join(words[start:]) for start in range(len(words) - 1, -1, -1)]
                endings[parameter, path] = [name for name in found if name.isidentifier()] or [parameter]
    counts: dict[str, int] = {}
    for names in endings.values():
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    result: dict[str, tuple[str, Path]] = {}
    for name, tree in trees.items():
        if not isinstance(tree, Structure):
            result[name] = name, ()
    taken = set(trees)
    for place, names in endings.items():
        unique = [name for name in names if counts[name] == 1 and name not in taken]
        name = unique[0] if unique else names[-1]
        while name in taken:
            name += "_"
        taken.add(name)
        result[name] = place
    order = {name: number for number, name in enumerate(trees)}
    return dict(sorted(result.items(), key=lambda item: order[item[1][0]]))


def _identifier(key: Any) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in str(key)).strip("_")


# Live values


def packing_of(value: Any) -> Packing | None:
    """How a value is put together; None for what has no parts that anybody would differentiate for."""
    cls = value.__class__
    kind = _kind_of(cls)
    if kind is None:
        return None
    if kind == "sequence":
        return Packing(cls)
    if kind == "fields":
        return Packing(cls, cls._fields)
    return Packing(cls, tuple(value) if kind == "dict" else attributes_of(value))


def argument_packing(value: Any) -> Packing | None:
    """How an argument, or a part of one, is put together; None for what has no parts, and for what has too many."""
    if value.__class__ in (list, tuple, dict) and len(value) > LONGEST:
        return None
    return packing_of(value)


def tree_of(value: Any, around: tuple[int, ...] = ()) -> Any:
    """An argument as a structure with its numbers, arrays and other things for leaves.

    `around` holds the identities of the structures it is in: what holds itself is a leaf there.
    """
    packing = argument_packing(value)
    if packing is None or id(value) in around:
        return value
    around = (*around, id(value))
    parts = enumerate(packing.parts(value))
    return Structure(packing, tuple([p if packing.is_cached(n) else tree_of(p, around) for n, p in parts]))


def structures_in(value: Any, path: Path = (), around: tuple[int, ...] = ()) -> Iterator[tuple[Path, Any]]:
    """A value and the structures in it, with the way to each; nothing of what is no structure."""
    packing = packing_of(value)
    if packing is not None:
        yield path, value
        if id(value) not in around:
            for number, part in enumerate(packing.parts(value)):
                yield from structures_in(part, (*path, (packing, number)), (*around, id(value)))


def leaves_of(value: Any) -> Iterator[Any]:
    """The numbers, arrays and other things that a result holds."""
    packing = packing_of(value)
    if packing is None:
        yield value
    else:
        for part in packing.parts(value):
            yield from leaves_of(part)


def attributes_of(value: Any) -> tuple[str, ...]:
    """The names of the attributes that an object holds itself, in `__slots__` and `__dict__`."""
    slots = _slots_of(value.__class__)
    own = tuple(getattr(value, "__dict__", ()))
    return (*(name for name in slots if hasattr(value, name)), *own) if slots else own


@lru_cache(maxsize=4096)
def _kind_of(cls: type) -> str | None:
    """`sequence`, `dict`, `fields` or `object`; None for a class whose instances are no structures."""
    if cls in (tuple, list):
        return "sequence"
    if cls is dict:
        return "dict"
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return "fields"
    return "object" if cls is SimpleNamespace or _is_written_in_python(cls) else None


_HEAP_TYPE = 1 << 9
"""CPython's flag for a class that a `class` statement made (and some written in C)."""


def _is_written_in_python(cls: type) -> bool:
    """Whether a class holds its state in attributes, and belongs to no library that knows better."""
    if issubclass(cls, type | Enum | BaseException) or hasattr(cls, "__array__") or hasattr(cls, "__array_ufunc__"):
        return False
    if cls.__module__.partition(".")[0] in {*sys.stdlib_module_names, "numpy", "adcompiler"}:
        return False
    return all(base.__flags__ & _HEAP_TYPE for base in cls.__mro__[:-1])


@lru_cache(maxsize=4096)
def _cached_of(cls: type) -> frozenset[str]:
    """The names of the attributes that a class computes when they are asked for first."""
    return frozenset(
        name for base in cls.__mro__ for name, held in base.__dict__.items() if isinstance(held, cached_property)
    )


@lru_cache(maxsize=4096)
def _slots_of(cls: type) -> tuple[str, ...]:
    found: list[str] = []
    for base in reversed(cls.__mro__):
        slots = base.__dict__.get("__slots__", ())
        found += [slots] if isinstance(slots, str) else list(slots)
    return tuple(name for name in found if name not in ("__dict__", "__weakref__"))
