"""Adding to rows of an array, of which some may be the same: what passes make of `additem`."""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.ir.types import Type
from adcompiler.rules.creation import zeros_of
from adcompiler.rules.overriding import overridable
from adcompiler.rules.shaping import unbroadcast
from adcompiler.rules.table import vjp


def _add_at_rows(x, rows, values):
    return runtime.add_at_rows(np.array(x), rows, values)


def _updated_type(x: Type, *_: Type) -> tuple[Type, ...]:
    return (x,)


add_at_rows = overridable(_add_at_rows)

vjp(
    add_at_rows,
    lambda g, y, x, rows, values: g,
    None,
    lambda g, y, x, rows, values: unbroadcast(g[rows], np.shape(values)),
    jvp=(
        lambda x_dot, y, x, rows, values: x_dot,
        None,
        lambda values_dot, y, x, rows, values: add_at_rows(zeros_of(x), rows, values_dot),
    ),
    infer=_updated_type,
    name="add_at_rows",
    spelling="add_at_rows",
    updates=True,
    aliases=(runtime.add_at_rows,),
    at=(
        ((4, 3), np.array([0, 2, 0]), (3, 3)),
        ((4, 3), np.array([0, 2, -1]), (3,)),
        ((4, 3, 2), np.array([[0, 2], [1, 1]]), (2, 2, 3, 2)),
        ((4, 3), np.arange(120) % 4, (120, 3)),
    ),
)
