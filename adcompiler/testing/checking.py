"""Checking derivatives: those of a user's function, or of a rule, against differences."""

from __future__ import annotations

import copy
import linecache
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adcompiler.api import grad, vjp
from adcompiler.ir.structure import packing_of
from adcompiler.rules.table import rule_of

_SINGLE = 1e-3
"""The difference allowed for numbers of single precision."""


def check_grads(
    f: Callable[..., Any], *arguments: Any, order: int = 1, step: float = 1e-4, tolerance: float = 1e-6
) -> None:
    """Compare the compiled derivative of `f` with differences.

    The cotangent of a random combination of the results is compared along a random direction in each argument, with
    central differences extrapolated to the fourth order. What passing does not prove: the values at kinks, and at other
    arguments.

    Parameters
    ----------
    f : callable
        A function of numbers and arrays, real or complex, and of structures of these, with such as its value. One
        with a rule of its own (`ad.rule`) is checked in both modes.
    *arguments
        Where to compare; the floating-point ones are moved. Where they are of single precision, differences are
        taken in double precision, and 1e-3 is allowed.
    order : int
        With 2, second derivatives are compared as well, of functions of numbers and arrays to one number or array.
    step : float
        How far arguments are moved.
    tolerance : float
        The difference allowed, relative to the size of the derivative or absolute below one.

    Raises
    ------
    AssertionError
        They differ.

    Examples
    --------
    >>> check_grads(lambda x: np.sin(x) * x, 0.3, order=2)
    """
    rng = np.random.default_rng(0)
    value, pullback = vjp(f, *copy.deepcopy(arguments))
    weight = _random_like(value, rng)
    cotangents = pullback(weight)
    for position, cotangent in enumerate(cotangents if len(arguments) > 1 else (cotangents,)):
        direction = _random_like(arguments[position], rng)
        if cotangent is None or _is_nothing(direction):
            continue

        def moved(distance: float, position: int = position, direction: Any = direction) -> float:
            varied = list(map(_in_double, copy.deepcopy(arguments)))
            varied[position] = _moved(varied[position], direction, distance)
            return _inner(weight, f(*varied))

        expected = _slope(moved, step)
        what = f"argument {position} of {getattr(f, '__name__', 'the function')}"
        allowed = max(tolerance, _SINGLE) if _is_single((arguments, value)) else tolerance
        _compare(what, "derivative", _inner(cotangent, direction), expected, allowed)
        pushed = _pushed_forward(f, arguments, position, direction)
        if pushed is not None:
            _compare(what, "derivative in forward mode", _inner(weight, pushed), expected, allowed)
    if order > 1:
        _check_second(f, arguments, weight, order, step, tolerance)


def _compare(what: str, which: str, found: float, expected: float, allowed: float) -> None:
    assert abs(found - expected) <= allowed * max(1.0, abs(expected)), (
        f"{what}: the {which} is {found}, differences give {expected}"
    )


def _check_second(
    f: Callable[..., Any], arguments: tuple[Any, ...], weight: Any, order: int, step: float, tolerance: float
) -> None:
    """The same of the derivative along a direction, of the combination of the results."""
    if any(packing_of(x) is not None for x in (*arguments, weight)):
        raise TypeError("second derivatives are compared for numbers and arrays alone")
    if any(map(np.iscomplexobj, (*arguments, weight))):
        raise TypeError("second derivatives are compared for real numbers alone")
    rng = np.random.default_rng(1)
    names = [f"x{number}" for number in range(len(arguments))]
    moving = [number for number, x in enumerate(arguments) if np.result_type(x).kind == "f"]
    objective = _function(names, "np.sum(weight * f({}))".format(", ".join(names)), {"f": f}, [], [weight])
    given = (*arguments, weight)
    gradient = grad(objective, tuple(moving))
    directions = [_random_like(arguments[number], rng) for number in moving]
    bars = " + ".join(f"np.sum(d{number} * bars[{number}])" for number in range(len(moving)))
    body = [f"bars = gradient({', '.join([*names, 'weight'])})"]
    along = _function(names, bars, {"gradient": gradient}, body, [weight, *directions])
    check_grads(along, *given, *directions, order=order - 1, step=step, tolerance=10 * tolerance)


def _function(
    names: list[str], result: str, namespace: dict[str, Any], body: list[str], constants: list[Any]
) -> Callable[..., Any]:
    """A function with source, of arguments and constants: `weight`, and directions."""
    parameters = [*names, "weight", *(f"d{number}" for number in range(len(constants) - 1))]
    lines = [f"def along({', '.join(parameters)}):", *(f"    {line}" for line in body), f"    return {result}"]
    text = "\n".join(lines) + "\n"
    file = f"<check_grads {len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    variables = {"np": np, **namespace}
    exec(compile(text, file, "exec"), variables)
    function: Callable[..., Any] = variables["along"]
    return function


def _slope(function: Callable[[float], float], step: float) -> float:
    near, far = ((function(h) - function(-h)) / (2 * h) for h in (step, 2 * step))
    return (4 * near - far) / 3


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
    dtype = np.asarray(value).dtype
    if dtype.kind not in "fc":
        return None
    sample = rng.normal(size=np.shape(value))
    if dtype.kind == "c":
        sample = sample + 1j * rng.normal(size=np.shape(value))
    return np.asarray(sample, dtype)[()]


def _is_nothing(direction: Any) -> bool:
    packing = packing_of(direction)
    return direction is None if packing is None else all(map(_is_nothing, packing.parts(direction)))


def _in_double(value: Any) -> Any:
    """A value with its numbers of single precision in double precision."""
    packing = packing_of(value)
    if packing is not None:
        return packing.pack([_in_double(part) for part in packing.parts(value)])
    if isinstance(value, np.ndarray | np.generic) and value.dtype in (np.float32, np.complex64):
        return value.astype(np.complex128 if value.dtype.kind == "c" else np.float64)
    return value


def _is_single(value: Any) -> bool:
    packing = packing_of(value)
    if packing is not None:
        return any(map(_is_single, packing.parts(value)))
    return isinstance(value, np.ndarray | np.generic) and value.dtype in (np.float32, np.complex64)


def _moved(value: Any, direction: Any, distance: float) -> Any:
    """A value moved along a direction of its structure."""
    packing = packing_of(value)
    if packing is not None:
        pairs = zip(packing.parts(value), packing.parts(direction), strict=True)
        return packing.pack([_moved(part, along, distance) for part, along in pairs])
    return value if direction is None else value + distance * direction


def _inner(one: Any, other: Any) -> float:
    """The real inner product of two values of one structure."""
    packing = packing_of(one)
    if packing is not None:
        return sum(map(_inner, packing.parts(one), packing.parts(other)))
    return 0.0 if one is None or other is None else float(np.sum(np.real(np.conj(one) * other)))
