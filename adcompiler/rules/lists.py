"""Lists: values like any other, which no function changes.

`append(xs, v)` is a list of one item more; that code may write it `xs.append(v)`, into the same memory, is the back
end's business. Items are read and replaced by `getitem` and `setitem`, as the elements of arrays are. The cotangent of
a list is a list: each item's cotangent in the place of the item.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler import runtime
from adcompiler.ir.nodes import Slot
from adcompiler.ir.types import FLOAT, INT, OPAQUE, Type, Unranked, array, broadcast_shapes, join_types
from adcompiler.rules.creation import zeros_of
from adcompiler.rules.indexing import fill_slots, getitem
from adcompiler.rules.inference import DATA_DEPENDENT, UNKNOWN_SHAPE, broadcast_type, common_dtype
from adcompiler.rules.joining import joined_dtype, rows
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.structure import length
from adcompiler.rules.table import nondifferentiable, vjp

# Types


def list_of(*items: Type) -> Type:
    """A list with such items."""
    joined: Type | None = None
    for item in items:
        joined = item if joined is None else join_types(joined, item)
    return Type("list", elements=() if joined is None else (joined,))


def item_of(xs: Type) -> Type:
    """What the items of a list have in common."""
    return xs.elements[0] if xs.elements else OPAQUE


def _with_item(xs: Type, v: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    return (list_of(*xs.elements, v),)


def _with_items(xs: Type, ys: Type) -> tuple[Type, ...]:
    return (list_of(*xs.elements, *ys.elements),)


def _same_list(xs: Type, *_: Type, **__: Any) -> tuple[Type, ...]:
    return (xs,)


def _zero_type(x: Type) -> Type:
    if x.kind in ("list", "tuple"):
        return Type(x.kind, elements=tuple(map(_zero_type, x.elements)))
    if x.kind in ("array", "unknown"):  # a number among the items counts as float64
        return x if x.kind == "array" or x.dtype == "float64" else replace(x, dtype=None)
    return FLOAT


def _sum_type(x: Type, y: Type) -> Type:
    if x.kind in ("list", "tuple") and len(x.elements) == len(y.elements):
        return Type(x.kind, elements=tuple(map(_sum_type, x.elements, y.elements)))
    if x.kind == "list":
        return x if x.elements else y
    kind = x.kind if x.kind == y.kind else "array" if x.rank or y.rank else "unknown"
    shape = x.shape if x.shape == y.shape else broadcast_shapes(x.shape, y.shape)
    is_open = x.shape != y.shape or (isinstance(x.shape, Unranked) and "?" in x.shape.parts)
    return Type(kind, common_dtype(x, y), UNKNOWN_SHAPE if is_open else shape, x.weak and y.weak)


# Lists of items


def _make_list(*items):
    return list(items)


def _append(xs, v):
    return [*xs, v]


def _extend(xs, ys):
    return [*xs, *ys]


def _delete(xs, *slots, index):
    rest = list(xs)
    del rest[fill_slots(index, slots)[0]]
    return rest


def _sum_of_items(xs):
    return sum(xs)


def _repeat_item(x, n):
    return [x] * n


make_list, append, extend = overridable(_make_list), overridable(_append), overridable(_extend)
delete, repeat_item, sum_list = overridable(_delete), overridable(_repeat_item), overridable(_sum_of_items)
zero_items, add_items = overridable(runtime.zero_items), overridable(runtime.add_items)
unbroadcast_items, split_like = overridable(runtime.unbroadcast_items), overridable(runtime.split_like)


def zero_like(x: Any) -> Any:
    """A zero cotangent of an item: of a number, of an array, or of a list or tuple of them."""
    type = getattr(x, "type", None)
    if isinstance(x, list | tuple) or (isinstance(type, Type) and type.kind in ("list", "tuple")):
        return zero_items(x)
    is_number = type.kind == "scalar" if isinstance(type, Type) else not isinstance(x, np.ndarray)
    return 0.0 if is_number else zeros_of(x)


def _delete_bar(g, y, xs, *slots, index):
    """What was deleted had no influence from there on: zero in its place."""
    (place,) = index
    if isinstance(place, slice):  # all from a position on
        return extend(g, zero_items(getitem(xs, *slots, index=index)))
    zero = zero_like(getitem(xs, *slots, index=index))
    if place == -1:
        return append(g, zero)
    if place == 0:
        return extend(make_list(zero), g)
    (place,) = fill_slots(index, slots)
    place = np.remainder(place, length(g) + 1)
    before, after = getitem(g, place, index=(slice(None, Slot(0)),)), getitem(g, place, index=(slice(Slot(0), None),))
    return extend(append(before, zero), after)


vjp(
    make_list,
    lambda g, y, *items, number: getitem(g, index=(number,)),
    infer=lambda *items: (list_of(*items),),
    name="make_list",
    spelling="",
)

vjp(
    append,
    lambda g, y, xs, v: delete(g, index=(-1,)),
    lambda g, y, xs, v: getitem(g, index=(-1,)),
    infer=_with_item,
    name="append",
    spelling="",
    updates=True,
)

vjp(
    extend,
    lambda g, y, xs, ys: delete(g, length(xs), index=(slice(Slot(0), None),)),
    lambda g, y, xs, ys: getitem(g, length(xs), index=(slice(Slot(0), None),)),
    infer=_with_items,
    name="extend",
    spelling="",
    updates=True,
)

vjp(
    delete,
    _delete_bar,
    None,
    static={"index": REQUIRED},
    infer=_same_list,
    name="delete",
    spelling="",
    updates=True,
)

vjp(
    repeat_item,
    lambda g, y, x, n: sum_list(g),
    None,
    infer=lambda x, n: (list_of(x),),
    name="repeat_item",
    spelling="",
    views=True,
)

# Cotangents

nondifferentiable(
    zero_items,
    infer=lambda xs: (_zero_type(xs),),
    name="zero_items",
    spelling="zero_items",
    aliases=(runtime.zero_items,),
)

vjp(
    add_items,
    lambda g, y, xs, ys: g,
    lambda g, y, xs, ys: g,
    infer=lambda xs, ys: (_sum_type(xs, ys),),
    name="add_items",
    aliases=(runtime.add_items,),
)

# Numbers in a list


def _index_of_extreme(xs, *, which):
    return xs.index(max(xs) if which == "max" else min(xs))


nondifferentiable(
    _index_of_extreme,
    static={"which": REQUIRED},
    infer=lambda xs, *, which: (INT,),
    name="index_of_extreme",
    spelling="",
)

# Lists and arrays


def _sum_of_items_type(xs: Type) -> tuple[Type, ...]:
    """Numbers or arrays that may broadcast; an empty list gives 0."""
    item = item_of(xs)
    result = broadcast_type((item,), item.dtype)
    return (result if result.shape == () else replace(result, kind="unknown"),)


def _sum_bar(g, y, xs):
    """Each item has the same cotangent, but for its shape."""
    type = getattr(xs, "type", None)
    is_uniform = isinstance(type, Type) and is_same_for_all(item_of(type))
    return repeat_item(g, length(xs)) if is_uniform else unbroadcast_items(g, xs)


def is_same_for_all(item: Type) -> bool:
    """Whether all items of a list with this item type have one shape."""
    if isinstance(item.shape, Unranked):
        return "?" not in item.shape.parts
    return item.is_numeric and DATA_DEPENDENT not in item.shape


vjp(sum_list, _sum_bar, infer=_sum_of_items_type, name="sum_list", spelling="sum")

vjp(
    unbroadcast_items,
    lambda h, y, g, xs: np.broadcast_to(sum_list(h), np.shape(g)),
    None,
    infer=lambda g, xs: (list_of(replace(item_of(xs), kind="unknown", dtype=g.dtype, weak=False)),),
    name="unbroadcast_items",
    views=True,
    aliases=(runtime.unbroadcast_items,),
)


def _stacked_type(xs: Type, *, axis: int = 0) -> tuple[Type, ...]:
    """One axis more than the items have."""
    item = item_of(xs)
    if not isinstance(item.shape, tuple) or not item.is_numeric:
        return (array(joined_dtype(item), UNKNOWN_SHAPE),)
    dims = list(item.shape)
    dims.insert(axis if axis >= 0 else len(dims) + 1 + axis, DATA_DEPENDENT)
    return (array(joined_dtype(item), tuple(dims)),)


def _concatenated_type(xs: Type, *, axis: int = 0) -> tuple[Type, ...]:
    """As long along the axis as all items together."""
    item = item_of(xs)
    if not isinstance(item.shape, tuple) or not item.shape:
        return (array(joined_dtype(item), UNKNOWN_SHAPE),)
    dims = list(item.shape)
    dims[axis] = DATA_DEPENDENT
    return (array(joined_dtype(item), tuple(dims)),)


def _stack(xs, axis=0):
    return np.stack(xs, axis)


def _concatenate(xs, axis=0):
    return np.concatenate(xs, axis)


stack_list, concatenate_list = overridable(_stack), overridable(_concatenate)

vjp(
    stack_list,
    lambda g, y, xs, axis=0: rows(g if axis == 0 else np.moveaxis(g, axis, 0)),
    static={"axis": 0},
    infer=_stacked_type,
    name="stack_list",
    spelling="np.stack",
)

vjp(
    concatenate_list,
    lambda g, y, xs, axis=0: split_like(g, xs, axis=axis) if axis else split_like(g, xs),
    static={"axis": 0},
    infer=_concatenated_type,
    name="concatenate_list",
    spelling="np.concatenate",
)

vjp(
    split_like,
    lambda h, y, g, xs, axis=0: concatenate_list(h, axis=axis) if axis else concatenate_list(h),
    None,
    static={"axis": 0},
    infer=lambda g, xs, *, axis=0: (list_of(replace(item_of(xs), dtype=g.dtype)),),
    name="split_like",
    views=True,
    aliases=(runtime.split_like,),
)
