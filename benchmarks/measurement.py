"""Everything that is measured of one problem, in one process: the function itself, ours, and the peers.

Each is called once (its first call, which compiles), compared with the others, timed in turn with them, and looked at
for its memory.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import adcompiler as ad
from benchmarks.agreement import assert_agree, assert_is_the_gradient, tolerance
from benchmarks.deadline import OverBudgetError, deadline
from benchmarks.peers import PEERS, Peer, as_numpy
from benchmarks.problems import PROBLEMS, Problem
from benchmarks.resident import peak_memory
from benchmarks.timing import Timing, time_in_turn

PRIMAL, OURS = "NumPy", "adcompiler"


@dataclass(frozen=True)
class Effort:
    """How much time is spent on a problem."""

    rounds: int = 60
    most: float = 1.5
    """Seconds that the rounds of one contender may last together."""
    first: float = 60.0
    """Seconds that a first call may take."""
    memory: bool = True


@dataclass(frozen=True)
class Cell:
    """What was measured of one contender at one problem.

    Parameters
    ----------
    first : float, optional
        Seconds of the first call.
    timing : Timing, optional
        Of later calls.
    peak : int, optional
        Bytes of memory that a call needs.
    why : str
        Why there is nothing.
    """

    first: float | None = None
    timing: Timing | None = None
    peak: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Row:
    """What was measured at one problem, by contender: `PRIMAL`, `OURS`, the peers, and their rewritten versions."""

    problem: str
    cells: dict[str, Cell]
    processor: float = 0.0
    """Seconds of the processor that all of it took."""


def rewritten(peer: str) -> str:
    """The contender that is a peer's rewritten version."""
    return f"{peer}, rewritten"


def measure(name: str, peers: Sequence[str], effort: Effort) -> Row:
    """Measure one problem."""
    problem = PROBLEMS[name]
    arguments = problem.arguments()
    another = PROBLEMS["tutorial 2x2" if problem.function.__name__ != "tutorial" else "rosenbrock"]
    cells: dict[str, Cell] = {PRIMAL: Cell()}
    calls: dict[str, Callable[[], Any]] = {PRIMAL: lambda: problem.function(*arguments)}

    _ours(another, another.arguments(small=True))()
    calls[OURS] = _ours(problem, arguments)
    expected, cells[OURS] = _called_first(calls[OURS])
    assert_is_the_gradient(problem, arguments, expected)
    for peer in (PEERS[name] for name in peers):
        if not peer.is_installed:
            cells[peer.name] = Cell(why="not installed")
            continue
        for version in peer.forms(another):
            peer.call(version[1], another, another.arguments(small=True))()
        if reason := peer.absent.get(problem.function.__name__):
            cells[peer.name] = Cell(why=reason)
        for form, function in peer.forms(problem):
            contender = rewritten(peer.name) if form else peer.name
            call, cells[contender] = _admitted(peer, function, problem, arguments, expected, effort)
            if call:
                calls[contender] = call
    gc.collect()
    gc.freeze()
    for contender, timing in time_in_turn(calls, rounds=effort.rounds, most=effort.most).items():
        times = 3 if timing.minimum < 0.2 else 1
        peak = peak_memory(calls[contender], times=times) if effort.memory else None
        cells[contender] = replace(cells[contender], timing=timing, peak=peak)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Row(name, cells, time.process_time() + children.ru_utime + children.ru_stime)


def _ours(problem: Problem, arguments: tuple[Any, ...]) -> Callable[[], Any]:
    compiled = ad.value_and_grad(problem.function, problem.wrt)
    return lambda: compiled(*arguments)


def _called_first(call: Callable[[], Any]) -> tuple[Any, Cell]:
    start = time.perf_counter()
    outcome = call()
    return outcome, Cell(first=time.perf_counter() - start)


def _admitted(
    peer: Peer, version: Callable[..., Any], problem: Problem, arguments: tuple[Any, ...], expected: Any, effort: Effort
) -> tuple[Callable[[], Any] | None, Cell]:
    """A peer's call, if its first one ends in time with the right outcome."""
    try:
        with deadline(effort.first):
            call = peer.call(version, problem, arguments)
            (value, gradients), cell = _called_first(call)
        assert_agree((as_numpy(value), tuple(map(as_numpy, gradients))), expected, tolerance(problem))
    except OverBudgetError as error:
        return None, Cell(why=f"its first call {error}")
    except AssertionError as error:
        return None, Cell(why=f"disagrees: {' '.join(str(error).split())[:200]}")
    except Exception as error:  # whatever a peer raises is its result
        return None, Cell(why=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    return call, cell
