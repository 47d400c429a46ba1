"""Linear maps given by sparse matrices that a program is compiled with, and their inverses; iterative solutions."""

from __future__ import annotations

import numpy as np
import scipy.sparse

from adcompiler import runtime
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import UNKNOWN_SHAPE, common_dtype, float_dtype
from adcompiler.rules.matrices import MATRIX, transposed
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear, vjp

sparse_product, sparse_solution = overridable(runtime.sparse_product), overridable(runtime.sparse_solution)
iterated_solution = overridable(runtime.iterated_solution)

_SPARSE = scipy.sparse.csr_array(np.array([[2.0, 0.0, -0.5], [0.0, 1.5, 0.3]]))
_REGULAR = scipy.sparse.csc_array(MATRIX * (np.abs(MATRIX) > 0.25))
_DEFINITE = scipy.sparse.csc_array(MATRIX @ MATRIX.T)


def _product_type(
    matrix: Type, x: Type, rows: int, columns: int, kind: str, transposed: bool = False
) -> tuple[Type, ...]:
    dtype = common_dtype(Type("array", kind), x)
    if not isinstance(x.shape, tuple):
        return (Type("array", dtype, UNKNOWN_SHAPE),)
    return (array(dtype, (columns if transposed else rows, *x.shape[1:])),)


def _like_right_side(_: Type, b: Type, **__: object) -> tuple[Type, ...]:
    dtype = float_dtype(b.dtype)
    return (array(dtype if dtype in ("float64", "complex128") else None, b.shape),)  # else that of the matrix counts


linear(
    sparse_product,
    None,
    lambda g, y, matrix, x, transposed=False, **static: sparse_product(matrix, g, transposed=not transposed, **static),
    static={"rows": REQUIRED, "columns": REQUIRED, "kind": REQUIRED, "transposed": False},
    infer=_product_type,
    aliases=(runtime.sparse_product,),
    at=(
        (_SPARSE, (3,), {"rows": 2, "columns": 3, "kind": "float64"}),
        (_SPARSE, (2, 2), {"rows": 2, "columns": 3, "kind": "float64", "transposed": True}),
    ),
)
_OPTIONS = {"rtol": None, "atol": None, "maxiter": None, "restart": None}


def _signature(matrix, b, solver="spsolve", transposed=False, rtol=None, atol=None, maxiter=None, restart=None):
    pass


linear(
    sparse_solution,
    None,
    lambda g, y, matrix, b, transposed=False, **static: sparse_solution(matrix, g, transposed=not transposed, **static),
    static={"solver": "spsolve", "transposed": False, **_OPTIONS},
    signature=_signature,
    infer=_like_right_side,
    aliases=(runtime.sparse_solution,),
    at=(
        (_REGULAR, (3,)),
        (_REGULAR, (3, 2), {"transposed": True}),
        (_DEFINITE, (3,), {"solver": "cg", "rtol": 1e-13}),
        (_REGULAR, (3,), {"solver": "gmres", "rtol": 1e-13}),
    ),
)


def _matrix_bar(g, y, a, b, **static):
    """From a dy = -da y."""
    return -np.expand_dims(iterated_solution(transposed(a), g, **static), -1) * y


vjp(
    iterated_solution,
    _matrix_bar,
    lambda g, y, a, b, **static: iterated_solution(transposed(a), g, **static),
    jvp=(
        lambda a_dot, y, a, b, **static: -iterated_solution(a, a_dot @ y, **static),
        lambda b_dot, y, a, b, **static: iterated_solution(a, b_dot, **static),
    ),
    static={"solver": REQUIRED, **_OPTIONS},
    signature=lambda a, b, solver, rtol=None, atol=None, maxiter=None, restart=None: None,
    infer=_like_right_side,
    aliases=(runtime.iterated_solution,),
    at=(
        (MATRIX @ MATRIX.T, (3,), {"solver": "cg", "rtol": 1e-13}),
        (MATRIX, (3,), {"solver": "gmres", "rtol": 1e-13}),
    ),
)
