"""Functions of lists whose length is not known: `len(xs)`, `sum(xs)`, `np.stack(xs)`, …"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.frontend.growing import as_ref, is_growing, item_value, list_value, new_list
from adcompiler.frontend.heap import Constant, Object, Ref
from adcompiler.frontend.list_operations import length, read_item
from adcompiler.frontend.meanings import Keywords
from adcompiler.frontend.readers import call
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Slot
from adcompiler.rules.lists import item_of
from adcompiler.rules.table import rule_of

OF_LISTS = (runtime.zero_items, runtime.add_items, runtime.unbroadcast_items, runtime.split_like)
"""What generated code calls to compute with the cotangents of lists."""

_Function = Callable[[State, Sequence[Ref], Keywords, Any], Ref]


def call_with_lists(state: State, function: Any, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref | None:
    """A call with a list whose length is not known among its arguments; None where there is none or that is no matter.

    NumPy's functions make an array of a list.
    """
    grown = [ref for ref in arguments if is_growing(state, ref)]
    if not grown and not (isinstance(function, FunctionType) and function in OF_LISTS):
        return None
    special = _FUNCTIONS.get(function) if getattr(type(function), "__hash__", None) is not None else None
    if special is not None and not (function in (max, min) and keywords):
        return special(state, arguments, keywords, node)
    if rule_of(function) is None:
        return None
    given = [_array(state, ref, node) if ref in grown else ref for ref in arguments]
    return call(state, Constant(function), [(ref, node) for ref in given], keywords, node)


def _value(state: State, ref: Ref, node: Any) -> Atom:
    """The value of a list of whose items something is known."""
    assert isinstance(ref, Object)
    value = list_value(state, state.content_of(ref, node), node)
    if not value.type.elements:
        state.doubt(node, "nothing is known of the items of this list")
    return value


def _array(state: State, ref: Ref, node: Any) -> Ref:
    """The array that NumPy makes of a list of numbers or arrays."""
    value = _value(state, ref, node)
    if not item_of(value.type).is_numeric:
        state.refuse(node, "an array can be made of a list of numbers or arrays only")
    return state.bind(state.emit("array", value))


def _one(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
    if len(arguments) != 1 or keywords:
        state.refuse(node, "this function of a list whose length is not known takes no more than the list")
    return arguments[0]


def _len(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
    owner = _one(state, arguments, keywords, node)
    assert isinstance(owner, Object)
    return state.bind(length(state, owner, node))


def _list(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
    owner = _one(state, arguments, keywords, node)
    assert isinstance(owner, Object)
    return new_list(state, list_value(state, state.content_of(owner, node), node), (owner,))


def _sum(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
    owner, *start = arguments
    if keywords or len(start) > 1 or not is_growing(state, owner):
        state.refuse(node, "`sum` takes a list and where to start")
    assert isinstance(owner, Object)
    if not list_value(state, state.content_of(owner, node), node).type.elements:
        return start[0] if start else Constant(0)  # nothing has been put into it yet
    value = _value(state, owner, node)
    if not item_of(value.type).is_numeric:
        state.refuse(node, "only numbers and arrays are added up")
    for ref in start:
        value = state.emit("extend", state.emit("make_list", state.read_value(ref, node)), value)
    return state.bind(state.emit("sum_list", value))


def _extreme(name: str) -> _Function:
    """`max(xs)`: the first of equals."""

    def choose(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
        owner = _one(state, arguments, keywords, node)
        value = _value(state, owner, node)
        if item_of(value.type).kind != "scalar":
            state.refuse(node, "`max` and `min` compare numbers, not arrays", "use `np.max` or `np.maximum`")
        assert isinstance(owner, Object)
        position = state.emit("index_of_extreme", value, which=name)
        return read_item(state, owner, (Slot(0),), (position,), node)

    return choose


def _joined(name: str) -> _Function:
    """`np.stack(xs, axis)`, `np.concatenate(xs, axis)`."""

    def join(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
        owner, *rest = arguments
        others = {**dict(zip(("axis",), rest, strict=False)), **keywords}
        if len(rest) > 1 or not others.keys() <= {"axis"}:
            state.refuse(node, "of these keywords `axis=` alone is supported for a list whose length is not known")
        axis = state.constant_of(others["axis"], node, "`axis=`") if others else 0
        if not isinstance(axis, int):
            state.refuse(node, "the axis must be an integer here")
        return _join(state, name, owner, axis, node)

    return join


def _join(state: State, name: str, owner: Ref, axis: int, node: Any) -> Ref:
    value = _value(state, owner, node)
    if not item_of(value.type).is_numeric:
        state.refuse(node, "only arrays and numbers can be joined")
    static: dict[str, Any] = {"axis": axis} if axis else {}
    return state.bind(state.emit(name, value, **static))


def _stacking(along: dict[int, tuple[str, int]], function: str) -> _Function:
    """`np.vstack(xs)` and its like, which do different things for items with different numbers of axes."""

    def stack(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
        owner = _one(state, arguments, keywords, node)
        rank = item_of(_value(state, owner, node).type).rank
        if rank is None or min(rank, 2) not in along:
            state.refuse(
                node,
                f"how many axes the items have is not known, or `{function}` does not stack them",
                "use `np.stack`",
            )
        name, axis = along[min(rank, 2)]
        return _join(state, name, owner, axis, node)

    return stack


def _items_of_cotangent(name: str) -> _Function:
    """A function of `adcompiler.runtime` on lists, in the gradient of a gradient."""

    def apply(state: State, arguments: Sequence[Ref], keywords: Keywords, node: Any) -> Ref:
        atoms = [item_value(state, ref, node) for ref in arguments]
        static: dict[str, Any] = {key: state.constant_of(ref, node, f"`{key}=`") for key, ref in keywords.items()}
        result = state.emit(name, *atoms, **static)
        return new_list(state, result, arguments) if result.type.kind == "list" else as_ref(state, result, Object(list))

    return apply


_FUNCTIONS: dict[Any, _Function] = {
    **{function: _items_of_cotangent(function.__name__) for function in OF_LISTS},
    len: _len,
    list: _list,
    sum: _sum,
    max: _extreme("max"),
    min: _extreme("min"),
    np.array: lambda state, arguments, keywords, node: _array(state, _one(state, arguments, keywords, node), node),
    np.asarray: lambda state, arguments, keywords, node: _array(state, _one(state, arguments, keywords, node), node),
    np.stack: _joined("stack_list"),
    np.concatenate: _joined("concatenate_list"),
    np.vstack: _stacking({1: ("stack_list", 0), 2: ("concatenate_list", 0)}, "np.vstack"),
    np.hstack: _stacking({0: ("stack_list", 0), 1: ("concatenate_list", 0), 2: ("concatenate_list", 1)}, "np.hstack"),
    np.column_stack: _stacking({1: ("stack_list", 1), 2: ("concatenate_list", 1)}, "np.column_stack"),
}
