"""Dual arrays: forward mode by NumPy's protocols, to push whole functions forward by the table's pushforwards.

Made for tests: a function is called on duals as on arrays. It cannot use `np.array([x, y])`, `float(x)` or `math`,
which know no protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from adcompiler.definitions import definition_of
from adcompiler.errors import MissingRuleError
from adcompiler.rules.rule import Rule
from adcompiler.rules.table import method_rule, rule_of


class Dual(NDArrayOperatorsMixin):
    """An array, or number, with its tangent.

    Parameters
    ----------
    primal, tangent : array_like or Dual
        Of one shape.
    level : int
        Of nested derivatives, the innermost has the highest: a dual meets one of a lower level as a constant.

    Examples
    --------
    >>> y = np.sin(Dual(0.0, 2.0)) + 1
    >>> float(y.primal), float(y.tangent)
    (1.0, 2.0)
    """

    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]  # as of an array

    def __init__(self, primal: Any, tangent: Any, level: int = 0) -> None:
        assert np.shape(primal) == np.shape(tangent), (np.shape(primal), np.shape(tangent))
        self.primal = primal
        self.tangent = tangent
        self.level = level

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r})"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of both."""
        return np.shape(self.primal)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.size(self.primal))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The element type of the primal."""
        return self.primal.dtype if hasattr(self.primal, "dtype") else np.result_type(self.primal)

    @property
    def T(self) -> Any:  # noqa: N802  (NumPy's name)
        """The transpose."""
        return np.transpose(self)

    @property
    def real(self) -> Any:
        """The real part."""
        return np.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return np.imag(self)

    def __len__(self) -> int:
        return self.shape[0]

    def __bool__(self) -> bool:
        return bool(self.primal)

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, index: Any) -> Dual:
        return Dual(self.primal[index], self.tangent[index], self.level)

    def __setitem__(self, index: Any, value: Any) -> None:
        primal, tangent = _parts(value, self.level)
        self.primal[index] = primal
        self.tangent[index] = 0.0 if tangent is None else tangent

    def __getattr__(self, name: str) -> Any:
        rule = method_rule(name) if not name.startswith("__") else None
        if rule is None:
            raise AttributeError(name)
        return lambda *arguments, **keywords: apply(rule, (self, *arguments), keywords)

    def __array__(self, *_: Any, **__: Any) -> np.ndarray[Any, Any]:
        raise TypeError("a dual array cannot become an array: it would lose its tangent")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        return call(ufunc if method == "__call__" else getattr(ufunc, method), inputs, keywords)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> Any:
        if function in (np.shape, np.ndim, np.size):
            return getattr(self, function.__name__)
        return call(function, arguments, keywords)


def call(function: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Call a function of the table, or one that is defined in terms of others, on duals.

    Raises
    ------
    MissingRuleError
        There is no rule.
    """
    rule = rule_of(function)
    if rule is not None:
        return apply(rule, arguments, keywords)
    known = definition_of(function)
    if known is None:
        raise MissingRuleError(f"no derivative rule for `{getattr(function, '__name__', function)}`")
    given, named = known.arranged(arguments, keywords)
    return known.definition(*given, **named)


def apply(rule: Rule, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """The value of a rule's function at the primals, and the sum of the operands' contributions to its tangent.

    Raises
    ------
    MissingRuleError
        An operand that varies has a pullback and no pushforward.
    """
    operands, static = rule.bind(arguments, keywords)
    if rule.primitive.packs:
        operands = list(operands[0])
    level = max((operand.level for operand in operands if isinstance(operand, Dual)), default=0)
    parts = [_parts(operand, level) for operand in operands]
    primals = [primal for primal, _ in parts]
    y = rule.function(primals, **static) if rule.primitive.packs else rule.function(*primals, **static)
    pushed = []
    for number, (_, tangent) in enumerate(parts):
        if tangent is None or rule.pullback(number) is None:
            continue
        pushforward = rule.pushforward(number)
        if pushforward is None:
            raise MissingRuleError(f"no pushforward for `{rule.primitive.spelling or rule.primitive.name}`")
        pushed.append(pushforward(tangent, y, *primals, **static))
    return joined(y, pushed, level)


def _parts(operand: Any, level: int) -> tuple[Any, Any]:
    """A primal and its tangent at this level, which of a constant is None."""
    if isinstance(operand, Dual) and operand.level == level:
        return operand.primal, operand.tangent
    if isinstance(operand, (list, tuple)) and any(isinstance(item, Dual) for item in operand):
        pairs = [_parts(item, level) for item in operand]
        primals = [primal for primal, _ in pairs]
        return primals, [np.zeros_like(primal) if tangent is None else tangent for primal, tangent in pairs]
    return operand, None


def joined(y: Any, pushed: Sequence[Any], level: int) -> Any:
    """A value, or several, with the sum of contributions, each of which may be narrow or None."""
    if isinstance(y, (tuple, list)):
        columns = [[parts[number] for parts in pushed if parts is not None] for number in range(len(y))]
        items = [joined(item, column, level) for item, column in zip(y, columns, strict=True)]
        return type(y)(*items) if hasattr(y, "_fields") else type(y)(items)
    present = [part for part in pushed if part is not None]
    if not present:
        return y
    tangent = present[0]
    for part in present[1:]:
        tangent = tangent + part
    if np.shape(tangent) != np.shape(y):
        tangent = np.broadcast_to(tangent, np.shape(y))
    return Dual(y, tangent, level)
