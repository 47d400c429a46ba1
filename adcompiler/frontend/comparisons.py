"""Comparisons: by value, by identity, and whether something is contained in something."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from adcompiler.frontend.classes import instance_kind, method_of
from adcompiler.frontend.conditions import condition
from adcompiler.frontend.containers import has_key, readable, structure_of
from adcompiler.frontend.expressions import folded, numeric
from adcompiler.frontend.heap import (
    NOTHING,
    Cell,
    Closure,
    Constant,
    Container,
    Maybe,
    Method,
    Object,
    Partial,
    Ref,
    ShapeOf,
    View,
    Walk,
)
from adcompiler.frontend.merge import branch, negated
from adcompiler.frontend.readers import as_call, call, read, reads
from adcompiler.frontend.rounds import as_ref
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal

_COMPARISONS: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    gast.Lt: ("less", operator.lt),
    gast.LtE: ("less_equal", operator.le),
    gast.Gt: ("greater", operator.gt),
    gast.GtE: ("greater_equal", operator.ge),
    gast.Eq: ("equal", operator.eq),
    gast.NotEq: ("not_equal", operator.ne),
    gast.Is: ("is", operator.is_),
    gast.IsNot: ("is not", operator.is_not),
}


@reads(gast.Compare)
def _compare(state: State, node: Any) -> Ref:
    operands = [node.left, *node.comparators]
    left = read(state, operands[0])

    def link_from(position: int, left: Ref) -> Ref:
        with state.holding(left):
            right = read(state, operands[position + 1])
        first = _compare_two(state, node.ops[position], left, right, node)
        if position + 1 == len(node.ops):
            return first
        if isinstance(first, Constant):
            return link_from(position + 1, right) if first.value else first
        return branch(state, state.read_value(first, node), lambda: link_from(position + 1, right), lambda: first, node)

    return link_from(0, left)


def _compare_two(state: State, op: Any, left: Ref, right: Ref, node: Any) -> Ref:
    if isinstance(op, gast.In | gast.NotIn):
        found = contains(state, right, left, node)
        return as_ref(state, found if isinstance(op, gast.In) else negated(state, found))
    name, fold = _COMPARISONS[type(op)]
    if (result := _compared_by_method(state, name, left, right, node)) is not None:
        return result
    if isinstance(left, Constant) and isinstance(right, Constant):
        return folded(state, node, fold, left.value, right.value)
    if NOTHING in (left, right) and name in ("is", "is not", "equal", "not_equal"):
        for ref in (left, right):
            if isinstance(ref, Maybe):
                present = state.read_value(ref.present, node)
                return as_ref(state, negated(state, present) if name in ("is", "equal") else present)
    if name in ("is", "is not", "equal", "not_equal"):
        certain(state, left, node)
        certain(state, right, node)
    if name in ("is", "is not"):
        return Constant(is_same(state, left, right, node) is (name == "is"))
    if name in ("equal", "not_equal") and _is_text_and_other(state, left, right):
        return Constant(name == "not_equal")
    return as_ref(state, _values_compared(state, name, left, right, node))


def _is_text_and_other(state: State, left: Ref, right: Ref) -> bool:
    """Whether one side is a text or None and the other is a number or a structure: they are never equal."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Constant) and (one.value is None or isinstance(one.value, str)):
            type_ = state.type_of(other)
            is_number = type_ is not None and type_.kind == "scalar"
            return is_number or (isinstance(other, Container | Object) and method_of(state, other, "__eq__") is None)
    return False


_METHODS = {
    "less": ("__lt__", "__gt__"),
    "less_equal": ("__le__", "__ge__"),
    "greater": ("__gt__", "__lt__"),
    "greater_equal": ("__ge__", "__le__"),
    "equal": ("__eq__", "__eq__"),
    "not_equal": ("__ne__", "__ne__"),
}


def _compared_by_method(state: State, name: str, left: Ref, right: Ref, node: Any) -> Ref | None:
    """A comparison that the class of one side defines; None where none of the sides is an object of such a class."""
    if name not in _METHODS or (instance_kind(left) is None and instance_kind(right) is None):
        return None
    for owner, other, spelling in zip((left, right), (right, left), _METHODS[name], strict=True):
        if (method := method_of(state, owner, spelling)) is not None:
            return call(state, method, [(other, node)], {}, as_call(node))
    if name == "not_equal":
        equal = _compared_by_method(state, "equal", left, right, node)
        return None if equal is None else as_ref(state, negated(state, condition(state, equal, node)))
    if name == "equal" and NOTHING not in (left, right):
        return Constant(is_same(state, left, right, node))
    return None


