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
    axes = range(np.ndim(np.zeros(lengths)[selected]))
    lasting = last_in_order(selected, lengths, axes)
    if not np.all(lasting):
        arrays = [item for item in selected if isinstance(item, np.ndarray)]
        arrays = [part for item in arrays for part in (item.nonzero() if item.dtype.kind == "b" else (item,))]
        whole = np.broadcast_shapes(*(array.shape for array in arrays))
        in_order = any(array.flags.c_contiguous and array.shape == whole for array in arrays)
        forwards = all(stride > 0 for array in arrays for stride in array.strides)
        orders: list[tuple[int, ...]] = [] if in_order else [()]
        for axis in axes:
            orders = [(*order[:k], axis, *order[k:]) for order in orders for k in range(len(order) + 1)]
        if not (in_order or forwards) or any(np.any(lasting != last_in_order(selected, lengths, o)) for o in orders):
            raise ValueError("an index names an element twice and is not C-contiguous: copy it with `.copy()`")
    return lasting


def last_in_order(selected, lengths, axes):
    """Whether each element that an index selects is the last at its place, if `axes` run from slowest to fastest."""
    last = np.full(lengths, -1)
    written = last[selected]
    counted = np.arange(written.size).reshape([written.shape[axis] for axis in axes])
    order = counted.transpose(np.argsort(axes)) if written.ndim else counted
    np.maximum.at(last, selected, order)
    return last[selected] == order


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
