"""What the adjoint of a call knows of its callee: the names of the pair that it is split into, and what they take.

A callee has one pair, for all its calls: `f_forward(*args) -> *results, residuals` and
`f_backward(residuals, *cotangents of results) -> *cotangents of parameters`. Which cotangents those are follows from
its activity in the whole program, before either function is written: so that a function that calls itself can be.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from adcompiler.analysis.activity import Activity
from adcompiler.ir.nodes import Program, Value


@dataclass(frozen=True)
class Pair:
    """The signature of a split pair."""

    callee: Program
    active: frozenset[Value]
    """The values of the callee that carry a cotangent."""
    forward: str
    """The name of its forward sweep."""
    backward: str

    @property
    def arguments(self) -> list[int]:
        """The positions of the parameters whose cotangents the backward sweep computes."""
        return [n for n, parameter in enumerate(self.callee.body.parameters) if parameter in self.active]

    @property
    def results(self) -> list[int]:
        """The positions of the results whose cotangents it is given."""
        return [n for n, result in enumerate(self.callee.body.results) if result in self.active]


class Pairs:
    """The pairs of a program's callees; notes which are called.

    Parameters
    ----------
    program : Program
    activity : Activity
    taken : collection of str
        Names that other functions of the module have.
    """

    def __init__(self, program: Program, activity: Activity, taken: Collection[str]) -> None:
        self._callees = {callee.name: callee for callee in program.callees}
        self._activity = activity
        self._taken = {*taken, *self._callees}
        self._pairs: dict[str, Pair] = {}

    def of(self, name: str) -> Pair:
        """The pair of a callee, which is needed from now on."""
        if name not in self._pairs:
            forward, backward = self._free_name(f"{name}_forward"), self._free_name(f"{name}_backward")
            self._pairs[name] = Pair(self._callees[name], self._activity.callees[name], forward, backward)
        return self._pairs[name]

    def active_arguments(self, name: str) -> tuple[int, ...]:
        """The positions of a callee's parameters that have a cotangent: none where it needs no pair."""
        active = self._activity.callees[name]
        return tuple(n for n, parameter in enumerate(self._callees[name].body.parameters) if parameter in active)

    def needed(self, beside: Collection[str]) -> list[Pair]:
        """The pairs that are called so far, without those of some callees."""
        return [pair for name, pair in self._pairs.items() if name not in beside]

    def _free_name(self, name: str) -> str:
        stem, underscore, sweep = name.rpartition("_")
        number = 2
        while name in self._taken:
            name = f"{stem}_{number}{underscore}{sweep}"
            number += 1
        self._taken.add(name)
        return name
