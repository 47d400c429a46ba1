"""The rule table times its declared points: what the tests of rules are parametrised over."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import adcompiler.rules.scipy_fft
import adcompiler.rules.scipy_integrate
import adcompiler.rules.scipy_interpolate
import adcompiler.rules.scipy_linalg
import adcompiler.rules.scipy_signal
import adcompiler.rules.scipy_sparse
import adcompiler.rules.scipy_special  # noqa: F401  (like all of `adcompiler.rules`, it fills the table)
from adcompiler.rules.complex_numbers import MAKE_COMPLEX
from adcompiler.rules.table import RULES, Rule
from adcompiler.runtime import unbroadcast


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
        shape = np.shape(operands[number])
        if self.rule.kind == "elementwise":
            return unbroadcast(np.broadcast_to(bar, np.shape(y)), shape)
        return np.broadcast_to(bar, shape)

    def dot(self, number: int, x_dot: Any, y: Any) -> Any:
        """What a tangent of an operand contributes to that of the result, as the rule gives it: perhaps narrow."""
        pushforward = self.rule.pushforward(number)
        assert pushforward is not None
        return pushforward(x_dot, y, *self.operands, **self.static)

    def astype(self, dtype: type) -> Case:
        """The same case with its differentiable operands in another dtype."""
        operands = tuple(
            dtype(operand) if number in self.differentiable else operand for number, operand in enumerate(self.operands)
        )
        return Case(self.name, self.rule, operands, self.static)


def random_for(name: str) -> np.random.Generator:
    """A generator of its own for each case, so that no test depends on another."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def cases_of(rule: Rule) -> Iterator[Case]:
    """The declared points of a rule."""
    for position, point in enumerate(rule.at):
        static = point[-1] if point and isinstance(point[-1], dict) else {}
        name = f"{rule.primitive.name}-{position}"
        rng = random_for(name)
        operands = point[:-1] if static else point

        def build(number: int, operand: Any, rng: np.random.Generator = rng) -> Any:
            is_shape = isinstance(operand, tuple) and rule.pullback(number) is not None
            return rng.uniform(0.5, 2.0, operand) * rng.choice([-1.0, 1.0], operand) if is_shape else operand

        yield Case(name, rule, tuple(build(n, operand) for n, operand in enumerate(operands)), dict(static))


def broadcasting_cases_of(rule: Rule) -> Iterator[Case]:
    """The points of a NumPy function of two operands, each operand in turn an array that broadcasts."""
    if rule.kind != "elementwise" or len(rule.operands) < 2 or not rule.primitive.spelling.startswith("np."):
        return
    for case in cases_of(rule):
        for label, shapes in (("left", ((), (3,))), ("right", ((3,), ())), ("both", ((2, 1), (3,)))):
            arrays = [
                operand if operand is None or number > 2 else np.full(shapes[number % 2], operand)
                for number, operand in enumerate(case.operands)
            ]
            yield Case(f"{case.name}-{label}", rule, tuple(arrays), case.static)


SEVERAL_RESULTS = {
    *("modf", "frexp", "math.modf", "math.frexp", "weighted_logsumexp"),
    *(f"scipy.special.{name}" for name in ("airy", "airye", "ellipj", "fresnel", "shichi", "sici")),
    *(f"linalg.{name}" for name in ("slogdet", "lstsq", "qr", "eigh", "svd")),
    *("gauss_legendre", "scipy.linalg.lu", "scipy.linalg.lu_factor", "right_polar", "eigh_of_two"),
}
"""Rules whose result is a tuple; programs test them."""

OF_SPECTRA = {"fft.irfft", "fft.irfft2", "fft.irfftn", "fft.hfft"}
"""Rules with a real result whose pullbacks go by way of complex numbers, whatever the operand is."""


def all_cases(of: Callable[[Rule], Iterator[Case]] = cases_of, *, complex_results: bool = False) -> list[Case]:
    """The cases of the whole table, with real results unless complex ones are asked for."""
    complex_ones = set() if complex_results else MAKE_COMPLEX | OF_SPECTRA
    rules = (rule for rule in RULES.values() if rule.primitive.name not in complex_ones)
    return [case for rule in rules if rule.primitive.name not in SEVERAL_RESULTS for case in of(rule)]
