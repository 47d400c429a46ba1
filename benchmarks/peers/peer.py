"""What a peer is: a package that computes the value and gradient of its own version of a problem."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.problems import Problem
from benchmarks.problems.trips import TRIPS

Call = Callable[[], tuple[Any, tuple[Any, ...]]]
"""Computes the value and gradients, and returns when they are there."""


@dataclass(frozen=True)
class Peer:
    """A package, or one way of using it.

    Its versions of problems mirror the modules of `benchmarks.problems`: a problem's function has its namesake in the
    module of the same name. Functions in the module `rewritten` say the same by other means.

    Parameters
    ----------
    name : str
        As it is called in the results.
    package : str
        What must be installed.
    versions : str
        The package of modules with its versions.
    prepare : callable
        From a version, its arguments as NumPy has them, and which of them are differentiated, to a call.
    trips : bool
        Whether while loops have a reverse mode only where the number of their rounds is given, as a last argument.
    overrides : str
        A module whose functions stand for those of the others.
    absent : dict
        Why there is no version of some problems, by the function's name.
    """

    name: str
    package: str
    versions: str
    prepare: Callable[[Callable[..., Any], tuple[Any, ...], tuple[int, ...]], Call]
    trips: bool = False
    overrides: str | None = None
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def is_installed(self) -> bool:
        """Whether the package is there."""
        return importlib.util.find_spec(self.package) is not None

    def forms(self, problem: Problem) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Its versions of a problem: the first, named "", and one that is `rewritten`."""
        name = problem.function.__name__
        family = problem.function.__module__.rpartition(".")[2]
        if name not in self.absent:
            own = getattr(self._module(self.overrides), name, None) if self.overrides else None
            yield "", own or getattr(self._module(family), name)
        if importlib.util.find_spec(f"{self.versions}.rewritten"):
            other = getattr(self._module("rewritten"), name, None)
            if other is not None:
                yield "rewritten", other

    def _module(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.versions}.{name}")

    def call(self, version: Callable[..., Any], problem: Problem, arguments: tuple[Any, ...]) -> Call:
        """The value and gradient of one of its versions of a problem, ready to be computed."""
        trips = TRIPS.get(problem.function.__name__) if self.trips else None
        extra = (trips(*arguments),) if trips else ()
        return self.prepare(version, (*arguments, *extra), problem.wrt)


def as_numpy(value: Any) -> Any:
    """What a peer computed, as NumPy has it."""
    return np.asarray(value.detach() if hasattr(value, "detach") else value)
