"""How long the first call of a gradient takes: compiled, and found on disk by a later process."""

from __future__ import annotations

import linecache
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from adcompiler.compiler import Goal
from adcompiler.dispatch import Dispatcher
from benchmarks.compile_time import hundred_lines
from benchmarks.tutorial import tutorial


def measure() -> list[tuple[str, str, str, str]]:
    """Time first calls without a cache, and with one that holds the code."""
    long = _long()
    x = np.ones((2, 2))
    return [
        row
        for what, function, wrt, arguments in (
            ("the tutorial", tutorial, ("x",), (x,)),
            ("100 lines", long, ("x", "y"), (0.3, 0.4, 3)),
        )
        for row in _first_calls(what, function, wrt, arguments)
    ]


def _long() -> Callable[..., Any]:
    """A function of 100 lines, as if it had been imported from a file."""
    text, file = f"import numpy as np\n\n\n{hundred_lines()}", "<a function of 100 lines, to be kept>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": "hundred"}
    exec(compile(text, file, "exec"), namespace)
    function: Callable[..., Any] = namespace["long"]
    return function


def _first_calls(
    what: str, function: Callable[..., Any], wrt: tuple[str, ...], arguments: tuple[Any, ...]
) -> list[tuple[str, str, str, str]]:
    goal = Goal("grad", wrt, as_tuple=True)

    def first_call() -> float:
        start = time.perf_counter()
        Dispatcher(function, goal).find(arguments)
        return time.perf_counter() - start

    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        compiled = [first_call() for _ in range(6)][1:]
        os.environ.update(ADCOMPILER_CACHE="1", ADCOMPILER_CACHE_DIR=folder)
        try:
            found = [first_call() for _ in range(21)][1:]
        finally:
            os.environ.clear()
            os.environ.update(before)
    return [
        (f"first call, {what}: {how}", f"{statistics.median(times) * 1e3:.1f} ms", f"{min(times) * 1e3:.1f} ms", target)
        for how, times, target in (("compiled", compiled, "—"), ("found on disk", found, "5 ms"))
    ]
