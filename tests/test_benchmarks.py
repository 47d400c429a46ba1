"""The benchmark measures what it says: problems and peers agree at reduced sizes, and figures are written as they are.

What is compiled by `torch.compile` is left to the benchmark itself, which checks it too before it times it.
"""

from __future__ import annotations

import ast
import time
from pathlib import Path

import numpy as np
import pytest

import adcompiler as ad
from benchmarks import results
from benchmarks.agreement import assert_agree, assert_is_the_gradient, tolerance
from benchmarks.deadline import OverBudgetError, deadline
from benchmarks.measurement import OURS, PRIMAL, Cell, Row, rewritten
from benchmarks.peers import PEERS, Peer, as_numpy
from benchmarks.problems import PROBLEMS, Problem
from benchmarks.report import Notes, classes, geometric_mean, number, others, seconds, summary, value_and_gradient
from benchmarks.report import minimum as fastest
from benchmarks.resident import FORGET, peak_memory
from benchmarks.timing import Timing, time_in_turn

FUNCTIONS = {problem.function.__name__: problem for problem in PROBLEMS.values()}


@pytest.mark.parametrize("problem", FUNCTIONS.values(), ids=FUNCTIONS)
def test_problem_has_the_gradient_that_differences_have(problem: Problem) -> None:
    arguments = problem.arguments(small=True)
    outcome = ad.value_and_grad(problem.function, problem.wrt)(*arguments)
    assert_is_the_gradient(problem, arguments, outcome, directions=3)


def test_wrong_gradient_is_noticed() -> None:
    problem = FUNCTIONS["rosenbrock"]
    arguments = problem.arguments(small=True)
    value, (gradient,) = ad.value_and_grad(problem.function, problem.wrt)(*arguments)
    with pytest.raises(AssertionError):
        assert_is_the_gradient(problem, arguments, (value, (gradient * 1.01,)))
    with pytest.raises(AssertionError):
        assert_agree((value, (gradient * 1.01,)), (value, (gradient,)), tolerance(problem))


def defined(peer: Peer, module: str) -> set[str]:
    """The names that a module of a peer's versions gives a value, read without the peer."""
    file = Path(__file__).parent.parent.joinpath(*peer.versions.split(".")) / f"{module}.py"
    names = set()
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.FunctionDef):
            names.add(statement.name)
        elif isinstance(statement, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in statement.names}
    return names


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_peer_has_each_problem_or_says_why_not(peer: Peer) -> None:
    for name, problem in FUNCTIONS.items():
        family = problem.function.__module__.rpartition(".")[2]
        assert name in defined(peer, family) or peer.absent.get(name), f"no version of {name}"


@pytest.mark.parametrize("name", ["autograd", "PyTorch", "jax.jit"])
@pytest.mark.parametrize("problem", FUNCTIONS.values(), ids=FUNCTIONS)
def test_peer_agrees_with_ours(name: str, problem: Problem) -> None:
    peer = PEERS[name]
    if not peer.is_installed:
        pytest.skip(f"{peer.package} is not installed")
    arguments = problem.arguments(small=True)
    expected = ad.value_and_grad(problem.function, problem.wrt)(*arguments)
    for _, version in peer.forms(problem):
        value, gradients = peer.call(version, problem, arguments)()
        assert_agree((as_numpy(value), tuple(map(as_numpy, gradients))), expected, tolerance(problem))


def test_slow_calls_take_part_in_the_first_rounds_alone() -> None:
    turns: list[str] = []

    def slow() -> None:
        turns.append("slow")
        time.sleep(0.1)

    times = time_in_turn({"fast": lambda: turns.append("fast"), "slow": slow}, rounds=6, seconds=1e-6, most=0.15)
    assert times["fast"].rounds == 6
    assert times["slow"].rounds in (1, 2)
    assert times["slow"].minimum >= 0.1
    assert turns[-1] == "fast"


