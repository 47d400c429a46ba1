"""Arrays as lists of their elements, nested as they have axes, which Python reads and writes faster one by one.

No user says so; a pass does, where loops work element by element. Other than lists of the user's, nested ones are
indexed as arrays are, by an integer for each axis.
"""

from __future__ import annotations

import numpy as np

from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Type, array, scalar
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear


def nested_type(rank: int, dtype: str | None) -> Type:
    """A list of lists (as many as an array has axes) of numbers."""
    found = scalar(dtype)
    for _ in range(rank):
        found = Type("list", elements=(found,))
    return found


def _to_list_type(x: Type) -> tuple[Type, ...]:
    return (nested_type(x.rank or 0, x.dtype),)


def _from_list_type(xs: Type, *_: Type, dims: tuple[Dim, ...]) -> tuple[Type, ...]:
    element = xs
    while element.kind == "list":
        (element,) = element.elements
    return (array(element.dtype, dims),)


def _to_list(x):
    return np.asarray(x).tolist()


def _from_list(xs, shape=None, *, dims):
    return np.array(xs) if shape is None else np.array(xs).reshape(shape)


to_list, from_list = overridable(_to_list), overridable(_from_list)


def _to_list_bar(g, y, x):
    return from_list(g, np.shape(x), dims=x.type.shape)


linear(to_list, _to_list_bar, infer=_to_list_type, name="to_list", spelling="")
linear(
    from_list,
    lambda g, y, xs, shape=None, *, dims: to_list(g),
    None,
    static={"dims": REQUIRED},
    infer=_from_list_type,
    name="from_list",
    spelling="",
)
