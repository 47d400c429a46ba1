"""The table of programs, and arrays to run them on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Example:
    """A function and the arguments it is run on."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    untyped: bool = True
    """Whether it can be compiled without types."""

    @property
    def name(self) -> str:
        """The function's name, with a number where it has several sets of arguments."""
        return self.function.__name__


PROGRAMS: list[Example] = []


def example(*arguments: Any, untyped: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, to be run on `arguments`."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append(Example(function, arguments, untyped))
        return function

    return enter


X = np.array([0.5, -1.2, 2.0, 0.3])
Y = np.array([1.5, 0.7, -0.4, 2.2])
M = np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7]])
N = np.array([[1.5, 0.2, 0.4], [1.3, -0.9, 0.6]])