def test_deadline_stops_what_takes_too_long() -> None:
    with pytest.raises(OverBudgetError, match=r"more than 0\.05 s"), deadline(0.05):
        time.sleep(5)
    with deadline(5):
        pass


def test_deadline_says_so_where_its_exception_was_wrapped() -> None:
    def wrapping() -> None:
        try:
            time.sleep(5)
        except OverBudgetError as error:
            raise RuntimeError from error

    with pytest.raises(OverBudgetError), deadline(0.05):
        wrapping()


@pytest.mark.skipif(not FORGET.exists(), reason="the system does not count")
def test_peak_memory_is_what_is_there_at_once() -> None:
    x = np.ones(2_000_000)
    peak = peak_memory(lambda: np.sum(np.sin(x) * x))
    assert peak is not None
    assert 0.9 * x.nbytes < peak < 2.5 * x.nbytes


def cell(minimum: float, *, first: float = 1.0) -> Cell:
    return Cell(first, Timing(minimum, minimum, 5), 1_000_000)


ROWS = [
    Row(
        "tutorial 2x2",
        {
            PRIMAL: cell(4e-6),
            OURS: cell(2e-6),
            "autograd": cell(4e-5),
            "PyTorch": cell(2e-5),
            "torch.compile": Cell(why="its first call took more than 60 s"),
            "jax.jit": cell(1e-6),
        },
    ),
    Row(
        "lu",
        {
            PRIMAL: cell(1e-2),
            OURS: cell(4e-2),
            "autograd": cell(0.1),
            "PyTorch": Cell(why="its first call took more than 60 s"),
            "jax.jit": cell(2e-2),
            rewritten("jax.jit"): cell(1e-4),
        },
    ),
]


def test_table_says_which_targets_are_met() -> None:
    notes = Notes()
    lines = value_and_gradient(ROWS, fastest, notes)
    assert lines[2] == ("| `tutorial 2x2` | 4 µs | 0.50 | ≤ 0.6 met | 20 | 10 | —[^1] | **0.50** (≥ 1) |")
    assert lines[3] == "| `lu` | 10 ms | 4.00 | ≤ 2.5 **missed** | 2.50 | —[^1] | — | **0.50** (≥ 1) |"
    assert lines[4] == "| geometric mean |  | 1.41 | ≤ 1.7 met | 7.07 | 10 | — | 0.50 |"
    assert notes.lines() == ["[^1]: its first call took more than 60 s."]


def test_classes_and_other_tables_follow_the_rows() -> None:
    assert classes(ROWS)[3] == (
        "| loops over elements, as written | 0 of 1 | 4.00 | autograd 2.50 (≥ 2) met; jax.jit 0.50 (≥ 1) **missed** |"
    )
    assert others(ROWS, Notes())[2] == "| `lu` | 0.0025 |"
    assert summary(ROWS[0]).split()[:5] == ["tutorial", "2x2", "÷", "function", "0.50"]


def test_document_has_every_chapter() -> None:
    text = results.document(
        ROWS, [("compilation", "9 ms", "8 ms", "50 ms")], [("`lu`", "0.1", "0.1", "x")], has_plot=False
    )
    chapters = [line for line in text.splitlines() if line.startswith("#")]
    assert len(chapters) == 9
    assert "results.svg" not in text
    assert "| compilation | 9 ms | 8 ms | 50 ms |" in text


def test_figures_are_written_with_few_digits() -> None:
    assert [number(x) for x in (None, 0.0042, 0.504, 12.34, 1234.5)] == ["—", "0.0042", "0.50", "12.3", "1,234"]
    assert [seconds(x) for x in (None, 1.5e-6, 0.0123, 2.0)] == ["—", "1.5 µs", "12.3 ms", "2 s"]
    assert geometric_mean([2.0, 8.0, None]) == pytest.approx(4.0)
    assert geometric_mean([None]) is None
