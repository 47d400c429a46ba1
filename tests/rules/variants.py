"""Further points, made from the declared ones: other shapes, empty axes, axes of length one, other layouts."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from adcompiler.rules.rule import Rule
from tests.rules.points import Case, case_at, cases_of, random_for

Array = np.ndarray[Any, Any]

_SHAPES: tuple[tuple[int, ...], ...] = ((), (0,), (1,), (3,), (2, 3), (2, 0), (2, 1, 3), (2, 1, 2, 3))
"""Of all operands of an elementwise function."""

_BROADCASTING: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((), (3,)),
    ((3,), ()),
    ((2, 1), (3,)),
    ((1, 3), (2, 3)),
    ((2, 3), (1,)),
    ((0, 1), (1, 3)),
    ((2, 1, 2), (3, 1)),
    ((3, 1), (2, 1, 2, 3)),
)
"""Of the operands of an elementwise function, by turns."""


def strided(x: Array) -> Array:
    """The same numbers, each second along every axis of a larger array."""
    larger = np.ones([2 * length for length in x.shape], x.dtype)
    part = larger[tuple(slice(None, None, 2) for _ in x.shape)]
    part[...] = x
    return part


def backwards(x: Array) -> Array:
    """The same numbers, with negative strides."""
    return x[(slice(None, None, -1),) * x.ndim].copy()[(slice(None, None, -1),) * x.ndim]


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "strided": strided,
    "backwards": backwards,
    "fortran": np.asfortranarray,
}


def takes_arrays(rule: Rule) -> bool:
    """Whether a function is one of arrays, and not of Python numbers alone."""
    module = getattr(rule.function, "__module__", None)
    of_numbers = module in ("math", "cmath", builtins.__name__) or rule.primitive.name == "polygamma"
    return isinstance(rule.function, np.ufunc) or not of_numbers


def is_internal(rule: Rule) -> bool:
    """Whether a function is our own: one that only rules call."""
    ours = str(getattr(rule.function, "__module__", None)).startswith("adcompiler.")
    return ours and not rule.primitive.spelling.startswith(("np.", "scipy."))


def shape_variants(rule: Rule) -> Iterator[Case]:
    """An elementwise function of arrays of each rank: every element is one of the declared points, moved a little."""
    if rule.kind != "elementwise" or not takes_arrays(rule):
        return
    for shape in _SHAPES[-2:] if is_internal(rule) else _SHAPES:
        yield from _filled(rule, f"shape{shape}", (shape,) * len(rule.operands))
    if len(rule.operands) < 2:
        return
    for shapes in _BROADCASTING:
        given = tuple(shapes[number % len(shapes)] for number in range(len(rule.operands)))
        yield from _filled(rule, f"broadcast{shapes}", given)


def _filled(rule: Rule, label: str, shapes: tuple[tuple[int, ...], ...]) -> Iterator[Case]:
    """Arrays of these shapes around a declared point, for each set of static parameters and pattern of omissions."""
    done: set[Any] = set()
    for case in cases_of(rule):
        pattern = (str(case.static), tuple(operand is None or _is_kept(operand) for operand in case.operands))
        if any(np.ndim(operand) for operand in case.operands) or (pattern in done and "shape" in label):
            continue
        done.add(pattern)
        rng = random_for(f"{case.name} {label}")

        def fill(number: int, operand: Any, case: Case = case, rng: np.random.Generator = rng) -> Any:
            if operand is None or isinstance(operand, str):
                return operand
            whole = np.full(shapes[number], operand)
            return whole * (1 + 0.01 * rng.uniform(-1, 1, shapes[number])) if not _is_kept(operand) else whole

        yield from possible(
            replace(
                case,
                name=f"{case.name}-{label}",
                operands=tuple(map(fill, *zip(*enumerate(case.operands), strict=True))),
            )
        )


def _is_kept(operand: Any) -> bool:
    """Whether a point says something by its exact value: integers and flags, and zero."""
    return isinstance(operand, (bool, int, np.bool_, np.integer)) or operand == 0


def few_shape_variants(rule: Rule) -> Iterator[Case]:
    """A few of the shapes, for what takes long."""
    few = ("shape(0,)", "shape(2, 1, 3)", "broadcast((2, 1), (3,))")
    return (case for case in shape_variants(rule) if case.name.endswith(few))


def layout_variants(rule: Rule) -> Iterator[Case]:
    """The declared points with their arrays in other layouts: strided, reversed, in Fortran's order."""
    cases = [] if is_internal(rule) else list(cases_of(rule))
    if rule.kind == "elementwise" and takes_arrays(rule):
        cases = [case for case in shape_variants(rule) if any(np.ndim(operand) > 1 for operand in case.operands)][:2]
    for case in cases:
        for label, layout in LAYOUTS.items():
            operands = tuple(
                layout(operand) if number in case.differentiable and np.ndim(operand) else operand
                for number, operand in enumerate(case.operands)
            )
            if label == "fortran" and all(np.ndim(operand) < 2 for operand in operands):
                continue
            if any(new is not old for new, old in zip(operands, case.operands, strict=True)):
                yield replace(case, name=f"{case.name}-{label}", operands=operands)


_LENGTHS_OF_SIGNALS = (1,)
"""NumPy's transforms of empty signals to longer ones read memory that nobody wrote."""

_NOT_LIKE_OTHERS = {"builtins.sum-1-3as0"}
"""Python's sum of no rows is the number 0."""

REFUSED = {"linalg.qr-15-4as0", "linalg.qr-16-3as0"}
"""The vectors of a complete Q beyond those of the matrix are any basis of the rest: their cotangent is refused."""


def length_variants(rule: Rule) -> Iterator[Case]:
    """The declared points with each length in turn replaced by 0 and by 1, where the function allows that.

    Our own functions are only called with lengths that fit together.
    """
    if rule.kind == "elementwise" or is_internal(rule):
        return
    for position, point in enumerate(rule.at):
        lengths = {length for operand in point if _is_shape(operand) for length in operand if length > 1}
        for old in sorted(lengths):
            for new in _LENGTHS_OF_SIGNALS if rule.primitive.name.startswith("fft.") else (0, 1):
                changed = tuple(
                    tuple(new if length == old else length for length in operand) if _is_shape(operand) else operand
                    for operand in point
                )
                name = f"{rule.primitive.name}-{position}-{old}as{new}"
                if name not in _NOT_LIKE_OTHERS | REFUSED:
                    yield from possible(case_at(rule, name, changed))


def _is_shape(operand: Any) -> bool:
    return isinstance(operand, tuple) and all(type(length) is int for length in operand)


def possible(case: Case) -> Iterator[Case]:
    """The case, if the function can be computed there without an error or a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            case.value(*case.operands)
        except Exception:
            return
    yield case
