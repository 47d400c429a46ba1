"""What each pass buys, measured by switching it off: `python -m benchmarks.passes [pass ...]`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import adcompiler as ad
from adcompiler import compiler, dispatch
from adcompiler.passes import pipeline
from benchmarks.problems import PROBLEMS, Problem
from benchmarks.small_programs import SMALL_PROGRAMS
from benchmarks.timing import time_in_turn

PROGRAMS = (*PROBLEMS.values(), *SMALL_PROGRAMS)
PIPELINES = ((compiler, "SIMPLIFY"), (compiler, "CLEAN"), (pipeline, "FINISH"))


def pass_names() -> list[str]:
    """The passes of the pipelines in their order, and the one that the dispatcher applies."""
    found = [transform.__name__ for module, name in PIPELINES for transform in getattr(module, name)]
    return [*dict.fromkeys(found), "scalarise_arrays"]


@contextmanager
def without(name: str) -> Iterator[None]:
    """Compile without a pass."""
    kept: list[tuple[Any, str, Any]] = [(module, tuple_, getattr(module, tuple_)) for module, tuple_ in PIPELINES]
    kept.append((compiler, "scalarise_arrays", compiler.scalarise_arrays))
    try:
        for module, attribute, passes in kept[:-1]:
            setattr(module, attribute, tuple(each for each in passes if each.__name__ != name))
        if name == "scalarise_arrays":
            compiler.scalarise_arrays = lambda *_: None
        yield
    finally:
        for module, attribute, value in kept:
            setattr(module, attribute, value)


def compiled(problem: Problem, arguments: tuple[Any, ...]) -> tuple[str, Callable[[], object]]:
    """The source of the code that serves a call, and the call."""
    dispatch.dispatcher_for.cache_clear()
    gradient = ad.value_and_grad(problem.function, problem.wrt)
    gradient(*arguments)
    code = gradient._dispatcher.find(arguments).functions[0]
    return code.source, lambda: gradient(*arguments)


def gains(name: str, rounds: int) -> list[tuple[float, str]]:
    """Time without a pass ÷ time with it, for each problem whose code it changes."""
    found = []
    for problem in PROGRAMS:
        arguments = problem.arguments()
        text, call = compiled(problem, arguments)
        try:
            with without(name):
                other_text, other = compiled(problem, arguments)
        except Exception as error:  # what later passes rely on
            print(f"  {problem.name}: not without {name} ({type(error).__name__})")
            continue
        if other_text != text:
            times = time_in_turn({"with": call, "without": other}, rounds=rounds)
            found.append((times["without"].minimum / times["with"].minimum, problem.name))
    return sorted(found, reverse=True)


def main() -> None:
    """Print a line for each pass: the programs that gain most, and how many change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passes", nargs="*", metavar="PASS", help="(all)")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    os.environ["ADCOMPILER_CACHE"] = "0"
    for name in options.passes or pass_names():
        found = gains(name, options.rounds)
        best = ", ".join(f"{problem} {gain:.2f}" for gain, problem in found[:4])
        print(f"- `{name}`: {best or 'nothing here'} ({len(found)} of {len(PROGRAMS)} programs change)", flush=True)


if __name__ == "__main__":
    main()
