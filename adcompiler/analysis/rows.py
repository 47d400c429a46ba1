"""What an equation does to rows: whether those of its result depend on the same rows of its operands alone.

A row is what has one index along the first axis. Everything here is said by shapes: an operand of the rank of the
result with the same first length is taken row by row, one of lower rank, or with first length one, is taken whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from adcompiler.ir.dims import Dim
from adcompiler.ir.nodes import Equation, Slot, Value
from adcompiler.ir.types import Type
from adcompiler.rules.inference import normal_axes
from adcompiler.rules.table import RULES


@dataclass(frozen=True)
class Treatment:
    """How an equation can be computed for some rows at a time.

    Parameters
    ----------
    by_rows : frozenset of int
        The inputs of which it takes the same rows; the others it takes whole.
    combined : str
        The primitive that makes one result of those for some rows each: `add`, `maximum`, `minimum`. Empty where the
        result has rows.
    """

    by_rows: frozenset[int]
    combined: str = ""
    numbered: int | None = None
    """The input that is the numbers of all rows, `np.arange(len(x))`: of some rows, they are counted afresh."""
    turned: int | None = None
    """The input that is the transpose of what rows are taken of."""


def rows_of(type: Type) -> Dim | None:
    """The number of rows of an array, where it is known to have any."""
    return type.shape[0] if type.kind == "array" and isinstance(type.shape, tuple) and type.shape else None


def treatment(equation: Equation, count: Dim, definitions: Mapping[Value, Equation]) -> Treatment | None:
    """How an equation can be computed for some of `count` rows at a time; None where that cannot be said."""
    if len(equation.outputs) != 1 or equation.regions or equation.primitive.named is not None:
        return None
    output = equation.outputs[0].type
    if output.dtype is None:
        return None
    name = equation.primitive.name
    special = _SPECIAL.get(name)
    if special is None and _is_elementwise(name):
        special = _elementwise
    found = special(equation, count, definitions) if special is not None else None
    if found is None or not found.by_rows:
        return None
    if not found.combined:
        return found if rows_of(output) == count else None
    return found


def is_view(equation: Equation) -> bool:
    """Whether an equation of rows computes nothing."""
    return equation.primitive.name in ("getitem", "expand_dims", "squeeze", "broadcast_to", "swapaxes", "moveaxis")


def _is_elementwise(name: str) -> bool:
    rule = RULES.get(name)
    if rule is None:
        return False
    is_ufunc = isinstance(rule.function, np.ufunc) and rule.function.signature is None and rule.function.nout == 1
    return rule.kind == "elementwise" or is_ufunc


_Definitions = Mapping[Value, Equation]


def _taken(equation: Equation, count: Dim, numbers: range | None = None) -> Treatment | None:
    """Operands that are broadcast together, those of full rank row by row."""
    rank = equation.outputs[0].type.rank
    by_rows = set()
    for number in range(len(equation.inputs)) if numbers is None else numbers:
        type = equation.inputs[number].type
        if not type.is_numeric or not isinstance(type.shape, tuple) or not rank or len(type.shape) > rank:
            return None
        if len(type.shape) < rank or type.shape[0] == 1:
            continue
        if rows_of(type) != count:
            return None
        by_rows.add(number)
    return Treatment(frozenset(by_rows))


def _elementwise(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
    return _taken(equation, count)


def _first(equation: Equation, count: Dim) -> Treatment | None:
    """The rows of the first operand alone."""
    return Treatment(frozenset([0])) if rows_of(equation.inputs[0].type) == count else None


def _axes(equation: Equation, rank: int | None, key: str = "axis") -> tuple[int, ...] | None:
    axis = equation.parameters.get(key)
    if rank is None or not (axis is None or isinstance(axis, int | tuple)):
        return None
    return normal_axes(axis, rank)


def _reduction(combined: str) -> Callable[[Equation, Dim, _Definitions], Treatment | None]:
    def treated(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
        x = equation.inputs[0].type
        axes = _axes(equation, x.rank)
        if axes is None or rows_of(x) != count or len(equation.inputs) > 1:
            return None
        if 0 not in axes:
            return _first(equation, count)
        if not combined or not _adds_up(equation):
            return None
        output = equation.outputs[0].type
        if combined != "add" and (output.kind != "scalar" or output.is_complex):
            return None
        return Treatment(frozenset([0]), combined)

    return treated


def _along_other_axis(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
    """A function along an axis that is not the first: of an operand, beside others of its rank."""
    x = equation.inputs[0].type
    axes = _axes(equation, x.rank)
    if axes is None or 0 in axes or equation.parameters.get("axis") is None or rows_of(x) != count:
        return None
    by_rows = {0}
    for number, atom in enumerate(equation.inputs[1:], start=1):
        if atom.type.rank != x.rank or rows_of(atom.type) != count:
            return None
        by_rows.add(number)
    return Treatment(frozenset(by_rows))


def _tied_shares(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
    x = equation.inputs[0].type
    axes = _axes(equation, x.rank)
    return _taken(equation, count) if axes is not None and 0 not in axes else None


def _axes_put_in(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
    axes = _axes(equation, equation.outputs[0].type.rank)
    return _first(equation, count) if axes is not None and 0 not in axes else None


def _axes_taken_out(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
    axes = _axes(equation, equation.inputs[0].type.rank)
    given = equation.parameters.get("axis") is not None
    return _first(equation, count) if given and axes is not None and 0 not in axes else None


def _axes_rearranged(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
    rank = equation.inputs[0].type.rank
    for _key, axis in equation.static:
        if rank is None or not isinstance(axis, int | tuple) or 0 in normal_axes(axis, rank):
            return None
    return _first(equation, count) if len(equation.static) == 2 else None


def _joined(equation: Equation, count: Dim, _: _Definitions) -> Treatment | None:
    axes = _axes(equation, equation.outputs[0].type.rank)
    given = equation.parameters.get("axis", 0) is not None
    if not given or axes is None or 0 in axes or "axis" not in equation.parameters:
        return None
    if any(rows_of(atom.type) != count for atom in equation.inputs):
        return None
    return Treatment(frozenset(range(len(equation.inputs))))


def _part(equation: Equation, count: Dim, definitions: _Definitions) -> Treatment | None:
    """`x[:, 1:]`, an element of each row, `x[np.arange(n), columns]`, or what row numbers select: `x[rows]`."""
    index: tuple[Any, ...] = equation.parameters["index"]
    slots = equation.inputs[1:]
    if (each := _of_each_row(equation, 1, count, definitions)) is not None:
        return Treatment(frozenset([0, *each]), numbered=1)
    if _keeps_rows(index) and all(atom.type.kind == "scalar" for atom in slots):
        return _first(equation, count)
    selects = len(index) == 1 and index[0] == Slot(0) and len(slots) == 1
    if selects and slots[0].type.dtype in _POSITIONS and rows_of(slots[0].type) == count:
        return Treatment(frozenset([1])) if equation.inputs[0].type.kind == "array" else None
    return None


def _product(equation: Equation, count: Dim, definitions: _Definitions) -> Treatment | None:
    """`X @ w` of a matrix of rows and a vector; `X.T @ v` and `v @ X`, sums over rows.

    Products of matrices are left to BLAS whole: of a block of rows they would be slower.
    """
    a, b = equation.inputs
    if a.type.kind != "array" or b.type.kind != "array":
        return None
    if (a.type.rank, b.type.rank) in ((1, 1), (1, 2)):
        both = rows_of(a.type) == rows_of(b.type) == count
        return Treatment(frozenset([0, 1]), "add") if both and _adds_up(equation) else None
    if (a.type.rank, b.type.rank) != (2, 1):
        return None
    made = definitions.get(a) if isinstance(a, Value) else None
    if made is not None and made.primitive.name == "transpose" and not made.static:
        both = rows_of(made.inputs[0].type) == rows_of(b.type) == count
        return Treatment(frozenset([0, 1]), "add", turned=0) if both and _adds_up(equation) else None
    return _first(equation, count)


def _adds_up(equation: Equation) -> bool:
    return equation.outputs[0].type.dtype in ("float32", "float64", "complex64", "complex128")


_POSITIONS = frozenset(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"))


def _of_each_row(equation: Equation, first: int, count: Dim, definitions: _Definitions) -> set[int] | None:
    """The inputs that have a number for each row, where an index is `x[np.arange(n), i, j, :]` of `n` rows.

    `first` is the input that the index begins with.
    """
    index: tuple[Any, ...] = equation.parameters["index"]
    slots = equation.inputs[first:]
    made = definitions.get(slots[0]) if slots and isinstance(slots[0], Value) else None
    if made is None or made.primitive.name != "arange" or len(made.inputs) != 1 or made.inputs[0].type.extent != count:
        return None
    if rows_of(equation.inputs[0].type) != count or index[: len(slots)] != tuple(map(Slot, range(len(slots)))):
        return None
    if made.outputs[0].type.dtype not in _POSITIONS or any(item != slice(None) for item in index[len(slots) :]):
        return None
    each = {first}
    for number, atom in enumerate(slots[1:], start=first + 1):
        if atom.type.dtype not in _POSITIONS or atom.type.shape not in ((), (count,)):
            return None
        if atom.type.shape:
            each.add(number)
    return each


def _keeps_rows(index: tuple[Any, ...]) -> bool:
    whole = bool(index) and isinstance(index[0], slice) and index[0] == slice(None)
    return whole and all(item is None or isinstance(item, slice | int | Slot) for item in index[1:])


def _written(equation: Equation, count: Dim, definitions: _Definitions) -> Treatment | None:
    """`x[:, 1:] = v`, where `v` has the rank of the part or less; `x[np.arange(n), columns] = v`."""
    x, v, *slots = equation.inputs
    index: tuple[Any, ...] = equation.parameters["index"]
    if not v.type.is_numeric or not isinstance(v.type.shape, tuple):
        return None
    if (each := _of_each_row(equation, 2, count, definitions)) is not None:
        if v.type.shape and (len(v.type.shape) != 1 + (x.type.rank or 0) - len(slots) or rows_of(v.type) != count):
            return None
        return Treatment(frozenset([0, *([1] if v.type.shape else []), *each]), numbered=2)
    if not _keeps_rows(index) or rows_of(x.type) != count or any(atom.type.kind != "scalar" for atom in slots):
        return None
    numbers = sum(isinstance(item, int | Slot) for item in index)
    rank = (x.type.rank or 0) - numbers + index.count(None)
    if len(v.type.shape) > rank:
        return None
    if len(v.type.shape) < rank or v.type.shape[0] == 1:
        return Treatment(frozenset([0]))
    return Treatment(frozenset([0, 1])) if rows_of(v.type) == count else None


def _of_shape(equation: Equation, count: Dim, definitions: _Definitions) -> Treatment | None:
    """Zeros of the shape of something with these rows."""
    number = _SHAPED[equation.primitive.name]
    source = shape_source(equation, definitions)
    if source is None or rows_of(source.type) != count:
        return None
    if equation.primitive.name == "unbroadcast":
        same = equation.inputs[0].type.rank == source.type.rank
        return Treatment(frozenset([0, 1])) if same and rows_of(equation.inputs[0].type) == count else None
    others = _taken(equation, count, range(number))
    return None if others is None else Treatment(others.by_rows | {number})


_SHAPED = {"zeros": 0, "ones": 0, "empty": 0, "broadcast_to": 1, "unbroadcast": 1}
"""The input that is a shape."""


def shape_source(equation: Equation, definitions: _Definitions) -> Value | None:
    """The array whose shape is asked for to make another of this shape; None where there is none."""
    number = _SHAPED.get(equation.primitive.name)
    shape = equation.inputs[number] if number is not None else None
    asked = definitions.get(shape) if isinstance(shape, Value) else None
    if asked is None or asked.primitive.name != "shape":
        return None
    source = asked.inputs[0]
    return source if isinstance(source, Value) else None


_SPECIAL: dict[str, Callable[[Equation, Dim, _Definitions], Treatment | None]] = {
    "sum": _reduction("add"),
    "mean": _reduction("add"),
    "max": _reduction("maximum"),
    "min": _reduction("minimum"),
    "getitem": _part,
    "setitem": _written,
    "additem": _written,
    "tied_shares": _tied_shares,
    "add_at_extremes": _tied_shares,
    "expand_dims": _axes_put_in,
    "squeeze": _axes_taken_out,
    "swapaxes": _axes_rearranged,
    "moveaxis": _axes_rearranged,
    "matmul": _product,
    "dot": _product,
    "stack": _joined,
    "concatenate": _joined,
}
_SPECIAL |= dict.fromkeys(("prod", "any", "all", "var", "std", "argmax", "argmin", "count_nonzero"), _reduction(""))
_SPECIAL |= dict.fromkeys(("softmax", "log_softmax", "logsumexp", "cumsum", "cumprod", "sort"), _along_other_axis)
_SPECIAL |= dict.fromkeys(("take_along_axis", "product_of_others"), _along_other_axis)
_SPECIAL |= dict.fromkeys(("cast_like", "astype", "copy", "zeros_like", "ones_like", "empty_like"), _elementwise)
_SPECIAL |= dict.fromkeys(_SHAPED, _of_shape)
