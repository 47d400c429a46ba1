"""Branches: `if`, early returns, values that differ from path to path."""

import numpy as np

from .table import X, example


@example(0.5)
@example(-0.5)
def absolute(x):
    if x > 0:
        y = x * x
    else:
        y = -x
    return y


@example(0.5)
@example(1.5)
@example(-1.5)
def elif_chain(x):
    if x > 1:
        y = x**3
    elif x > 0:
        y = np.sin(x)
    elif x > -1:
        y = np.exp(x)
    else:
        y = x * 2
    return y * x


@example(0.5)
@example(-0.5)
def different_variables(x):
    if x > 0:
        a = x * 2
    else:
        b = x * 3
    if x > 0:
        return a * a
    return b * b * b


@example(0.5, 2.0)
@example(0.5, -2.0)
@example(-0.5, -2.0)
def nested_branches(x, y):
    z = x
    if x > 0:
        z = x * y
        if y > 0:
            z = z * np.sin(y)
    return z * x


@example(0.5, 2.0)
@example(-0.5, 2.0)
def swap_in_branch(x, y):
    if x > 0:
        x, y = y, x
    return x * x + 3 * y


@example(0.5)
@example(-2.0)
@example(2.0)
def early_return(x):
    if x < -1:
        return x * 7
    y = x * x
    if y > 1:
        return y * 3
    return y * x


@example(X, True)
@example(X, False)
def static_flag(x, flag):
    if flag:
        return np.sum(x * x)
    return np.sum(x)


@example(X, None)
@example(X, 2.0)
def optional_argument(x, scale=None):
    if scale is None:
        scale = 3.0
    return np.sum(x * scale)


@example(X)
@example(np.ones((3, 2)) * 0.5)
def column_if_vector(x):
    c = np.reshape(x, (-1, 1)) if np.ndim(x) < 2 else x
    return np.sum(np.concatenate((c, 2 * c), axis=-1) ** 2)
