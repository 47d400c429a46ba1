"""What `itertools` gives to iterate over, and NumPy's positions: `np.ndindex`, `np.ndenumerate`."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from adcompiler.frontend.conversions import items_of
from adcompiler.frontend.elements import element, unpacked
from adcompiler.frontend.expressions import operate
from adcompiler.frontend.heap import Cell, Constant, Container, Ref, ShapeOf, View, Walk
from adcompiler.frontend.iteration import (
    Body,
    Course,
    Manner,
    Positions,
    Visits,
    course_of,
    each_with,
    nested,
    positions_of_range,
    shorter,
    walk_along,
)
from adcompiler.frontend.meanings import Arguments, Keywords, Meaning, means
from adcompiler.frontend.readers import call
from adcompiler.frontend.rounds import along, as_ref, difference
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import has_left, unless_left
from adcompiler.ir.nodes import Atom, Literal, Slot


def _known(items: Iterable[Ref]) -> Positions:
    """Items that stay what they are."""
    found = tuple(items)

    def at(index: Atom) -> Ref:
        assert isinstance(index, Literal)
        item: Ref = found[index.value]
        return item

    return Positions(lambda: Literal(len(found)), at, lambda: len(found))


def _positions(state: State, ref: Ref, node: Any) -> Positions:
    """How something with positions is walked along."""
    course = course_of(state, ref, node)
    if isinstance(course, Visits):
        state.refuse_structure(node, "how many items this has is not known", "write the loop out")
    return course


# Products


def _pool(state: State, ref: Ref, node: Any) -> Positions:
    """What is walked along again and again: as it is now."""
    is_range = isinstance(ref, Walk) and ref.kind is range
    if is_range or (isinstance(ref, Cell | View) and (type_ := state.type_of(ref)) and type_.kind != "tuple"):
        return _positions(state, ref, node)
    return _known(items_of(state, ref, node))


def _rows(state: State, pools: list[Positions]) -> Course:
    """Every combination of an item of each, the last one changing fastest."""
    course: Course = _known([Container((), tuple)])
    for pool in pools:

        def extended(row: Ref, pool: Positions = pool) -> Course:
            assert isinstance(row, Container)
            items = row.items
            return each_with(pool, lambda item, _: Container((*items, item), tuple))

        course = nested(state, course, extended)
    return course


@means(itertools.product)
def _product(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    repeat = state.constant_of(keywords.pop("repeat", Constant(1)), node, "`repeat=`")
    pools = [_pool(state, ref, node) for ref in arguments] * repeat
    return Walk(itertools.product, tuple(arguments), lambda _: _rows(state, pools))


@means(np.ndindex)
def _ndindex(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    type_ = state.type_of(arguments[0]) if len(arguments) == 1 else None
    if type_ is not None and type_.kind == "tuple":
        arguments = list(unpacked(state, arguments[0], None, node))
    lengths = [state.read_value(ref, node) for ref in arguments]
    pools = [positions_of_range(state, Literal(0), length, Literal(1)) for length in lengths]
    return Walk(np.ndindex, tuple(arguments), lambda _: _rows(state, pools))


@means(np.ndenumerate)
def _ndenumerate(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (array,) = arguments
    type_ = state.type_of(array)
    if not isinstance(array, Cell | View) or type_ is None or not type_.rank:
        state.refuse(node, "how many axes this has is not known", "give types")
    shape = unpacked(state, ShapeOf(state.read_value(array, node)), None, node)
    pools = [positions_of_range(state, Literal(0), state.read_value(length, node), Literal(1)) for length in shape]

    def pair(row: Ref, _: Atom | None) -> Ref:
        assert isinstance(row, Container)
        atoms = tuple(state.read_value(ref, node) for ref in row.items)
        index = tuple(a.value if isinstance(a, Literal) else Slot(n) for n, a in enumerate(atoms))
        return Container((row, element(state, array, index, atoms, node)), tuple)

    return Walk(np.ndenumerate, (array,), lambda _: each_with(_rows(state, pools), pair))


# One after the other


@means(itertools.chain)
def _chain(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    return Walk(itertools.chain, tuple(arguments), partial(_chained, state, arguments))


@means(itertools.chain.from_iterable)
def _chain_of(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    parts = items_of(state, arguments[0], node)
    return Walk(itertools.chain, parts, partial(_chained, state, parts))


def _chained(state: State, parts: Iterable[Ref], node: Any) -> Course:
    courses = [course_of(state, ref, node) for ref in parts]

    def each(body: Body, manner: Manner) -> None:
        def go_on(number: int) -> None:
            if number == len(courses):
                return
            walk_along(state, courses[number], body, manner)
            left = has_left(state, manner.node)
            if left == Literal(False):
                go_on(number + 1)
            elif left != Literal(True):
                unless_left(state, left, partial(go_on, number + 1), manner.node)

        go_on(0)

    return Visits(each)


@means(itertools.islice)
def _islice(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    source, *bounds = arguments
    values = [state.constant_of(ref, node, "a bound of `islice`") for ref in bounds]
    cut = slice(*values)
    start, stop, step = cut.start or 0, cut.stop, cut.step or 1

    def course(place: Any) -> Course:
        whole = _positions(state, source, place)

        def length() -> Atom:
            end: Atom | None = None if stop is None else Literal(stop)
            if whole.length is not None:
                own = whole.length()
                end = own if end is None else shorter(state, own, end, place)
            if end is None:
                state.refuse(place, "this never ends", "give a stop")
            span = positions_of_range(state, Literal(start), end, Literal(step)).length
            assert span is not None
            return span()

        most = whole.most
        bound = None if most is None else lambda: len(range(most())[start:stop:step])
        return Positions(length, lambda index: whole.at(along(state, Literal(start), Literal(step), index)), bound)

    return Walk(itertools.islice, (source,), course)


@means(itertools.pairwise)
def _pairwise(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    (source,) = arguments

    def course(place: Any) -> Course:
        whole = _positions(state, source, place)
        own = whole.length
        if own is None:
            state.refuse(place, "this never ends", "cut it: `itertools.islice`")

        def pair(index: Atom) -> Ref:
            return Container((whole.at(index), whole.at(along(state, index, Literal(1), Literal(1)))), tuple)

        most = whole.most
        bound = None if most is None else lambda: max(most() - 1, 0)
        return Positions(lambda: difference(state, own(), Literal(1)), pair, bound)

    return Walk(itertools.pairwise, (source,), course)


@means(itertools.repeat)
def _repeat(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    item, *times = [*arguments, *keywords.values()]
    length = None if not times else state.read_value(times[0], node)
    course = Positions(None if length is None else lambda: length, lambda _: item)
    return Walk(itertools.repeat, (item,), lambda _: course)


@means(itertools.count)
def _count(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    start = keywords.get("start", arguments[0] if arguments else Constant(0))
    step = keywords.get("step", arguments[1] if len(arguments) > 1 else Constant(1))
    first, by = state.read_value(start, node), state.read_value(step, node)
    return Walk(itertools.count, (), lambda _: Positions(None, lambda i: as_ref(state, along(state, first, by, i))))


@means(itertools.starmap)
def _starmap(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    function, source = arguments

    def applied(row: Ref, _: Atom | None) -> Ref:
        return call(state, function, [(item, node) for item in unpacked(state, row, None, node)], {}, node)

    return Walk(itertools.starmap, tuple(arguments), lambda place: each_with(course_of(state, source, place), applied))


# Of items that are known one by one


def _of_known(function: Callable[..., Iterable[Any]]) -> Meaning:
    """A function that picks and orders items without looking at them."""

    def read(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        source, *more = arguments
        counts = [state.constant_of(ref, node, "the number of items") for ref in more]
        named = {key: state.constant_of(ref, node, "the number of items") for key, ref in keywords.items()}
        rows = [Container(tuple(row), tuple) for row in function(items_of(state, source, node), *counts, **named)]
        return Walk(function, tuple(rows), lambda _: _known(rows))  # type: ignore[arg-type]  # these are classes

    return read


for _function in (itertools.combinations, itertools.combinations_with_replacement, itertools.permutations):
    means(_function)(_of_known(_function))


@means(itertools.zip_longest)
def _zip_longest(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    fill = keywords.pop("fillvalue", Constant(None))
    columns = [items_of(state, ref, node) for ref in arguments]
    rows = [Container(row, tuple) for row in itertools.zip_longest(*columns, fillvalue=fill)]
    return Walk(itertools.zip_longest, tuple(rows), lambda _: _known(rows))


@means(itertools.accumulate)
def _accumulate(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    source, *more = arguments
    function = keywords.pop("func", more[0] if more else Constant(None))
    initial = keywords.pop("initial", Constant(None))
    totals: list[Ref] = [] if initial == Constant(None) else [initial]
    for item in items_of(state, source, node):
        if not totals:
            totals.append(item)
        elif function == Constant(None):
            totals.append(operate(state, "add", operator.add, totals[-1], item, node))
        else:
            totals.append(call(state, function, [(totals[-1], node), (item, node)], {}, node))
    return Walk(itertools.accumulate, tuple(totals), lambda _: _known(totals))
