"""Run every measurement and print two Markdown tables: each figure with its target."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Callable

import numpy as np

from benchmarks import compile_time, dispatch, memory, tutorial


def installed(name: str) -> bool:
    """Whether an optional peer is there."""
    return importlib.util.find_spec(name) is not None


def main() -> None:
    """Print the tables: of time, and of memory."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}\n")
    print("| measurement | figure (median) | minimum | target |")
    print("|---|---|---|---|")
    measurements: tuple[Callable[[], list[tuple[str, str, str, str]]], ...] = (
        compile_time.measure,
        dispatch.measure,
        tutorial.measure,
    )
    for measure in measurements:
        for row in measure():
            print(f"| {' | '.join(row)} |")
    print("\n| program | bytes kept ÷ (state · steps) | at most | why |")
    print("|---|---|---|---|")
    for row in memory.measure():
        print(f"| {' | '.join(row)} |")
    for peer in ("torch", "autograd"):
        if not installed(peer):
            print(f"\n{peer} is not installed: no comparison with it.")


if __name__ == "__main__":
    main()
