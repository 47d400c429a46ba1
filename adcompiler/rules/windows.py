"""What slides over an array: convolutions of neural networks, means and the largest of windows.

Convolutions are bilinear, and closed under transposition: from y = conv(x, k), three functions follow, each the
transpose of another in one operand: `conv` itself, and those that give to the input and to the kernel. The derivative
of each is made of the other two.
"""

from __future__ import annotations

import numpy as np

from adcompiler import runtime
from adcompiler.ir.dims import Dim
from adcompiler.ir.types import Type, array
from adcompiler.rules.inference import DATA_DEPENDENT, float_dtype, joined_dtype, opaque_shape_type, shape_from
from adcompiler.rules.overriding import overridable
from adcompiler.rules.rule import REQUIRED
from adcompiler.rules.table import linear, nondifferentiable

conv = overridable(runtime.conv)
conv_input_bar = overridable(runtime.conv_input_bar)
conv_kernel_bar = overridable(runtime.conv_kernel_bar)
pool_places = overridable(runtime.pool_places)
window_means = overridable(runtime.window_means)
window_means_bar = overridable(runtime.window_means_bar)


def _count(length: Dim, k: Dim, stride: int, sides: int, dilation: int) -> Dim:
    """How many windows there are along an axis."""
    if not isinstance(length, int) or not isinstance(k, int):
        return DATA_DEPENDENT
    return max((length + sides - dilation * (k - 1) - 1) // stride + 1, 0)


def conv_type(x: Type, kernel: Type, *, stride, padding, dilation, groups=1) -> tuple[Type, ...]:
    """Samples, output channels, and a place for each window."""
    if not isinstance(x.shape, tuple) or not isinstance(kernel.shape, tuple):
        return opaque_shape_type()
    lengths = x.shape[2:]
    if padding != "same":
        given = zip(lengths, kernel.shape[2:], stride, padding, dilation, strict=True)
        lengths = tuple(_count(length, k, s, 2 * p, d) for length, k, s, p, d in given)
    return (array(joined_dtype(x, kernel), (x.shape[0], kernel.shape[0], *lengths)),)


def _given_shape_type(one: Type, other: Type, shape: Type, **_: object) -> tuple[Type, ...]:
    return (array(joined_dtype(one, other), shape_from(shape)),)


def _pooled_type(dtype, x: Type, kernel, stride, padding, dilation, ceil_mode) -> tuple[Type, ...]:
    if not isinstance(x.shape, tuple):
        return opaque_shape_type()
    lengths: tuple[Dim, ...] = (DATA_DEPENDENT,) * len(kernel)
    if all(isinstance(length, int) for length in x.shape[2:]):
        sides = runtime.pool_sides(x.shape[2:], kernel, stride, padding, dilation, ceil_mode)
        given = zip(x.shape[2:], kernel, stride, sides, dilation, strict=True)
        lengths = tuple(_count(length, k, s, sum(side), d) for length, k, s, side, d in given)
    return (array(dtype, (*x.shape[:2], *lengths)),)


def pool_places_type(x: Type, *, kernel, stride, padding, dilation, ceil_mode=False) -> tuple[Type, ...]:
    """A number for each window."""
    return _pooled_type("int64", x, kernel, stride, padding, dilation, ceil_mode)


def window_means_type(x: Type, *, kernel, stride, padding, ceil_mode=False, **_: object) -> tuple[Type, ...]:
    """A number for each window."""
    return _pooled_type(float_dtype(x.dtype), x, kernel, stride, padding, (1,) * len(kernel), ceil_mode)


_OPTIONS = {"stride": REQUIRED, "padding": REQUIRED, "dilation": REQUIRED, "groups": 1}
_PLAIN = {"stride": (1,), "padding": (0,), "dilation": (1,)}
_SAME = {"stride": (1,), "padding": "same", "dilation": (1,)}
_STRIDED = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)}
_GROUPED = {**_STRIDED, "groups": 2}

linear(
    conv,
    lambda g, y, x, kernel, **options: conv_input_bar(g, kernel, np.shape(x), **options),
    lambda g, y, x, kernel, **options: conv_kernel_bar(g, x, np.shape(kernel), **options),
    aliases=(runtime.conv,),
    static=_OPTIONS,
    infer=conv_type,
    at=(
        ((2, 2, 5), (3, 2, 2), _PLAIN),
        ((2, 2, 5), (3, 2, 4), _SAME),
        ((2, 2, 5, 4), (3, 2, 2, 2), _STRIDED),
        ((1, 4, 5, 4), (6, 2, 2, 2), _GROUPED),
    ),
)
linear(
    conv_input_bar,
    lambda v, y, g, kernel, shape, **options: conv(v, kernel, **options),
    lambda v, y, g, kernel, shape, **options: conv_kernel_bar(g, v, np.shape(kernel), **options),
    None,
    aliases=(runtime.conv_input_bar,),
    static=_OPTIONS,
    infer=_given_shape_type,
    at=(((2, 3, 4), (3, 2, 2), (2, 2, 5), _PLAIN), ((1, 6, 3, 6), (6, 2, 2, 2), (1, 4, 5, 4), _GROUPED)),
)
linear(
    conv_kernel_bar,
    lambda v, y, g, x, shape, **options: conv(x, v, **options),
    lambda v, y, g, x, shape, **options: conv_input_bar(g, v, np.shape(x), **options),
    None,
    aliases=(runtime.conv_kernel_bar,),
    static=_OPTIONS,
    infer=_given_shape_type,
    at=(((2, 3, 4), (2, 2, 5), (3, 2, 2), _PLAIN), ((1, 6, 3, 6), (1, 4, 5, 4), (6, 2, 2, 2), _GROUPED)),
)
nondifferentiable(
    pool_places,
    aliases=(runtime.pool_places,),
    static={"kernel": REQUIRED, "stride": REQUIRED, "padding": REQUIRED, "dilation": REQUIRED, "ceil_mode": False},
    infer=pool_places_type,
    at=((np.arange(12.0).reshape(1, 2, 6), {"kernel": (2,), "stride": (2,), "padding": (1,), "dilation": (1,)}),),
)

_MEANS = {
    "kernel": REQUIRED,
    "stride": REQUIRED,
    "padding": REQUIRED,
    "ceil_mode": False,
    "count_include_pad": True,
    "divisor_override": None,
}
_PLAIN_MEANS = {"kernel": (2,), "stride": (2,), "padding": (0,)}
_PADDED_MEANS = {"kernel": (3, 2), "stride": (2, 1), "padding": (1, 1), "ceil_mode": True, "count_include_pad": False}
linear(
    window_means,
    lambda g, y, x, **options: window_means_bar(g, np.shape(x), **options),
    aliases=(runtime.window_means,),
    static=_MEANS,
    infer=window_means_type,
    at=(((2, 1, 5), _PLAIN_MEANS), ((1, 2, 4, 3), _PADDED_MEANS)),
)
linear(
    window_means_bar,
    lambda v, y, g, shape, **options: window_means(v, **options),
    None,
    aliases=(runtime.window_means_bar,),
    static=_MEANS,
    infer=lambda g, shape, **_: (array(g.dtype, shape_from(shape)),),
    at=(((2, 1, 2), (2, 1, 5), _PLAIN_MEANS), ((1, 2, 3, 4), (1, 2, 4, 3), _PADDED_MEANS)),
)
