"""What an index selects of an array: the types of parts, as far as they can be said."""

from __future__ import annotations

from typing import Any

from adcompiler.ir.dims import OPEN, Dim, clamped, extent, is_length, is_negative, less, shorter
from adcompiler.ir.nodes import Slot
from adcompiler.ir.types import INT, OPAQUE, Shape, Type, array, broadcast_dims, join_types, scalar
from adcompiler.rules.inference import DATA_DEPENDENT, UNKNOWN_SHAPE, named_shape, shape_from, value_type

Index = tuple[Any, ...]


def getitem_type(x: Type, *slots: Type, index: Index) -> tuple[Type, ...]:
    """The part of an array that an index selects; an element of a list, a tuple or a range."""
    if x.kind in ("list", "range"):
        whole = any(isinstance(item, slice) for item in index)
        return (x if whole else element_of(x, len(index)),)
    if x.kind == "tuple":
        return (_common_element(x),)
    if not x.is_numeric:
        return (OPAQUE,)
    shape = indexed_shape(x.shape, slots, index)
    if shape == ():
        return (Type("array" if Ellipsis in index else "scalar", x.dtype),)
    return (array(x.dtype, shape) if isinstance(shape, tuple) else Type("unknown", x.dtype, shape),)


def element_of(x: Type, depth: int) -> Type:
    """What an integer for each level, to this depth, selects of a list of lists."""
    for _ in range(depth):
        x = x.elements[0] if x.elements else OPAQUE
    return x


def _common_element(x: Type) -> Type:
    elements = set(x.elements) or {INT}
    if len(elements) == 1:
        return elements.pop()
    if all(type.kind == "scalar" for type in elements):
        dtypes = {(type.dtype, type.weak) for type in elements}
        return scalar(*dtypes.pop()[:1], weak=all(t.weak for t in elements)) if len(dtypes) == 1 else scalar(None)
    return Type("unknown", None, UNKNOWN_SHAPE) if all(type.is_numeric for type in elements) else OPAQUE


def indexed_shape(shape: Shape, slots: tuple[Type, ...], index: Index) -> Shape:
    """The shape of `x[index]`, as far as it can be said."""
    if not isinstance(shape, tuple):
        return UNKNOWN_SHAPE if slots else named_shape("getitem", shape, index=index)
    places = _expand_ellipsis(index, slots, len(shape))
    if places is None:
        return UNKNOWN_SHAPE
    result: list[Dim] = []
    advanced: list[tuple[int, tuple[Dim, ...]]] = []  # the place of each array among the indices, and its dims
    insert_at, axis = 0, 0
    for place, item in enumerate(places):
        match item:
            case None:
                result.append(1)
                continue
            case slice():
                result.append(sliced_dim(shape[axis], item))
                axis += 1
            case int():
                advanced.append((place, ()))
                axis += 1
            case Type(dtype=dtype, shape=tuple(dims)):
                advanced.append((place, (DATA_DEPENDENT,) if dtype == "bool" else dims))
                axis += len(dims) if dtype == "bool" else 1
        if advanced and advanced[0][0] == place:
            insert_at = len(result)
    arrays = [place for place, dims in advanced if dims]
    if not arrays:
        return tuple(result)
    # Integers beside arrays are arrays of no axes; what they select stays in place only if nothing stands between them.
    numbers = [place for place, _ in advanced]
    together = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    selected = _broadcast_all([dims for _, dims in advanced])
    if selected is None:
        return UNKNOWN_SHAPE
    at = insert_at if together else 0
    return (*result[:at], *selected, *result[at:])


def _expand_ellipsis(index: Index, slots: tuple[Type, ...], rank: int) -> list[Any] | None:
    """One entry for each place: None, a slice, an integer (dynamic ones too), or the type of an array."""
    entries: list[Any] = []
    for item in index:
        if not isinstance(item, Slot):
            if not (item is None or item is Ellipsis or isinstance(item, (slice, int))) or isinstance(item, bool):
                return None
            entries.append(_filled(item, slots) if isinstance(item, slice) else item)
            continue
        type = slots[item.number]
        if type.dtype is None or type.rank is None or (type.rank == 0 and type.dtype == "bool"):
            return None
        entries.append(0 if type.rank == 0 else type)
    consumed = sum(_axes_consumed(entry) for entry in entries)
    if consumed > rank or entries.count(Ellipsis) > 1:
        return None
    at = entries.index(Ellipsis) if Ellipsis in entries else len(entries)
    entries[at : at + 1] = [slice(None)] * (rank - consumed)
    return entries


