"""What a `for` iterates over: ranges, arrays, `enumerate` and `zip` by position; static containers item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gast

from adcompiler.frontend.containers import structure_of
from adcompiler.frontend.elements import element, unpacked
from adcompiler.frontend.heap import Constant, Container, Ref, ShapeOf, Unbound
from adcompiler.frontend.merge import branch
from adcompiler.frontend.readers import read
from adcompiler.frontend.state import State
from adcompiler.frontend.statements import assign
from adcompiler.ir.nodes import Atom, Literal, Slot


@dataclass(frozen=True)
class Counter:
    """What drives a `for`: a range, and what each target is at a position of it."""

    start: Atom
    stop: Atom
    step: int
    reverse: bool
    bind: Callable[[Atom], None]
    hint: str | None


def _is_call_of(state: State, node: Any, function: Any) -> bool:
    return (
        isinstance(node, gast.Call)
        and not node.keywords
        and isinstance(node.func, gast.Name)
        and node.func.id == function.__name__
        and node.func.id not in state.frame.names
    )


def static_items(state: State, node: Any) -> list[Ref] | None:
    """The items of a container whose length is known, or None: such a loop is unrolled."""
    if _is_call_of(state, node, enumerate) and len(node.args) == 1:
        inner = static_items(state, node.args[0])
        return None if inner is None else [Container((Constant(n), item), tuple) for n, item in enumerate(inner)]
    if _is_call_of(state, node, reversed) and len(node.args) == 1:
        inner = static_items(state, node.args[0])
        return None if inner is None else inner[::-1]
    if _is_call_of(state, node, zip) and node.args:
        columns = [static_items(state, argument) for argument in node.args]
        if any(column is None for column in columns):
            return None
        return [Container(tuple(row), tuple) for row in zip(*(c for c in columns if c is not None), strict=False)]
    is_view = isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in _DICT_VIEWS
    if is_view or isinstance(node, gast.Tuple | gast.List | gast.Name | gast.Attribute | gast.Subscript):
        ref = read(state, node)
        if structure_of(state, ref, node) is not None:
            return list(unpacked(state, ref, None, node))
    return None


_DICT_VIEWS = ("items", "keys", "values")


def counter_of(state: State, node: Any, target: Any) -> Counter:
    """What drives the loop and how its targets are bound at each position."""
    if _is_call_of(state, node, reversed) and len(node.args) == 1 and _is_call_of(state, node.args[0], range):
        inner = counter_of(state, node.args[0], target)
        return Counter(inner.start, inner.stop, inner.step, True, inner.bind, inner.hint)
    if _is_call_of(state, node, range):
        start, stop, step = _range_bounds(state, node)
        bind = partial(_bind_index, state, target)
        return Counter(start, stop, step, False, bind, _target_name(target))
    rows = _rows(state, node)
    counts = _is_call_of(state, node, enumerate) and len(node.args) == 1 and isinstance(target, gast.Tuple)
    hint = _target_name(target.elts[0]) if counts else None
    return Counter(Literal(0), rows.length, 1, False, lambda index: assign(state, target, rows.at(index)), hint)


def _bind_index(state: State, target: Any, index: Atom) -> None:
    assign(state, target, state.bind(index))


def _target_name(target: Any) -> str | None:
    """The name that a position of the loop goes by, unless it is the one for what nobody reads."""
    return target.id if isinstance(target, gast.Name) and target.id != "_" else None


def _range_bounds(state: State, node: Any) -> tuple[Atom, Atom, int]:
    """Start, stop and step of a range."""
    if not 1 <= len(node.args) <= 3:
        state.refuse(node, "`range` takes one to three arguments")
    atoms = [state.read_value(read(state, argument), argument) for argument in node.args]
    for atom, argument in zip(atoms, node.args, strict=True):
        if not (atom.type.is_numeric and atom.type.rank in (0, None)) or (atom.type.dtype or "int").startswith("float"):
            state.refuse(argument, "a bound of `range` must be an integer")
    step = 1
    if len(atoms) == 3:
        step = state.constant_of(read(state, node.args[2]), node.args[2], "the step of a range")
        if step == 0:
            state.refuse(node.args[2], "the step of a range must not be zero")
    return (Literal(0), atoms[0], step) if len(atoms) == 1 else (atoms[0], atoms[1], step)


@dataclass(frozen=True)
class _Rows:
    """Something a `for` walks along: its length and its element at a position."""

    length: Atom
    at: Callable[[Atom], Ref]

    @property
    def extent(self) -> object:
        return self.length.type.extent


def _rows(state: State, node: Any) -> _Rows:
    """What `range`, `enumerate`, `zip` (of each other, too) and arrays give at a position."""
    if _is_call_of(state, node, range):
        return _range_rows(state, node)
    if _is_call_of(state, node, enumerate) and len(node.args) in (1, 2):
        return _enumerated_rows(state, node)
    if _is_call_of(state, node, zip) and node.args:
        return _zipped_rows(state, node)
    ref = read(state, node)
    type_ = state.type_of(ref)
    if isinstance(ref, ShapeOf | Unbound) or type_ is None or not type_.is_numeric or type_.kind == "scalar":
        state.refuse(node, "a loop over this is not supported", "loop over a range or an array")
    length = state.emit("len", state.read_value(ref, node))
    return _Rows(length, lambda index: element(state, ref, (Slot(0),), (index,), node))


def _range_rows(state: State, node: Any) -> _Rows:
    start, stop, step = _range_bounds(state, node)
    if (start, step) == (Literal(0), 1):
        return _Rows(stop, state.bind)
    length = state.emit("len", state.emit("range", start, stop, Literal(step)))

    def at(index: Atom) -> Ref:
        offset = index if step == 1 else state.emit("multiply", Literal(step), index)
        return state.bind(state.emit("add", start, offset))

    return _Rows(length, at)


def _enumerated_rows(state: State, node: Any) -> _Rows:
    first = Literal(0) if len(node.args) == 1 else state.read_value(read(state, node.args[1]), node)
    rows = _rows(state, node.args[0])

    def at(index: Atom) -> Ref:
        number = index if first == Literal(0) else state.emit("add", index, first)
        return Container((state.bind(number), rows.at(index)), tuple)

    return _Rows(rows.length, at)


def _zipped_rows(state: State, node: Any) -> _Rows:
    columns = [_rows(state, argument) for argument in node.args]
    length = columns[0].length
    for column in columns[1:]:
        if column.extent is None or column.extent != columns[0].extent:
            test = state.emit("less", column.length, length)
            shorter = branch(state, test, partial(as_ref, state, column.length), partial(as_ref, state, length), node)
            length = state.read_value(shorter, node)
    return _Rows(length, lambda index: Container(tuple(column.at(index) for column in columns), tuple))


def as_ref(state: State, atom: Atom) -> Ref:
    """A reference to a value: a constant, or a new cell."""
    return Constant(atom.value) if isinstance(atom, Literal) else state.bind(atom)
