"""Compiled code with all that a call of it needs: what `dispatch` finds, and what a written call is made of."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adcompiler.cache.recall import Recall
from adcompiler.compiler import Code
from adcompiler.frontend.facts import Fact
from adcompiler.frontend.lower import KnownName
from adcompiler.frontend.places import Place
from adcompiler.guard import Guard
from adcompiler.ir.structure import Path, at_path
from adcompiler.ir.types import Parameter, Type
from adcompiler.values import Generality, Lengths, array_of


@dataclass(frozen=True, eq=False)
class Entry:
    """Compiled code with what a call of it needs."""

    compiled: Code
    functions: tuple[Callable[..., Any], ...]
    names: tuple[str, ...]
    """The parameters of the function."""
    positions: tuple[int, ...]
    """The arguments the generated code takes, by position in the call."""
    places: Mapping[str, tuple[int, Path]]
    """Where in the call each number or array is, by its name in the program."""
    needed: tuple[tuple[tuple[int, Path], Any], ...]
    """Numbers whose values the code was compiled for, and where in the call they are."""
    in_order: tuple[tuple[tuple[int, Path], bool], ...]
    """Arrays that must be C-contiguous, or must not be, and where in the call they are."""
    known: tuple[KnownName, ...]
    """Names that must mean what they meant when the code was compiled."""
    hidden: tuple[tuple[str, Place, Any], ...]
    """Hidden inputs: name, where it is found, summary of the value the code was compiled for."""
    hidden_types: tuple[Parameter, ...]
    """Their types, with the lengths that they share with each other and with arguments."""
    sizes: tuple[tuple[Type, bool], ...]
    """Types of arrays that must be larger than the cache, or must not be, with the symbols of the call's lengths."""
    facts: tuple[Fact, ...]
    """What must be so of the lengths of the arguments, beside their pattern."""
    written: tuple[str, ...]
    """Parameters and hidden inputs whose arrays the primal changes in place."""
    changed: frozenset[tuple[str, Path]]
    """The lists, dicts and objects among the arguments that it changes."""
    changes_outside: bool
    """Whether it changes a list, dict or object that is no argument."""
    generic: Generality
    """Whether it was compiled for any lengths."""
    memory: Recall | None
    """The cache, as it is for this code."""
    on_arrays: Entry | None = None
    """Of code that computes with the elements of arrays: what serves where Python's numbers raise."""

    @functools.cached_property
    def matches(self) -> Callable[..., bool]:
        """Whether the code is right for a call: needed values, free names and hidden inputs are as they were."""
        guard = Guard()
        self.require_surroundings(guard)
        return guard.predicate(len(self.names))

    def suits(self, lengths: Lengths) -> bool:
        """Whether what the code was compiled for is so of other lengths of the same pattern."""
        return all(fact.holds(lengths.numbers) for fact in self.facts)

    def require_surroundings(self, guard: Guard) -> list[tuple[str, str]]:
        """Add the tests of all but the kinds of arguments; the hidden inputs, with what they are called in a test."""
        for (position, path), value in self.needed:
            guard.require_value(position, path, value)
        for (position, path), wanted in self.in_order:
            guard.require_order(position, path, wanted)
        for name in self.known:
            guard.require_known(name)
        hidden = enumerate(self.hidden)
        return [(name, guard.require_hidden(number, place, found)) for number, (name, place, found) in hidden]

    def written_call(self, arguments: tuple[Any, ...], bound: int) -> Callable[..., Any] | None:
        """A function of the arguments that are not bound: it calls the code for those like these (`Guard.call`).

        None where a call needs more than a test of its arguments.
        """
        if self.written or self.changed or any(requires_grad for _, _, (_, requires_grad) in self.hidden):
            return None
        guard = Guard()
        for number in range(bound):
            guard.namespace[f"x{number}"] = arguments[number]
        for number in range(bound, len(arguments)):
            guard.require_like(f"x{number}", arguments[number])
        hidden = self.require_surroundings(guard)
        instead = None if self.on_arrays is None else self.on_arrays.functions[0]
        return guard.call(self.functions[0], range(bound, len(arguments)), self.positions, hidden, instead)

    def inputs(self, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """The numbers and arrays of a call, hidden inputs among them, by their names in the program."""
        given = {name: at_path(arguments[position], path) for name, (position, path) in self.places.items()}
        return given | self.hidden_values()

    def hidden_values(self) -> dict[str, Any]:
        """The present values of the hidden inputs."""
        return {name: array_of(read()) for name, read, _ in self.hidden}


def with_code(entry: Entry, code: Code | None) -> Entry:
    """An entry with code that computes with elements in the place of its own; without such code, as it is."""
    if code is None:
        return entry
    return replace(entry, compiled=code, functions=tuple(code.load()), on_arrays=entry)
