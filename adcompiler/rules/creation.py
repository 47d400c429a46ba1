"""Functions that make arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.ir.dims import Dim, clamped
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import DATA_DEPENDENT, UNKNOWN_SHAPE, common_dtype, length_from, shape_from
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import OMITTED, RankUnknownError
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import linear, nondifferentiable, vjp

function: Callable[..., Any]  # in the loops below

# Of a shape


def filled_type(shape: Type, *, dtype: str = "float64") -> tuple[Type, ...]:
    """An array of the shape asked for."""
    return (array(dtype, shape_from(shape)),)


def full_type(shape: Type, fill_value: Type, *, dtype: str | None = None) -> tuple[Type, ...]:
    """An array of the shape asked for and the dtype of its value."""
    return (array(dtype or fill_value.dtype, shape_from(shape)),)


def like_type(a: Type, *_: Type, dtype: str | None = None) -> tuple[Type, ...]:
    """An array like the first operand."""
    return (array(dtype or a.dtype, a.shape),)


def _of_shape(shape, dtype=None, order="C"): ...


zeros, ones, empty = overridable(np.zeros), overridable(np.ones), overridable(np.empty)

for function, aliases in ((np.zeros, (zeros,)), (np.ones, (ones,)), (np.empty, (empty, np.ndarray))):
    nondifferentiable(
        function,
        infer=filled_type,
        static={"dtype": "float64"},
        signature=_of_shape,
        ignored=("order",),
        aliases=aliases,
        at=(3, ((2, 3),), (2, {"dtype": "float32"})),
    )

for function in (np.zeros_like, np.ones_like, np.empty_like):
    nondifferentiable(
        function,
        infer=like_type,
        static={"dtype": None},
        signature=lambda a, dtype=None, order="K", subok=True: None,
        ignored=("order", "subok"),
        at=(np.ones((2, 3)), np.float32(2)),
    )

linear(
    np.full,
    None,
    lambda g, y, shape, fill_value, dtype=None: unbroadcast(g, np.shape(fill_value)),
    infer=full_type,
    static={"dtype": None},
    signature=lambda shape, fill_value, dtype=None, order="C": None,
    ignored=("order",),
    at=((3, ()), ((2, 3), (3,))),
)
linear(
    np.full_like,
    None,
    lambda g, y, a, fill_value, dtype=None: unbroadcast(g, np.shape(fill_value)),
    infer=like_type,
    static={"dtype": None},
    signature=lambda a, fill_value, dtype=None, order="K", subok=True: None,
    ignored=("order", "subok"),
    at=((np.ones((2, 3)), (3,)), (np.ones((2, 3), complex), (3,))),
)


def zeros_of(x, dtype_of=None):
    """Zeros like `x` (of the dtype of another value), written so that nothing of it but its shape is kept."""
    try:
        return zeros(np.shape(x), dtype=(x if dtype_of is None else dtype_of).dtype.name)
    except RankUnknownError:
        return np.zeros_like(x)


def _eye_type(rows: Type, columns: Type | None = None, *, k: int = 0, dtype: str = "float64") -> tuple[Type, ...]:
    width = columns if columns is not None and columns.kind == "scalar" else rows
    return (array(dtype, (length_from(rows), length_from(width))),)


eye = overridable(np.eye)

nondifferentiable(
    np.eye,
    operands=2,
    aliases=(eye,),
    infer=_eye_type,
    static={"k": 0, "dtype": "float64"},
    signature=lambda N, M=OMITTED, k=0, dtype=float, order="C": None,  # noqa: N803  (NumPy's names)
    ignored=("order",),
    at=(3, (2, 3), (2, 3, {"k": 1})),
)
nondifferentiable(
    np.identity, infer=_eye_type, static={"dtype": "float64"}, signature=lambda n, dtype=None: None, at=(3,)
)


nondifferentiable(
    np.tri,
    operands=2,
    infer=_eye_type,
    static={"k": 0, "dtype": "float64"},
    signature=lambda N, M=OMITTED, k=0, dtype=float: None,  # noqa: N803  (NumPy's names)
    at=(3, (2, 3), (2, 3, {"k": -1, "dtype": "int64"})),
)


def _indices_type(dimensions: Type, *, dtype: str = "int64") -> tuple[Type, ...]:
    dims = shape_from(dimensions)
    return (array(dtype, (len(dims), *dims) if isinstance(dims, tuple) else UNKNOWN_SHAPE),)


nondifferentiable(
    np.indices,
    infer=_indices_type,
    static={"dtype": "int64"},
    signature=lambda dimensions, dtype=int: None,
    at=(((2, 3),), ((2, 3), {"dtype": "float64"})),
)

# Of a range


def _arange_type(*bounds: Type, dtype: str | None = None) -> tuple[Type, ...]:
    given = [bound for bound in bounds if bound.is_numeric]
    start, stop = (0, given[0].extent) if len(given) == 1 else (given[0].extent, given[1].extent)
    length: Dim = DATA_DEPENDENT
    if len(given) <= 2 and start is not None and stop is not None:
        length = clamped(stop - start)
    weak = all(bound.weak for bound in given)
    common = common_dtype(*given)
    return (array(dtype or ("int64" if weak and common == "bool" else common), (length,)),)


def _arange_start_bar(g, y, start, stop=None, step=1, dtype=None):
    """A single bound is where the range stops: its cotangent is zero."""
    return np.zeros_like(start) if stop is None else np.sum(g)


def _arange_step_bar(g, y, start, stop, step, dtype=None):
    return np.sum(g * arange(np.size(g)))


arange = overridable(np.arange)

vjp(
    np.arange,
    _arange_start_bar,
    None,
    _arange_step_bar,
    jvp=(
        lambda x_dot, y, start, stop=None, step=1, dtype=None: np.zeros_like(y) if stop is None else x_dot,
        None,
        lambda x_dot, y, start, stop, step, dtype=None: x_dot * arange(np.size(y)),
    ),
    infer=_arange_type,
    static={"dtype": None},
    signature=lambda start, stop=OMITTED, step=OMITTED, *, dtype=None: None,
    aliases=(arange,),
    at=((4.5,), (0.5, 3.25), (0.5, 3.25, 0.5)),
)
