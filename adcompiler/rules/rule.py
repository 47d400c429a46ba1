"""What is known of one primitive's derivative, and how the arguments of a call bind to it.

Apart from the table of all rules, which is filled by `rules.table`: what reads a rule need not know how it came there.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from adcompiler.ir.nodes import Primitive
from adcompiler.rules.overriding import call_overridden

Pullback = Callable[..., Any]
Pushforward = Callable[..., Any]
Arrange = Callable[[tuple[Any, ...], Mapping[str, Any]], tuple[tuple[Any, ...], Mapping[str, Any]]]

REQUIRED = inspect.Parameter.empty
"""The default of a static parameter that every call must give."""


OMITTED = object()
"""The default of an operand that a call may leave out, and that is then not there."""


class RankUnknownError(Exception):
    """A rule asked for a rank or dtype that is not known before the program runs."""


@dataclass(frozen=True, eq=False)
class Rule:
    """What is known of one primitive's derivative.

    Parameters
    ----------
    primitive : Primitive
    function : callable
        Computes it on arrays.
    kind : str
        `elementwise`, `linear`, `vjp` or `nondifferentiable`.
    operands : tuple of str
        The names of its operands, in order (one for a function of a sequence).
    static : mapping
        The keyword parameters it supports, with their defaults.
    pullbacks : tuple of callable or None
        One for each operand, or a single one for all; see `pullback`.
    pushforwards : tuple of callable or None
        The same for the other mode; see `pushforward`.
    at : tuple
        The points at which it is tested: each a tuple of operands, with a mapping at the end for static parameters.
        A tuple of integers in the place of an operand that has a pullback stands for random numbers of that shape.
    signature : inspect.Signature
        How a call's arguments bind.
    synonyms : mapping
        Other names of keyword parameters: an array method's, an older NumPy's.
    regular_at : float, optional
        Of a function whose derivative has poles: operands at which it has none. They stand for those whose derivative
        is not asked for.
    arrange : callable, optional
        `(arguments, keywords) -> (arguments, keywords)`, of a function that can be called in several ways: the call in
        the one way that `signature` describes.
    ignored : tuple of str
        Keyword parameters that say how to go about it, and nothing about the result's elements: an order in memory.
    """

    primitive: Primitive
    function: Callable[..., Any]
    kind: str
    operands: tuple[str, ...]
    static: Mapping[str, Any] = field(default_factory=dict)
    pullbacks: tuple[Pullback | None, ...] = ()
    pushforwards: tuple[Pushforward | None, ...] = ()
    at: tuple[Any, ...] = ()
    signature: inspect.Signature = field(default_factory=inspect.Signature)
    synonyms: Mapping[str, str] = field(default_factory=dict)
    regular_at: float | None = None
    arrange: Arrange | None = None
    ignored: tuple[str, ...] = ()

    @functools.cached_property
    def variadic(self) -> bool:
        """Whether it takes any number of operands, one after the other or as a sequence."""
        return self.primitive.packs or any(
            self.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
            for name in self.operands[-1:]
            if name in self.signature.parameters
        )

    def pullback(self, number: int) -> Pullback | None:
        """`(g, y, *operands, **static) -> cotangent` for the operand with this number, None if that is zero."""
        return self._of_operand(self.pullbacks, number)

    def pushforward(self, number: int) -> Pushforward | None:
        """`(x_dot, y, *operands, **static) -> tangent` for the operand with this number, None if that is zero."""
        if self.kind == "linear":
            return None if self.pullback(number) is None else functools.partial(self._with_tangent, number)
        return self._of_operand(self.pushforwards, number)

    def _of_operand(self, of_each: Sequence[Callable[..., Any] | None], number: int) -> Callable[..., Any] | None:
        if not self.variadic or number < len(of_each) - 1:
            return of_each[number]
        last = of_each[-1]
        return None if last is None else functools.partial(last, number=number)

    def _with_tangent(self, number: int, x_dot: Any, y: Any, /, *operands: Any, **static: Any) -> Any:
        given = (*operands[:number], x_dot, *operands[number + 1 :])
        return call_overridden(self.function, (given,) if self.primitive.packs else given, static)

    def bind(self, arguments: Iterable[Any], keywords: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Sort the arguments of a call into operands and static parameters that differ from their default.

        An operand left out takes its default (`None` for the lower bound in `x.clip(max=1)`), unless that is `OMITTED`.

        Raises
        ------
        TypeError
            The call does not fit the function, or gives a parameter the rule does not support.
        """
        if self.arrange is not None:
            arguments, keywords = self.arrange(tuple(arguments), keywords)
        keywords = {self.synonyms.get(name, name): value for name, value in keywords.items()}
        given = dict(self.signature.bind(*arguments, **keywords).arguments)
        operands = self._take_operands(given)
        given |= given.pop("options", {})
        for name, default in self.static.items():
            if default is REQUIRED and name not in given and (value := self._default(name)) is not REQUIRED:
                given[name] = value
        unsupported = [
            name
            for name in given
            if name not in self.static
            and name not in self.ignored
            and not _is_default(given[name], self._default(name))
        ]
        if unsupported:
            raise TypeError(f"the derivative of `{self.primitive.spelling}` does not support `{unsupported[0]}=`")
        static = {name: static_value(name, value) for name, value in given.items() if name in self.static}
        return operands, {name: value for name, value in static.items() if not self._says_nothing(name, value)}

    def _says_nothing(self, name: str, value: Any) -> bool:
        return (name == "dtype" and value is None) or _is_default(value, self.static[name])

    def _take_operands(self, given: dict[str, Any]) -> list[Any]:
        operands: list[Any] = []
        for name in self.operands:
            value = given.pop(name) if name in given else self._default(name)
            if self.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
                operands.extend(value)
            elif value is not OMITTED:
                operands.append(value)
            elif any(later in given for later in self.operands):
                raise TypeError(
                    f"the derivative of `{self.primitive.spelling}` does not support a call without `{name}`"
                )
        return operands

    def _default(self, name: str) -> Any:
        parameter = self.signature.parameters.get(name)
        if parameter is None:
            return REQUIRED
        return () if parameter.kind is inspect.Parameter.VAR_POSITIONAL else parameter.default


def _is_default(value: object, default: object) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def static_value(name: str, value: Any) -> Any:
    """A static parameter in the one form the compiler knows: tuples for lists, a dtype by its name, plain integers."""
    if name == "dtype" and value is not None:
        return np.dtype(value).name
    if isinstance(value, (list, tuple)):
        return tuple(static_value("", item) for item in value)
    return value.item() if isinstance(value, np.generic) else value


def ufunc_operands(function: np.ufunc) -> tuple[str, ...]:
    """The names of a ufunc's operands: `x`, or `x1, x2`, …"""
    return ("x",) if function.nin == 1 else tuple(f"x{n + 1}" for n in range(function.nin))


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """How arguments bind to a function; for a ufunc its operands, and keywords that no rule supports."""
    if not isinstance(function, np.ufunc):
        return inspect.signature(function)
    operands = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in ufunc_operands(function)]
    options = inspect.Parameter("options", inspect.Parameter.VAR_KEYWORD)
    return inspect.Signature([*operands, options])
