"""Convolutions of neural networks over any number of axes, and what is transposed in them.

Inputs have axes for samples, channels and places; kernels for output channels, input channels of a group and places.
`stride` and `dilation` are a length for each axis of places, and so is `padding`, which goes on both sides; or it is
"same", for results as long as the input.
"""

import numpy as np


def conv(x, kernel, stride, padding, dilation, groups=1):
    """The cross-correlation of an input with a kernel.

    Examples
    --------
    >>> conv(np.arange(5.0).reshape(1, 1, 5), np.ones((1, 1, 2)), (2,), (1,), (1,))
    array([[[0., 3., 7.]]])
    """
    windows = windows_of(padded(x, sides_of(padding, kernel.shape[2:], dilation)), kernel.shape[2:], stride, dilation)
    places = kernel.ndim - 2
    along = ([1, *range(2 + places, 2 + 2 * places)], list(range(1, kernel.ndim)))
    parts = [
        np.moveaxis(np.tensordot(part, its_kernel, along), -1, 1)
        for part, its_kernel in zip(np.split(windows, groups, axis=1), np.split(kernel, groups), strict=True)
    ]
    return parts[0] if groups == 1 else np.concatenate(parts, axis=1)


def conv_input_bar(g, kernel, shape, stride, padding, dilation, groups=1):
    """The transpose of `conv` with a kernel, for an input of this shape: each result gives to what it came from.

    Examples
    --------
    >>> conv_input_bar(np.array([[[1.0, 10.0, 100.0]]]), np.ones((1, 1, 2)), (1, 1, 5), (2,), (1,), (1,))
    array([[[  1.,  10.,  10., 100., 100.]]])
    """
    sides = sides_of(padding, kernel.shape[2:], dilation)
    lengths = [length + before + after for length, (before, after) in zip(shape[2:], sides, strict=True)]
    bar = np.zeros((*shape[:2], *lengths), np.result_type(g, kernel))
    parts = zip(np.split(bar, groups, axis=1), np.split(g, groups, axis=1), np.split(kernel, groups), strict=True)
    for part, its_g, its_kernel in parts:
        for place in np.ndindex(kernel.shape[2:]):
            reached = tuple(
                slice(k * d, k * d + s * (count - 1) + 1, s)
                for k, d, s, count in zip(place, dilation, stride, g.shape[2:], strict=True)
            )
            given = np.tensordot(its_g, its_kernel[(slice(None), slice(None), *place)], ([1], [0]))
            part[(slice(None), slice(None), *reached)] += np.moveaxis(given, -1, 1)
    inside = (slice(before, before + length) for length, (before, _) in zip(shape[2:], sides, strict=True))
    return bar[(slice(None), slice(None), *inside)]


def conv_kernel_bar(g, x, shape, stride, padding, dilation, groups=1):
    """The transpose of `conv` of an input, for a kernel of this shape.

    Examples
    --------
    >>> x = np.arange(5.0).reshape(1, 1, 5)
    >>> conv_kernel_bar(np.array([[[1.0, 10.0, 100.0]]]), x, (1, 1, 2), (2,), (1,), (1,))
    array([[[310., 420.]]])
    """
    windows = windows_of(padded(x, sides_of(padding, shape[2:], dilation)), shape[2:], stride, dilation)
    windows = windows[(slice(None), slice(None), *(slice(count) for count in g.shape[2:]))]
    along = [0, *range(2, g.ndim)]
    parts = [
        np.tensordot(its_g, part, (along, along))
        for its_g, part in zip(np.split(g, groups, axis=1), np.split(windows, groups, axis=1), strict=True)
    ]
    return parts[0] if groups == 1 else np.concatenate(parts)


def sides_of(padding, kernel, dilation):
    """How much is added before and after each axis.

    Examples
    --------
    >>> sides_of("same", (4, 3), (1, 2)), sides_of((1, 0), (4, 3), (1, 2))
    ([(1, 2), (2, 2)], [(1, 1), (0, 0)])
    """
    if padding != "same":
        return [(length, length) for length in padding]
    totals = [d * (length - 1) for length, d in zip(kernel, dilation, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def padded(x, sides, value=0):
    """`x` with a value around the axes of places."""
    return np.pad(x, ((0, 0), (0, 0), *sides), constant_values=value) if np.any(sides) else x


def windows_of(x, kernel, stride, dilation):
    """Views of what a kernel meets: samples, channels, places of the result, and places of the kernel."""
    reach = [d * (length - 1) + 1 for length, d in zip(kernel, dilation, strict=True)]
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, tuple(range(2, x.ndim)))
    every = (*(slice(None, None, s) for s in stride), *(slice(None, None, d) for d in dilation))
    return windows[(slice(None), slice(None), *every)]
