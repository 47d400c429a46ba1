"""Facts about a program that does not change any more: each is found when it is first asked for, and once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from adcompiler.analysis.liveness import Liveness, find_liveness
from adcompiler.analysis.positions import Positions, number_positions
from adcompiler.ir.nodes import Program


@dataclass(frozen=True, eq=False)
class Facts:
    """What the steps of emission share: one that leaves the program as it is leaves its facts, too."""

    program: Program

    def of(self, program: Program) -> Facts:
        """The facts about what a step made of the program."""
        return self if program is self.program else Facts(program)

    @cached_property
    def positions(self) -> Positions:
        """Where everything stands."""
        return number_positions(self.program)

    @cached_property
    def liveness(self) -> Liveness:
        """What is alive where, if every value has a variable."""
        return find_liveness(self.program)
