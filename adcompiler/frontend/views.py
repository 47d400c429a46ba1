"""Views: what NumPy's functions return without a copy, how it is written through, and where that depends on memory.

A write through a rearrangement of elements (a transpose, a reshape) is undone by the transpose of its derivative, which
is its inverse: the rule table knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcompiler.frontend.heap import Cell, Constant, Container, Ref, View
from adcompiler.frontend.state import State
from adcompiler.ir.dims import may_be_one
from adcompiler.ir.nodes import Atom, Literal, Slot
from adcompiler.ir.types import Type
from adcompiler.rules.symbolic import Symbolic, atom_of, operand_of
from adcompiler.rules.table import RULES

REARRANGEMENTS = frozenset(
    (
        "transpose",
        "swapaxes",
        "moveaxis",
        "flip",
        "fliplr",
        "flipud",
        "matrix_transpose",
        "squeeze",
        "expand_dims",
        "rot90",
    )
)
"""What returns the operand's elements in another order or shape, and never a copy of an array."""

_AT_LEAST = {"atleast_1d": 1, "atleast_2d": 2, "atleast_3d": 3}
_RESHAPES = ("reshape", "ravel")
_READ_ONLY = ("broadcast_to", "diagonal")

_ALWAYS_IN_ORDER = frozenset(
    ("zeros", "ones", "empty", "full", "arange", "linspace", "eye", "identity", "flatten", "outer", "tri", "indices")
)
"""What makes a C-contiguous array, whatever its operands are."""

_IN_ORDER_OF_OPERANDS = frozenset(
    ("zeros_like", "ones_like", "empty_like", "full_like", "copy", "array", "astype", "where", "concatenate", "stack")
)
"""What makes a C-contiguous array of C-contiguous operands; so does every elementwise function."""


def view_of(state: State, name: str, operands: Sequence[Ref], static: dict[str, Any], node: Any) -> Ref | None:
    """The result of a function that returns its operand's memory.

    A view, or the operand itself; None where it may be a copy as well as a view, or is one.
    """
    owner = operands[0]
    type_ = state.type_of(owner)
    if not isinstance(owner, Cell | View) or type_ is None or not type_.is_numeric or type_.kind == "scalar":
        return None
    is_array = type_.kind == "array"
    if name == "asarray" and is_array and not static:
        return owner
    if name == "real" and is_array and type_.dtype is not None and not type_.dtype.startswith("complex"):
        return owner
    least = _AT_LEAST.get(name)
    is_view = (
        name in REARRANGEMENTS
        or (is_array and (name in _READ_ONLY or (name == "diag" and type_.rank == 2)))
        or (is_array and least is not None)
        or (name in _RESHAPES and not static and is_in_order(state, owner) is True)
    )
    if not is_view:
        if name in _RESHAPES and not static:
            state.asked_order.extend(sorted(_cell(owner).in_order_if))
        return None
    atoms = tuple(_operand(state, operand, node) for operand in operands[1:])
    return View(owner, name, atoms, tuple(sorted(static.items())))


def _operand(state: State, ref: Ref, node: Any) -> Atom:
    """A shape that is known is a constant, not a tuple that is made."""
    if isinstance(ref, Container) and all(isinstance(item, Constant) for item in ref.items):
        return Literal(tuple(item.value for item in ref.items if isinstance(item, Constant)))
    return state.read_value(ref, node)


def is_copy(state: State, name: str, operands: Sequence[Ref], static: dict[str, Any]) -> bool:
    """Whether a function that returns a view of some arrays is sure to copy this one."""
    type_ = state.type_of(operands[0])
    if type_ is None or "order" in static:
        return False
    if name == "einsum":
        return len(operands) > 1
    return (name == "ravel" and is_in_order(state, operands[0]) is False) or (name == "diag" and type_.rank == 1)


def written_through(state: State, view: View, whole: Atom, after: Atom, hint: str | None) -> Atom:
    """The content of the base of a view whose own content becomes `after`."""
    if view.primitive == "getitem":
        return state.emit("setitem", whole, after, *view.operands, hint=hint, **dict(view.static))
    pullback = RULES[view.primitive].pullback(0)
    assert pullback is not None
    operands = [operand_of(atom, state.builder) for atom in (whole, *view.operands)]
    return atom_of(pullback(Symbolic(after, state.builder), None, *operands, **dict(view.static)))


def refuse_read_only(state: State, owner: Ref, node: Any) -> None:
    """Refuse to write through a view that NumPy lets nobody write."""
    while isinstance(owner, View):
        if owner.primitive not in REARRANGEMENTS and owner.primitive not in ("getitem", *_RESHAPES, *_AT_LEAST):
            state.refuse(
                node,
                f"this raises ValueError: what `np.{owner.primitive}` returns is read-only",
                "write into a copy: `.copy()`",
            )
        owner = owner.base


# Order in memory


def note_order(state: State, cell: Cell, name: str, operands: Sequence[Ref]) -> Cell:
    """Note whether an array that was just made is C-contiguous."""
    type_ = state.heap.values[cell].type
    if name in _ALWAYS_IN_ORDER or type_.rank in (0, 1):
        cell.in_order = True
    elif name in _IN_ORDER_OF_OPERANDS or RULES[name].kind == "elementwise":
        cell.in_order = all(is_in_order(state, operand) for operand in operands) or None
        cells = [_cell(operand) for operand in operands if isinstance(operand, Cell | View)]
        if cell.in_order is None and all(known.in_order is not False for known in cells):
            cell.in_order_if = frozenset[str]().union(*(known.in_order_if for known in cells))
    return cell


def _cell(ref: Cell | View) -> Cell:
    return ref if isinstance(ref, Cell) else ref.cell


def is_in_order(state: State, ref: Ref) -> bool | None:
    """Whether an array is C-contiguous; None where that is not known."""
    match ref:
        case Cell():
            type_ = state.heap.values[ref].type
            return ref.in_order or type_.kind in ("scalar", "tuple") or type_.shape == () or ref.in_order
        case View(primitive="getitem", base=base):
            return (is_in_order(state, base) and _keeps_order(ref)) or None
        case View(primitive=name, base=base):
            if name in (*_RESHAPES, *_AT_LEAST, "squeeze", "expand_dims"):
                return is_in_order(state, base) or None
            return _is_transpose_in_order(state, ref)
        case Constant():
            return True
    return None


def _keeps_order(view: View) -> bool:
    """Whether an index selects neighbours: integers, then at most one slice without a step."""
    index = list(view.index)
    while index and (index[0] is None or isinstance(index[0], int | Slot)):
        index.pop(0)
    if index and isinstance(index[0], slice) and index[0].step in (None, 1):
        index.pop(0)
    return all(item in (None, Ellipsis) or item == slice(None) for item in index)


def _is_transpose_in_order(state: State, view: View) -> bool | None:
    """Of a transpose: surely not, if every axis has two elements or more; surely, if there is one axis."""
    type_ = state.type_of(view)
    base = is_in_order(state, view.base)
    if type_ is None or type_.rank is None or not base or view.primitive != "transpose":
        return None
    if type_.rank <= 1:
        return True
    return False if not view.static and not any(map(may_be_one, _dims(type_))) else None


def _dims(type_: Type) -> tuple[Any, ...]:
    return type_.shape if isinstance(type_.shape, tuple) else ()
