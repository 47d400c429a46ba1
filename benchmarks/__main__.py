"""Run every measurement and print one Markdown table: each figure with its target."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Callable

import numpy as np

from benchmarks import compile_time, dispatch, tutorial


def installed(name: str) -> bool:
    """Whether an optional peer is there."""
    return importlib.util.find_spec(name) is not None


def main() -> None:
    """Print the table."""
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
    for peer in ("torch", "autograd"):
        if not installed(peer):
            print(f"\n{peer} is not installed: no comparison with it.")


if __name__ == "__main__":
    main()
