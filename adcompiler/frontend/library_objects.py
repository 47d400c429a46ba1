"""Objects of SciPy's that a program is compiled with: sparse matrices, and splines made outside of it.

They are no arrays: what is computed with them is an equation that mentions the object by name.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from adcompiler.frontend.heap import Constant, Ref
from adcompiler.frontend.state import State
from adcompiler.ir.named import named
from adcompiler.ir.nodes import Literal, Named
from adcompiler.rules.table import RULES, rule_of
from adcompiler.runtime import interpolated, sparse_product

_SPELLED = (str, bytes, int, float, complex, np.generic, np.ndarray, np.dtype, tuple, list, type, type(None), Named)
"""What code can say by itself."""


def is_sparse(value: Any) -> bool:
    """Whether this is a sparse matrix."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and bool(sparse.issparse(value)) and value.ndim == 2


def is_interpolant(value: Any) -> bool:
    """Whether this is a piecewise polynomial of one number, of one of SciPy's classes."""
    interpolate = sys.modules.get("scipy.interpolate")
    if interpolate is None:
        return False
    if isinstance(value, interpolate.PPoly):
        return bool(value.c.ndim == 2 and value.c.dtype.kind == "f")
    return isinstance(value, interpolate.BSpline) and bool(value.c.ndim == 1 and value.c.dtype.kind == "f")


@dataclass(frozen=True, eq=False)
class Transposed:
    """The transpose of a sparse matrix."""

    matrix: Any


def mentioned(state: State, value: Any, node: Any, default: str) -> Literal:
    """An object as an operand, which code mentions by the name that the program has for it."""
    if id(value) not in state.mentions:
        owner = getattr(node, "value", None) if getattr(node, "attr", None) in ("T", "dot") else node
        hint = str(getattr(owner, "id", None) or getattr(owner, "attr", default))
        found = named(value, hint)
        taken = {other.path for other in state.mentions.values()}
        number = 2
        while found.path in taken:
            found = named(value, f"{hint}{number}")
            number += 1
        state.mentions[id(value)] = found
    return Literal(state.mentions[id(value)])


def as_mentioned(state: State, ref: Ref, parameter: str) -> Ref:
    """An object that a function with a rule of its own is given, such as the one whose method it is, by name."""
    if not isinstance(ref, Constant) or isinstance(ref.value, _SPELLED):
        return ref
    return Constant(mentioned(state, ref.value, None, parameter).value)


def sparse_matmul(state: State, left: Ref, right: Ref, node: Any) -> Ref | None:
    """A product of which one factor is a sparse matrix; None where neither is."""
    if (matrix := _as_sparse(left)) is not None:
        return _product(state, matrix, right, getattr(node, "left", node), node)
    if (matrix := _as_sparse(right)) is not None:
        type = state.type_of(left)
        if type is None or type.rank not in (1, 2):
            state.refuse(node, "a product with a sparse matrix is one of a vector or a matrix", "give types")
        if type.rank == 2:
            left = state.bind(state.emit("transpose", state.read_value(left, node)))
        other = matrix.matrix if isinstance(matrix, Transposed) else Transposed(matrix)
        found = _product(state, other, left, getattr(node, "right", node), node)
        return found if type.rank == 1 else state.bind(state.emit("transpose", state.read_value(found, node)))
    return None


def _as_sparse(ref: Ref) -> Any:
    if isinstance(ref, Constant) and (isinstance(ref.value, Transposed) or is_sparse(ref.value)):
        return ref.value
    return None


def _product(state: State, factor: Any, vector: Ref, named_by: Any, node: Any) -> Ref:
    transposed = isinstance(factor, Transposed)
    matrix = factor.matrix if transposed else factor
    atom = state.read_value(vector, node)
    if not atom.type.is_numeric or matrix.dtype.kind == "c" or atom.type.is_complex:
        state.refuse(node, "a sparse matrix is multiplied with a real array only")
    assert rule_of(sparse_product) is not None
    rows, columns = matrix.shape
    static = {
        "rows": rows,
        "columns": columns,
        "kind": matrix.dtype.name,
        **({"transposed": True} if transposed else {}),
    }
    operand = mentioned(state, matrix, named_by, "matrix")
    return state.bind(state.emit("sparse_product", operand, atom, **static))


def interpolate(state: State, function: Any, arguments: list[Ref], keywords: dict[str, Ref], node: Any) -> Ref:
    """A call of a spline that was made outside of the program: `spline(x)`, `spline(x, 1)`."""
    x, *rest = arguments
    given = dict(zip(("nu", "extrapolate"), rest, strict=False)) | keywords
    order = state.constant_of(given.pop("nu", Constant(0)), node, "the order of a derivative")
    if given:
        state.refuse(node, f"`{next(iter(given))}=` of a spline is not supported")
    assert rule_of(interpolated) is not None
    static = {"order": order} if order else {}
    operand = mentioned(state, function, node.func, "spline")
    return state.bind(state.builder.emit(RULES["interpolated"].primitive, operand, state.read_value(x, node), **static))
