"""Templates: the structure of what a loop carries under one name, and the variables in it.

A name may stand for a tuple, a dict of arrays, an object with lists in it. From round to round its leaves change, and
each leaf is a variable of its own; what is the same on every round stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from adcompiler.frontend.alignment import aligned, is_maybe, is_mergeable
from adcompiler.frontend.growing import list_type
from adcompiler.frontend.heap import (
    UNBOUND,
    Cell,
    Constant,
    Container,
    Content,
    Maybe,
    Object,
    Presence,
    Ref,
    Unbound,
    is_ambiguous,
    maybe_of,
)
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Value
from adcompiler.ir.types import Type
from adcompiler.record import record

Steps = tuple[Any, ...]
"""The way to a part of a structure: keys, or positions where there are none."""

_CHANGES = "is not one number or array throughout this loop"
_GROWS = "has a different number of elements from round to round"


class Part(Enum):
    """The steps to the parts of what may be None."""

    PRESENT = "present"
    VALUE = "value"


@record(frozen=True)
class Variable:
    """A leaf that is carried."""


@record(frozen=True)
class Fixed:
    """A part that is the same on every round, or of which is known why it cannot be read."""

    ref: Ref

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fixed):
            return False
        return self.ref is other.ref or (isinstance(self.ref, Constant | Unbound) and _alike(self.ref, other.ref))

    def __hash__(self) -> int:
        return 0


@record(frozen=True)
class Node:
    """A tuple, or a list, dict or instance that is made anew (`is_object`)."""

    content: Container
    """Of which items are not looked at."""
    children: tuple[Template, ...]
    is_object: bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self.children)

    def _key(self) -> tuple[Any, ...]:
        content = self.content
        return content.kind, content.keys, self.children, self.is_object


Template = Variable | Fixed | Node


def _alike(one: Ref, other: Ref) -> bool:
    if isinstance(one, Unbound) and isinstance(other, Unbound):
        return one.reason == other.reason
    return isinstance(one, Constant) and one == other


@record(frozen=True)
class End:
    """A reference or the content of an object, with what objects and cells hold at that end of a round."""

    ref: Ref | Content
    contents: Mapping[Object, Content]
    cells: Mapping[Cell, Atom]

    @property
    def content(self) -> Content | None:
        """What this holds, if it is a structure."""
        if isinstance(self.ref, Object):
            return self.contents.get(self.ref)
        return self.ref if isinstance(self.ref, Container) else None


def unify(state: State, first: End, last: End, *, inside: tuple[Any, ...] = ()) -> Template:
    """The template for what stands there before a loop and at the end of a round."""
    one, other = first.ref, last.ref
    assert not isinstance(one, Value | Literal)
    if one is other or (isinstance(one, Constant) and one == other):
        return Fixed(one)
    for ref in (other, one):
        if isinstance(ref, Unbound) and is_ambiguous(ref):
            return Fixed(Unbound(ref.reason, from_loop=ref.from_loop))
    if one in inside or other in inside:
        return Fixed(Unbound("holds itself", from_loop=True))
    assert not isinstance(other, Value | Literal)
    if is_maybe(one, other):
        before, after = maybe_of(one), maybe_of(other)
        pairs = ((before.present, after.present), (before.value, after.value))
        children = tuple(unify(state, replace(first, ref=a), replace(last, ref=b), inside=inside) for a, b in pairs)
        return Node(Container((), Maybe, tuple(Part)), children, is_object=False)
    if isinstance(one, Object | Unbound) and isinstance(other, Object | Unbound):
        kinds = {ref.kind for ref in (one, other) if isinstance(ref, Object)}
        if len(kinds) == 1:
            return _unify_contents(state, first, last, (*inside, one, other))
    if isinstance(one, Container) and isinstance(other, Unbound | Container):
        return _unify_contents(state, first, last, inside)
    if isinstance(other, Container) and isinstance(one, Unbound):
        return _unify_contents(state, first, last, inside)
    if all(isinstance(ref, Unbound) or _is_variable(state, ref) for ref in (one, other)):
        return Variable()
    return Fixed(Unbound(_CHANGES, from_loop=True))


def unify_contents(state: State, owner: Object, first: End, last: End) -> Template:
    """The template for the content of one object that is changed."""
    one, other = first.ref, last.ref
    if isinstance(one, Container) and isinstance(other, Container) and one.keys is not None:
        one, other = aligned(state, one, other, owner)
        return _of_items(state, one, other, first, last, (owner,), is_object=True)
    if isinstance(one, Container) and isinstance(other, Container) and len(one.items) == len(other.items):
        return _of_items(state, one, other, first, last, (owner,), is_object=True)
    if _are_lists(state, first, one, last, other):
        return Variable()
    return Fixed(Unbound(_GROWS, from_loop=True))


def _are_lists(state: State, first: End, one: Any, last: End, other: Any) -> bool:
    """Whether the contents of a list at both ends can be values of the program."""
    return all(
        content is None or list_type_at(state, end, content) is not None
        for end, content in ((first, one), (last, other))
    )


def _unify_contents(state: State, first: End, last: End, inside: tuple[Any, ...]) -> Template:
    one, other = first.content, last.content
    known = one if one is not None else other
    if known is None or isinstance(one, Unbound) or isinstance(other, Unbound):
        return Fixed(Unbound(_CHANGES, from_loop=True))
    owner = next((ref for ref in (first.ref, last.ref) if isinstance(ref, Object)), None)
    if not (isinstance(one, Container | None) and isinstance(other, Container | None)):
        are_lists = owner is not None and _are_lists(state, first, one, last, other)
        return Variable() if are_lists else Fixed(Unbound(_CHANGES, from_loop=True))
    assert isinstance(known, Container)
    blank = replace(known, items=(UNBOUND,) * len(known.items))
    one, other = (blank if content is None else content for content in (one, other))
    if not isinstance(one, Container) or not isinstance(other, Container) or one.kind is not other.kind:
        return Fixed(Unbound(_CHANGES, from_loop=True))
    if one.keys is not None and owner is not None:
        one, other = aligned(state, one, other, owner)
    if len(one.items) != len(other.items):
        if owner is not None and _are_lists(state, first, one, last, other):
            return Variable()
        return Fixed(Unbound(_GROWS, from_loop=True))
    return _of_items(state, one, other, first, last, inside, is_object=owner is not None)


def _of_items(
    state: State, one: Container, other: Container, first: End, last: End, inside: tuple[Any, ...], *, is_object: bool
) -> Node:
    children = tuple(
        unify(state, replace(first, ref=a), replace(last, ref=b), inside=inside)
        for a, b in zip(one.items, other.items, strict=True)
    )
    return Node(replace(other, items=()), children, is_object)


def list_type_at(state: State, end: End, content: Content) -> Type | None:
    """The type of the content of a list as one value, where objects hold what they do at that end."""
    contents, values = state.heap.contents, state.heap.values
    state.heap.contents, state.heap.values = dict(end.contents), dict(end.cells)
    try:
        return list_type(state, content)
    finally:
        state.heap.contents, state.heap.values = contents, values


def _is_variable(state: State, ref: Any) -> bool:
    return not isinstance(ref, Container | Object) and is_mergeable(state, ref)


def widen(known: Template, found: Template) -> Template:
    """A template for what was seen in earlier rounds and in this one."""
    if known == found or (isinstance(known, Fixed) and isinstance(known.ref, Unbound) and known.ref.reason):
        return known
    if isinstance(known, Variable) and isinstance(found, Fixed) and not isinstance(found.ref, Unbound):
        return known
    if isinstance(known, Variable) and isinstance(found, Node) and found.is_object and found.content.kind is list:
        return known  # a list whose length has been seen to change
    if isinstance(known, Node) and isinstance(found, Node):
        if len(known.children) == len(found.children) and known.content.keys == found.content.keys:
            return replace(found, children=tuple(map(widen, known.children, found.children)))
        return found
    return found


def variables(template: Template, steps: Steps = ()) -> Iterator[Steps]:
    """The way to each variable."""
    match template:
        case Variable():
            yield steps
        case Node(children=children):
            for step, child in zip(steps_of(template.content, len(children)), children, strict=True):
                yield from variables(child, (*steps, step))


def objects(template: Template, steps: Steps = ()) -> Iterator[Steps]:
    """The way to each object that is made anew."""
    if isinstance(template, Node):
        if template.is_object:
            yield steps
        for step, child in zip(steps_of(template.content, len(template.children)), template.children, strict=True):
            yield from objects(child, (*steps, step))


def steps_of(content: Container, count: int) -> tuple[Any, ...]:
    """The step to each item."""
    return content.keys if content.keys is not None else tuple(range(count))


def build(
    template: Template,
    leaf: Callable[[Steps], Ref | Atom],
    make: Callable[[Steps, Container], Ref],
    steps: Steps = (),
) -> Any:
    """The structure that a template describes: `leaf` gives its variables, `make` its objects from their content."""
    match template:
        case Variable():
            return leaf(steps)
        case Fixed(ref=ref):
            return ref
    ways = steps_of(template.content, len(template.children))
    items = tuple(build(child, leaf, make, (*steps, step)) for step, child in zip(ways, template.children, strict=True))
    if template.content.kind is Maybe:
        return Maybe(*items)
    content = replace(template.content, items=items)
    return make(steps, content) if template.is_object else content


def part_at(
    state: State, ref: Ref | Content, content_of: Callable[[Object], Content | None], steps: Steps
) -> Ref | Content:
    """What stands at the end of a way from a reference; `UNBOUND` where there is nothing."""
    for step in steps:
        if isinstance(step, Part):
            assert not isinstance(ref, Value | Literal)
            ref = getattr(maybe_of(ref), step.value)
            continue
        content = content_of(ref) if isinstance(ref, Object) else ref
        if not isinstance(content, Container):
            return UNBOUND
        if content.keys is None:
            ref = content.items[step] if step < len(content.items) else UNBOUND
            continue
        found = content.presence(step.key) if isinstance(step, Presence) else content.get(step)
        if found is None and isinstance(ref, Object) and ref.origin is not None and hasattr(ref.origin, str(step)):
            found = state.lift_attribute(ref.origin, step)
        ref = UNBOUND if found is None else found
    return ref
