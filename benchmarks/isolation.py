"""One process for each problem, so that none inherits another's memory, caches and mishaps.

They begin as copies of a process that has imported everything, where the system can do that.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

from benchmarks.measurement import OURS, PRIMAL, Cell, Effort, Row, measure

PRELOAD = ["scipy.special", "benchmarks.measurement", "autograd", "jax", "torch._inductor.compile_fx"]
PATIENCE = 400.0
"""Seconds after which a problem is given up."""


def measure_each(problems: Sequence[str], peers: Sequence[str], effort: Effort) -> Iterator[Row]:
    """Measure problems one after the other; what a problem's process cannot say any more, its row does."""
    can_copy = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if can_copy else "spawn")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache
        if can_copy:
            context.set_forkserver_preload(PRELOAD)
        for problem in problems:
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_report, args=(there, problem, peers, effort))
            process.start()
            there.close()
            try:
                yield here.recv() if here.poll(PATIENCE) else _nothing(problem, f"took more than {PATIENCE:g} s")
            except EOFError:
                process.join()
                yield _nothing(problem, f"its process ended with code {process.exitcode}")
            finally:
                process.kill()
                process.join()


def _report(connection: Connection, problem: str, peers: Sequence[str], effort: Effort) -> None:
    try:
        row = measure(problem, peers, effort)
    except Exception as error:
        row = _nothing(problem, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    connection.send(row)


def _nothing(problem: str, why: str) -> Row:
    return Row(problem, {PRIMAL: Cell(why=why), OURS: Cell(why=why)})
