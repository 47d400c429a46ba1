"""Solvers that are handed a function: what their results are, and on which of their inputs these depend smoothly.

They stand beside the table, since their pullbacks need more than arrays: the handed function itself, cut into a forward
and a backward sweep. The inputs of such an equation are the *operands* of the solver (an initial guess, limits of
integration), then what is passed on to the function at each call, behind what the solver gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adcompiler.ir.dims import OPEN, Dim
from adcompiler.ir.nodes import Atom, Equation, InferTypes, Primitive
from adcompiler.ir.types import Type, array, scalar

_NUMBER = scalar("float64")


@dataclass(frozen=True)
class Solver:
    """What is known of a solver.

    Parameters
    ----------
    primitive : Primitive
        Spelled as the function of `runtime` that computes it.
    adjoint : Primitive
        Its pullback, which is handed both sweeps of the function.
    given : int
        How many arguments the solver gives the function.
    solved_for : int
        Of these, how many the pullback differentiates it for: the first ones.
    smooth_operands : bool
        Whether the result depends on the operands smoothly: not on an initial guess.
    of_gradient : bool
        Whether the pullback is handed the sweeps of the function's gradient; see `transform.stationary`.
    """

    primitive: Primitive
    adjoint: Primitive
    given: int = 1
    solved_for: int = 1
    smooth_operands: bool = False
    of_gradient: bool = False

    def operands(self, equation: Equation) -> int:
        """The number of the solver's own operands."""
        return int(equation.parameters["operands"])

    def passed_on(self, equation: Equation) -> Sequence[Atom]:
        """The inputs that are passed on to the function."""
        return equation.inputs[self.operands(equation) :]

    def smooth(self, equation: Equation) -> Sequence[Atom]:
        """The inputs that the result depends on smoothly."""
        return equation.inputs if self.smooth_operands else self.passed_on(equation)


SOLVERS: dict[str, Solver] = {}
"""Every solver, by the name of its primitive."""


def solver_of(equation: Equation) -> Solver | None:
    """The solver that an equation calls, or None."""
    return SOLVERS.get(equation.primitive.name)


def is_adjoint_of_solver(equation: Equation) -> bool:
    """Whether an equation is the pullback of a solver's."""
    return bool(equation.handed) and equation.primitive.name not in SOLVERS


def _enter(name: str, infer: InferTypes, **options: bool | int) -> None:
    SOLVERS[name] = Solver(Primitive(name, name, infer), Primitive(f"{name}_bar", f"{name}_bar"), **options)  # type: ignore[arg-type]


def state_type(y0: Type) -> Type:
    """What a solver of differential equations calls the right side with, for an initial state of this type."""
    return array("float64", (1,) if y0.shape == () else y0.shape)


def given_types(name: str, operands: Sequence[Type], solver: str | None) -> tuple[Type, ...]:
    """The types of what a solver gives its function, from those of its operands."""
    if name == "integral_of" or solver in OF_NUMBERS:
        return (_NUMBER,)
    if solver in ELEMENTWISE:
        return (_NUMBER if operands[0].kind == "scalar" else array("float64", operands[0].shape),)
    return (state_type(operands[0]), _NUMBER)[: SOLVERS[name].given]


def _solution_type(*types: Type, operands: int, solver: str = "", **_: object) -> tuple[Type, ...]:
    return given_types("root_of", types, solver)[:1]


def _length(start: Type) -> Dim:
    """How many unknowns there are."""
    shape = state_type(start).shape
    return shape[0] if isinstance(shape, tuple) and len(shape) == 1 else OPEN


OF_NUMBERS = ("bisect", "brenth", "brentq", "minimize_scalar", "ridder", "root_scalar", "toms748")
"""Functions of `scipy.optimize` that find one number."""

ELEMENTWISE = ("fixed_point", "newton")
"""Those that find a number for each of an array."""


def _fit_type(start: Type, *_: Type, solver: str = "", **__: object) -> tuple[Type, ...]:
    n = _length(start)
    if solver == "curve_fit":
        return (array("float64", (n + 1 if isinstance(n, int) else OPEN, n)),)
    return (array("float64", (n,)),)


def _states_type(y0: Type, t: Type, *_: Type, **__: object) -> tuple[Type, ...]:
    times = t.shape if isinstance(t.shape, tuple) and len(t.shape) == 1 else (OPEN,)
    state = state_type(y0).shape
    return (array("float64", (*times, *(state if isinstance(state, tuple) else (OPEN,)))),)


def _trajectory_type(y0: Type, start: Type, end: Type, t_eval: Type, *_: Type, **__: object) -> tuple[Type, ...]:
    times = t_eval.shape if t_eval.kind == "array" and isinstance(t_eval.shape, tuple) else (OPEN,)
    n = _length(y0)
    return (array("float64", (n + 1 if isinstance(n, int) else OPEN, *times)),)


_enter("root_of", _solution_type)
_enter("minimum_of", _solution_type, of_gradient=True)
_enter("least_squares_of", _fit_type, of_gradient=True)
_enter("integral_of", lambda *_, **__: (array("float64", (2,)),), solved_for=0, smooth_operands=True)
_enter("states_at", _states_type, given=2, smooth_operands=True)
_enter("trajectory", _trajectory_type, given=2, smooth_operands=True)
