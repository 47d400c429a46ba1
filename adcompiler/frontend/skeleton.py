"""What of the arguments is fixed when a callee is read, and what it is given anew at each call: their *leaves*.

Numbers, arrays and shapes are leaves, wherever they stand in an argument. The rest (structure, functions, strings,
flags, None) is the arguments' *skeleton*: a callee is read for one. A number known before the program runs is a leaf
too, since calls within calls would differ in it, unless the callee needs it when it is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import (
    Cell,
    Closure,
    Constant,
    Container,
    Method,
    Object,
    Partial,
    Ref,
    ShapeOf,
    Unbound,
    View,
)
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Literal, Value
from adcompiler.ir.types import Type

Place = tuple[Any, ...]
"""Where a part of the arguments stands: the name of the argument, then the number of the item in each structure."""


@dataclass(frozen=True)
class Leaf:
    """What a skeleton says of a leaf; None where that is not known."""

    kind: str | None
    dtype: str | None
    rank: int | None

    def covers(self, other: Leaf) -> bool:
        """Whether code for this serves for the other."""
        known = ((self.kind, other.kind), (self.dtype, other.dtype), (self.rank, other.rank))
        return all(mine is None or mine == theirs for mine, theirs in known)


def covers(one: Hashable, other: Hashable) -> bool:
    """Whether a callee for arguments with one skeleton serves for those with another."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(covers, one, other))
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return one.covers(other)
    return one == other


@dataclass
class Arguments:
    """The arguments of one call, taken apart.

    Parameters
    ----------
    state : State
    static : collection of Place
        Where numbers stand that are needed when the callee is compiled.
    """

    state: State
    static: Collection[Place]
    leaves: dict[Place, Ref] = field(default_factory=dict)
    objects: dict[Place, Object] = field(default_factory=dict)
    """Lists, dicts and instances that were made in the program, at the first place where each stands."""

    def skeleton(self, names: Mapping[str, Ref]) -> Hashable:
        """What remains without the leaves, which are noted."""
        return tuple((name, self._visit(ref, (name,))) for name, ref in names.items())

    def _visit(self, ref: Ref, place: Place) -> Hashable:
        match ref:
            case Container(items=items, kind=kind, keys=keys, uncertain=uncertain):
                return kind, keys, uncertain, self._items(items, place)
            case Object(origin=None):
                return self._visit_object(ref, place)
            case Closure(source=source, frame=frame, defaults=defaults):
                return source.node, frame, tuple(defaults.items())
            case Partial(function=function, arguments=arguments, keywords=keywords):
                return tuple(keywords), self._items((function, *arguments, *keywords.values()), place)
            case Method(owner=owner, name=name):
                return name, self._visit(owner, place)
        if not _is_leaf(ref) or place in self.static:
            return ref
        self.leaves[place] = ref
        type = self.state.type_of(ref)
        assert type is not None
        return Leaf(None if type.kind == "unknown" else type.kind, type.dtype, type.rank)

    def _items(self, items: tuple[Ref, ...], place: Place) -> Hashable:
        return tuple(self._visit(item, (*place, number)) for number, item in enumerate(items))

    def _visit_object(self, ref: Object, place: Place) -> Hashable:
        before = next((known for known, other in self.objects.items() if other is ref), None)
        if before is not None:
            return "again", before
        self.objects[place] = ref
        content = self.state.heap.contents[ref]
        if isinstance(content, Container):
            return ref.kind, self._visit(content, place)
        if isinstance(content, Value | Literal):
            self.leaves[place] = self.state.bind(content)
            return ref.kind, Leaf(content.type.kind, None, None)
        return ref.kind, content

    def rebuilt(
        self, names: Mapping[str, Ref], given: Mapping[Place, Cell]
    ) -> tuple[dict[str, Ref], dict[Object, Place]]:
        """Arguments of the same skeleton with other leaves, and the objects made for them."""
        made: dict[Object, Object] = {}

        def items(refs: tuple[Ref, ...], place: Place) -> tuple[Ref, ...]:
            return tuple(build(item, (*place, number)) for number, item in enumerate(refs))

        def build(ref: Ref, place: Place) -> Ref:
            match ref:
                case Container():
                    return replace(ref, items=items(ref.items, place))
                case Object(origin=None):
                    if ref not in made:
                        made[ref] = Object(ref.kind, ref.name)
                        content = self.state.heap.contents[ref]
                        if isinstance(content, Container):
                            content = replace(content, items=items(content.items, place))
                        elif place in given:
                            content = self.state.heap.values[given[place]]
                        self.state.heap.contents[made[ref]] = content
                    return made[ref]
                case Partial(function=function, arguments=arguments, keywords=keywords):
                    function, *others = items((function, *arguments, *keywords.values()), place)
                    count = len(arguments)
                    return Partial(function, tuple(others[:count]), dict(zip(keywords, others[count:], strict=True)))
                case Method(owner=owner):
                    return replace(ref, owner=build(owner, place))
            return given.get(place, ref)

        found = {name: build(ref, (name,)) for name, ref in names.items()}
        places = {ref: place for place, ref in self.objects.items()}
        return found, {copy: places[ref] for ref, copy in made.items()}


def fixed_key(state: State, frame: Frame) -> Hashable:
    """What tells calls that differ in the values of leaves only, whenever the program is read; None if nothing does.

    Unlike a skeleton, it says all that is known of the leaves' types.
    """
    seen: list[Object] = []

    def visit(ref: Ref) -> Hashable:
        match ref:
            case _ if _is_leaf(ref):
                return own_type(state.type_of(ref))
            case Constant():
                return ref
            case Container(items=items, kind=kind, keys=keys, uncertain=uncertain):
                return kind, keys, uncertain, tuple(map(visit, items))
            case Object(origin=None) if ref in seen:
                return "again", seen.index(ref)
            case Object(origin=None):
                seen.append(ref)
                content = state.heap.contents[ref]
                if isinstance(content, Container):
                    return ref.kind, visit(content)
                return ref.kind, own_type(None if isinstance(content, Unbound) else content.type)
            case Closure(source=source, frame=around, defaults=defaults):
                return source.node, around.source.node, tuple((name, visit(item)) for name, item in defaults.items())
            case Partial(function=function, arguments=arguments, keywords=keywords):
                return tuple(keywords), tuple(map(visit, (function, *arguments, *keywords.values())))
            case Method(owner=owner, name=name):
                return name, visit(owner)
        raise _NotFixedError

    def own_type(type: Type | None) -> Type:
        if type is None or _NAMED_BY_VALUE.search(str(type)):
            raise _NotFixedError
        return replace(type, extent=None) if isinstance(type.extent, int) else type

    try:
        arguments = tuple((name, visit(ref)) for name, ref in frame.names.items())
    except _NotFixedError:
        return None
    return frame.source.node, frame.outer.source.node if frame.outer is not None else None, arguments


_NAMED_BY_VALUE = re.compile(r"[#.]")
"""In a type: a length or shape that goes by the name of a value, which another reading calls otherwise."""


class _NotFixedError(Exception):
    """Something in the arguments cannot be told from one reading of the program to another."""


def _is_leaf(ref: Ref) -> bool:
    if isinstance(ref, Constant):
        return isinstance(ref.value, int | float | complex | np.number) and not isinstance(ref.value, bool)
    return isinstance(ref, Cell | View | ShapeOf)
