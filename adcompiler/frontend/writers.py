"""Functions and methods of NumPy that write into an array: `np.copyto`, `np.put`, `A.fill`, `A.sort`, `np.add.at`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.definitions import DEFINITIONS, definition_of
from adcompiler.frontend.calls import call_known
from adcompiler.frontend.expressions import numeric
from adcompiler.frontend.flat import cycled, write_flat
from adcompiler.frontend.heap import Cell, Constant, Container, Ref, View
from adcompiler.frontend.indices import index_of
from adcompiler.frontend.inline import inline
from adcompiler.frontend.meanings import Arguments, Keywords, Meaning, means, method_means
from adcompiler.frontend.outputs import array_to_write
from adcompiler.frontend.parse import function_source
from adcompiler.frontend.rule_calls import array_of
from adcompiler.frontend.state import State
from adcompiler.frontend.subscripts import overwrite, replace_content, store
from adcompiler.ir.nodes import Atom, Literal, Slot

Writer = Callable[..., None]


def _writer(signature: Callable[..., Any]) -> Callable[[Writer], Meaning]:
    """Bind the arguments of a call as `signature` does: the array first, the others by name."""
    binding = inspect.signature(signature)

    def decorate(write: Writer) -> Meaning:
        def call(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
            try:
                bound = binding.bind(*arguments, **keywords)
            except TypeError as error:
                state.refuse(node, f"this raises TypeError: {error}")
            given = {name: Constant(parameter.default) for name, parameter in binding.parameters.items()}
            owner, *others = (given | bound.arguments).values()
            write(state, array_to_write(state, owner, node), *others, node)
            return Constant(None)

        return call

    return decorate


# Of the whole array


@means(np.copyto)
@_writer(lambda dst, src, casting="same_kind", where=True: None)
def _copyto(state: State, dst: Cell | View, src: Ref, casting: Ref, where: Ref, node: Any) -> None:
    how = state.constant_of(casting, node, "`casting=`")
    if how not in ("same_kind", "unsafe"):
        state.refuse(node, f"`casting={how!r}` is not supported")
    value = numeric(state, src, node)
    if where != Constant(True):
        value = state.emit("where", numeric(state, where, node), value, state.read_value(dst, node))
    if how == "unsafe":
        store(state, dst, (Ellipsis,), (), value, node)
    else:
        overwrite(state, dst, value, node)


@method_means("fill")
@_writer(lambda a, value: None)
def _fill(state: State, a: Cell | View, value: Ref, node: Any) -> None:
    store(state, a, (Ellipsis,), (), numeric(state, value, node), node)


@method_means("sort")
@_writer(lambda a, axis=-1, kind=None, order=None, *, stable=None: None)
def _sort(state: State, a: Cell | View, axis: Ref, kind: Ref, order: Ref, stable: Ref, node: Any) -> None:
    place = state.constant_of(axis, node, "`axis=`")
    replace_content(state, a, state.emit("sort", state.read_value(a, node), axis=place), node)


@method_means("partition")
@_writer(lambda a, kth, axis=-1, kind="introselect": None)
def _partition(state: State, a: Cell | View, kth: Ref, axis: Ref, kind: Ref, node: Any) -> None:
    place = state.constant_of(axis, node, "`axis=`")
    given = array_of(state, kth, {}, node) if isinstance(kth := state.plain(kth), Container) else kth
    value = state.emit("partition", state.read_value(a, node), state.read_value(given, node), axis=place)
    replace_content(state, a, value, node)


# At places counted through the whole array, whatever its order in memory


@means(np.put)
@_writer(lambda a, ind, v, mode="raise": None)
def _put(state: State, a: Cell | View, ind: Ref, v: Ref, mode: Ref, node: Any) -> None:
    index, slots = index_of(state, ind, node)
    how = state.constant_of(mode, node, "`mode=`")
    if how != "raise":
        index, slots = (Slot(0),), (_within(state, a, slots[0] if slots else Literal(index[0]), how, node),)
    if index and isinstance(index[0], Slot):
        places = slots[0] if slots[0].type.rank in (0, 1) else state.emit("ravel", slots[0])
        index, slots, count = (Slot(0),), (places,), state.emit("size", places)
    else:
        count = Literal(1)  # type: ignore[assignment]
    value = cycled(state, numeric(state, v, node), count, node)
    write_flat(state, a, index, slots, value, node)


def _within(state: State, a: Cell | View, places: Atom, mode: str, node: Any) -> Atom:
    """Places that lie in the flattened array: counted on from its start, or the nearest that do."""
    size = state.emit("size", state.read_value(a, node))
    if mode == "wrap":
        return state.emit("remainder", places, size)
    return state.emit("clip", places, Literal(0), state.emit("subtract", size, Literal(1)))


@means(np.place)
@_writer(lambda arr, mask, vals: None)
def _place(state: State, arr: Cell | View, mask: Ref, vals: Ref, node: Any) -> None:
    places = numeric(state, mask, node)
    value = cycled(state, numeric(state, vals, node), state.emit("count_nonzero", places), node)
    places = places if places.type.dtype == "bool" else state.emit("not_equal", places, Literal(0))
    store(state, arr, (Slot(0),), (places,), value, node)


@means(np.putmask)
@_writer(lambda a, mask, values: None)
def _putmask(state: State, a: Cell | View, mask: Ref, values: Ref, node: Any) -> None:
    old, value = state.read_value(a, node), numeric(state, values, node)
    if value.type.shape not in ((), old.type.shape):
        repeated = cycled(state, value, state.emit("size", old), node)
        value = state.emit("reshape", repeated, state.emit("shape", old))
    overwrite(state, a, state.emit("where", numeric(state, mask, node), value, old), node)


@means(np.fill_diagonal)
@_writer(lambda a, val, wrap=False: None)
def _fill_diagonal(state: State, a: Cell | View, val: Ref, wrap: Ref, node: Any) -> None:
    old = state.read_value(a, node)
    if old.type.rank is None or old.type.rank < 2:
        state.refuse(node, "`np.fill_diagonal` needs two axes or more, known from the type", "give types")
    if old.type.rank > 2:
        _fill_long_diagonal(state, a, old, val, node)
        return
    rows, columns = (state.emit("axis_length", old, axis=axis) for axis in (0, 1))
    is_square = rows.type.extent is not None and rows.type.extent == columns.type.extent
    count = rows if is_square else state.emit("minimum", rows, columns)
    value = cycled(state, numeric(state, val, node), count, node)
    step = state.emit("add", columns, Literal(1))
    if state.constant_of(wrap, node, "`wrap=`"):
        places = state.emit("arange", Literal(0), state.emit("size", old), step)
        value = cycled(state, numeric(state, val, node), state.emit("size", places), node)
        write_flat(state, a, (slice(None, None, Slot(0)),), (step,), value, node)
        return
    bounds = (state.emit("multiply", columns, columns), step)
    write_flat(state, a, (slice(None, Slot(0), Slot(1)),), bounds, value, node)


def _fill_long_diagonal(state: State, a: Cell | View, old: Atom, val: Ref, node: Any) -> None:
    """The diagonal of an array whose axes, three or more, are equally long: one place counted along all of them."""
    length = state.emit("axis_length", old, axis=0)
    places = state.emit("arange", length)
    value = cycled(state, numeric(state, val, node), length, node)
    store(state, a, (Slot(0),) * (old.type.rank or 0), (places,), value, node)


@means(np.put_along_axis)
@_writer(lambda arr, indices, values, axis: None)
def _put_along_axis(state: State, arr: Cell | View, indices: Ref, values: Ref, axis: Ref, node: Any) -> None:
    old, places = state.read_value(arr, node), numeric(state, indices, node)
    rank, along = old.type.rank, state.constant_of(axis, node, "`axis=`")
    if along is None:
        write_flat(state, arr, (Slot(0),), (places,), numeric(state, values, node), node)
        return
    if rank is None:
        state.refuse(node, "`np.put_along_axis` needs to know the number of axes", "give types, and an axis")
    slots: list[Atom] = []
    for number in range(rank):
        if number == along % rank:
            slots.append(places)
            continue
        counted = state.emit("arange", state.emit("axis_length", old, axis=number))
        others = tuple(-1 if place == number else 1 for place in range(rank))
        slots.append(state.emit("reshape", counted, Literal(others)) if rank > 1 else counted)
    store(state, arr, tuple(map(Slot, range(rank))), tuple(slots), numeric(state, values, node), node)


@means(runtime.lasting_writes)
def _lasting_writes(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
    """In a gradient that is differentiated: which of the writes to one element is the last."""
    shape, written = arguments
    index, slots = index_of(state, written, node)
    return state.bind(state.emit("lasting_writes", state.read_value(shape, node), *slots, index=index))


# At positions that may repeat


def _at(sign: int) -> Meaning:
    @_writer(lambda a, indices, b: None)
    def add(state: State, a: Cell | View, indices: Ref, b: Ref, node: Any) -> None:
        index, slots = index_of(state, indices, node)
        value = numeric(state, b, node)
        store(state, a, index, slots, value if sign > 0 else state.emit("negative", value), node, add=True)

    return add


def _at_by(ufunc: np.ufunc) -> Meaning:
    """Positions that may repeat are taken one after the other; a part or a mask has each of its elements once."""

    def at(state: State, arguments: Arguments, keywords: Keywords, node: Any) -> Ref:
        if len(arguments) != 3 or keywords:
            state.refuse(node, f"`np.{ufunc.__name__}.at` takes an array, positions and values")
        array = array_to_write(state, arguments[0], node)
        index, slots = index_of(state, arguments[1], node)
        if all(slot.type.kind == "scalar" or slot.type.dtype == "bool" for slot in slots):
            part = state.bind(state.emit("getitem", state.read_value(array, node), *slots, index=index))
            value = call_known(state, ufunc, [part, arguments[2]], {}, node)
            store(state, array, index, slots, numeric(state, value, node), node)
            return Constant(None)
        definition = definition_of(ufunc.at)
        if index != (Slot(0),) or slots[0].type.rank != 1 or slots[0].type.dtype is None or definition is None:
            state.refuse(
                node, f"`np.{ufunc.__name__}.at` takes positions along the first axis", "use a loop over the positions"
            )
        source = function_source(definition.definition)
        given = [array, state.bind(slots[0]), arguments[2]]
        return inline(state, source, given, {}, node, place=state.span(node))

    return at


for _function in DEFINITIONS:
    _ufunc = getattr(_function, "__self__", None)
    if isinstance(_ufunc, np.ufunc) and _function == _ufunc.at:
        means(_function)(_at_by(_ufunc))

means(np.add.at)(_at(1))
means(np.subtract.at)(_at(-1))

method_means("put")(_put)
