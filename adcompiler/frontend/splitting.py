"""`np.split` and its like: parts of an array, which are views of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from adcompiler.frontend.calls import Arguments, Keywords, Reading, means
from adcompiler.frontend.elements import element
from adcompiler.frontend.heap import Cell, Ref, View
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom, Literal, Slot, Value
from adcompiler.rules.joining import along


def split(axis: int | None) -> Reading:
    """Read a call of `np.split`, or of a function that splits along one axis."""

    def read_split(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        given = dict(zip(("ary", "indices_or_sections", "axis"), arguments, strict=False)) | keywords
        if axis is not None and "axis" in given:
            state.refuse(node, "this function splits along one axis")
        array, sections = given.pop("ary", None), given.pop("indices_or_sections", None)
        along_axis = state.constant_of(given.pop("axis"), node, "`axis=`") if "axis" in given else axis or 0
        if given or not isinstance(array, Cell | View) or sections is None or not isinstance(along_axis, int):
            state.refuse(node, "this call is not supported", "split an array by a number of parts or by positions")
        if axis == 1 and (type_ := state.type_of(array)) is not None:
            if type_.rank is None:
                ndim = state.emit("ndim", state.read_value(array, node))
                has_columns = state.emit("greater", ndim, Literal(1))
                state.effect("assert", has_columns, template=("give the type of a vector whose columns are split",))
            along_axis = 0 if type_.rank == 1 else 1  # the columns of a vector are its elements
        known = state.constant_of(sections, node, "how an array is split")
        if isinstance(known, int):
            bounds = _equal_parts(state, array, known, along_axis, node)
        elif isinstance(known, tuple | list) and all(isinstance(position, int) for position in known):
            bounds = [None, *known, None]
        else:
            state.refuse(node, "this call is not supported", "split an array by a number of parts or by positions")
        return state.new_list(_part(state, array, bounds[n : n + 2], along_axis, node) for n in range(len(bounds) - 1))

    return read_split


def _equal_parts(state: State, array: Cell | View, count: int, axis: int, node: Any) -> list[int | Atom | None]:
    """Where the parts begin and end; that they are equal is asserted where it is not known."""
    if count < 1:
        state.refuse(node, "the number of parts must be positive")
    length = state.emit("axis_length", state.read_value(array, node), axis=axis)
    extent = length.type.extent
    if isinstance(extent, int):
        if extent % count:
            state.refuse(node, f"{extent} elements are not {count} equal parts")
        return [None, *(extent // count * n for n in range(1, count)), None]
    rest = state.emit("equal", state.emit("remainder", length, Literal(count)), Literal(0))
    state.effect("assert", rest, template=("array split does not result in an equal division",))
    size = state.emit("floor_divide", length, Literal(count))
    return [None, *(state.emit("multiply", size, Literal(n)) if n > 1 else size for n in range(1, count)), None]


def _part(state: State, array: Cell | View, bounds: list[int | Atom | None], axis: int, node: Any) -> Ref:
    slots = tuple(dict.fromkeys(bound for bound in bounds if isinstance(bound, Value)))

    def item(bound: int | Atom | None) -> Any:
        return Slot(slots.index(bound)) if isinstance(bound, Value) else bound

    return element(state, array, along(axis, slice(*map(item, bounds))), slots, node)


for function, its_axis in ((np.split, None), (np.vsplit, 0), (np.hsplit, 1)):
    means(function)(split(its_axis))
