"""`raise`, `try`, `with`, `del`."""

from __future__ import annotations

import numpy as np

from .table import X, example


class NotPositiveError(ValueError):
    """An exception of the user's."""

    def __init__(self, value, where="nowhere"):
        super().__init__(f"{value} is not positive, {where}")
        self.value = value


# Paths that end


@example(1.5)
def guarded(x):
    if x < 0:
        raise NotPositiveError(x, where="in guarded")
    if not np.isfinite(x):
        raise ValueError(f"{x:.3f} is not finite") from None
    return np.sqrt(x) * x


@example(1.5)
@example(-0.7)
@example(2.5)
def branches_of_which_one_raises(x):
    if x < 0:
        y = x * x
        z = 3.0
    elif x < 2:
        y = np.sin(x)
        z = x
    else:
        if x > 10:
            raise ValueError("large")
        y = x * 2
        z = 1.0
    return y * z + x


@example(0.3)
@example(2.3)
def last_branch_raises(x):
    if x < 1:
        return x * x
    elif x < 3:
        return np.sin(x)
    else:
        raise ValueError("large")


def _checked(x, low):
    if x < low:
        raise ValueError(f"{x} < {low}")
    return x * x


def _fails(x):
    raise ArithmeticError(x)


@example(1.5, 2.5)
def raises_in_a_called_function(x, y):
    z = _checked(x, 0.0) * _checked(y, 1.0)
    return z + _checked(x if x > 0 else _fails(x), -1.0) * y


@example(1.3)
def found_or_raised(x):
    for i in range(10):
        if x**i > 3:
            return x**i
    raise LookupError("nothing found")


@example(1.3)
def endless_loop_that_returns_or_raises(x):
    count = 0
    while True:
        x = x * 1.5
        count += 1
        if x > 10:
            return x * x
        if count > 100:
            raise RuntimeError("no convergence")


@example(1.3)
def endless_loop_that_breaks_or_raises(x):
    count = 0
    while True:
        if x > 10:
            break
        if count > 100:
            raise RuntimeError("no convergence")
        x = x * 1.5
        count += 1
    return x * x


@example(X)
def raise_in_a_loop_with_continue(x):
    total = 0.0
    for value in x:
        if value < 0:
            continue
        elif value > 5:
            raise ValueError(f"large: {value}")
        total += value * value
    return total


@example(1.3)
def loop_whose_body_always_raises(x):
    y = x
    for i in range(0 if x > 0 else 3):
        y = y * 2
        raise ValueError(i)
    return y * y


@example(1.3)
def value_that_no_path_lacks(x):
    if x > 0:
        y = x * x
    else:
        raise ValueError
    if x > 1:
        z = y * 2
    elif x > 100:
        assert False, "not here"  # noqa: B011, PT015  (the statement is the test)
    else:
        z = y
    return y * z


@example(1.3)
def raises_in_a_conditional_expression(x):
    y = x * x if x > 0 else _fails(x)
    return y * (x > -3 and x)


@example(X)
def raises_after_a_write(x):
    y = x * 1.0
    y[0] = y[1] * 3
    if y[0] > 100:
        y[1] = 5.0
        raise OverflowError(y[0])
    y[2] *= y[0]
    return np.sum(y * x)


# Names


@example(1.5)
def deletes_names(x):
    y = x * x
    z, w = y * 2, y * 3
    del y
    y = z * w
    del z, (w)
    for i in range(3):
        t = y * x
        y = t + i
        del t
    return y


scale = 2.5
shift = 0.5


@example(X)
def reads_globals(x):
    global scale, shift
    return np.sum(x * x + shift) * scale


@example(1.5)
def reads_names_of_the_enclosing_function(x):
    factor = x * 2

    def scaled(y):
        nonlocal factor
        return y * factor

    factor = x * 3
    return scaled(x) * scaled(2.0)
