"""Systems of equations with structure: triangular, banded, and those of Sylvester and Lyapunov."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from adcompiler import runtime
from adcompiler.errors import MissingRuleError, UnknownTypeError
from adcompiler.ir.dims import OPEN
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import common_dtype, float_dtype
from adcompiler.rules.matrices import MATRIX, transposed
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED, RankUnknownError
from adcompiler.rules.table import linear, vjp

# Triangular

solve_triangular = overridable(scipy.linalg.solve_triangular)

_OPTIONS = {"trans": 0, "lower": False, "unit_diagonal": False, "check_finite": True}


def _solution_type(a: Type, b: Type, **_: object) -> tuple[Type, ...]:
    if a.rank not in (None, 2) or b.rank not in (None, 1, 2):
        raise MissingRuleError("`scipy.linalg.solve_triangular` of a stack of matrices is not supported")
    return (array(float_dtype(common_dtype(a, b)), b.shape),)


def _is_transposed(trans):
    return trans not in (0, "N")


def _triangle(m, lower, unit_diagonal):
    """The part of a matrix that is read."""
    beside = 1 if unit_diagonal else 0
    return np.tril(m, -beside) if lower else np.triu(m, beside)


def _outer(x, y):
    return np.expand_dims(x, -1) * y if np.ndim(x) == 1 else x @ transposed(y)


def _require_one_matrix(a, b):
    try:
        stacked = np.ndim(a) != 2 or np.ndim(b) not in (1, 2)
    except RankUnknownError:
        message = "`scipy.linalg.solve_triangular(a, b)` is one thing for a vector `b` and another for a matrix"
        raise UnknownTypeError(message, hint="give the types of `a` and `b`") from None
    if stacked:
        raise MissingRuleError("the derivative of `scipy.linalg.solve_triangular` of a stack of matrices is not known")


def _against(g, a, trans=0, lower=False, unit_diagonal=False, check_finite=True):
    """The solution of the transposed system."""
    trans = 0 if _is_transposed(trans) else 1
    return solve_triangular(a, g, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


def _right_side_bar(g, y, a, b, **static):
    _require_one_matrix(a, b)
    return _against(g, a, **static)


def _triangle_bar(g, y, a, b, trans=0, lower=False, unit_diagonal=False, check_finite=True):
    """From a dy = -da y, where half of `a` is not read."""
    _require_one_matrix(a, b)
    b_bar = _against(g, a, trans, lower, unit_diagonal)
    outer = _outer(y, b_bar) if _is_transposed(trans) else _outer(b_bar, y)
    return -_triangle(outer, lower, unit_diagonal)


def _triangle_dot(a_dot, y, a, b, trans=0, lower=False, unit_diagonal=False, check_finite=True):
    _require_one_matrix(a, b)
    read = _triangle(a_dot, lower, unit_diagonal)
    moved = (transposed(read) if _is_transposed(trans) else read) @ y
    return -solve_triangular(a, moved, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


vjp(
    solve_triangular,
    _triangle_bar,
    _right_side_bar,
    jvp=(_triangle_dot, lambda b_dot, y, a, b, **static: solve_triangular(a, b_dot, **static)),
    static=_OPTIONS,
    infer=_solution_type,
    aliases=(scipy.linalg.solve_triangular,),
    spelling="scipy.linalg.solve_triangular",
    at=(
        (MATRIX, (3,)),
        (MATRIX, (3, 2), {"lower": True}),
        (MATRIX, (3,), {"trans": 1}),
        (MATRIX, (3, 2), {"trans": "T", "lower": True}),
        (MATRIX, (3, 1), {"unit_diagonal": True, "check_finite": False}),
    ),
)

# Sylvester and Lyapunov

solve_sylvester = overridable(scipy.linalg.solve_sylvester)
solve_discrete_lyapunov = overridable(scipy.linalg.solve_discrete_lyapunov)


def _right_side_type(*types: Type, **_: object) -> tuple[Type, ...]:
    return (array(float_dtype(common_dtype(*types)), types[-1].shape),)


vjp(
    solve_sylvester,
    lambda g, y, a, b, q: -(solve_sylvester(transposed(a), transposed(b), g) @ transposed(y)),
    lambda g, y, a, b, q: -(transposed(y) @ solve_sylvester(transposed(a), transposed(b), g)),
    lambda g, y, a, b, q: solve_sylvester(transposed(a), transposed(b), g),
    jvp=(
        lambda a_dot, y, a, b, q: -solve_sylvester(a, b, a_dot @ y),
        lambda b_dot, y, a, b, q: -solve_sylvester(a, b, y @ b_dot),
        lambda q_dot, y, a, b, q: solve_sylvester(a, b, q_dot),
    ),
    infer=_right_side_type,
    aliases=(scipy.linalg.solve_sylvester,),
    spelling="scipy.linalg.solve_sylvester",
    at=((MATRIX, np.array([[1.0, 0.3], [-0.2, 0.8]]), (3, 2)), (MATRIX, MATRIX.T, (3, 3))),
)


def _lyapunov_type(*types: Type) -> tuple[Type, ...]:
    """In double precision, whatever is given."""
    return (array(common_dtype(array("float64", ()), *types), types[-1].shape),)


def _lyapunov_bar(g, y, a, q):
    """From dy = a dy aᵀ + da y aᵀ + a y daᵀ."""
    q_bar = solve_discrete_lyapunov(transposed(a), g)
    return q_bar @ a @ transposed(y) + transposed(q_bar) @ a @ y


def _lyapunov_dot(a_dot, y, a, q):
    moved = a_dot @ y @ transposed(a) + a @ y @ transposed(a_dot)
    return solve_discrete_lyapunov(a, moved)


vjp(
    solve_discrete_lyapunov,
    _lyapunov_bar,
    lambda g, y, a, q: solve_discrete_lyapunov(transposed(a), g),
    jvp=(_lyapunov_dot, lambda q_dot, y, a, q: solve_discrete_lyapunov(a, q_dot)),
    infer=_lyapunov_type,
    aliases=(scipy.linalg.solve_discrete_lyapunov,),
    spelling="scipy.linalg.solve_discrete_lyapunov",
    at=((MATRIX / 4, (3, 3)),),
)

# Banded

solve_banded = overridable(runtime.banded_solution)
banded_product, banded_outer = overridable(runtime.banded_product), overridable(runtime.banded_outer)
banded_transpose = overridable(runtime.banded_transpose)

_BAND = {"lower": REQUIRED, "upper": REQUIRED}
_BANDS = np.array([[0.0, 0.6, -0.4, 0.3], [3.0, 2.5, 4.0, 3.5], [0.5, -0.7, 0.2, 0.0]])


def _vectors_type(ab: Type, x: Type, **_: object) -> tuple[Type, ...]:
    return (array(float_dtype(common_dtype(ab, x)), x.shape),)


def _outer_type(x: Type, y: Type, *, lower: int, upper: int) -> tuple[Type, ...]:
    n = x.shape[0] if isinstance(x.shape, tuple) else OPEN
    return (array(common_dtype(x, y), (lower + upper + 1, n)),)


linear(
    banded_product,
    lambda g, y, ab, x, lower, upper: banded_outer(g, x, lower=lower, upper=upper),
    lambda g, y, ab, x, lower, upper: banded_product(
        banded_transpose(ab, lower=lower, upper=upper), g, lower=upper, upper=lower
    ),
    static=_BAND,
    infer=_vectors_type,
    aliases=(runtime.banded_product,),
    at=((_BANDS, (4,), {"lower": 1, "upper": 1}), (_BANDS, (4, 2), {"lower": 2, "upper": 0})),
)
linear(
    banded_outer,
    lambda g, z, x, y, lower, upper: banded_product(g, y, lower=lower, upper=upper),
    lambda g, z, x, y, lower, upper: banded_product(
        banded_transpose(g, lower=lower, upper=upper), x, lower=upper, upper=lower
    ),
    static={"lower": REQUIRED, "upper": REQUIRED},
    infer=_outer_type,
    aliases=(runtime.banded_outer,),
    at=(((4,), (4,), {"lower": 1, "upper": 2}), ((4, 2), (4, 2), {"lower": 0, "upper": 1})),
)
linear(
    banded_transpose,
    lambda g, y, ab, lower, upper: banded_transpose(g, lower=upper, upper=lower),
    static=_BAND,
    infer=lambda ab, **_: (ab,),
    aliases=(runtime.banded_transpose,),
    at=((_BANDS, {"lower": 1, "upper": 1}), (_BANDS, {"lower": 0, "upper": 2})),
)


def _band_bar(g, y, ab, b, **band):
    """From a dy = -da y."""
    return -banded_outer(_against_solution(g, ab, **band), y, **band)


def _against_solution(g, ab, lower, upper):
    return solve_banded(banded_transpose(ab, lower=lower, upper=upper), g, lower=upper, upper=lower)


vjp(
    solve_banded,
    _band_bar,
    lambda g, y, ab, b, **band: _against_solution(g, ab, **band),
    jvp=(
        lambda ab_dot, y, ab, b, **band: -solve_banded(ab, banded_product(ab_dot, y, **band), **band),
        lambda b_dot, y, ab, b, **band: solve_banded(ab, b_dot, **band),
    ),
    static=_BAND,
    infer=_vectors_type,
    aliases=(runtime.banded_solution,),
    at=((_BANDS, (4,), {"lower": 1, "upper": 1}), (_BANDS, (4, 2), {"lower": 1, "upper": 1})),
)
