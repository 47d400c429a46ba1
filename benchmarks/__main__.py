"""The benchmark: `python -m benchmarks [--problems a,b] [--peers jax,pytorch] [--quick]`.

All problems and peers together write `benchmarks/RESULTS.md` and its plot; anything less is only printed.
"""

from __future__ import annotations

import argparse
import time

from benchmarks import machine


def main() -> None:
    """Measure, and write or print what came out."""
    machine.use_one_core()
    from benchmarks import plot, results
    from benchmarks.isolation import measure_each
    from benchmarks.measurement import Effort
    from benchmarks.peers import PEERS
    from benchmarks.problems import PROBLEMS
    from benchmarks.report import summary

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--problems", default="", help="names, or beginnings of names, with commas between them (all)")
    parser.add_argument("--peers", default=",".join(PEERS), help="peers, in the same way (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and no memory; only printed")
    options = parser.parse_args()
    problems = [name for name in PROBLEMS if name.startswith(tuple(options.problems.split(",")))]
    peers = [name for name in PEERS if name.lower().startswith(tuple(options.peers.lower().split(",")))]
    effort = Effort(rounds=10, most=0.3, first=20.0, memory=False) if options.quick else Effort()

    begun = time.monotonic()
    rows = []
    for row in measure_each(problems, peers, effort):
        rows.append(row)
        print(f"{time.monotonic() - begun:5.0f} s {row.processor:5.1f} s  {summary(row)}", flush=True)
    if options.quick or len(problems) < len(PROBLEMS) or len(peers) < len(PEERS):
        return
    has_plot = plot.write(rows)
    if not has_plot:
        print("matplotlib is not installed: no plot")
    results.write(rows, has_plot=has_plot)
    print(f"{time.monotonic() - begun:5.0f} s  {results.FILE} is written")


if __name__ == "__main__":
    main()
