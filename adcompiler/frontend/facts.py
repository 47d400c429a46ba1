"""Facts about the lengths of a call's arguments that its code is compiled for.

Whether `gates[:, 3 * size : 4 * size]` lies within its axis, or two lengths are one, is not said by ranks and symbols.
Where that decides about a type, it is looked up in the present call, and the program is read again with the symbols of
its arguments related to one another: the length of that axis *is* `4*n` from then on. The code stands on the fact. It
depends on lengths alone, so it is tested for each new summary of arguments, and never for a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from adcompiler.ir.dims import Dim, Extent, Symbol, at_worst, extent, is_length, lower_bound, rewritten, value_of
from adcompiler.ir.structure import map_leaves
from adcompiler.ir.types import Parameter, Type

_LARGEST_LITERAL = 32
"""Up to this length an axis is a feature of the problem (the columns of a table of cameras) rather than its size."""

_LARGEST_RATIO = 8
"""So many gates may lie side by side."""


@dataclass(frozen=True)
class Fact:
    """That an expression in lengths of the arguments is zero, or not negative."""

    number: Dim
    is_zero: bool

    def among(self, lengths: Mapping[str, int]) -> Fact:
        """The same with numbers in the place of some lengths."""
        return replace(self, number=rewritten(self.number, lengths))

    def holds(self, lengths: Mapping[str, int]) -> bool:
        """Whether it is so for other arguments, whose lengths have these names."""
        value = value_of(self.number, lengths)
        return value is not None and (value == 0 if self.is_zero else value >= 0)


@dataclass
class Facts:
    """What was looked up so far, and what the symbols of the arguments are since.

    Parameters
    ----------
    values : dict
        The lengths that the symbols stand for in the present call.
    """

    values: MutableMapping[str, int]
    found: list[Fact] = field(default_factory=list)
    _known: dict[str, Dim] = field(default_factory=dict)
    """What stands in the place of a symbol of the arguments."""
    _original: dict[str, Dim] = field(default_factory=dict)
    """What an introduced symbol is, in those of the arguments."""

    def applied(self, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
        """Parameters with lengths that say what was found."""

        def related(_: object, known: Parameter) -> Parameter:
            return self.related(known) if isinstance(known, Type) else known

        return {name: map_leaves(known, related) for name, known in parameters.items()}

    def related(self, type: Type) -> Type:
        """The type of an argument with lengths that say what was found."""
        if not self._known or not isinstance(type.shape, tuple):
            return type
        return replace(type, shape=tuple(rewritten(dim, self._known) for dim in type.shape))

    def related_by(self, free_type: Callable[[Any], Type] | None) -> Callable[[Any], Type] | None:
        """The same for the types of free variables, as `free_type` has them."""
        return None if free_type is None else lambda value: self.related(free_type(value))

    def asked_of_arguments(self, question: Callable[[Type], bool]) -> Callable[[Type], bool]:
        """A question about types, asked with the symbols of the arguments alone."""

        def ask(type: Type) -> bool:
            if isinstance(type.shape, tuple) and self._original:
                type = replace(type, shape=tuple(rewritten(dim, self._original) for dim in type.shape))
            return question(type)

        return ask

    # Questions. Each returns whether something was learnt, so that the program is to be read again.

    def learn_sign(self, number: Dim) -> bool:
        """Look up whether a number is negative (for all rounds of a loop, in whose index it is an expression)."""
        number = at_worst(number)
        value = value_of(number, self.values)
        if value is None or isinstance(number, int):
            return False
        if value < 0:
            number, value = -number, -value
        if isinstance(number, int) or _is_known(number):
            return False
        if (symbol := _only_symbol(number - number.constant)) is not None:
            return symbol.name in self.values and self._bound_below(symbol, -number.constant)
        if (symbol := _only_symbol(number.constant - number)) is not None:
            return symbol.name in self.values and self._bound_above(symbol, number.constant)
        if value < 2:
            return self._equate(number - value)
        return self._equate_ratio(number) or self._introduce_difference(number)

    def learn_equality(self, one: Dim, other: Dim) -> bool:
        """Look up whether two lengths that meet are one; otherwise, which of them is 1."""
        first, second = value_of(one, self.values), value_of(other, self.values)
        if first is None or second is None:
            return False
        if first == second:
            return self._equate(one - other)
        return self._equate(one - 1) if first == 1 else self._equate(other - 1) if second == 1 else False

    def _bound_below(self, symbol: Symbol, least: int) -> bool:
        value = self.values[symbol.name]
        power = 1 << (least - 1).bit_length()
        if power > value and value <= _LARGEST_LITERAL:
            return self._equate(Extent((((symbol,), 1),)) - value)
        least = min(power, value) if power <= value else least
        self._note(Extent((((symbol,), 1),)) - least, is_zero=False)
        self._replace(symbol, Extent((((replace(symbol, least=least),), 1),)))
        return True

    def _bound_above(self, symbol: Symbol, most: int) -> bool:
        value = self.values[symbol.name]
        if value <= _LARGEST_LITERAL:
            return self._equate(Extent((((symbol,), 1),)) - value)
        self._note(most - Extent((((symbol,), 1),)), is_zero=False)
        self._replace(symbol, Extent((((replace(symbol, most=most),), 1),)))
        return True

    def _equate(self, number: Dim) -> bool:
        """Make a number, which is zero, zero for all lengths: one symbol becomes an expression in the others."""
        if isinstance(number, int):
            return False
        solutions: list[tuple[bool, Symbol, Dim]] = []
        for monomial, factor in number.terms:
            symbol = monomial[0]
            if abs(factor) != 1 or len(monomial) > 1 or symbol.name not in self.values or _occurs_again(symbol, number):
                continue
            solution = (Extent(((monomial, factor),)) - number) * factor
            least = lower_bound(solution)
            wanted = symbol.least if isinstance(symbol.least, int) else 0
            if least is not None and least >= wanted:
                return self._settle(number, symbol, solution)
            if least is not None and least >= 0:
                solutions.append((True, symbol, solution))
        for _, symbol, solution in solutions:
            return self._settle(number, symbol, solution)
        return False

    def _settle(self, number: Dim, symbol: Symbol, solution: Dim) -> bool:
        self._note(number, is_zero=True)
        self._replace(symbol, solution)
        return True

    def _equate_ratio(self, number: Extent) -> bool:
        """Of what is asked about for the second time, look up whether it is a multiple of the other length."""
        for symbol in number.symbols:
            for other in number.symbols if symbol.name in self._original else ():
                value, unit = self.values.get(symbol.name), self.values.get(other.name)
                if other is symbol or value is None or not unit or value % unit or value // unit > _LARGEST_RATIO:
                    continue
                return self._equate(Extent((((symbol,), 1),)) - Extent((((other,), value // unit),)))
        return False

    def _introduce_difference(self, number: Extent) -> bool:
        """Let the longest of some lengths be the others and a difference, of two or more."""
        for monomial, factor in number.terms:
            symbol = monomial[0]
            if factor != 1 or len(monomial) > 1 or symbol.name not in self.values or _occurs_again(symbol, number):
                continue
            name = f"d{len(self._original) + 1}"
            sum_ = extent(name, least=2) + (Extent(((monomial, 1),)) - number)
            if not is_length(sum_):
                continue
            value = value_of(number, self.values)
            assert value is not None
            self._note(number - 2, is_zero=False)
            self._original[name] = rewritten(number, self._original)
            self.values[name] = value
            self._replace(symbol, sum_)
            return True
        return False

    def _note(self, number: Dim, *, is_zero: bool) -> None:
        self.found.append(Fact(rewritten(number, self._original), is_zero))

    def _replace(self, symbol: Symbol, by: Dim) -> None:
        one = {symbol.name: by}
        self._known = {name: rewritten(dim, one) for name, dim in self._known.items()}
        self._known.setdefault(symbol.name, by)


def _only_symbol(number: Dim) -> Symbol | None:
    return number.symbol if isinstance(number, Extent) else None


def _occurs_again(symbol: Symbol, number: Extent) -> bool:
    return sum(symbol.name == other.name for other in number.symbols) > 1


def _is_known(number: Dim) -> bool:
    least, most = lower_bound(number), lower_bound(-number)
    return (least is not None and least >= 0) or (most is not None and most > 0)
