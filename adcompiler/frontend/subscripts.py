"""Reading and writing parts of arrays: which index is a view, which a copy, and what a write reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from adcompiler.errors import UnknownTypeError
from adcompiler.frontend.elements import Index, Slots, element, is_basic, unpacked
from adcompiler.frontend.expressions import BINARY, operate
from adcompiler.frontend.heap import Cell, Constant, Container, Ref, ShapeOf, View
from adcompiler.frontend.readers import read, read_atom, reads
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Slot, Value


@reads(gast.Subscript)
def _subscript(state: State, node: Any) -> Ref:
    owner = read(state, node.value)
    if isinstance(owner, Container | ShapeOf) or (isinstance(owner, Constant) and not hasattr(owner.value, "dtype")):
        return _element_of_container(state, owner, node)
    index, slots = read_index(state, node.slice)
    return element(state, owner, index, slots, node)


def _element_of_container(state: State, owner: Ref, node: Any) -> Ref:
    ref = read(state, node.slice) if not isinstance(node.slice, gast.Slice) else Constant(_static_slice(state, node))
    what = "the position in a tuple or list" if isinstance(owner, Container) else "the axis"
    position = state.constant_of(ref, node.slice, what)
    if isinstance(owner, ShapeOf):
        if isinstance(position, slice):
            return Container(unpacked(state, owner, None, node)[position], tuple)
        return state.bind(state.emit("axis_length", owner.array, axis=position))
    try:
        if isinstance(owner, Container):
            found = owner.items[position]
            return Container(found, owner.kind) if isinstance(position, slice) else found
        assert isinstance(owner, Constant)
        return Constant(owner.value[position])
    except (IndexError, TypeError, KeyError) as error:
        state.refuse(node, f"this raises {type(error).__name__}: {error}")


def _static_slice(state: State, node: Any) -> slice:
    parts = (node.slice.lower, node.slice.upper, node.slice.step)
    return slice(*(None if p is None else state.constant_of(read(state, p), p, "the bounds of a slice") for p in parts))


def read_index(state: State, node: Any) -> tuple[Index, Slots]:
    """An index as a template and the values it mentions."""
    slots: list[Atom] = []

    def slot(atom: Atom) -> Any:
        if isinstance(atom, Literal) and (atom.value is None or isinstance(atom.value, int)):
            return atom.value
        for number, known in enumerate(slots):
            if known == atom:
                return Slot(number)
        slots.append(atom)
        return Slot(len(slots) - 1)

    def part(item: Any) -> Any:
        match item:
            case None:
                return None
            case gast.Slice(lower=lower, upper=upper, step=step):
                return slice(part(lower), part(upper), part(step))
            case gast.Constant(value=value) if value is Ellipsis:
                return Ellipsis
        ref = read(state, item)
        if isinstance(ref, Container):
            if ref.kind is list:
                return slot(state.emit("array", state.read_value(ref, item)))
            state.refuse(item, "a tuple inside an index is not supported")
        if isinstance(ref, Constant) and ref.value in (None, Ellipsis):
            return ref.value
        if isinstance(ref, Constant) and isinstance(ref.value, slice):
            return ref.value
        atom = state.read_value(ref, item)
        if not atom.type.is_numeric:
            state.refuse(item, "this cannot be an index")
        return slot(atom)

    if isinstance(node, gast.Tuple):
        index = tuple(part(item) for item in node.elts)
    else:
        ref_items = _tuple_items(state, node)
        index = (part(node),) if ref_items is None else tuple(slot(state.read_value(r, node)) for r in ref_items)
    return index, tuple(slots)


def _tuple_items(state: State, node: Any) -> tuple[Ref, ...] | None:
    """The items of a variable that holds a tuple of integers (`A[position]`)."""
    if not isinstance(node, gast.Name):
        return None
    ref = read(state, node)
    return ref.items if isinstance(ref, Container) and ref.kind is tuple else None


def store(state: State, owner: Ref, index: Index, slots: Slots, value: Atom, node: Any, *, add: bool = False) -> None:
    """`owner[index] = value`, or `+=`: a new value for the cell that owns the memory."""
    if not isinstance(owner, Cell | View):
        hint = "a list or tuple cannot be written into; make it an array: `np.array(...)`"
        state.refuse(node, "this cannot be assigned to", hint if isinstance(owner, Container) else None)
    type_ = state.type_of(owner)
    if type_ is None or type_.kind in ("scalar", "tuple", "opaque"):
        state.refuse(node, "this cannot be assigned to: it is not an array")
    before = state.read_value(owner, node)
    after = state.emit("additem" if add else "setitem", before, value, *slots, index=index, hint=_hint_of(owner))
    replace_content(state, owner, after, node)


def replace_content(state: State, owner: Cell | View, after: Atom, node: Any) -> None:
    """Make `after` the content of an array or of a part of one; the parts around it keep theirs."""
    while isinstance(owner, View):
        whole = state.read_value(owner.base, node)
        after = state.emit("setitem", whole, after, *owner.slots, index=owner.index, hint=_hint_of(owner.base))
        owner = owner.base
    state.write(owner, after, node)


def _hint_of(owner: Ref) -> str | None:
    return owner.name if isinstance(owner, Cell) else None


def composed(state: State, owner: Ref, index: Index, slots: Slots) -> tuple[Ref, Index, Slots]:
    """One index for an index into a view whose own index is integers only: `A[i][j]` is `A[i, j]`."""
    while isinstance(owner, View) and all(isinstance(item, int | Slot) for item in owner.index):
        kept = list(owner.slots)
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
        owner = read(state, node.value)
        index, slots = read_index(state, node.slice)
    owner, index, slots = composed(state, owner, index, slots)
    store(state, owner, index, slots, state.read_value(ref, node), node)


def update_subscript(state: State, node: Any, op: type, right: Callable[[], Ref]) -> None:
    """`A[i] op= right`, the index evaluated once."""
    owner = read(state, node.value)
    index, slots = read_index(state, node.slice)
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
    """`x op= right`: an update of the array `x`, or a new number for the name."""
    name, fold = BINARY[op]
    ref = state.lookup(node.id, node)
    type_ = state.type_of(ref)
    if isinstance(ref, Cell | View) and type_ is not None and type_.kind != "scalar":
        if type_.kind == "array":
            new = state.read_value(operate(state, name, fold, ref, right, node), node)
            if not (isinstance(new, Value) and (new.type.shape, new.type.dtype) == (type_.shape, type_.dtype)):
                old = state.read_value(ref, node)
                new = state.emit("setitem", old, new, index=(Ellipsis,))
            replace_content(state, ref, state.rename(new, node.id), node)
            return
        if not isinstance(ref, Cell) or state.is_shared(ref):
            state.refuse(
                node,
                f"`{node.id}` may be an array that another name sees changed, or a number",
                "give types, or write `x = x + …`",
                UnknownTypeError,
            )
    result = operate(state, name, fold, ref, right, node)
    state.assign(node.id, rename(state, result, node.id))


def rename(state: State, ref: Ref, name: str) -> Ref:
    """Give a value that was just computed the name of the variable that now holds it."""
    if isinstance(ref, Cell) and ref.name is None and isinstance(state.heap.values[ref], Value):
        state.heap.values[ref] = state.rename(state.heap.values[ref], name)
        ref.name = name
    return ref


__all__ = ["assign_subscript", "element", "read_atom", "rename", "replace_content", "update_name", "update_subscript"]
