"""What can be iterated over, and how: by position, item by item, or as it comes.

A *course* says how something is walked along. Ranges and arrays have positions, which a loop of the program counts; the
items of tuples and lists are known one by one, so that a loop over them is unrolled; what comes out of conditions and
nested loops is visited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from adcompiler.frontend import growing, list_operations
from adcompiler.frontend.classes import method_of
from adcompiler.frontend.containers import append, structure_of
from adcompiler.frontend.elements import element, unpacked
from adcompiler.frontend.heap import Cell, Constant, Container, Object, Ref, ShapeOf, View, Walk
from adcompiler.frontend.merge import branch
from adcompiler.frontend.paths import Path
from adcompiler.frontend.readers import as_call, call
from adcompiler.frontend.rounds import (
    MOST_UNROLLED,
    Counter,
    along,
    as_ref,
    difference,
    position_name,
    repeat_known,
    repeat_over,
    repeat_while,
)
from adcompiler.frontend.signals import PathEnds
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Slot

Body = Callable[[Ref], None]


class LengthUnknown(Exception):  # noqa: N818  (a question's answer, not an error)
    """How many items there are is not known before the program runs."""


@dataclass(frozen=True)
class Manner:
    """How a loop is read: where it stands, whether a round may leave it, what a position is called.

    `known` says that its rounds are read one after the other, and raises `LengthUnknown` where that cannot be.
    """

    node: Any
    leaves: bool = False
    hint: str | None = None
    known: bool = False


@dataclass(frozen=True)
class Positions:
    """Items that are asked for by position."""

    length: Callable[[], Atom] | None
    """None where there is no end."""
    at: Callable[[Atom], Ref]
    most: Callable[[], int] | None = None
    """Where a position must be known when its item is asked for: how many there are at most, as things stand."""
    counter: Counter | None = None
    """Where the items are the positions of a range."""
    lists: tuple[Object, ...] = ()
    """Whose items these are: lists whose length is not known, which must stay as long as they are."""

    @property
    def one_by_one(self) -> bool:
        """Whether a position must be known when its item is asked for."""
        return self.most is not None


@dataclass(frozen=True)
class Visits:
    """Items that come one after the other."""

    each: Callable[[Body, Manner], None]


Course = Positions | Visits


def walk_along(state: State, course: Course, body: Body, manner: Manner) -> None:
    """Do something with each item."""
    if isinstance(course, Visits):
        course.each(body, manner)
    elif manner.known or course.one_by_one:
        _walk_known(state, course, body, manner)
    elif course.length is None:
        _walk_endless(state, course, body, manner)
    else:
        counter = course.counter or Counter(Literal(0), course.length(), Literal(1))
        lists = course.lists

        def run(index: Atom) -> None:
            lengths = [owner.resized for owner in lists]
            body(course.at(index) if course.counter is None else as_ref(state, index))
            if lengths != [owner.resized for owner in lists]:
                state.refuse(
                    manner.node,
                    "this loop changes the length of the list that it runs over",
                    "loop over a copy, or by position: `while i < len(xs)`",
                )

        repeat_over(state, counter, run, manner.node, leaves=manner.leaves, hint=manner.hint)


def _walk_known(state: State, course: Positions, body: Body, manner: Manner) -> None:
    def more(number: int) -> Atom:
        if course.length is None:
            state.refuse(manner.node, "this never ends", "zip it with something that does")
        if course.most is not None and number >= course.most():
            return Literal(False)
        length = course.length()
        if isinstance(length, Literal):
            if manner.known and not course.one_by_one and length.value > MOST_UNROLLED:
                raise LengthUnknown
            return Literal(number < length.value)
        if manner.known:
            raise LengthUnknown
        return state.emit("less", Literal(number), length)

    repeat_known(state, more, lambda number: body(course.at(Literal(number))), manner.node)


def _walk_endless(state: State, course: Positions, body: Body, manner: Manner) -> None:
    name = position_name(state, manner.hint, manner.node)
    state.frame.names[name] = Constant(0)

    def run() -> None:
        index = state.read_value(state.frame.names[name], manner.node)
        state.frame.names[name] = as_ref(state, along(state, index, Literal(1), Literal(1)))
        body(course.at(index))

    repeat_while(state, lambda: Literal(True), run, manner.node, leaves=manner.leaves)
    state.frame.names.pop(name, None)


def known_items(state: State, course: Course, node: Any) -> list[Ref] | None:
    """Every item, where it is known before the program runs how many there are."""
    items: list[Ref] = []
    before = Path.here(state, [])
    try:
        with state.builder.region() as equations:
            walk_along(state, course, items.append, Manner(node, known=True))
    except LengthUnknown:
        before.resume(state)
        return None
    except PathEnds:
        state.builder.extend(equations)
        raise
    state.builder.extend(equations)
    return items


def listed(state: State, course: Course, node: Any) -> Object:
    """A list of the items, which grows in a loop where it is not known how many there are."""
    items = known_items(state, course, node)
    if items is not None:
        return state.new_list(items)
    made = state.new_list(())
    with state.holding(made):
        walk_along(state, course, lambda item: append(state, made, item, node), Manner(node))
    return made


def course_of(state: State, ref: Ref, node: Any) -> Course:
    """How something is walked along; an iterator can be walked along once."""
    match ref:
        case Walk(kind=kind, course=course) if course is not None:
            if ref.spent:
                state.refuse(node, f"this `{kind.__name__}` may have been used up", "make a list of it: `list(…)`")
            ref.spent = kind is not range
            return course(node)  # type: ignore[no-any-return]
        case Constant(value=range() as value):
            return positions_of_range(state, Literal(value.start), Literal(value.stop), Literal(value.step))
        case Constant(value=str()) | ShapeOf():
            known = unpacked(state, ref, None, node)
            return _items(lambda: known)
    if (method := method_of(state, ref, "__iter__")) is not None:
        return course_of(state, call(state, method, [], {}, as_call(node)), node)
    if isinstance(ref, Object) and growing.is_growing(state, ref):
        return _items_by_position(state, ref, node)
    if (content := structure_of(state, ref, node)) is not None:
        of_dict = isinstance(ref, Walk) or content.kind is dict
        size = len(content.items) if of_dict else None

        owner = ref.parts[0] if isinstance(ref, Walk) else ref
        latest: list[tuple[Container | None, tuple[Ref, ...]]] = [(None, ())]

        def items() -> tuple[Ref, ...]:
            held = structure_of(state, owner, node)
            if held is not None and held is latest[0][0]:
                return latest[0][1]
            found = unpacked(state, ref, None, node)
            if size is not None and len(found) != size:
                state.refuse(node, "this raises RuntimeError: dictionary changed size during iteration")
            latest[0] = held, found
            return found

        return _items(items)
    if isinstance(ref, Constant) and isinstance(ref.value, set | frozenset):
        state.refuse(node, "the order of a set is not known", "use `sorted(…)`, a tuple or a list")
    type_ = state.type_of(ref)
    if type_ is not None and type_.kind == "tuple" and isinstance(ref, Cell):
        parts = unpacked(state, ref, None, node)
        return _items(lambda: parts)
    if not isinstance(ref, Cell | View) or type_ is None or not type_.is_numeric or type_.kind == "scalar":
        state.refuse(node, "a loop over this is not supported", "loop over a range, an array, a tuple or a list")

    def length() -> Atom:
        return state.emit("len", state.read_value(ref, node))

    def at(index: Atom) -> Ref:
        if isinstance(index, Literal):
            return element(state, ref, (index.value,), (), node)
        return element(state, ref, (Slot(0),), (index,), node)

    return Positions(length, at)


def _items_by_position(state: State, owner: Object, node: Any) -> Positions:
    """The items of a list whose length is not known."""

    def at(index: Atom) -> Ref:
        if isinstance(index, Literal):
            return list_operations.read_item(state, owner, (index.value,), (), node)
        return list_operations.read_item(state, owner, (Slot(0),), (index,), node)

    return Positions(lambda: list_operations.length(state, owner, node), at, lists=(owner,))


def _items(items: Callable[[], tuple[Ref, ...]]) -> Positions:
    """Items that are known one by one; how many is asked again in each round."""

    def at(index: Atom) -> Ref:
        assert isinstance(index, Literal)
        item: Ref = items()[index.value]
        return item

    return Positions(lambda: Literal(len(items())), at, lambda: len(items()))


def positions_of_range(state: State, start: Atom, stop: Atom, step: Atom) -> Positions:
    """`range(start, stop, step)`."""
    counter = Counter(start, stop, step)

    def length() -> Atom:
        known = counter.known()
        if known is not None:
            return Literal(len(known))
        if (start, step) == (Literal(0), Literal(1)):
            return stop
        return state.emit("len", state.emit("range", start, stop, step))

    return Positions(length, lambda index: as_ref(state, along(state, start, step, index)), counter=counter)


def backwards(state: State, course: Course, node: Any) -> Positions:
    """`reversed(…)`."""
    if not isinstance(course, Positions) or course.length is None:
        state.refuse(node, "this cannot be reversed", "make a list of it: `list(…)`")
    length = course.length

    def at(index: Atom) -> Ref:
        last = difference(state, length(), Literal(1))
        return course.at(difference(state, last, index))

    counter = None if course.counter is None else replace(course.counter, reverse=not course.counter.reverse)
    return Positions(length, at, course.most, counter, course.lists)


def together(state: State, courses: list[Positions], node: Any, *, strict: bool = False) -> Positions:
    """`zip(…)`: as long as the shortest."""

    def length() -> Atom:
        lengths = [course.length() for course in courses if course.length is not None]
        shortest = lengths[0]
        for other in lengths[1:]:
            if strict and not _are_equal(shortest, other):
                state.refuse(node, "whether these have one length is not known", "leave `strict=` out, or give types")
            shortest = shorter(state, shortest, other, node)
        return shortest

    def at(index: Atom) -> Ref:
        return Container(tuple(course.at(index) for course in courses), tuple)

    ends = any(course.length is not None for course in courses)
    bounds = [course.most for course in courses if course.most is not None]
    most = (lambda: min(most() for most in bounds)) if bounds else None
    lists = tuple(owner for course in courses for owner in course.lists)
    return Positions(length if ends else None, at, most, lists=lists)


def _are_equal(one: Atom, other: Atom) -> bool:
    extent = one.type.extent
    return one == other or (extent is not None and extent == other.type.extent)


def shorter(state: State, one: Atom, other: Atom, node: Any) -> Atom:
    """The lesser of two lengths."""
    if _are_equal(one, other):
        return one
    if isinstance(one, Literal) and isinstance(other, Literal):
        return Literal(min(one.value, other.value))
    test = state.emit("less", other, one)
    return state.read_value(branch(state, test, partial(as_ref, state, other), partial(as_ref, state, one), node), node)


def each_with(course: Course, function: Callable[[Ref, Atom | None], Ref]) -> Course:
    """What a function makes of each item (and of its position, where it has one)."""
    if isinstance(course, Positions):
        at = course.at
        return Positions(course.length, lambda i: function(at(i), i), course.most, lists=course.lists)

    def each(body: Body, manner: Manner) -> None:
        course.each(lambda item: body(function(item, None)), manner)

    return Visits(each)


def where(state: State, course: Course, keeps: Callable[[Ref], Atom]) -> Visits:
    """The items of which something is true."""

    def each(body: Body, manner: Manner) -> None:
        def consider(item: Ref) -> None:
            test = keeps(item)
            if manner.known and not isinstance(test, Literal):
                raise LengthUnknown
            branch(state, test, lambda: body(item), lambda: None, manner.node)

        walk_along(state, course, consider, manner)

    return Visits(each)


def nested(state: State, outer: Course, inner: Callable[[Ref], Course]) -> Visits:
    """For each item of one course, those of another that follows from it."""

    def each(body: Body, manner: Manner) -> None:
        walk_along(state, outer, lambda item: walk_along(state, inner(item), body, manner), manner)

    return Visits(each)
