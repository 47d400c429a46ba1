"""Functions that raise where their argument is negative (not in a test file, where pytest rewrites assertions)."""

from __future__ import annotations

import numpy as np


class NotPositiveError(ValueError):
    """An exception with state of its own."""

    def __init__(self, value, where="nowhere"):
        super().__init__(f"{value} is not positive, {where}")
        self.value = value


def negative(x):
    if x < 0:
        raise ValueError(f"negative {x:.2f}")
    return np.sqrt(x)


def with_two_arguments(x):
    if x < 0:
        raise LookupError("x", x, None)
    return np.sqrt(x)


def of_the_user(x):
    if x < 0:
        raise NotPositiveError(x, where="of_the_user")
    return np.sqrt(x)


def of_numpy(x):
    if x < 0:
        raise np.linalg.LinAlgError("singular")
    return np.sqrt(x)


def class_alone(x):
    if x < 0:
        raise ZeroDivisionError
    return np.sqrt(x)


def from_none(x):
    if x < 0:
        raise ValueError("x") from None
    return np.sqrt(x)


def from_another(x):
    if x < 0:
        raise ValueError("x") from KeyError("y")
    return np.sqrt(x)


def held_by_a_name(x):
    error = ValueError("x", x)
    if x < 0:
        raise error
    return np.sqrt(x)


def in_a_loop(x):
    for i in range(5):
        if x * i < -2:
            raise RuntimeError(f"round {i}")
        x = x * 1.5
    return x


def asserted(x):
    assert x > 0, f"x is {x!r}"
    return np.sqrt(x)


def asserted_in_a_branch(x):
    if x < 0:
        assert False, "negative"  # noqa: B011, PT015  (the statement is the test)
    return np.sqrt(x)


def _check(x):
    if x < 0:
        raise ValueError("checked")
    return x


def in_an_argument(x):
    return np.sum(np.array([x, _check(x)]))


EVERY = [
    negative,
    with_two_arguments,
    of_the_user,
    of_numpy,
    class_alone,
    from_none,
    from_another,
    held_by_a_name,
    in_a_loop,
    asserted,
    asserted_in_a_branch,
    in_an_argument,
]