def _filled(item: slice, slots: tuple[Type, ...]) -> slice:
    """A slice with what is known of its bounds in the place of slots."""
    bounds = (item.start, item.stop, item.step)
    if not any(isinstance(bound, Slot) for bound in bounds):
        return item
    return slice(*(slots[bound.number] if isinstance(bound, Slot) else bound for bound in bounds))


def _axes_consumed(entry: Any) -> int:
    """A mask stands for as many axes as it has."""
    if entry is None or entry is Ellipsis:
        return 0
    return entry.rank or 0 if isinstance(entry, Type) and entry.dtype == "bool" else 1


def _broadcast_all(shapes: list[tuple[Dim, ...]]) -> tuple[Dim, ...] | None:
    masks = [dims for dims in shapes if DATA_DEPENDENT in dims]
    if masks:
        return masks[0] if sum(bool(dims) for dims in shapes) == 1 else None
    result: list[Dim] = []
    for axis in range(1, 1 + max(map(len, shapes))):
        dim: Dim | None = 1
        for dims in shapes:
            if axis <= len(dims) and dim is not None:
                dim = broadcast_dims(dim, dims[-axis])
        if dim is None:
            return None
        result.insert(0, dim)
    return tuple(result)


def sliced_dim(dim: Dim, item: slice) -> Dim:
    """The length of an axis after a slice; slices alike in form leave lengths alike in name."""
    start, stop, step = (_number(bound) for bound in (item.start, item.stop, item.step))
    if OPEN in (dim, start, stop, step):
        return DATA_DEPENDENT
    if step not in (None, 1) or (
        isinstance(dim, int) and isinstance(start, int | None) and isinstance(stop, int | None)
    ):
        return _strided_dim(dim, start, stop, step)
    if start is not None and is_negative(start):
        if stop is None:
            return shorter(-start, dim)
        start = clamped(dim + start)
    elif start is not None and not is_length(start):
        return DATA_DEPENDENT
    if stop is None:
        end = dim
    elif is_negative(stop):
        end = less(dim, -stop)
    elif is_length(stop):
        end = shorter(stop, dim)
    else:
        return DATA_DEPENDENT
    return less(end, start or 0)


def _strided_dim(dim: Dim, start: Dim | None, stop: Dim | None, step: Dim | None) -> Dim:
    bounds = (start, stop, step)
    if bounds == (None, None, -1):
        return dim
    if not all(isinstance(bound, int | None) for bound in bounds):
        return DATA_DEPENDENT
    if isinstance(dim, int):
        return len(range(*slice(*bounds).indices(dim)))
    return extent(f"{dim}[{':'.join('' if bound is None else str(bound) for bound in bounds)}]")


def _number(bound: Any) -> Dim | None:
    """A bound of a slice as an integer, or what is known of it."""
    if not isinstance(bound, Type):
        return None if bound is None else int(bound)
    return OPEN if bound.extent is None else bound.extent


def lasting_writes_type(shape: Type, *slots: Type, index: Index) -> tuple[Type, ...]:
    """A truth value for each element that is written; of length one along the axes that a slice selects from."""
    dims = shape_from(shape)
    places = _expand_ellipsis(index, slots, len(dims)) if isinstance(dims, tuple) else None
    if places is None or not isinstance(dims, tuple):
        return (Type("unknown", "bool", UNKNOWN_SHAPE),)
    axis, lengths = 0, list[Dim]()
    for entry in places:
        consumed = _axes_consumed(entry)
        lengths += (1,) if isinstance(entry, slice) else dims[axis : axis + consumed]
        axis += consumed
    whole = tuple(slice(None) if isinstance(item, slice) else item for item in index)
    return (value_type("bool", indexed_shape(tuple(lengths), slots, whole)),)


def written_type(x: Type, v: Type, *_: Type, index: Index) -> tuple[Type, ...]:
    """An array keeps its type; what a list's items have in common, the one written has too."""
    if x.kind != "list" or len(index) > 1:
        return (x,)
    whole = any(isinstance(item, slice) for item in index)
    return (join_types(x, v if whole else Type("list", elements=(v,))),)
