"""The rule table times its declared points: what the tests of rules are parametrised over."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import adcompiler.rules  # noqa: F401  (fills the table)
from adcompiler.rules.rule import Rule
from adcompiler.rules.table import OPTIONAL, RULES
from adcompiler.runtime import unbroadcast

for _part in (
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "sparse",
    "special",
    "stats",
):
    with suppress(ImportError):
        importlib.import_module(f"scipy.{_part}")
OPTIONAL.load()


@dataclass(frozen=True)
class Case:
    """One rule at one point: operands (float64) and static parameters."""

    name: str
    rule: Rule
    operands: tuple[Any, ...]
    static: dict[str, Any]

    @property
    def differentiable(self) -> list[int]:
        """The numbers of the operands that have a pullback."""
        return [
            number
            for number, operand in enumerate(self.operands)
            if self.rule.pullback(number) is not None and operand is not None and not self.is_held(number)
        ]

    def is_held(self, number: int) -> bool:
        """Whether the derivative with respect to this operand is refused: of a degree, an order."""
        return hasattr(self.rule.pullback(number), "is_refused")

    def value(self, *operands: Any) -> Any:
        """The function itself."""
        given = (operands,) if self.rule.primitive.packs else operands
        return self.rule.function(*given, **self.static)

    def bar(self, number: int, g: Any, y: Any, *operands: Any) -> Any:
        """The cotangent of an operand as the rule gives it: perhaps narrow, or of the broadcast shape."""
        pullback = self.rule.pullback(number)
        assert pullback is not None
        return pullback(g, y, *operands, **self.static)

    def full_bar(self, number: int, g: Any, y: Any, *operands: Any) -> np.ndarray:
        """The cotangent of an operand, of the operand's shape."""
        bar = self.bar(number, g, y, *operands)
        bar = 0.0 if bar is None else bar
        shape = np.shape(operands[number])
        if self.rule.kind == "elementwise":
            bar = unbroadcast(np.broadcast_to(bar, np.shape(y)), shape)
        return np.broadcast_to(bar, shape)

    def dot(self, number: int, x_dot: Any, y: Any, *operands: Any) -> Any:
        """The contribution of an operand to the tangent of the result, as the rule gives it: perhaps narrow."""
        pushforward = self.rule.pushforward(number)
        assert pushforward is not None, f"{self.name}: no pushforward for operand {number}"
        return pushforward(x_dot, y, *operands, **self.static)

    def full_dots(self, number: int, x_dot: Any, y: Any, *operands: Any) -> list[np.ndarray]:
        """The tangent of each result, of its shape; real for a real result."""
        found = self.dot(number, x_dot, y, *operands)
        return [
            np.broadcast_to(0.0 if dot is None else dot if np.iscomplexobj(result) else np.real(dot), np.shape(result))
            for dot, result in zip(found if is_tuple(y) else [found], results_of(y), strict=True)
        ]

    def astype(self, dtype: type) -> Case:
        """The same case with its differentiable operands in another dtype."""
        operands = tuple(
            dtype(operand) if number in self.differentiable else operand for number, operand in enumerate(self.operands)
        )
        return replace(self, operands=operands)


def is_tuple(y: Any) -> bool:
    """Whether a function has several results."""
    return isinstance(y, tuple)


def results_of(y: Any) -> Sequence[Any]:
    """The results of a function, of which most have one."""
    return tuple(y) if is_tuple(y) else (y,)


def is_inexact(value: Any) -> bool:
    """Whether this is a real or complex number, or an array of such."""
    return not isinstance(value, (tuple, list, range, str)) and np.result_type(value).kind in "fc"


def random_for(name: str) -> np.random.Generator:
    """A generator of its own for each case, so that no test depends on another."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def like(rng: np.random.Generator, value: Any) -> Any:
    """Random numbers of either sign, none near zero, in the shape of a value, complex if that is; a Python number for
    one."""
    sample = rng.uniform(0.5, 1.5, np.shape(value)) * rng.choice([-1.0, 1.0], np.shape(value))
    if np.iscomplexobj(value):
        sample = sample + 1j * rng.uniform(-1.5, 1.5, np.shape(value))
    is_number = isinstance(value, (int, float, complex)) and not isinstance(value, np.generic)
    return np.asarray(sample).item() if is_number else np.asarray(sample)[()]


def cotangents_for(rng: np.random.Generator, y: Any) -> Any:
    """Random cotangents of the results of a function: None for those that are no real or complex numbers."""
    if is_tuple(y):
        return tuple(like(rng, result) if is_inexact(result) else None for result in y)
    return like(rng, y)


def cases_of(rule: Rule) -> Iterator[Case]:
    """The declared points of a rule."""
    for position, point in enumerate(rule.at):
        yield case_at(rule, f"{rule.primitive.name}-{position}", point)


def case_at(rule: Rule, name: str, point: tuple[Any, ...]) -> Case:
    """The case of a point, with random numbers in the place of shapes."""
    static = point[-1] if point and isinstance(point[-1], dict) else {}
    rng = random_for(name)

    def build(number: int, operand: Any) -> Any:
        is_shape = isinstance(operand, tuple) and rule.pullback(number) is not None
        return rng.uniform(0.5, 2.0, operand) * rng.choice([-1.0, 1.0], operand) if is_shape else operand

    operands = point[:-1] if static else point
    return Case(name, rule, tuple(build(n, operand) for n, operand in enumerate(operands)), dict(static))


def all_cases(of: Callable[[Rule], Iterator[Case]] = cases_of) -> list[Case]:
    """The cases of the whole table."""
    return [case for rule in RULES.values() for case in of(rule)]


def by_rule(cases: Iterable[Case]) -> list[Any]:
    """The cases of each rule together, as parameters of a test: there are too many for a test each."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.rule.primitive.name, []).append(case)
    return [pytest.param(group, id=name) for name, group in groups.items()]
