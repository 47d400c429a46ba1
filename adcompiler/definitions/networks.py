"""Layers of neural networks with PyTorch's names and parameters: linear, convolutions, pooling, normalisation."""

from __future__ import annotations

import math

import numpy as np

from adcompiler.rules import windows as primitives
from adcompiler.rules.activations import softmax
from adcompiler.rules.structure import stop_gradient


def linear(input, weight, bias=None):
    """`input @ weight.T + bias`."""
    y = input @ weight.T
    return y if bias is None else y + bias


def embedding(input, weight, padding_idx=None):
    """Rows of a table, by their numbers; that at `padding_idx` gets no gradient."""
    rows = weight[input]
    if padding_idx is None:
        return rows
    if padding_idx < 0:
        padding_idx = padding_idx + weight.shape[0]
    return np.where(np.expand_dims(np.equal(input, padding_idx), -1), stop_gradient(rows), rows)


def one_hot(tensor, num_classes):
    """1 at the place that a number says, else 0, along a new axis at the end."""
    return (np.expand_dims(tensor, -1) == np.arange(num_classes)) * 1


# Convolutions


def _each(value, count):
    return (value,) * count if isinstance(value, int) else tuple(value)


def _conv(input, weight, bias, stride, padding, dilation, groups, count):
    if input.ndim == count + 1:
        return _conv(input[np.newaxis], weight, bias, stride, padding, dilation, groups, count)[0]
    stride, dilation = _each(stride, count), _each(dilation, count)
    padding = 0 if padding == "valid" else padding
    if padding == "same":
        if stride != (1,) * count:
            raise ValueError("`padding='same'` is for a stride of 1")
    else:
        padding = _each(padding, count)
    y = primitives.conv(input, weight, stride=stride, padding=padding, dilation=dilation, groups=groups)
    return y if bias is None else y + np.reshape(bias, (-1,) + (1,) * count)


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The cross-correlation along one axis; `padding` may be 'valid' or 'same'."""
    return _conv(input, weight, bias, stride, padding, dilation, groups, 1)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The cross-correlation along two axes; `padding` may be 'valid' or 'same'."""
    return _conv(input, weight, bias, stride, padding, dilation, groups, 2)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The cross-correlation along three axes; `padding` may be 'valid' or 'same'."""
    return _conv(input, weight, bias, stride, padding, dilation, groups, 3)


def _conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation, count):
    if input.ndim == count + 1:
        added = input[np.newaxis]
        return _conv_transpose(added, weight, bias, stride, padding, output_padding, groups, dilation, count)[0]
    stride, padding, dilation = _each(stride, count), _each(padding, count), _each(dilation, count)
    lengths = tuple(
        (length - 1) * s - 2 * p + d * (k - 1) + more + 1
        for length, s, p, d, k, more in zip(
            input.shape[2:], stride, padding, dilation, weight.shape[2:], _each(output_padding, count), strict=True
        )
    )
    shape = (input.shape[0], weight.shape[1] * groups, *lengths)
    y = primitives.conv_input_bar(
        input, weight, shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    return y if bias is None else y + np.reshape(bias, (-1,) + (1,) * count)


def conv_transpose1d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The transpose of `conv1d`."""
    return _conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation, 1)


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The transpose of `conv2d`."""
    return _conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation, 2)


# Pooling


def _max_pool(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, count):
    if return_indices:
        raise ValueError("`return_indices=True` is not supported")
    if input.ndim == count + 1:
        pooled = _max_pool(input[np.newaxis], kernel_size, stride, padding, dilation, ceil_mode, False, count)
        return pooled[0]
    kernel, padding, dilation = _each(kernel_size, count), _each(padding, count), _each(dilation, count)
    stride = kernel if stride is None else _each(stride, count)
    places = primitives.pool_places(
        input, kernel=kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
    )
    shape = input.shape
    flat = np.reshape(input, (shape[0], shape[1], math.prod(shape[2:])))
    chosen = np.take_along_axis(flat, np.reshape(places, (shape[0], shape[1], -1)), axis=2)
    return np.reshape(chosen, places.shape)


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest of each window along one axis; of equal ones the first has the gradient."""
    return _max_pool(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 1)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest of each window along two axes; of equal ones the first has the gradient."""
    return _max_pool(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 2)


def _avg_pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, count):
    if input.ndim == count + 1:
        added = input[np.newaxis]
        return _avg_pool(added, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, count)[0]
    kernel = _each(kernel_size, count)
    return primitives.window_means(
        input,
        kernel=kernel,
        stride=kernel if stride is None else _each(stride, count),
        padding=_each(padding, count),
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
    )


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of each window along one axis."""
    return _avg_pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad, None, 1)


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of each window along two axes."""
    return _avg_pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, 2)


# Normalisation


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """The last axes with mean 0 and variance 1, scaled and moved."""
    axes = _last_axes(input, normalized_shape)
    y = _normalised(input, axes, eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def _last_axes(input, normalized_shape):
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if input.shape[-len(shape) :] != shape:
        raise ValueError("`normalized_shape` is not the shape of the last axes")
    return tuple(range(-len(shape), 0))


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """The last axes over the root of their mean square, scaled."""
    if eps is None:
        raise ValueError("`rms_norm` needs `eps=`")
    axes = _last_axes(input, normalized_shape)
    y = input / np.sqrt(np.mean(input * input, axis=axes, keepdims=True) + eps)
    return y if weight is None else y * weight


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    """Each channel (axis 1) by its mean and variance: of this batch for `training=True`, else running ones."""
    trailing = (1,) * (input.ndim - 2)
    if training:
        if running_mean is not None or running_var is not None:
            raise ValueError("running means and variances are not updated: give None for `training=True`")
        axes = (0, *range(2, input.ndim))
        y = _normalised(input, axes, eps)
    else:
        spread = np.sqrt(np.reshape(running_var, (-1, *trailing)) + eps)
        y = (input - np.reshape(running_mean, (-1, *trailing))) / spread
    y = y if weight is None else y * np.reshape(weight, (-1, *trailing))
    return y if bias is None else y + np.reshape(bias, (-1, *trailing))


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """Groups of channels with mean 0 and variance 1, scaled and moved."""
    shape = input.shape
    grouped = np.reshape(input, (shape[0], num_groups, -1))
    y = np.reshape(_normalised(grouped, (2,), eps), shape)
    trailing = (1,) * (input.ndim - 2)
    y = y if weight is None else y * np.reshape(weight, (-1, *trailing))
    return y if bias is None else y + np.reshape(bias, (-1, *trailing))


def _normalised(input, axes, eps):
    centred = input - np.mean(input, axis=axes, keepdims=True)
    return centred / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)


# Dropout and attention


def dropout(input, p=0.5, training=True, inplace=False):
    """Elements left out at random, the others scaled so that the mean stays. What is drawn is a constant."""
    if inplace:
        raise ValueError("`inplace=True` is not supported: assign the result")
    if not training or p == 0:
        return input
    return kept(input, np.random.random(input.shape) >= p, p)


def kept(input, mask, p):
    """The elements that are not left out, scaled."""
    return np.where(mask, input / (1 - p), 0) if p < 1 else 0 * input


def scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
    """Values, weighted by `softmax` of the products of queries and keys."""
    if dropout_p:
        raise ValueError("`dropout_p` is not supported")
    scores = query @ np.swapaxes(key, -1, -2) * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        scores = np.where(np.tri(query.shape[-2], key.shape[-2], dtype=bool), scores, -np.inf)
    if attn_mask is not None:
        scores = np.where(attn_mask, scores, -np.inf) if attn_mask.dtype == bool else scores + attn_mask
    return softmax(scores, axis=-1) @ value
