"""Grids of positions, written as indices of no array: `np.mgrid[0:n, 0:m]`."""

from __future__ import annotations

from typing import Any, NoReturn, TypeGuard

import gast
import numpy as np

from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.readers import read_atom
from adcompiler.frontend.state import State
from adcompiler.ir.nodes import Atom


def is_grid(owner: Ref) -> TypeGuard[Constant]:
    """Whether indexing this makes a grid."""
    return isinstance(owner, Constant) and (owner.value is np.mgrid or owner.value is np.ogrid)


def read_grid(state: State, owner: Constant, node: Any) -> Ref:
    """`np.mgrid[:n, :m]` is `np.indices((n, m))`."""
    axes = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    if owner.value is not np.mgrid or not isinstance(node.slice, gast.Tuple):
        _refuse(state, node)
    shape = state.emit("make_tuple", *(_length(state, axis, node) for axis in axes))
    return state.bind(state.emit("indices", shape))


def _length(state: State, axis: Any, node: Any) -> Atom:
    """The number of positions of a slice that counts from zero in steps of one."""
    if not isinstance(axis, gast.Slice) or axis.step is not None or axis.upper is None:
        _refuse(state, node)
    if axis.lower is not None and not (isinstance(axis.lower, gast.Constant) and axis.lower.value == 0):
        _refuse(state, node)
    length = read_atom(state, axis.upper)
    if length.type.kind != "scalar" or length.type.dtype not in ("int64", None):  # None: a power of integers
        _refuse(state, node)
    return length


def _refuse(state: State, node: Any) -> NoReturn:
    state.refuse(
        node,
        "only a grid that counts from zero in steps of one, `np.mgrid[:n, :m]`, is supported",
        "use `np.arange` or `np.linspace` for each axis, and broadcast: `x[:, np.newaxis]`",
    )
