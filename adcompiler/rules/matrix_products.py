"""Powers of a matrix, and products of several."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.errors import UnknownTypeError
from adcompiler.ir.types import Type, array, scalar
from adcompiler.rules.inference import UNKNOWN_SHAPE, common_dtype, value_type
from adcompiler.rules.matrices import MATRIX, STACK, transposed
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import RankUnknownError
from adcompiler.rules.structure import axis_length
from adcompiler.rules.table import linear, nondifferentiable, vjp

# Powers


def _power_type(a: Type, n: Type) -> tuple[Type, ...]:
    """Integers stay such, unless the power is negative."""
    if a.dtype is not None and np.dtype(a.dtype).kind in "iub":
        return (array(None, a.shape),)
    return (array(a.dtype, a.shape),)


def _power_dot(a_dot, y, a, n):
    """The sum of aⁱ da aʲ with i + j = n - 1 is the corner of [[a, da], [0, a]]ⁿ, for a negative n too."""
    if isinstance(n, int) and n == 2:
        return a_dot @ a + a @ a_dot
    k = axis_length(a, axis=-1)
    above, below = np.concatenate((a, a_dot), axis=-1), np.concatenate((np.zeros_like(a), a), axis=-1)
    return matrix_power(np.concatenate((above, below), axis=-2), n)[..., :k, k:]


matrix_power = overridable(runtime.matrix_power)

vjp(
    matrix_power,
    lambda g, y, a, n: _power_dot(g, None, transposed(a), n),
    None,
    jvp=(_power_dot, None),
    infer=_power_type,
    aliases=(runtime.matrix_power,),
    name="linalg.matrix_power",
    spelling="np.linalg.matrix_power",
    at=tuple((a, n) for a in (MATRIX, STACK) for n in (0, 1, 2, 3, 6, -1, -2)),
)

# Products of several matrices, in the order that takes the fewest operations


def _chain_type(*arrays: Type) -> tuple[Type, ...]:
    first, last = arrays[0].shape, arrays[-1].shape
    if not isinstance(first, tuple) or not isinstance(last, tuple):
        return (value_type(common_dtype(*arrays), UNKNOWN_SHAPE),)
    return (value_type(common_dtype(*arrays), first[:-1] + last[1:]),)


def _factor_bar(g, y, *arrays, number):
    """From dy = before da after: beforeᵀ g afterᵀ; a vector in front is a row, one at the end a column."""
    try:
        row, column = np.ndim(arrays[0]) == 1, np.ndim(arrays[-1]) == 1
    except RankUnknownError:
        message = "`np.linalg.multi_dot` is one thing for vectors at its ends and another for matrices"
        raise UnknownTypeError(message, hint="give the types of its operands") from None
    factors = list(arrays)
    if row:
        g, factors[0] = np.expand_dims(g, 0), np.expand_dims(factors[0], 0)
    if column:
        g, factors[-1] = np.expand_dims(g, -1), np.expand_dims(factors[-1], -1)
    before, after = factors[:number], factors[number + 1 :]
    chain = [*map(transposed, reversed(before)), g, *map(transposed, reversed(after))]
    bar = np.linalg.multi_dot(chain)
    if row and number == 0:
        return np.squeeze(bar, 0)
    return np.squeeze(bar, -1) if column and number == len(factors) - 1 else bar


linear(
    np.linalg.multi_dot,
    _factor_bar,
    infer=_chain_type,
    packs=True,
    signature=lambda arrays: None,
    at=(
        ((2, 3), (3, 4)),
        ((2, 3), (3, 4), (4, 2), (2, 5)),
        ((3,), (3, 4), (4, 2)),
        ((2, 3), (3, 4), (4,)),
        ((3,), (3, 4), (4,)),
        ((3,), (3,)),
    ),
)

# Rank


def _rank_type(A: Type, *_: Type, **__: object) -> tuple[Type, ...]:  # noqa: N803  (NumPy's name)
    if not isinstance(A.shape, tuple):
        return (value_type(None, UNKNOWN_SHAPE),)
    return (scalar("int64", weak=True) if len(A.shape) < 2 else value_type("int64", A.shape[:-2]),)


nondifferentiable(
    np.linalg.matrix_rank,
    infer=_rank_type,
    static={"tol": None, "hermitian": False, "rtol": None},
    at=((MATRIX,), (STACK,), (MATRIX[:2],), (MATRIX[0],), (MATRIX, {"tol": 0.1})),
)
