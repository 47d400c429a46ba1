"""The table of problems: each a plain NumPy function of a scalar result, with arguments to run it on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.problems.targets import OTHER, Class

Initialise = Callable[[np.random.Generator], tuple[Any, ...]]


@dataclass(frozen=True, eq=False)
class Problem:
    """A function whose value and gradient are wanted, at one size.

    Parameters
    ----------
    name : str
        The function's name, and its size where it is measured at several.
    function : callable
        Plain NumPy, with a scalar result; it leaves its arguments as they are.
    initialise : callable
        Makes its arguments.
    small : callable
        Makes smaller ones, for tests.
    wrt : tuple of int
        The arguments it is differentiated for.
    kind : Class
        The problems that it shares its targets with.
    target : float
        The most that value and gradient may take, in times of the function itself.
    """

    name: str
    function: Callable[..., Any]
    initialise: Initialise
    small: Initialise
    wrt: tuple[int, ...]
    kind: Class
    target: float

    def arguments(self, *, small: bool = False) -> tuple[Any, ...]:
        """The same arguments each time."""
        return (self.small if small else self.initialise)(np.random.default_rng(0))


PROBLEMS: dict[str, Problem] = {}


def problem(
    initialise: Initialise | Mapping[str, Initialise],
    *,
    small: Initialise,
    wrt: tuple[int, ...] = (0,),
    kind: Class = OTHER,
    target: float | Mapping[str, float] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table: once, or once for each size, which is then part of the name.

    The target is that of its kind where there is none of its own.
    """

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        sizes = initialise if isinstance(initialise, Mapping) else {"": initialise}
        for size, make in sizes.items():
            name = f"{function.__name__} {size}".strip()
            assert name not in PROBLEMS
            most = target[size] if isinstance(target, Mapping) else target or kind.most
            PROBLEMS[name] = Problem(name, function, make, small, wrt, kind, most)
        return function

    return enter
