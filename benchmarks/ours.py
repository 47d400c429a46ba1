"""Value and gradient ÷ the function itself, for each problem: `python -m benchmarks.ours [--source] [name ...]`."""

from __future__ import annotations

import argparse
import math
import statistics

import numpy as np

import adcompiler as ad
from benchmarks.problems import PROBLEMS, Problem
from benchmarks.timing import time_in_turn


def ratio(problem: Problem, *, rounds: int = 20) -> float:
    """Value and gradient ÷ primal, minima of interleaved rounds."""
    arguments = problem.arguments()
    compiled = ad.value_and_grad(problem.function, problem.wrt)
    np.testing.assert_allclose(compiled(*arguments)[0], problem.function(*arguments), rtol=1e-5)
    calls = {"primal": lambda: problem.function(*arguments), "ours": lambda: compiled(*arguments)}
    times = time_in_turn(calls, rounds=rounds)
    return times["ours"].minimum / times["primal"].minimum


def main() -> None:
    """Print a line for each problem, and the geometric mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="problems, or beginnings of their names (all)")
    parser.add_argument("--source", action="store_true", help="print the generated code instead")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    chosen = [p for p in PROBLEMS.values() if not options.names or p.name.startswith(tuple(options.names))]
    if options.source:
        for problem in chosen:
            compiled = ad.value_and_grad(problem.function, problem.wrt)
            compiled(*problem.arguments())
            print(f"# {problem.name}\n{compiled.source}\n")
        return
    ratios = []
    for problem in chosen:
        ratios.append(ratio(problem, rounds=options.rounds))
        print(f"{problem.name:20} {ratios[-1]:6.2f}  (at most {problem.target:g})", flush=True)
    print(f"geometric mean       {math.exp(statistics.fmean(map(math.log, ratios))):6.2f}")


if __name__ == "__main__":
    main()
