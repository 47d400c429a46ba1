"""Reading and writing parts of arrays: which index is a view, which a copy, and what a write reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from adcompiler.errors import UnknownTypeError
from adcompiler.frontend import growing, list_operations
from adcompiler.frontend.classes import method_of
from adcompiler.frontend.containers import delete_item, item_of, set_item, structure_of
from adcompiler.frontend.elements import Index, Slots, element, is_basic, unpacked
from adcompiler.frontend.expressions import BINARY, BINARY_METHODS, operate
from adcompiler.frontend.grids import is_grid, read_grid
from adcompiler.frontend.heap import Cell, Constant, Container, Object, Ref, ShapeOf, View, if_present
from adcompiler.frontend.indices import index_value, makes_index, read_index
from adcompiler.frontend.readers import as_call, call, read, read_atom, reads
from adcompiler.frontend.state import State
from adcompiler.frontend.views import refuse_read_only, written_through
from adcompiler.ir.nodes import Atom, Literal, Slot, Value


@reads(gast.Subscript)
def _subscript(state: State, node: Any) -> Ref:
    owner = if_present(read(state, node.value))
    if is_grid(owner):
        return read_grid(state, owner, node)
    if makes_index(owner):
        return index_value(state, node.slice)
    if (method := method_of(state, owner, "__getitem__")) is not None:
        return call(state, method, [(read(state, node.slice), node.slice)], {}, as_call(node))
    if isinstance(owner, Object) and growing.is_growing(state, owner):
        return list_operations.read_item(state, owner, *read_index(state, node.slice), node)
    content = structure_of(state, owner, node)
    if content is not None:
        place = None if isinstance(node.slice, gast.Slice) else read(state, node.slice)
        if place is not None and list_operations.is_computed_place(state, content, place):
            slots = (state.read_value(place, node),)
            return list_operations.read_item_of(state, owner, content, (Slot(0),), slots, node)
        return item_of(state, content, _key(state, content.kind, node, place), node)
    if isinstance(owner, ShapeOf):
        return _axes(state, owner, node)
    if isinstance(owner, Constant) and not hasattr(owner.value, "dtype"):
        try:
            return Constant(owner.value[_key(state, type(owner.value), node)])
        except (IndexError, TypeError, KeyError) as error:
            state.refuse(node, f"this raises {type(error).__name__}: {error}")
    return element(state, owner, *read_index(state, node.slice), node)


def _axes(state: State, owner: ShapeOf, node: Any) -> Ref:
    position = _position(state, node, "the axis")
    if isinstance(position, slice):
        return Container(unpacked(state, owner, None, node)[position], tuple)
    return state.bind(state.emit("axis_length", owner.array, axis=position))


def _key(state: State, kind: type, node: Any, ref: Ref | None = None) -> Any:
    what = "the key of a dict" if kind is dict else f"the position in a {kind.__name__}"
    return _position(state, node, what, ref)


def _position(state: State, node: Any, what: str, ref: Ref | None = None) -> Any:
    """A subscript that must be known before the program runs; `ref` if it has been read."""
    if ref is None:
        is_slice = isinstance(node.slice, gast.Slice)
        ref = Constant(_static_slice(state, node)) if is_slice else read(state, node.slice)
    return state.constant_of(ref, node.slice, what)


def is_structure(state: State, owner: Ref) -> bool:
    """Whether this is a list or dict whose items are known one by one."""
    if isinstance(owner, Constant):
        return isinstance(owner.value, list | dict)
    return (
        isinstance(owner, Object)
        and owner.kind in (list, dict)
        and isinstance(state.heap.contents.get(owner, owner.origin), Container | list | dict)
    )


def _own(state: State, owner: Ref) -> Object:
    """The list or dict that is written into."""
    if isinstance(owner, Constant):
        return state.adopt(owner.value)
    assert isinstance(owner, Object)
    return owner


def _static_slice(state: State, node: Any) -> slice:
    parts = (node.slice.lower, node.slice.upper, node.slice.step)
    return slice(*(None if p is None else state.constant_of(read(state, p), p, "the bounds of a slice") for p in parts))


def store(state: State, owner: Ref, index: Index, slots: Slots, value: Atom, node: Any, *, add: bool = False) -> None:
    """`owner[index] = value`, or `+=`: a new value for the cell that owns the memory."""
    if not isinstance(owner, Cell | View):
        hint = "a tuple cannot be written into; make it a list or an array"
        state.refuse(node, "this cannot be assigned to", hint if isinstance(owner, Container) else None)
    type_ = state.type_of(owner)
    if type_ is None or type_.kind in ("scalar", "tuple", "opaque"):
        state.refuse(node, "this cannot be assigned to: it is not an array")
    before = state.read_value(owner, node)
    after = state.emit("additem" if add else "setitem", before, value, *slots, index=index, hint=_hint_of(owner))
    replace_content(state, owner, after, node)


def replace_content(state: State, owner: Cell | View, after: Atom, node: Any) -> None:
    """Make `after` the content of an array or of a part of one; the parts around it keep theirs."""
    refuse_read_only(state, owner, node)
    while isinstance(owner, View):
        whole = state.read_value(owner.base, node)
        after = written_through(state, owner, whole, after, _hint_of(owner.base))
        owner = owner.base
    state.write(owner, after, node)


def _hint_of(owner: Ref) -> str | None:
    return owner.name if isinstance(owner, Cell) else None


def composed(state: State, owner: Ref, index: Index, slots: Slots) -> tuple[Ref, Index, Slots]:
    """One index for an index into a view whose own index is integers only: `A[i][j]` is `A[i, j]`.

    Not for an array of positions, beside which integers would count as such: they decide where its axes go.
    """
    while (
        isinstance(owner, View)
        and is_basic(index, slots)
        and owner.primitive == "getitem"
        and all(isinstance(item, int | Slot) for item in owner.index)
    ):
        kept = list(owner.operands)
        shift = {}
        for number, atom in enumerate(slots):
            if atom not in kept:
                kept.append(atom)
            shift[number] = kept.index(atom)
        index = owner.index + tuple(_renumber(item, shift) for item in index)
        owner, slots = owner.base, tuple(kept)
    return owner, index, slots


def _renumber(item: Any, shift: dict[int, int]) -> Any:
    match item:
        case Slot(number=number):
            return Slot(shift[number])
        case slice(start=start, stop=stop, step=step):
            return slice(_renumber(start, shift), _renumber(stop, shift), _renumber(step, shift))
    return item


def assign_subscript(state: State, node: Any, ref: Ref) -> None:
    """`A[i] = ref`."""
    with state.holding(ref):
        owner = if_present(read(state, node.value))
        if (method := method_of(state, owner, "__setitem__")) is not None:
            key = read(state, node.slice)
            call(state, method, [(key, node.slice), (ref, node)], {}, as_call(node))
            return
        if is_structure(state, owner):
            owner = _own(state, owner)
            with state.holding(owner):
                place = None if isinstance(node.slice, gast.Slice) else read(state, node.slice)
            if place is not None and list_operations.is_computed_place(state, state.content_of(owner, node), place):
                list_operations.write_item(state, owner, (Slot(0),), (state.read_value(place, node),), ref, node)
                return
            set_item(state, owner, _key(state, owner.kind, node, place), ref, node)
            return
        index, slots = read_index(state, node.slice)
    if isinstance(owner, Object) and growing.is_growing(state, owner):
        list_operations.write_item(state, owner, index, slots, ref, node)
        return
    owner, index, slots = composed(state, owner, index, slots)
    store(state, owner, index, slots, written_value(state, ref, node), node)


def written_value(state: State, ref: Ref, node: Any) -> Atom:
    """What is written into an array: of a list of numbers, the array."""
    value = state.read_value(ref, node)
    return state.emit("array", value) if value.type.kind in ("tuple", "list") else value


def delete_subscript(state: State, node: Any) -> None:
    """`del xs[i]`, of a list or dict."""
    owner = if_present(read(state, node.value))
    if isinstance(owner, Object) and growing.is_growing(state, owner):
        list_operations.delete(state, owner, *read_index(state, node.slice), node)
        return
    if not is_structure(state, owner):
        state.refuse(node, "deleting a part of this is not supported", "items of a list or dict can be deleted")
    owner = _own(state, owner)
    with state.holding(owner):
        key = _key(state, owner.kind, node)
    delete_item(state, owner, key, node)


def update_subscript(state: State, node: Any, op: type, right: Callable[[], Ref]) -> None:
    """`A[i] op= right`, the index evaluated once."""
    owner = if_present(read(state, node.value))
    if is_structure(state, owner):
        _update_item(state, _own(state, owner), node, op, right)
        return
    index, slots = read_index(state, node.slice)
    if isinstance(owner, Object) and growing.is_growing(state, owner):
        _update_place(state, owner, index, slots, node, op, right)
        return
    owner, index, slots = composed(state, owner, index, slots)
    name, fold = BINARY[op]
    basic = is_basic(index, slots)
    old = element(state, owner, index, slots, node)
    content = _content(state, owner)
    with state.holding(owner, old):
        change = right()
    is_same = _content(state, owner) == content
    if not is_same and not isinstance(old, View) and not _is_number(state, old):
        state.refuse(
            node, "the right-hand side changes the array, and the element may be a part of it or a copy", "give types"
        )
    if basic and is_same and name in ("add", "subtract") and isinstance(owner, Cell | View):
        value = state.read_value(change, node)
        if name == "subtract":
            value = Literal(-value.value) if isinstance(value, Literal) else state.emit("negative", value)
        store(state, owner, index, slots, value, node, add=True)
        return
    new = operate(state, name, fold, old, change, node)
    store(state, owner, index, slots, state.read_value(new, node), node)


def _update_place(
    state: State, owner: Object, index: Index, slots: Slots, node: Any, op: type, right: Callable[[], Ref]
) -> None:
    """`xs[i] op= right` of a list whose items are not known one by one."""
    with state.holding(owner):
        old = list_operations.read_item(state, owner, index, slots, node)
        with state.holding(old):
            change = right()
        type_ = state.type_of(old)
        if type_ is not None and type_.kind == "array" and growing.is_sole_owner(state, owner, old):
            name, fold = BINARY[op]
            changed = operate(state, name, fold, old, change, node)  # nobody sees that the array is another one
        else:
            changed = updated(state, old, op, change, node)
    list_operations.write_item(state, owner, index, slots, changed, node)


def _update_item(state: State, owner: Object, node: Any, op: type, right: Callable[[], Ref]) -> None:
    with state.holding(owner):
        place = None if isinstance(node.slice, gast.Slice) else read(state, node.slice)
        content = structure_of(state, owner, node)
        assert content is not None
        if place is not None and list_operations.is_computed_place(state, content, place):
            growing.grow(state, owner, node)
            _update_place(state, owner, (Slot(0),), (state.read_value(place, node),), node, op, right)
            return
        key = _key(state, owner.kind, node, place)
        old = item_of(state, content, key, node)
        with state.holding(old):
            change = right()
        set_item(state, owner, key, updated(state, old, op, change, node), node)


def _is_number(state: State, ref: Ref) -> bool:
    """Whether a reference is certainly a number, which nothing can change."""
    type_ = state.type_of(ref)
    return type_ is not None and type_.kind == "scalar"


def _content(state: State, owner: Ref) -> Atom | None:
    """The content of the memory that an owner is part of."""
    return (
        state.heap.values[owner if isinstance(owner, Cell) else owner.cell] if isinstance(owner, Cell | View) else None
    )


def update_name(state: State, node: Any, op: type, right: Ref) -> None:
    """`x op= right`: an update of the array or list `x`, or a new number for the name."""
    ref = state.lookup(node.id, node)
    result = updated(state, ref, op, right, node, name=node.id)
    if result is not ref:
        state.assign(node.id, rename(state, result, node.id))


def updated(state: State, ref: Ref, op: type, right: Ref, node: Any, *, name: str | None = None) -> Ref:
    """What `ref` stands for after `ref op= right`: itself, if it is an array or list, which is changed."""
    operator, fold = BINARY[op]
    if (method := method_of(state, ref, f"__i{BINARY_METHODS.get(operator)}__")) is not None:
        return call(state, method, [(right, node)], {}, as_call(node))
    type_ = state.type_of(ref)
    if isinstance(ref, Object) and operator == "add" and any(growing.is_growing(state, one) for one in (ref, right)):
        list_operations.extend(state, ref, right, node)
        return ref
    if is_structure(state, ref) and operator in ("add", "multiply", "bitwise_or"):
        owner = _own(state, ref)
        result = operate(state, operator, fold, owner, right, node)
        content = structure_of(state, result, node)
        assert content is not None
        state.change(owner, content, node)
        return ref
    if isinstance(ref, Cell | View) and type_ is not None and type_.kind != "scalar":
        if type_.kind == "array":
            new = state.read_value(operate(state, operator, fold, ref, right, node), node)
            overwrite(state, ref, new, node, name=name)
            return ref
        if not isinstance(ref, Cell) or state.is_shared(ref):
            what = f"`{name}`" if name else "this"
            state.refuse(
                node,
                f"{what} may be an array that another name sees changed, or a number",
                "give types, or write `x = x + …`",
                UnknownTypeError,
            )
    return operate(state, operator, fold, ref, right, node)


def overwrite(state: State, ref: Cell | View, new: Atom, node: Any, *, name: str | None = None) -> None:
    """Make a computed array the whole content of another, in whose dtype NumPy must be able to put it."""
    type_ = state.type_of(ref)
    assert type_ is not None
    if type_.dtype and new.type.dtype and not np.can_cast(new.type.dtype, type_.dtype, "same_kind"):
        state.refuse(
            node,
            f"this raises TypeError: {new.type.dtype} cannot be cast to the array's {type_.dtype}",
            f"make it an array of {new.type.dtype}",
        )
    is_alike = (new.type.shape, new.type.dtype) == (type_.shape, type_.dtype) and new.type.dtype is not None
    if not (isinstance(new, Value) and type_.kind == "array" and new.type.kind == "array" and is_alike):
        new = state.emit("setitem", state.read_value(ref, node), new, index=(Ellipsis,))
    replace_content(state, ref, state.rename(new, name) if name and isinstance(ref, Cell) else new, node)


def rename(state: State, ref: Ref, name: str) -> Ref:
    """Give a value that was just computed the name of the variable that now holds it."""
    if isinstance(ref, Cell) and ref.name is None and isinstance(state.heap.values[ref], Value):
        state.heap.values[ref] = state.rename(state.heap.values[ref], name)
        ref.name = name
    return ref


__all__ = ["assign_subscript", "element", "read_atom", "rename", "replace_content", "update_name", "update_subscript"]
