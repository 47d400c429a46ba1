"""Which of several writes to one element of an array is the last."""

from __future__ import annotations

import numpy as np


def lasting_writes(shape, index):
    """Whether each element that `A[index] = v` writes keeps it, for `A` of `shape`: no later one goes to its place.

    What is sliced along selects different elements, so those axes have length one in the result, which broadcasts to
    the shape of `A[index]`.

    Raises
    ------
    ValueError
        Elements are written twice, in an order that depends on how the index lies in memory.

    Examples
    --------
    >>> lasting_writes((5,), np.array([2, 0, 2]))
    array([False,  True,  True])
    """
    selected, lengths = selected_axes(shape, index)
    last = np.full(lengths, -1)
    written = last[selected]
    order = np.arange(written.size).reshape(written.shape)
    last[selected] = order
    lasting = last[selected] == order
    if not np.all(lasting):
        arrays = [item for item in selected if isinstance(item, np.ndarray)]
        arrays = [part for item in arrays for part in (item.nonzero() if item.dtype.kind == "b" else (item,))]
        whole = np.broadcast_shapes(*(array.shape for array in arrays))
        ordered = [array.flags.c_contiguous or (array.ndim == 1 and array.strides[0] > 0) for array in arrays]
        if not any(is_ordered and array.shape == whole for is_ordered, array in zip(ordered, arrays, strict=True)):
            raise ValueError("an index names an element twice and is not C-contiguous: copy it with `.copy()`")
    return lasting


def selected_axes(shape, index):
    """An index with `:` for every slice, for an array with axes of length one where there is one; and its shape.

    Examples
    --------
    >>> selected_axes((4, 3, 2), (slice(1, None), np.array([0, 2])))
    ((slice(None, None, None), array([0, 2]), slice(None, None, None)), [1, 3, 1])
    """
    items = [np.asarray(item) if isinstance(item, list) else item for item in np.index_exp[index]]
    missing = len(shape)
    for item in items:
        is_mask = isinstance(item, np.ndarray) and item.dtype.kind == "b"
        missing -= item.ndim if is_mask else item is not None and item is not Ellipsis
    places = [place for place, item in enumerate(items) if item is Ellipsis] or [len(items)]
    items[places[0] : places[0] + 1] = [slice(None)] * missing
    lengths: list[int] = []
    axis = 0
    for place, item in enumerate(items):
        count = item.ndim if isinstance(item, np.ndarray) and item.dtype.kind == "b" else int(item is not None)
        lengths += [1] if isinstance(item, slice) else shape[axis : axis + count]
        items[place] = slice(None) if isinstance(item, slice) else item
        axis += count
    return tuple(items), lengths
