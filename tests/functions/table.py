"""The table of functions as users write them: what each is called, where it is asked, and what PyTorch calls it."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

torch: Any = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
"""PyTorch, where it is installed."""


@dataclass(frozen=True, eq=False)
class Row:
    """A function, and what is asked of its derivative.

    Parameters
    ----------
    section, name : str
        Where it stands in `listed`, or among the functions that are beside that list.
    function : callable
        Numbers and arrays to a number or array, or to a tuple or list of these.
    points : tuple of tuple
        Arguments at which the derivative is compared with differences, and with PyTorch.
    kinks : tuple of tuple
        Arguments at which it is compared with PyTorch alone: kinks, poles and degenerate points.
    torch : str or callable, optional
        PyTorch's function, or the name of one in `torch`.
    missing : str, optional
        Why there is no derivative: it must then be refused.
    wrt : tuple of int, optional
        The arguments it is differentiated for: all floating-point and complex ones, if not given.
    tolerance : float
        Relative, for the first derivative.
    order : int
        How often it is differentiated: 1 or 2.
    tensors : bool
        Whether it takes Tensors too, of our own.
    """

    section: str
    name: str
    function: Callable[..., Any]
    points: tuple[tuple[Any, ...], ...]
    kinks: tuple[tuple[Any, ...], ...] = ()
    torch: str | Callable[..., Any] | None = None
    missing: str | None = None
    wrt: tuple[int, ...] | None = None
    tolerance: float = 1e-7
    order: int = 2
    tensors: bool = False

    def __str__(self) -> str:
        return f"{self.section}: {self.name} ({self.function.__name__})"

    def differentiated(self, arguments: tuple[Any, ...]) -> tuple[int, ...]:
        """The positions of the arguments it is differentiated for."""
        if self.wrt is not None:
            return self.wrt
        return tuple(number for number, argument in enumerate(arguments) if is_continuous(argument))

    @property
    def in_torch(self) -> Callable[..., Any]:
        """PyTorch's function."""
        assert self.torch is not None
        if not isinstance(self.torch, str):
            return self.torch
        found = torch
        for part in self.torch.split("."):
            found = getattr(found, part)
        return found  # type: ignore[no-any-return]


def is_continuous(value: Any) -> bool:
    """Whether a value is a floating-point or complex number, or an array of them."""
    return isinstance(value, float | complex | np.ndarray | np.generic) and np.result_type(value).kind in "fc"


ROWS: list[Row] = []


def covers(
    section: str, name: str, *, at: Iterable[Any], kinks: Iterable[Any] = (), **asked: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table; a point that is no tuple is its only argument. `asked` as for `Row`."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        row = Row(section, name, function, _points(at), _points(kinks), **asked)
        assert str(row) not in map(str, ROWS), f"two entries for {row}"
        ROWS.append(row)
        return function

    return enter


def _points(given: Iterable[Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(point if isinstance(point, tuple) else (point,) for point in given)


X = np.array([0.6, -1.2, 2.1, 0.3])
Y = np.array([1.5, 0.7, -0.4, 2.2])
P = np.array([0.6, 1.7, 2.3, 0.2])
"""Positive."""
U = np.array([0.35, -0.62, 0.81, -0.14])
"""Between -1 and 1."""
M = np.array([[0.6, -1.2, 2.1], [0.3, 0.9, -0.7]])
N = np.array([[1.5, 0.2, 0.4], [1.3, -0.9, 0.6]])
S = np.array([[2.4, 0.3, -0.2], [0.1, 3.0, 0.4], [-0.5, 0.2, 1.7]])
"""Regular."""
B = np.stack([S, S.T @ np.diag([1.0, 0.5, 0.7])])
"""Two regular matrices."""
V = np.array([0.7, -1.2, 2.5, 0.3, -0.4])
W = np.array([1.5, 0.2, -0.6])
T = (np.arange(24.0) * 7 % 24 - 11.7).reshape(2, 3, 4) / 6
"""Of three axes, with no two equal elements."""
E = np.zeros((0, 3))
"""Empty."""
K = np.array([0, 2, 1])
"""Positions."""
Z = np.array([0.5 + 0.3j, -1.2 + 0.8j, 0.4 - 0.7j])
ZM = np.array([[2.0 + 0.3j, 0.4 - 0.5j], [0.1 + 0.2j, 1.5 - 0.4j]])
SPECIAL = np.array([-2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0])
PAIRS = [(1.3, -0.4), (X, Y), (M, N[0]), (M[:, :1], N), (0.8, Y)]
"""Operands of two arguments that broadcast."""
SPECIAL_PAIRS = [tuple(grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))]
