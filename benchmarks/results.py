"""The document `benchmarks/RESULTS.md`: its chapters, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks import cache, compile_time, dispatch, machine, memory, tutorial
from benchmarks.measurement import OURS, PRIMAL, Row
from benchmarks.problems.targets import PEERS
from benchmarks.report import (
    Notes,
    by_contender,
    classes,
    median,
    megabytes,
    minimum,
    others,
    seconds,
    table,
    value_and_gradient,
)

FILE = Path(__file__).parent / "RESULTS.md"
Figures = Sequence[tuple[str, str, str, str]]

HOW = """\
Written by `make bench`; do not edit.

Value and gradient of plain NumPy functions (`benchmarks/problems/`), in float64 except for `mlp` (float32). Each peer
computes the same from a version in its best form (`benchmarks/peers/`). All run in one process for each problem, warmed
up, in turn, in up to 60 rounds of about 10 ms; the figures are minima, and medians where it says so. Values and all
gradients are compared with each other, with the function's value and with differences, before anything is timed.

*ours ÷ function* is what value and gradient take in times of the function itself: at most the target. *peer ÷ ours* is
how many times as long a peer takes: above 1, ours is faster. Bold figures miss their target, which is in brackets.
`PyTorch` is eager; `torch.compile` compiles both sweeps at once, of long loops one step; `jax.jit` has its loops as
`lax.scan` and `lax.fori_loop`, and is given the number of rounds of `while` loops, without which they have no reverse
mode.
"""

OTHERWISE = """\
Loops over elements, which NumPy's users write when they must, users of the peers would replace: by functions of their
libraries (`lu`, `cholesky`), by whole arrays (`rosenbrock_loop`; for ours see `rosenbrock`), or by whole rows
(`seidel_2d`). They would find distances by a product of matrices (`kmeans`). Against ours for the problem as written:
"""

MEMORY = """\
What a call needs beyond what is there before it, results included, in megabytes: the rise of the process's resident
memory, which the system counts for all in the same way. Less than 0.1 is noise.
"""

FIRST = """\
The first call of each, in a process that has compiled one small function before: ours is transformed, written and
loaded (without the cache on the disk), and run once; peers trace, compile and run once.
"""

GENERAL = """\
Compilation of a long function, and what calls cost.
"""

KEPT = """\
What the forward sweep keeps for the backward sweep, in bytes ÷ (bytes of the state · steps). A tape that keeps every
state has 1 and more.
"""


def document(rows: Sequence[Row], general: Figures, kept: Figures, *, has_plot: bool) -> str:
    """The whole text: of the rows, of what else was measured, and of what is kept."""
    notes = Notes()
    lines = ["# Results", "", *HOW.splitlines(), "", *[f"- {line}" for line in machine.describe()], ""]
    if has_plot:
        lines += ["![Value and gradient in times of the function itself](results.svg)", ""]
    lines += ["## Value and gradient", "", *value_and_gradient(rows, minimum, notes)]
    lines += ["## Targets by class", "", *classes(rows)]
    lines += ["## Medians", "", *value_and_gradient(rows, median, notes)]
    lines += ["## Written in another way", "", *OTHERWISE.splitlines(), "", *others(rows, notes)]
    lines += ["## Peak memory", "", *MEMORY.splitlines(), ""]
    lines += by_contender(rows, [PRIMAL, OURS, *PEERS], lambda cell: cell.peak, megabytes, notes)
    lines += ["## First calls", "", *FIRST.splitlines(), ""]
    lines += by_contender(rows, [OURS, *PEERS], lambda cell: cell.first, seconds, notes)
    lines += ["## Compilation and calls", "", *GENERAL.splitlines(), ""]
    lines += table(["measurement", "median", "minimum", "target"], general)
    lines += ["## What is kept", "", *KEPT.splitlines(), ""]
    lines += table(["program", "kept", "at most", "why"], kept)
    return "\n".join([*lines, *notes.lines()]) + "\n"


def write(rows: Sequence[Row], *, has_plot: bool) -> None:
    """Measure what is no problem of the table, and write all of it."""
    general = [*compile_time.measure(), *cache.measure(), *dispatch.measure(), *tutorial.measure()]
    FILE.write_text(document(rows, general, memory.measure(), has_plot=has_plot), encoding="utf-8")
