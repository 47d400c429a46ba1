"""Builtins that make one thing of many: `sum`, `max`, `min`, `any`, `all`.

Over items that are known one by one they are written out; over anything else they are a loop.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np

from adcompiler.frontend.alignment import may_be_array
from adcompiler.frontend.calls import call_known
from adcompiler.frontend.conditions import condition
from adcompiler.frontend.elements import unpacked
from adcompiler.frontend.expressions import numeric, operate
from adcompiler.frontend.heap import Cell, Constant, Container, Ref, View, Walk, link, reach
from adcompiler.frontend.iteration import Course, Manner, Positions, course_of, known_items, walk_along
from adcompiler.frontend.meanings import Arguments, Keywords, Meaning, means
from adcompiler.frontend.merge import branch, negated
from adcompiler.frontend.readers import call
from adcompiler.frontend.rounds import Counter, as_loop, as_ref, leave, repeat_over
from adcompiler.frontend.rule_calls import apply_rule
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal
from adcompiler.rules.table import rule_of


def fold(
    state: State, course: Course, initial: Ref | None, step: Callable[[Ref, Ref], Ref], node: Any, name: str
) -> Ref | None:
    """`step(…step(step(initial, a), b)…, z)`; without an initial value the first item is it, if there is one."""
    items = known_items(state, course, node) if isinstance(course, Positions) and course.one_by_one else None
    if items is not None:
        known = ([] if initial is None else [initial]) + items
        return reduce(step, known) if known else None
    begin = Literal(0)
    if initial is None:
        if not isinstance(course, Positions) or course.length is None or course.one_by_one:
            state.refuse_structure(node, "whether there is a first item is not known", "write the loop out")
        initial, begin = course.at(Literal(0)), Literal(1)
    total = state.bind(numeric(state, initial, node), name)
    _link(state, total, initial)

    def add(item: Ref) -> None:
        after = step(total, item)
        _link(state, total, after)
        state.heap.values[total] = state.rename(numeric(state, after, node), name)

    if begin == Literal(0):
        walk_along(state, course, add, Manner(node))
    else:
        assert isinstance(course, Positions)
        assert course.length is not None
        at, counter = course.at, Counter(begin, course.length(), Literal(1))
        repeat_over(state, counter, lambda index: add(at(index)), node, leaves=False, hint=None)
    return total


def _link(state: State, total: Cell, ref: Ref) -> None:
    """What is returned may be one of the items, or the initial value, itself."""
    if may_be_array(state.heap.values[total].type):
        for place in reach(ref, state.heap.contents):
            if isinstance(place, Cell):
                link(total, place)


@means(sum)
def _sum(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    start = keywords.pop("start", None) or (arguments.pop() if len(arguments) == 2 else Constant(0))
    if keywords or len(arguments) != 1:
        state.refuse(node, "`sum` takes what to add up, and a start")
    ref = arguments[0]
    rule = rule_of(sum)
    if _is_array(state, ref) and rule is not None:
        total = apply_rule(state, rule, [ref], {}, node)
        return total if start == Constant(0) else operate(state, "add", operator.add, start, total, node)

    def add(total: Ref, item: Ref) -> Ref:
        return item if total == Constant(0) else operate(state, "add", operator.add, total, item, node)

    result = fold(state, course_of(state, ref, node), start, add, node, "total")
    assert result is not None
    return result


@means(math.fsum)
def _fsum(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """Of an array, or as many numbers as are known; of any other number of items the sum in their order."""
    rule = rule_of(math.fsum)
    if len(arguments) != 1 or keywords or rule is None:
        state.refuse(node, "`fsum` takes what to add up")
    ref = state.plain(arguments[0])
    if _is_array(state, ref):
        return apply_rule(state, rule, [ref], {}, node)
    course = course_of(state, ref, node)
    items = known_items(state, course, node)
    if items:
        return apply_rule(state, rule, [Container(tuple(items), list)], {}, node)
    total = fold(state, course, Constant(0.0), lambda one, other: _plus(state, one, other, node), node, "total")
    assert total is not None
    return total


def _plus(state: State, one: Ref, other: Ref, node: Any) -> Ref:
    return operate(state, "add", operator.add, one, other, node)


def _is_array(state: State, ref: Ref) -> bool:
    """Whether this is an array, for which NumPy has a function."""
    type_ = state.type_of(ref)
    return isinstance(ref, Cell | View) and type_ is not None and type_.is_numeric and type_.kind != "scalar"


def _extreme(name: str, comparison: str) -> Meaning:
    """Python's `max` and `min`: the first of equals, by comparisons."""

    def choose(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        key, default = keywords.pop("key", Constant(None)), keywords.pop("default", None)
        if keywords or not arguments:
            state.refuse(node, f"`{name}` takes what to compare, `key=` and `default=`")
        if len(arguments) > 1:
            return _by_key(state, arguments, key, node)
        ref = state.plain(arguments[0])
        if _is_array(state, ref) and key == Constant(None):
            type_ = state.type_of(ref)
            if type_ is None or type_.rank != 1 or default is not None:
                state.refuse(node, f"`{name}` of one array needs one axis, known from its type", f"use `np.{name}`")
            return call_known(state, getattr(np, name), arguments, {}, node)
        course = course_of(state, ref, node)
        items = known_items(state, course, node)
        if items:
            return _by_key(state, items, key, node)
        if items is not None and default is not None:
            return default
        if items is not None:
            state.refuse(node, f"`{name}` of nothing")
        if key != Constant(None) or default is not None:
            state.refuse_structure(
                node, f"how many items `{name}` compares by a key, or in place of a default, is not known"
            )
        best = fold(state, course, None, lambda one, other: better(state, one, other, node), node, name + "imum")
        assert best is not None
        return best

    def better(state: State, one: Ref, other: Ref, node: Any) -> Ref:
        return extreme_of_two(state, one, other, comparison, node)

    def _by_key(state: State, items: list[Ref], key: Ref, node: Any) -> Ref:
        if key == Constant(None):
            return reduce(lambda one, other: better(state, one, other, node), items)
        best = items[0]
        value = call(state, key, [(best, node)], {}, node)
        for item in items[1:]:
            other = call(state, key, [(item, node)], {}, node)
            test = _compared(state, value, other, comparison, node)
            pairs = Container((other, item), tuple), Container((value, best), tuple)
            chosen = branch(state, test, lambda: pairs[0], lambda: pairs[1], node)  # noqa: B023  (called at once)
            value, best = unpacked(state, chosen, 2, node)
        return best

    return choose


def _compared(state: State, one: Ref, other: Ref, comparison: str, node: Any) -> Atom:
    """Whether `other` is better than `one`."""
    if isinstance(one, Constant) and isinstance(other, Constant):
        return Literal(bool(other.value > one.value if comparison == "greater" else other.value < one.value))
    for ref in (one, other):
        type_ = state.type_of(ref)
        if type_ is None or type_.kind == "array":
            state.refuse(node, "`max` and `min` compare numbers, not arrays", "use `np.maximum` or `np.minimum`")
    return state.emit(comparison, numeric(state, other, node), numeric(state, one, node))


def extreme_of_two(state: State, one: Ref, other: Ref, comparison: str, node: Any) -> Ref:
    """`other if other > one else one` (or `<`)."""
    return branch(state, _compared(state, one, other, comparison, node), lambda: other, lambda: one, node)


means(max)(_extreme("max", "greater"))
means(min)(_extreme("min", "less"))


def _quantifier(kind: Any, decisive: bool) -> Meaning:
    """`any` and `all`: True or False as soon as that is decided."""

    def decide(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        if len(arguments) != 1 or keywords:
            state.refuse(node, f"`{kind.__name__}` takes one argument")

        def consider(item: Ref) -> None:
            test = condition(state, item, node)
            test = test if decisive else negated(state, test)
            branch(state, test, partial(leave, state), lambda: None, node)

        course = course_of(state, arguments[0], node)
        with state.holding(*arguments):
            left = as_loop(state, lambda: walk_along(state, course, consider, Manner(node, leaves=True)))
        decided = state.read_value(left, node)
        return as_ref(state, decided if decisive else negated(state, decided))

    return decide


means(any)(_quantifier(any, True))
means(all)(_quantifier(all, False))


@means(math.prod)
def _prod(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    start = keywords.pop("start", Constant(1))
    if keywords or len(arguments) != 1:
        state.refuse(node, "`prod` takes what to multiply, and a start")
    ref = arguments[0]

    def multiply(total: Ref, item: Ref) -> Ref:
        return item if total == Constant(1) else operate(state, "multiply", operator.mul, total, item, node)

    with state.holding(*arguments):
        result = fold(state, course_of(state, ref, node), start, multiply, node, "product")
    assert result is not None
    return result


@means(next)
def _next(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """The first item, which uses the iterator up: what it would give next is not followed."""
    walk, *default = arguments
    if not isinstance(walk, Walk) or walk.course is None:
        state.refuse(node, "`next` of this is not supported", "use a generator, or a loop with `break`")
    course = course_of(state, walk, node)
    items = known_items(state, course, node)
    if items is not None:
        if not items and not default:
            state.refuse(node, "this raises StopIteration")
        return items[0] if items else default[0]
    if not default:
        state.refuse_structure(node, "whether there is a first item is not known", "give a default: `next(…, None)`")
    found = state.bind(numeric(state, default[0], node), "found")
    _link(state, found, default[0])

    def take(item: Ref) -> None:
        state.heap.values[found] = numeric(state, item, node)
        _link(state, found, item)
        leave(state)

    with state.holding(*arguments):
        as_loop(state, lambda: walk_along(state, course, take, Manner(node, leaves=True)))
    return found
