"""Builtins that give something to iterate over: `range`, `enumerate`, `zip`, `reversed`, `map`, `filter`."""

from __future__ import annotations

from typing import Any

from adcompiler.frontend.conditions import condition
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.heap import Constant, Container, Ref, Walk
from adcompiler.frontend.iteration import (
    Course,
    Positions,
    Visits,
    backwards,
    course_of,
    each_with,
    positions_of_range,
    together,
    where,
)
from adcompiler.frontend.meanings import Arguments, Keywords, means
from adcompiler.frontend.readers import call
from adcompiler.frontend.rounds import along, as_ref
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal


@means(range)
def _range(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if not 1 <= len(arguments) <= 3 or keywords:
        state.refuse(node, "`range` takes one to three arguments")
    atoms = [_integer(state, ref, node, place) for ref, place in zip(arguments, node.args, strict=False)]
    start: Atom = atoms[0] if len(atoms) > 1 else Literal(0)
    stop, step = atoms[min(1, len(atoms) - 1)], atoms[2] if len(atoms) == 3 else Literal(1)
    if step == Literal(0):
        state.refuse(node.args[2], "the step of a range must not be zero")
    parts = tuple(as_ref(state, atom) for atom in (start, stop, step))
    return Walk(range, parts, lambda _: positions_of_range(state, start, stop, step))


def _integer(state: State, ref: Ref, node: Any, place: Any) -> Atom:
    atom = state.read_value(ref, place)
    if not (atom.type.is_numeric and atom.type.rank in (0, None)) or (atom.type.dtype or "int").startswith("float"):
        state.refuse(place, "a bound of `range` must be an integer")
    return atom


def positions(state: State, ref: Ref, node: Any) -> Positions:
    """How something is walked along in step with something else."""
    course = course_of(state, ref, node)
    if isinstance(course, Visits):
        state.refuse_structure(node, "how many items this has is not known", "write the loop out")
    return course


@means(enumerate)
def _enumerate(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    start = keywords.pop("start", Constant(0))
    if len(arguments) == 2:
        start = arguments.pop()
    if len(arguments) != 1 or keywords:
        state.refuse(node, "`enumerate` takes something to iterate over, and a start")
    first = state.read_value(start, node)

    def numbered(place: Any) -> Course:
        course = course_of(state, arguments[0], place)

        def pair(item: Ref, number: Atom | None) -> Ref:
            if number is None:
                state.refuse_structure(
                    place, "items that come out of conditions cannot be numbered", "write the loop out"
                )
            return Container((as_ref(state, along(state, first, Literal(1), number)), item), tuple)

        return each_with(course, pair)

    return Walk(enumerate, tuple(arguments), numbered)


@means(zip)
def _zip(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    strict = bool(state.constant_of(keywords.pop("strict", Constant(False)), node, "`strict=`"))
    if keywords:
        state.refuse(node, f"`zip` has no parameter `{next(iter(keywords))}`")

    def course(place: Any) -> Course:
        if not arguments:
            return Positions(lambda: Literal(0), lambda index: Container((), tuple), lambda: 0)
        return together(state, [positions(state, ref, place) for ref in arguments], place, strict=strict)

    return Walk(zip, tuple(arguments), course)


@means(reversed)
def _reversed(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 1 or keywords:
        state.refuse(node, "`reversed` takes one argument")
    ref = arguments[0]
    if isinstance(ref, Walk) and ref.kind is not range:
        state.refuse(node, f"a `{ref.kind.__name__}` cannot be reversed", "make a list of it: `list(…)`")
    return Walk(reversed, (ref,), lambda place: backwards(state, course_of(state, ref, place), place))


@means(iter)
def _iter(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 1 or keywords:
        state.refuse(node, "`iter` takes one argument here")
    (ref,) = arguments
    is_iterator = isinstance(ref, Walk) and ref.kind is not range and ref.course is not None
    return ref if is_iterator else Walk(type(iter(())), (ref,), lambda place: course_of(state, ref, place))


@means(map)
def _map(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) < 2 or keywords:
        state.refuse(node, "`map` takes a function and what to apply it to")
    function, *sources = arguments

    def course(place: Any) -> Course:
        if len(sources) == 1:
            return each_with(course_of(state, sources[0], place), lambda item, _: applied((item,)))
        rows = together(state, [positions(state, ref, place) for ref in sources], place)
        return each_with(rows, lambda row, _: applied(unpacked(state, row, None, place)))

    def applied(items: tuple[Ref, ...]) -> Ref:
        return call(state, function, [(item, node) for item in items], {}, node)

    return Walk(map, tuple(arguments), course)


@means(filter)
def _filter(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 2 or keywords:
        state.refuse(node, "`filter` takes a function and what to apply it to")
    function, source = arguments

    def course(place: Any) -> Course:
        return where(state, course_of(state, source, place), keeps)

    def keeps(item: Ref) -> Atom:
        kept = item if function == Constant(None) else call(state, function, [(item, node)], {}, node)
        return condition(state, kept, node)

    return Walk(filter, tuple(arguments), course)