def _values_compared(state: State, name: str, left: Ref, right: Ref, node: Any) -> Atom:
    if any(isinstance(ref, ShapeOf | Container | Object) for ref in (left, right)):
        return state.emit(name, state.read_value(left, node), state.read_value(right, node))
    return state.emit(name, numeric(state, left, node), numeric(state, right, node))


def certain(state: State, ref: Ref, node: Any) -> None:
    """Refuse what may be None where that would not be an error."""
    if isinstance(ref, Maybe):
        state.refuse(node, "this may be None here", "test it first: `if x is not None`")


def is_same(state: State, left: Ref, right: Ref, node: Any) -> bool:
    """Whether two references stand for one object."""
    for one, other in ((left, right), (right, left)):
        if one == Constant(None) and _is_something(state, other):
            return False
    if left is right and isinstance(left, Object | Cell):
        return True
    if isinstance(left, Object) and isinstance(right, Object) and right not in left.aliases:
        return False
    state.refuse(node, "identity of values that are computed cannot be decided", "compare with `==`")


def _is_something(state: State, ref: Ref) -> bool:
    """Whether this is certainly not None."""
    if isinstance(ref, Cell):
        return state.heap.values[ref].type.kind != "opaque"
    return isinstance(ref, View | Container | Object | ShapeOf | Closure | Method | Partial | Walk)


# Membership


def contains(state: State, owner: Ref, item: Ref, node: Any) -> Atom:
    """`item in owner`."""
    if (method := method_of(state, owner, "__contains__")) is not None:
        return condition(state, call(state, method, [(item, node)], {}, as_call(node)), node)
    if isinstance(owner, Constant) and isinstance(item, Constant):
        try:
            return Literal(item.value in owner.value)
        except TypeError as error:
            state.refuse(node, f"this raises TypeError: {error}")
    content = structure_of(state, owner, node)
    if content is not None and content.kind is dict:
        return has_key(state, content, state.constant_of(item, node, "the key of a dict"), node)
    if content is not None:
        return _is_any(state, content.items, item, node)
    if isinstance(owner, Walk) and owner.kind is range:
        return _is_in_range(state, owner, item, node)
    type_ = state.type_of(owner)
    if type_ is None or not type_.is_numeric or type_.kind == "scalar":
        state.refuse(node, "whether this contains something is not known")
    return state.emit("any", state.emit("equal", numeric(state, owner, node), numeric(state, item, node)))


def _is_any(state: State, items: tuple[Ref, ...], item: Ref, node: Any) -> Atom:
    """Whether something is, or is equal to, one of several things: asked one after the other."""
    if not items:
        return Literal(False)
    certain(state, item, node)
    certain(state, items[0], node)
    first = is_equal(state, item, readable(state, items[0], "one of these", node), node)
    if isinstance(first, Literal):
        return first if first.value else _is_any(state, items[1:], item, node)

    def rest() -> Ref:
        return as_ref(state, _is_any(state, items[1:], item, node))

    return state.read_value(branch(state, first, lambda: Constant(True), rest, node), node)


def is_equal(state: State, one: Ref, other: Ref, node: Any) -> Atom:
    """Whether two things that need not be numbers are equal, or one."""
    if one is other:
        return Literal(True)
    if isinstance(one, Constant) and isinstance(other, Constant):
        return Literal(bool(one.value is other.value or one.value == other.value))
    types = [state.type_of(ref) for ref in (one, other)]
    if all(type_ is not None and type_.is_numeric and type_.kind != "array" for type_ in types):
        return state.emit("equal", numeric(state, one, node), numeric(state, other, node))
    if _is_text_and_other(state, one, other):
        return Literal(False)
    state.refuse(node, "whether these are equal is not known before the program runs", "compare their items")


def _is_in_range(state: State, owner: Walk, item: Ref, node: Any) -> Atom:
    start, stop, step = (state.read_value(part, node) for part in owner.parts)
    type_ = state.type_of(item)
    if step != Literal(1) or type_ is None or type_.dtype is None or not np.issubdtype(type_.dtype, np.integer):
        state.refuse(node, "whether a range contains this is not known", "compare with its bounds")
    number = numeric(state, item, node)

    def below() -> Ref:
        return as_ref(state, state.emit("less", number, stop))

    test = state.emit("greater_equal", number, start)
    return state.read_value(branch(state, test, below, lambda: Constant(False), node), node)
