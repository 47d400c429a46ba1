"""Functions of matrices: exponential, logarithm, square root, powers, trigonometric and hyperbolic functions.

Of a block matrix [[a, e], [0, a]] such a function f is [[f(a), L], [0, f(a)]], with L the derivative of f at `a` in the
direction `e`; the transpose of that is the derivative at aᵀ. (N. J. Higham, Functions of Matrices, 2008, section 3.2.)
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from adcompiler import runtime
from adcompiler.rules.matrices import MATRIX, STACK, matrix_type, transposed
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import vjp

SMALL = np.array([[0.7, 0.2], [-0.1, 0.5]])

real_matrix_function = overridable(runtime.real_matrix_function)
matrix_function_slope = overridable(runtime.matrix_function_slope)

vjp(
    real_matrix_function,
    lambda g, y, a, **static: matrix_function_slope(transposed(a), g, **static),
    jvp=lambda a_dot, y, a, **static: matrix_function_slope(a, a_dot, **static),
    static={"function": REQUIRED},
    infer=matrix_type,
    aliases=(runtime.real_matrix_function,),
    signature=lambda a, function: None,
    at=(*((MATRIX, {"function": name}) for name in ("logm", "sqrtm")),),
)


def _block(a, e):
    upper = np.concatenate((a, e), axis=-1)
    return np.concatenate((upper, np.concatenate((np.zeros_like(a), a), axis=-1)), axis=-2)


def _slope_bar(g, y, a, e, **static):
    """That of `a` in both of its places in the block matrix, of which the slope is a part."""
    n = axis_length(a, axis=-1)
    zeros = np.zeros_like(g)
    g = np.concatenate((np.concatenate((zeros, g), axis=-1), np.concatenate((zeros, zeros), axis=-1)), axis=-2)
    bar = matrix_function_slope(transposed(_block(a, e)), g, **static)
    return bar[..., :n, :n] + bar[..., n:, n:]


def _slope_dot(a_dot, y, a, e, **static):
    n = axis_length(a, axis=-1)
    moved = matrix_function_slope(_block(a, e), _block(a_dot, np.zeros_like(e)), **static)
    return moved[..., :n, n:]


vjp(
    matrix_function_slope,
    _slope_bar,
    lambda g, y, a, e, **static: matrix_function_slope(transposed(a), g, **static),
    jvp=(_slope_dot, lambda e_dot, y, a, e, **static: matrix_function_slope(a, e_dot, **static)),
    static={"function": REQUIRED},
    infer=lambda a, e, **_: matrix_type(a),
    aliases=(runtime.matrix_function_slope,),
    signature=lambda a, e, function: None,
    at=(*((MATRIX, (3, 3), {"function": name}) for name in ("expm", "logm", "sqrtm", "cosm", "sinhm")),),
)

for _name in ("expm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm"):
    _function = getattr(scipy.linalg, _name)
    vjp(
        overridable(_function),
        lambda g, y, a, name=_name: matrix_function_slope(transposed(a), g, function=name),
        jvp=lambda a_dot, y, a, name=_name: matrix_function_slope(a, a_dot, function=name),
        infer=matrix_type,
        aliases=(_function,),
        spelling=f"scipy.linalg.{_name}",
        signature=lambda A: None,  # noqa: N803  (SciPy's name)
        at=((SMALL,), (MATRIX,), *(((STACK,),) if _name == "expm" else ())),
    )
