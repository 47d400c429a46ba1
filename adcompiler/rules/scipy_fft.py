"""Cosine and sine transforms of real signals: linear, and so are their transposes."""

from __future__ import annotations

from adcompiler import runtime
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import float_dtype
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear

real_transform, real_transform_bar = overridable(runtime.real_transform), overridable(runtime.real_transform_bar)

_STATIC = {"function": REQUIRED, "kind": 2, "axis": -1, "norm": None}
_KINDS = [(function, kind) for function in ("dct", "dst") for kind in (1, 2, 3, 4)]


def _transform_type(x: Type, **_: object) -> tuple[Type, ...]:
    return (array(float_dtype(x.dtype), x.shape),)


linear(
    real_transform,
    lambda g, y, x, **static: real_transform_bar(g, **static),
    static=_STATIC,
    infer=_transform_type,
    aliases=(runtime.real_transform,),
    at=(
        *(((4,), {"function": function, "kind": kind}) for function, kind in _KINDS),
        *(((5, 2), {"function": f, "kind": kind, "axis": 0, "norm": "ortho"}) for f, kind in _KINDS),
        *(((2, 3), {"function": f, "kind": kind, "norm": "forward"}) for f, kind in _KINDS),
    ),
)
linear(
    real_transform_bar,
    lambda h, y, g, **static: real_transform(h, **static),
    static=_STATIC,
    infer=_transform_type,
    aliases=(runtime.real_transform_bar,),
    at=(((4,), {"function": "dct"}), ((4,), {"function": "dst", "kind": 3})),
)
