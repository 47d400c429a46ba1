"""Lengths of axes, as far as they are known: integers, and sums of products of symbols.

Such a sum has one form, so that equal lengths are equal values: `2*n+1`, however it was computed. A symbol has bounds,
from which it is concluded what is never negative, and what is never one. Integers that a program computes from lengths
(`2 * size + 1`, the index of a loop) are known in the same way; they may be negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from adcompiler.record import record


@record(frozen=True, slots=True)
class Symbol:
    """A number with a name.

    Parameters
    ----------
    name : str
        The same name stands for the same number; `?` for one that is yet to be named after the value that has it. With
        `#`, it is named after a value, which a loop computes anew in each round.
    least : int or Extent, optional
        A bound below.
    most : int or Extent, optional
        A bound above.
    function : str
        How it follows from other numbers, if it does: `min` (the smaller of two), `max` (a number, or 0 if that is
        negative), `//` (a quotient, rounded down).
    of : tuple
        These numbers.
    """

    name: str
    least: Dim | None = 0
    most: Dim | None = None
    function: str = ""
    of: tuple[Dim, ...] = ()


Monomial = tuple[Symbol, ...]


@record(frozen=True, slots=True)
class Extent:
    """A sum of products of symbols, each with a factor, in canonical form; at least one term."""

    terms: tuple[tuple[Monomial, int], ...]
    constant: int = 0

    @property
    def symbol(self) -> Symbol | None:
        """The symbol that this is, if it is nothing more."""
        if self.constant or len(self.terms) > 1:
            return None
        ((monomial, factor),) = self.terms
        return monomial[0] if factor == 1 and len(monomial) == 1 else None

    @property
    def symbols(self) -> Iterator[Symbol]:
        """The symbols in it, in order; one may occur twice."""
        return (symbol for monomial, _ in self.terms for symbol in monomial)

    @property
    def is_own(self) -> bool:
        """Whether it is named after a value, which may differ when that is computed again."""
        return any("#" in symbol.name for symbol in self.symbols)

    def __str__(self) -> str:
        text = ""
        for monomial, factor in self.terms:
            product = "*".join(symbol.name for symbol in monomial)
            text += f"{'-' if factor < 0 else '+'}{'' if abs(factor) == 1 else f'{abs(factor)}*'}{product}"
        return text.removeprefix("+") + (f"{self.constant:+}" if self.constant else "")

    __repr__ = __str__

    def __add__(self, other: Dim) -> Dim:
        if isinstance(other, int):
            return self if self.terms == OPEN.terms else Extent(self.terms, self.constant + other)
        if OPEN in (self, other):
            return OPEN
        terms = dict(self.terms)
        for monomial, factor in other.terms:
            terms[monomial] = terms.get(monomial, 0) + factor
        return _extent(terms, self.constant + other.constant)

    __radd__ = __add__

    def __mul__(self, other: Dim) -> Dim:
        if isinstance(other, int):
            if self == OPEN or not other:
                return self if other else 0
            return Extent(tuple((monomial, factor * other) for monomial, factor in self.terms), self.constant * other)
        if OPEN in (self, other):
            return OPEN
        terms: dict[Monomial, int] = {}
        for monomial, factor in (*self.terms, ((), self.constant)):
            for other_monomial, other_factor in (*other.terms, ((), other.constant)):
                product = tuple(sorted(monomial + other_monomial, key=_name))
                terms[product] = terms.get(product, 0) + factor * other_factor
        constant = terms.pop((), 0)
        return _extent(terms, constant)

    __rmul__ = __mul__

    def __neg__(self) -> Dim:
        return self * -1

    def __sub__(self, other: Dim) -> Dim:
        return self + -other

    def __rsub__(self, other: Dim) -> Dim:
        return -self + other


Dim = int | Extent


def _name(symbol: Symbol) -> str:
    return symbol.name


def _names(term: tuple[Monomial, int]) -> tuple[str, ...]:
    return tuple(map(_name, term[0]))


def _extent(terms: Mapping[Monomial, int], constant: int) -> Dim:
    left = [term for term in terms.items() if term[1]]
    return Extent(tuple(sorted(left, key=_names)), constant) if left else constant


def extent(
    name: str, *, least: Dim | None = 0, most: Dim | None = None, function: str = "", of: tuple[Dim, ...] = ()
) -> Extent:
    """The number that a symbol stands for."""
    return Extent((((Symbol(name, least, most, function, of),), 1),))


OPEN = extent("?", least=None)
"""A length that nobody knows before the program runs; it gets the name of the value that has it."""

OPEN_FOR_ALL = extent("?*", least=None)
"""The same, of several results: they all have this length."""


# Bounds


@lru_cache(maxsize=4096)
def lower_bound(dim: Dim) -> int | None:
    """An integer that a number is never below, if one is known."""
    if isinstance(dim, int):
        return dim
    dim = at_worst(dim)
    if isinstance(dim, int):
        return dim
    total = dim.constant
    for monomial, factor in dim.terms:
        product = factor
        for symbol in monomial:
            bound = symbol.least if factor > 0 else symbol.most
            bound = lower_bound(bound) if factor > 0 and bound is not None else bound
            if not isinstance(bound, int) or (len(monomial) > 1 and not (bound >= 0 and is_length(symbol.least))):
                return None
            product *= bound
        total += product
    return total


def at_worst(dim: Dim) -> Dim:
    """A number that another is never below: bounds that are expressions stand in the place of what they bound."""
    for _ in range(_MOST_BOUNDS):
        if isinstance(dim, int):
            break
        found: list[tuple[int, Dim]] = []
        for monomial, factor in dim.terms:
            symbol = monomial[0]
            bound = symbol.least if factor > 0 else symbol.most
            if len(monomial) == 1 and bound is not None and (isinstance(bound, Extent) or "#" in symbol.name):
                found.append((_depth(symbol), dim + (bound - Extent(((monomial, 1),))) * factor))
        if not found:
            break
        _, dim = max(found, key=lambda pair: pair[0])  # a bound may be in what the symbol beside it is bounded by
    return dim


@lru_cache(maxsize=4096)
def _depth(symbol: Symbol) -> int:
    """How many bounds are in each other."""
    bounds = [bound for bound in (symbol.least, symbol.most) if isinstance(bound, Extent)]
    return 1 + max((_depth(inner) for bound in bounds for inner in bound.symbols), default=0)


_MOST_BOUNDS = 8
"""Loops in each other whose indices are bounded by one another."""


def is_length(dim: Dim | None) -> bool:
    """Whether a number is known, and known not to be negative."""
    if isinstance(dim, int):
        return dim >= 0
    bound = None if dim is None else lower_bound(dim)
    return bound is not None and bound >= 0


def is_negative(dim: Dim) -> bool:
    """Whether a number is known to be below zero."""
    bound = lower_bound(-dim)
    return bound is not None and bound > 0


def is_at_most(one: Dim, other: Dim) -> bool:
    """Whether a number is known not to exceed another."""
    if one == other or is_length(other - one):
        return True
    symbol = one.symbol if isinstance(one, Extent) else None
    return symbol is not None and symbol.function == "min" and any(is_at_most(each, other) for each in symbol.of)


def may_be_one(dim: Dim) -> bool:
    """Whether an axis of this length could be broadcast."""
    if isinstance(dim, int):
        return dim == 1
    bound = lower_bound(dim)
    return bound is None or bound < 2


# Lengths from others


def clamped(number: Dim) -> Dim:
    """A number, or 0 if it is negative: how much of an axis a slice leaves."""
    if isinstance(number, int):
        return max(number, 0)
    if number == OPEN or is_length(number):
        return number
    return 0 if is_negative(number) else extent(f"max({number},0)", function="max", of=(number,))


def shorter(one: Dim, other: Dim) -> Dim:
    """The smaller of two numbers."""
    if OPEN in (one, other):
        return OPEN
    if is_at_most(one, other):
        return one
    if is_at_most(other, one):
        return other
    bounds = [bound for bound in (lower_bound(one), lower_bound(other)) if bound is not None]
    first, second = sorted((one, other), key=str)
    least = min(bounds) if len(bounds) == 2 else None
    return extent(f"min({first},{second})", least=least, function="min", of=(first, second))


def less(length: Dim, drop: Dim) -> Dim:
    """What remains of an axis when a slice leaves out `drop` elements."""
    symbol = length.symbol if isinstance(length, Extent) else None
    if symbol is not None and symbol.function == "max" and is_length(drop):
        return less(symbol.of[0], drop)
    return clamped(length - drop)


def quotient(length: Dim, by: Dim) -> Dim | None:
    """How often one number goes into another, where it does so without a remainder, as far as is known."""
    if isinstance(length, int) and isinstance(by, int):
        return length // by if by and length % by == 0 else None
    if not by or (isinstance(by, Extent) and (len(by.terms) > 1 or by.constant)):
        return 1 if length == by else None
    divisor, number = ((), by) if isinstance(by, int) else by.terms[0]
    total: Dim = 0
    for monomial, factor in (*(length.terms if isinstance(length, Extent) else ()), ((), _constant(length))):
        left = list(monomial)
        if factor % number or not factor:
            if factor:
                return None
            continue
        for symbol in divisor:
            if symbol not in left:
                return None
            left.remove(symbol)
        total = total + _extent({tuple(left): factor // number} if left else {}, 0 if left else factor // number)
    return total if _is_never_zero(by) else None


def floor_quotient(number: Dim, by: Dim) -> Dim | None:
    """A number divided by another and rounded down."""
    if isinstance(number, int) and isinstance(by, int) and by:
        return number // by
    exact = quotient(number, by)
    if exact is not None:
        return exact
    least = lower_bound(number)
    if OPEN in (number, by) or not isinstance(by, int) or by < 1 or least is None or least < 0:
        return None
    return extent(f"({number})//{by}", least=least // by, most=number, function="//", of=(number, by))


def _constant(dim: Dim) -> int:
    return dim if isinstance(dim, int) else dim.constant


def _is_never_zero(dim: Dim) -> bool:
    bound = lower_bound(dim)
    return bound is not None and bound > 0


# Other names


def substituted_dim(dim: Dim, known: Mapping[str, Dim | None]) -> Dim:
    """A number with others in the place of symbols; open where one of them is None, or in a name of its own."""
    return _substituted(dim, lambda symbol: known.get(symbol.name))


def rewritten(dim: Dim, by: Mapping[str, Dim]) -> Dim:
    """A number with others in the place of some symbols, also in what follows from them."""
    return _substituted(dim, lambda symbol: by[symbol.name] if symbol.name in by else _rewritten_symbol(symbol, by))


def _substituted(dim: Dim, replacement: Callable[[Symbol], Dim | None]) -> Dim:
    """A number with another in the place of each symbol; open where there is none."""
    if isinstance(dim, int):
        return dim
    total: Dim = dim.constant
    for monomial, factor in dim.terms:
        product: Dim = factor
        for symbol in monomial:
            value = replacement(symbol)
            if value is None:
                return OPEN
            product = product * value
        total = total + product
    return total


def _rewritten_symbol(symbol: Symbol, by: Mapping[str, Dim]) -> Dim:
    of = [rewritten(dim, by) for dim in symbol.of]
    match symbol.function, of:
        case "min", [one, other]:
            return shorter(one, other)
        case "max", [one]:
            return clamped(one)
        case "//", [one, other]:
            found = floor_quotient(one, other)
            return Extent((((symbol,), 1),)) if found is None else found
    return Extent((((symbol,), 1),))


def value_of(dim: Dim, known: Mapping[str, int]) -> int | None:
    """The number, where those that all symbols stand for are known."""
    if isinstance(dim, int):
        return dim
    total = dim.constant
    for monomial, factor in dim.terms:
        for symbol in monomial:
            value = known[symbol.name] if symbol.name in known else _derived(symbol, known)
            if value is None:
                return None
            factor *= value
        total += factor
    return total


def _derived(symbol: Symbol, known: Mapping[str, int]) -> int | None:
    of = [value_of(dim, known) for dim in symbol.of]
    match symbol.function, of:
        case "min", [int(one), int(other)]:
            return min(one, other)
        case "max", [int(one)]:
            return max(one, 0)
        case "//", [int(one), int(other)]:
            return one // other
    return None
