"""Checking derivatives: those of a user's function against differences."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adcompiler.api import vjp
from adcompiler.ir.structure import packing_of
from adcompiler.rules.table import rule_of


def check_grads(f: Callable[..., Any], *arguments: Any, step: float = 1e-6, tolerance: float = 1e-5) -> None:
    """Compare the compiled derivative of `f` with central differences.

    The cotangent of a random combination of the results is compared along a random direction in each argument. Where
    `f` has a rule of its own, so is what its pushforwards make of this direction. What passing does not prove: the
    values at kinks, and at other arguments.

    Parameters
    ----------
    f : callable
        A function of numbers and arrays, and of structures of these, with such as its value.
    *arguments
        Where to compare; the floating-point ones (float64) are moved.
    step : float
        How far.
    tolerance : float
        The difference allowed, relative to the size of the derivative or absolute below one.

    Raises
    ------
    AssertionError
        They differ.

    Examples
    --------
    >>> check_grads(lambda x: np.sin(x) * x, 0.3)
    """
    rng = np.random.default_rng(0)
    value, pullback = vjp(f, *copy.deepcopy(arguments))
    weight = _random_like(value, rng)
    cotangents = pullback(weight)
    for position, cotangent in enumerate(cotangents if len(arguments) > 1 else (cotangents,)):
        if cotangent is None:
            continue
        direction = _random_like(arguments[position], rng)

        def moved(distance: float, position: int = position, direction: Any = direction) -> float:
            varied = list(copy.deepcopy(arguments))
            varied[position] = _moved(varied[position], direction, distance)
            return _inner(weight, f(*varied))

        expected = (moved(step) - moved(-step)) / (2 * step)
        found = _inner(direction, cotangent)
        _compare(found, expected, tolerance, f, position, "derivative")
        pushed = _pushed_forward(f, arguments, position, direction)
        if pushed is not None:
            _compare(_inner(weight, pushed), expected, tolerance, f, position, "derivative in forward mode")


def _compare(found: float, expected: float, tolerance: float, f: Any, position: int, what: str) -> None:
    assert abs(found - expected) <= tolerance * max(1.0, abs(expected)), (
        f"argument {position} of {getattr(f, '__name__', 'the function')}: "
        f"the {what} is {found}, differences give {expected}"
    )


def _pushed_forward(f: Callable[..., Any], arguments: Sequence[Any], position: int, direction: Any) -> Any:
    """The tangent that the rule of `f` itself makes of a direction in one argument; None if it has none."""
    rule = rule_of(f)
    if rule is None or rule.variadic:
        return None
    operands, static = rule.bind(copy.deepcopy(arguments), {})
    pushforward = rule.pushforward(position) if position < len(operands) else None
    return None if pushforward is None else pushforward(direction, f(*copy.deepcopy(arguments)), *operands, **static)


def _random_like(value: Any, rng: np.random.Generator) -> Any:
    """Random numbers in the structure and shapes of a value; None in the place of what is no floating-point number."""
    packing = packing_of(value)
    if packing is not None:
        return packing.pack([_random_like(part, rng) for part in packing.parts(value)])
    return rng.normal(size=np.shape(value))[()] if np.asarray(value).dtype.kind == "f" else None


def _moved(value: Any, direction: Any, distance: float) -> Any:
    """A value moved along a direction of its structure."""
    packing = packing_of(value)
    if packing is not None:
        pairs = zip(packing.parts(value), packing.parts(direction), strict=True)
        return packing.pack([_moved(part, along, distance) for part, along in pairs])
    return value if direction is None else value + distance * direction


def _inner(one: Any, other: Any) -> float:
    """The inner product of two values of one structure."""
    packing = packing_of(one)
    if packing is not None:
        return sum(map(_inner, packing.parts(one), packing.parts(other)))
    return 0.0 if one is None else float(np.sum(one * other))
