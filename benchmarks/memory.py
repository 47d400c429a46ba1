"""What the forward sweep keeps for the backward sweep: bytes kept ÷ (bytes of the state · steps).

The forward half of a split pair is run, and what it hands to the backward half is counted: an array with all the
memory it holds on to, shared memory once, a number as the eight bytes it takes in an array (as a Python object on a
tape it takes five times that). What belongs to the caller's arguments is not counted. A tape of PyTorch's kind, which
keeps the state of every step, would come to 1 and more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.parse import function_source
from adcompiler.ir.types import Type
from adcompiler.signature import Lengths
from tests.kernels import factorisations, stencils
from tests.kernels.registry import KERNELS


def rnn(w: Any, u: Any, b: Any, xs: Any) -> Any:
    """A recurrent network, in which each state is a new array."""
    h = np.zeros(b.shape)
    for x in xs:
        h = np.tanh(w @ h + u @ x + b)
    return np.sum(h * h)


def burgers(u: Any, steps: Any) -> Any:
    """Burgers' equation, stepped in place."""
    for _ in range(steps):
        u[1:-1] = u[1:-1] - 0.1 * u[1:-1] * (u[1:-1] - u[:-2]) + 0.05 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u * u)


@dataclass(frozen=True)
class Case:
    """A program with arguments, of which some are its state, and what it should keep."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    state: int
    """Bytes of what a step changes."""
    steps: int
    most: float
    """The figure it must not exceed."""
    reason: str

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__


def cases() -> list[Case]:
    """The programs."""
    rng = np.random.default_rng(0)
    steps, n, m = 20, 30, 12
    plane, cube, line = rng.random((n, n)), rng.random((m, m, m)), rng.random(n * n)
    dominant = rng.random((n, n)) + n * np.eye(n)
    fields = tuple(rng.random((n, n)) for _ in range(3))
    linear = "linear: nothing is kept"
    network = (rng.random((n, n)) / n, rng.random((n, 5)), rng.random(n), rng.random((steps, 5)))
    elements = "the overwritten elements: one or two for each of the matrix, in all n steps together"
    last, part = 1 / steps, (line.size - 2) / line.size
    return [
        Case(stencils.jacobi_2d, (steps, plane, plane + 1), 2 * plane.nbytes, steps, 0, linear),
        Case(stencils.heat_3d, (steps, cube, cube + 1), 2 * cube.nbytes, steps, 0, linear),
        Case(stencils.fdtd_2d, (steps, *fields, rng.random(steps)), 3 * plane.nbytes, steps, 0, linear),
        Case(stencils.seidel_2d, (steps, n, plane), plane.nbytes, steps, 0, linear),
        Case(factorisations.lu, (dominant,), dominant.nbytes, n, 3 / n, elements),
        Case(factorisations.cholesky, (dominant + dominant.T,), dominant.nbytes, n, 3 / n, elements),
        Case(
            rnn, network, network[2].nbytes, steps, 1 + last, "each state once: a step does not overwrite, it replaces"
        ),
        Case(burgers, (line, steps), line.nbytes, steps, part + last, "the overwritten part, and the last state"),
    ]


def kept(case: Case) -> list[Any]:
    """The numbers and arrays that the forward half hands to the backward half, apart from the caller's."""
    source, lengths = function_source(case.function), Lengths()
    types = {name: lengths.type_of(value) for name, value in zip(source.parameters, case.arguments, strict=True)}
    floating = tuple(n for n, t in types.items() if isinstance(t, Type) and t.kind == "array" and t.dtype == "float64")
    of = KERNELS[case.name].of if case.name in KERNELS else None
    goal = Goal("split", floating, as_tuple=True, of=of)
    values = dict(zip(source.parameters, case.arguments, strict=True))
    forward = compile_gradient(source, types, goal, values=values).load()[0]
    arguments = [np.copy(a) if isinstance(a, np.ndarray) else a for a in case.arguments]
    _, residuals = forward(*arguments)
    given = [a for a in arguments if isinstance(a, np.ndarray)]
    return [x for x in _leaves(residuals) if not any(np.shares_memory(x, array) for array in given)]


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value] if isinstance(value, np.ndarray | np.generic | float) else []


def bytes_of(values: list[Any]) -> int:
    """What they take together."""
    owners = {id(owner): owner.nbytes for value in values if isinstance(value, np.ndarray) for owner in [_owner(value)]}
    return sum(owners.values()) + sum(8 for value in values if not isinstance(value, np.ndarray))


def _owner(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def figure(case: Case) -> float:
    """Bytes kept ÷ (bytes of the state · steps)."""
    return bytes_of(kept(case)) / (case.state * case.steps)


def measure() -> list[tuple[str, str, str, str]]:
    """For each program: the figure, what it must not exceed, and why it is what it is."""
    return [(f"`{case.name}`", f"{figure(case):.3f}", f"{case.most:.3f}", case.reason) for case in cases()]
