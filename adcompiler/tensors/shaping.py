"""Functions that rearrange elements: most of them views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adcompiler.rules.table import RULES
from adcompiler.tensors.dtypes import promote
from adcompiler.tensors.indexing import along_axis, getitem
from adcompiler.tensors.shapes import normal_axis, shape_from
from adcompiler.tensors.tape import apply, call
from adcompiler.tensors.tensor import Tensor
from adcompiler.tensors.views import view as look

_MULTIPLE = (
    "Output {} of {} is a view and is being modified inplace. This view is the output of a function that returns "
    "multiple views. Such functions do not allow the output views to be modified inplace. You should replace the "
    "inplace operation by an out-of-place one."
)


def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The elements in another shape: a view where the memory allows it, else a copy."""
    target = _sizes(input, shape_from(shape))
    shared = _can_share(input, target)
    return look(RULES["reshape"], input, (target,), name="ViewBackward0" if shared else "UnsafeViewBackward0")


def view(input: Tensor, *shape: Any) -> Tensor:
    """The elements in another shape, sharing the memory."""
    target = _sizes(input, shape_from(shape))
    if not _can_share(input, target):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return look(RULES["reshape"], input, (target,), name="ViewBackward0")


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """The elements in the shape of another tensor, sharing the memory."""
    return view(input, other.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """The elements in the shape of another tensor."""
    return reshape(input, other.shape)


def _sizes(input: Tensor, shape: tuple[int, ...]) -> tuple[int, ...]:
    known = int(np.prod([size for size in shape if size != -1], dtype=np.int64))
    count = input.array.size
    if shape.count(-1) == 1 and known and count % known == 0:
        return tuple(count // known if size == -1 else size for size in shape)
    if shape.count(-1) or known != count:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
    return shape


def _can_share(input: Tensor, shape: tuple[int, ...]) -> bool:
    try:
        np.reshape(input.array, shape, copy=False)
    except ValueError:
        return False
    return True


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Join axes `start_dim` to `end_dim` into one."""
    shape = input.array.shape
    if not shape:
        return reshape(input, 1)
    start, end = normal_axis(start_dim, len(shape)), normal_axis(end_dim, len(shape))
    if start == end:
        return input
    return reshape(input, (*shape[:start], int(np.prod(shape[start : end + 1], dtype=np.int64)), *shape[end + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """All elements along one axis."""
    return reshape(input, -1)


def permute(input: Tensor, *dims: Any) -> Tensor:
    """The axes in another order."""
    rank = input.array.ndim
    order = tuple(normal_axis(dim, rank) for dim in shape_from(dims))
    if len(order) != rank:
        raise RuntimeError(
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {rank} is not equal to len(dims) = {len(order)}"
        )
    return _transposed(input, order, "PermuteBackward0")


def transpose(input: Tensor, dim0: int, dim1: int, *, name: str = "TransposeBackward0") -> Tensor:
    """Two axes exchanged."""
    rank = input.array.ndim
    order = list(range(rank))
    first, second = normal_axis(dim0, rank), normal_axis(dim1, rank)
    if rank:
        order[first], order[second] = second, first
    return _transposed(input, tuple(order), name)


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix."""
    rank = input.array.ndim
    if rank > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {rank}D")
    return _transposed(input, tuple(reversed(range(rank))), "TBackward0")


def reversed_axes(input: Tensor) -> Tensor:
    """`x.T`: the axes in reverse order."""
    return _transposed(input, tuple(reversed(range(input.array.ndim))), "PermuteBackward0")


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Axes moved to other places."""
    rank = input.array.ndim
    sources = [normal_axis(int(axis), rank) for axis in np.atleast_1d(source)]
    targets = [normal_axis(int(axis), rank) for axis in np.atleast_1d(destination)]
    order = [axis for axis in range(rank) if axis not in sources]
    for target, moved in sorted(zip(targets, sources, strict=True)):
        order.insert(target, moved)
    return _transposed(input, tuple(order), "PermuteBackward0")


def _transposed(input: Tensor, order: tuple[int, ...], name: str) -> Tensor:
    return look(RULES["transpose"], input, (), {"axes": order}, name)


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A new axis of length one."""
    axis = normal_axis(dim, input.array.ndim + 1)
    return look(RULES["getitem"], input, (), {"index": (*[slice(None)] * axis, None)}, "UnsqueezeBackward0")


def squeeze(input: Tensor, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """Without the axes of length one, or those of them given."""
    shape = input.array.shape
    chosen = range(len(shape)) if dim is None else [normal_axis(d, len(shape)) for d in np.atleast_1d(dim)]
    index = tuple(0 if axis in chosen and length == 1 else slice(None) for axis, length in enumerate(shape))
    return look(RULES["getitem"], input, (), {"index": index}, f"SqueezeBackward{0 if dim is None else 1}")


def expand(input: Tensor, *sizes: Any) -> Tensor:
    """Axes of length one repeated without copying; -1 keeps a length."""
    target, shape = shape_from(sizes), input.array.shape
    added = len(target) - len(shape)
    if added < 0:
        raise RuntimeError(
            f"expand({input.type()}{{{list(shape)}}}, size={list(target)}): the number of sizes provided "
            f"({len(target)}) must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    full = tuple(shape[axis - added] if size == -1 and axis >= added else size for axis, size in enumerate(target))
    for axis in reversed(range(added, len(full))):
        if shape[axis - added] not in (1, full[axis]):
            raise RuntimeError(
                f"The expanded size of the tensor ({full[axis]}) must match the existing size ({shape[axis - added]}) "
                f"at non-singleton dimension {axis}.  Target sizes: {list(target)}.  Tensor sizes: {list(shape)}"
            )
    return look(RULES["broadcast_to"], input, (full,), name="ExpandBackward0")


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Expanded to the shape of another tensor."""
    return expand(input, other.shape)


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along an axis, without it."""
    axis = normal_axis(dim, input.array.ndim)
    return _pieces(input, axis, [*range(input.array.shape[axis])], "Unbind")


def split(input: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Consecutive pieces along an axis: of one length, or of the lengths given."""
    axis = normal_axis(dim, input.array.ndim)
    length = input.array.shape[axis]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        return _pieces(input, axis, [slice(at, at + step) for at in range(0, length, step)], "Split")
    ends = np.cumsum(split_size_or_sections).tolist()
    if ends[-1:] != [length]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
            f"{axis}), but got split_sizes={list(split_size_or_sections)}"
        )
    starts = [0, *ends[:-1]]
    return _pieces(input, axis, [slice(*pair) for pair in zip(starts, ends, strict=True)], "SplitWithSizes")


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of equal length along an axis; the last may be shorter."""
    length = input.array.shape[normal_axis(dim, input.array.ndim)]
    return split(input, max(1, -(-length // chunks)), dim)


def _pieces(input: Tensor, axis: int, items: Sequence[Any], name: str) -> tuple[Tensor, ...]:
    before = [slice(None)] * axis
    return tuple(
        look(
            RULES["getitem"],
            input,
            (),
            {"index": (*before, item)},
            f"{name}Backward0",
            refusal=_MULTIPLE.format(number, name),
        )
        for number, item in enumerate(items)
    )


def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """`length` entries of an axis from `start` on."""
    axis = normal_axis(dim, input.array.ndim)
    return getitem(input, (*[slice(None)] * axis, slice(start, start + length)))


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One entry of an axis, without it."""
    return getitem(input, (*[slice(None)] * normal_axis(dim, input.array.ndim), index))


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an axis."""
    ranks = [tensor.array.ndim for tensor in tensors]
    if len(set(ranks)) > 1:
        other = next(rank for rank in ranks if rank != ranks[0])
        raise RuntimeError(f"Tensors must have same number of dimensions: got {ranks[0]} and {other}")
    axis = normal_axis(dim, ranks[0])
    for number, tensor in enumerate(tensors):
        for place, (have, want) in enumerate(zip(tensor.array.shape, tensors[0].array.shape, strict=True)):
            if have != want and place != axis:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {want} but got size {have} "
                    f"for tensor number {number} in the list."
                )
    return apply(RULES["concatenate"], _in_one_dtype(tensors), {"axis": axis}, "CatBackward0")


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new axis."""
    for number, tensor in enumerate(tensors):
        if tensor.array.shape != tensors[0].array.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(tensors[0].array.shape)} at entry 0 and "
                f"{list(tensor.array.shape)} at entry {number}"
            )
    axis = normal_axis(dim, tensors[0].array.ndim + 1)
    return apply(RULES["stack"], _in_one_dtype(tensors), {"axis": axis}, "StackBackward0")


def _in_one_dtype(tensors: Sequence[Tensor]) -> list[Tensor]:
    common = tensors[0].array.dtype
    for tensor in tensors:
        common = promote(common, tensor.array.dtype)
    return [tensor if tensor.array.dtype == common else tensor.to(common) for tensor in tensors]


def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The elements at `index` along an axis."""
    return along_axis(input, index.array, normal_axis(dim, input.array.ndim), "GatherBackward0")


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The entries `index` of an axis."""
    before = [slice(None)] * normal_axis(dim, input.array.ndim)
    return getitem(input, (*before, index), "IndexSelectBackward0")


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where `mask` is true, along one axis."""
    return getitem(input, mask, "MaskedSelectBackward0")


def flip(input: Tensor, *dims: Any) -> Tensor:
    """Axes reversed."""
    axes = tuple(normal_axis(dim, input.array.ndim) for dim in shape_from(dims))
    result: Tensor = call(np.flip, (input,), {"axis": axes})
    return result


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements moved along axes; what leaves at the end enters at the start."""
    result: Tensor = call(np.roll, (input, shifts), {} if dims is None else {"axis": dims})
    return result


def repeat(input: Tensor, *sizes: Any) -> Tensor:
    """Copies side by side, `sizes` of them along each axis."""
    counts = shape_from(sizes)
    return apply_tile(input, (1,) * (input.array.ndim - len(counts)) + counts, "RepeatBackward0")


def apply_tile(input: Tensor, counts: tuple[int, ...], name: str) -> Tensor:
    """Copies side by side: expanded between axes, then joined."""
    shape = (1,) * (len(counts) - input.array.ndim) + input.array.shape
    separate = reshape(input, [size for length in shape for size in (1, length)])
    spread = expand(separate, [size for pair in zip(counts, shape, strict=True) for size in pair])
    joined = reshape(spread, [count * length for count, length in zip(counts, shape, strict=True)])
    result: Tensor = joined.copied(name)
    return result


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A matrix's diagonal, or the matrix with this diagonal."""
    result: Tensor = call(np.diag, (input,), {"k": diagonal} if diagonal else {})
    return result


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle; zero above it."""
    return _triangle(input, np.tril(np.ones(input.array.shape[-2:], bool), diagonal), "TrilBackward0")


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle; zero below it."""
    return _triangle(input, np.triu(np.ones(input.array.shape[-2:], bool), diagonal), "TriuBackward0")


def _triangle(input: Tensor, mask: np.ndarray[Any, Any], name: str) -> Tensor:
    zero = np.zeros((), input.array.dtype)
    return apply(RULES["where"], [mask, input, zero], {}, name)
