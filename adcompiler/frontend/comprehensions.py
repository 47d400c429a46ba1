"""List, dict and set comprehensions and generator expressions, with a scope of their own.

What they iterate over first is evaluated where they stand; everything else when an item is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import GeneratorType
from typing import Any

import gast

from adcompiler.frontend.conditions import condition
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.frames import Frame
from adcompiler.frontend.heap import Closure, Constant, Ref, Walk
from adcompiler.frontend.iteration import Course, course_of, each_with, known_items, listed, nested, where
from adcompiler.frontend.readers import read, reads
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import assign


@reads(gast.GeneratorExp)
def _generator(state: State, node: Any) -> Walk:
    return generated(state, node, node.elt)


@reads(gast.ListComp)
def _list(state: State, node: Any) -> Ref:
    walk = generated(state, node, node.elt)
    course = course_of(state, walk, node)
    with state.holding(walk):
        return listed(state, course, node)


def _known(state: State, node: Any, element: Any, what: str) -> list[Ref]:
    """The items of a comprehension."""
    walk = generated(state, node, element)
    course = course_of(state, walk, node)
    with state.holding(walk):
        items = known_items(state, course, node)
    if items is None:
        state.refuse_structure(
            node, f"how many items this {what} has is not known", "write into an array in a loop: `A[i] = …`"
        )
    return items


@reads(gast.DictComp)
def _dict(state: State, node: Any) -> Ref:
    pair = gast.copy_location(gast.Tuple([node.key, node.value], gast.Load()), node.key)
    pairs = [unpacked(state, ref, 2, node) for ref in _known(state, node, pair, "dict")]
    keys = [state.constant_of(key, node.key, "the key of a dict") for key, _ in pairs]
    held = dict(zip(keys, (item for _, item in pairs), strict=True))
    return state.new_dict(held, held.values())


@reads(gast.SetComp)
def _set_of_items(state: State, node: Any) -> Ref:
    return _set(state, _known(state, node, node.elt, "set"), node)


@reads(gast.Set)
def _set_display(state: State, node: Any) -> Ref:
    return _set(state, [read(state, item) for item in node.elts], node)


def _set(state: State, items: list[Ref], node: Any) -> Ref:
    """A set: of constants alone, for what is equal must be known."""
    if not all(isinstance(item, Constant) for item in items):
        state.refuse(node, "a set of values that are computed is not supported", "use a tuple or a list")
    try:
        return Constant({item.value for item in items if isinstance(item, Constant)})
    except TypeError as error:
        state.refuse(node, f"this raises TypeError: {error}")


def generated(state: State, node: Any, element: Any) -> Walk:
    """What a comprehension gives, item by item; `element` is the expression of one."""
    first = read(state, node.generators[0].iter)
    targets = {n.id for clause in node.generators for n in gast.walk(clause.target) if isinstance(n, gast.Name)}
    outer = state.frame
    scope = Frame(
        outer.source, {}, outer, outer.statement, frozenset(targets), is_comprehension=True, place=outer.place
    )

    def course(place: Any) -> Course:
        with _entered(state, scope):
            return each_with(
                _clauses(state, node.generators, scope, first), lambda _, __: _read_in(state, scope, element)
            )

    return Walk(GeneratorType, (first, Closure(outer.source, scope, {})), course)


def _clauses(state: State, clauses: list[Any], scope: Frame, first: Ref | None = None) -> Course:
    """The clauses `for … in … if …`, each of which binds its target as it gives an item."""
    clause, *rest = clauses
    if clause.is_async:
        state.refuse(clause.target, "`async for` is not supported")

    def bound(item: Ref, _: Any) -> Ref:
        with _entered(state, scope):
            assign(state, clause.target, item)
        return item

    ref = read(state, clause.iter) if first is None else first
    course = each_with(course_of(state, ref, clause.iter), bound)
    for test in clause.ifs:

        def keeps(_: Ref, test: Any = test) -> Any:
            return condition(state, _read_in(state, scope, test), test)

        course = where(state, course, keeps)
    if not rest:
        return course

    def inner(_: Ref) -> Course:
        with _entered(state, scope):
            return _clauses(state, rest, scope)

    return nested(state, course, inner)


def _read_in(state: State, scope: Frame, node: Any) -> Ref:
    with _entered(state, scope):
        return read(state, node)


@contextmanager
def _entered(state: State, scope: Frame) -> Iterator[None]:
    """Read what is in the `with` block in a frame."""
    statement, scope.statement = scope.statement, state.frame.statement
    depth, scope.depth = scope.depth, state.builder.depth
    state.frames.append(scope)
    try:
        yield
    finally:
        state.frames.pop()
        scope.statement, scope.depth = statement, depth
