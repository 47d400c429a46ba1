"""What is written as an index of no array: grids, `np.mgrid[0:n, 0:m]`, and parts joined, `np.r_[x, y]`."""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np

from adcompiler.frontend.heap import Constant, Container, Ref
from adcompiler.frontend.indices import index_value
from adcompiler.frontend.readers import call
from adcompiler.frontend.state import State

_GRIDS = (np.mgrid, np.ogrid)
_JOINED = (np.r_, np.c_)


def is_grid(owner: Ref) -> TypeGuard[Constant]:
    """Whether indexing this makes a grid, or joins parts."""
    return isinstance(owner, Constant) and any(owner.value is known for known in (*_GRIDS, *_JOINED))


def read_grid(state: State, owner: Constant, node: Any) -> Ref:
    """`np.mgrid[:n, :m]` is `np.indices((n, m))`; in general, grids are made of an array for each axis."""
    index = state.plain(index_value(state, node.slice))
    is_tuple = isinstance(index, Container) and index.kind is tuple
    items = index.items if is_tuple and isinstance(index, Container) else (index,)
    if owner.value is np.r_ or owner.value is np.c_:
        return _called(state, owner.value, [_part(state, item, node) for item in items], {}, node)
    if owner.value is np.mgrid and is_tuple and (lengths := _lengths(state, items, node)) is not None:
        return _called(state, np.indices, [Container(tuple(lengths), tuple)], {}, node)
    axes = [_numbers(state, item, node) for item in items]
    if not is_tuple:
        return axes[0]
    options: dict[str, Ref] = {"indexing": Constant("ij"), "sparse": Constant(owner.value is np.ogrid)}
    grids = _called(state, np.meshgrid, axes, options, node)
    return grids if owner.value is np.ogrid else _called(state, np.stack, [grids], {}, node)


def _called(state: State, function: Any, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    return call(state, Constant(function), [(ref, node) for ref in arguments], keywords, node)


def _bounds(ref: Ref) -> tuple[Ref, Ref, Ref] | None:
    """Where a slice starts, stops, and its step."""
    match ref:
        case Constant(value=slice(start=start, stop=stop, step=step)):
            return Constant(start), Constant(stop), Constant(step)
        case Container(items=(start, stop, step), kind=kind) if kind is slice:
            return start, stop, step
    return None


def _lengths(state: State, items: tuple[Ref, ...], node: Any) -> list[Ref] | None:
    """The number of positions of slices that all count from zero in steps of one."""
    lengths = []
    for item in items:
        bounds = _bounds(item)
        if bounds is None or bounds[0] not in (Constant(None), Constant(0)) or bounds[2] != Constant(None):
            return None
        type_ = state.type_of(bounds[1])
        if type_ is None or type_.kind != "scalar" or type_.dtype not in ("int64", None):  # None: a power of integers
            return None
        lengths.append(bounds[1])
    return lengths


def _numbers(state: State, item: Ref, node: Any) -> Ref:
    """The numbers that a slice stands for: in steps, or as many as an imaginary step says, both ends among them."""
    bounds = _bounds(item)
    if bounds is None or bounds[1] == Constant(None):
        state.refuse(node, "a grid is made of slices that say where they stop", "write `np.mgrid[a:b, c:d]`")
    start, stop, step = bounds
    start = Constant(0) if start == Constant(None) else start
    if isinstance(step, Constant) and isinstance(step.value, complex):
        return _called(state, np.linspace, [start, stop, Constant(int(abs(step.value)))], {}, node)
    return _called(state, np.arange, [start, stop, *([] if step == Constant(None) else [step])], {}, node)


def _part(state: State, item: Ref, node: Any) -> Ref:
    if isinstance(item, Constant) and isinstance(item.value, str):
        state.refuse(node, "a text that says how to join is not supported here", "use `np.concatenate` or `np.stack`")
    return item if _bounds(item) is None else _numbers(state, item, node)
