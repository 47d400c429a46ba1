"""What stands between the brackets of `A[...]`: a template with slots, and the values that go into the slots.

An index may also be a value of its own: a tuple in a variable, `slice(a, b)`, `np.s_[1:, i]`. A slice whose bounds are
not all known is a container of kind `slice`.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from adcompiler.frontend.elements import Index, Slots
from adcompiler.frontend.heap import Constant, Container, Ref
from adcompiler.frontend.readers import read
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Slot


def read_index(state: State, node: Any) -> tuple[Index, Slots]:
    """The index that a subscript's syntax says."""
    return index_of(state, index_value(state, node), node)


def index_value(state: State, node: Any) -> Ref:
    """The index that a subscript's syntax says, as a value: a tuple where there is a comma."""
    if isinstance(node, gast.Tuple):
        items: list[Ref] = []
        for item in node.elts:
            with state.holding(*items):
                items.append(_item(state, item))
        return Container(tuple(items), tuple)
    return _item(state, node)


def _item(state: State, node: Any) -> Ref:
    if isinstance(node, gast.Slice):
        parts = (node.lower, node.upper, node.step)
        return slice_of(tuple(Constant(None) if part is None else read(state, part) for part in parts))
    return read(state, node)


def slice_of(bounds: tuple[Ref, ...]) -> Ref:
    """The slice between bounds: known, if they are."""
    if all(isinstance(bound, Constant) for bound in bounds):
        return Constant(slice(*(bound.value for bound in bounds if isinstance(bound, Constant))))
    return Container(bounds, slice)


def makes_index(owner: Ref) -> bool:
    """Whether subscripting this gives the index itself: `np.s_[1:, i]`."""
    return isinstance(owner, Constant) and (owner.value is np.s_ or owner.value is np.index_exp)


def index_of(state: State, ref: Ref, node: Any) -> tuple[Index, Slots]:
    """An index that is a value."""
    slots: list[Atom] = []
    ref = state.plain(ref)
    items: tuple[Ref, ...]
    match ref:
        case Container(items=items, kind=kind) if kind is tuple:
            pass
        case Constant(value=tuple() as values):
            items = tuple(map(Constant, values))
        case _:
            items = (ref,)
    return tuple(_place(state, item, slots, node) for item in items), tuple(slots)


def _place(state: State, ref: Ref, slots: list[Atom], node: Any) -> Any:
    """What one item of an index is in the template."""
    ref = state.plain(ref)
    match ref:
        case Container(items=bounds, kind=kind) if kind is slice:
            return slice(*(_place(state, bound, slots, node) for bound in bounds))
        case Container(kind=kind):
            if kind is tuple:
                state.refuse(node, "a tuple inside an index is not supported")
            return _slot(state.emit("array", _nested(state, ref, node)), slots)
        case Constant(value=value) if value is None or value is Ellipsis or isinstance(value, slice):
            return value
        case Constant(value=list() as values):
            return _slot(state.emit("array", Literal(_as_tuples(values))), slots)
    atom = state.read_value(ref, node)
    if not atom.type.is_numeric:
        state.refuse(node, "this cannot be an index", _hint_for_key(ref))
    return _slot(atom, slots)


def _hint_for_key(key: Ref) -> str | None:
    """What to do about a key for what could be a dict."""
    if not isinstance(key, Constant) or not isinstance(key.value, str):
        return None
    return f'if it is an argument, give its type, as in `types={{"p": {{"{key.value}": "float64[n]"}}}}`'


def _nested(state: State, ref: Ref, node: Any) -> Atom:
    if isinstance(ref, Container):
        return state.emit("make_tuple", *(_nested(state, item, node) for item in ref.items))
    return state.read_value(ref, node)


def _as_tuples(values: Any) -> Any:
    return tuple(map(_as_tuples, values)) if isinstance(values, list) else values


def _slot(atom: Atom, slots: list[Atom]) -> Any:
    if isinstance(atom, Literal) and isinstance(atom.value, int):
        return atom.value
    if atom not in slots:
        slots.append(atom)
    return Slot(slots.index(atom))
