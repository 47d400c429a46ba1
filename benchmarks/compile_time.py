"""How long it takes from a function's source to its loaded gradient, how that grows, and where it goes.

`python -m benchmarks.compile_time` prints functions of several shapes and lengths, each with what its stages take. Time
is that of the processor, so that other programs on the machine do not count.
"""

from __future__ import annotations

import linecache
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from adcompiler import compiler
from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.parse import function_source, parse_text
from adcompiler.signature import given_types

LINES = 100
ROUNDS = 10

_STAGES = {
    "_lower_with_needed_values": "read",
    "reverse": "reverse",
    "run": "passes",
    "finish": "passes",
    "emit": "write",
    "load": "load",
}
"""Functions of `adcompiler.compiler`, and what the table calls what they do."""


def _with(body: list[str]) -> str:
    return "\n".join(["def long(x, y, n):", "    s = x * 1.0", "    t = y + 0.0", *body, "    return s * t"]) + "\n"


def mixed(lines: int) -> str:
    """Straight-line code, branches and loops in the proportions of numerical code."""
    body: list[str] = []
    step = 0
    while len(body) < lines - 4:
        step += 1
        body += [
            f"    a{step} = np.sin(s) * t + {step}.0",
            f"    b{step} = np.tanh(a{step}) / (1.0 + s * s)",
            f"    if b{step} > 0.5:",
            f"        s = s * b{step}",
            "    else:",
            f"        s = s - a{step}",
            "    for i in range(n):",
            f"        t = t * 0.5 + b{step} * s",
        ]
    return _with(body[: lines - 4])


def hundred_lines() -> str:
    """The function whose compilation has a target."""
    return mixed(LINES)


def straight(lines: int) -> str:
    """Statements one after the other."""
    body = [f"    {'st'[k % 2]} = np.sin({'ts'[k % 2]}) * s + t" for k in range(lines - 4)]
    return _with(body)


def branches(count: int) -> str:
    """One `if` after the other."""
    lines = [(f"    if s > {k}.0:", "        s = s * t", "    else:", "        t = t + s") for k in range(count)]
    return _with([line for four in lines for line in four])


def nested(depth: int) -> str:
    """Loops in loops."""
    margins = ["    " * (k + 1) for k in range(depth + 1)]
    lines = [(f"{margins[k]}for i{k} in range(n):", f"{margins[k + 1]}s = s * t + {k}.0") for k in range(depth)]
    return _with([*(line for two in lines for line in two), f"{margins[depth]}t = t + np.sin(s)"])


def arrays(count: int) -> str:
    """Arrays that loops write into: each may be restored or kept."""
    lines = [
        (
            f"    A{k} = np.zeros((10, 10)) + x",
            "    for i in range(n):",
            f"        A{k}[i, 1] = A{k}[i, 0] * A{k}[i, 1] + y",
            f"    s = s + A{k}[1, 1]",
        )
        for k in range(count)
    ]
    return _with([line for four in lines for line in four])


def leaves(count: int) -> str:
    """A dict with many numbers, made anew in a loop."""
    body = ["    p = {}", *(f"    p['k{k}'] = x * {k}.0" for k in range(count))]
    body += ["    for i in range(n):", "        p = {k: v * np.sin(y) for k, v in p.items()}"]
    return _with([*body, "    for k in p:", "        s = s + p[k]"])


def _compilation(text: str) -> Callable[[], None]:
    """What parses, transforms and loads the function in a text."""
    file = f"<a function of {len(text.splitlines())} lines>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {}
    exec(compile("import numpy as np\n", file, "exec"), namespace)
    exec(compile(text, file, "exec"), namespace)

    def compile_once() -> None:
        parse_text(file, text)
        source = function_source(namespace["long"])
        types = given_types(source.parameters, {"x": "float", "y": "float", "n": "int"}, {})
        compile_gradient(source, types, Goal("grad", ("x", "y"), as_tuple=True)).load()

    return compile_once


def seconds(text: str, rounds: int = ROUNDS) -> list[float]:
    """What compiling a function takes, some times over; the first, which fills Python's own caches, is left out."""
    compile_once = _compilation(text)
    found = []
    for _ in range(rounds + 1):
        start = time.process_time()
        compile_once()
        found.append(time.process_time() - start)
    return found[1:]


@contextmanager
def _watched(spent: dict[str, float]) -> Iterator[None]:
    """Note how long each stage takes, by its name."""
    originals = {name: getattr(compiler, name) for name in _STAGES}

    def timed(name: str) -> Callable[..., Any]:
        def run(*arguments: Any, **keywords: Any) -> Any:
            start = time.process_time()
            try:
                return originals[name](*arguments, **keywords)
            finally:
                stage = _STAGES[name]
                spent[stage] = spent.get(stage, 0.0) + time.process_time() - start

        return run

    for name in _STAGES:
        setattr(compiler, name, timed(name))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(compiler, name, original)


def stages(text: str, rounds: int = ROUNDS) -> dict[str, float]:
    """What each stage takes at least."""
    compile_once = _compilation(text)
    least: dict[str, float] = {}
    for _ in range(rounds):
        spent: dict[str, float] = {}
        with _watched(spent):
            compile_once()
        least = {stage: min(taken, least.get(stage, taken)) for stage, taken in spent.items()}
    return least


def measure() -> list[tuple[str, str, str, str]]:
    """Transform and compile functions of 100, 200 and 400 lines."""
    rows = []
    for lines in (LINES, 2 * LINES, 4 * LINES):
        times = seconds(mixed(lines))
        figures = (statistics.median(times), min(times))
        target = "50 ms" if lines == LINES else "in proportion"
        rows.append((f"transform and compile {lines} lines", *(f"{figure * 1e3:.0f} ms" for figure in figures), target))
    parts = ", ".join(f"{stage} {taken * 1e3:.0f} ms" for stage, taken in stages(hundred_lines()).items())
    rows.append((f"of {LINES} lines, by stage", "", parts, ""))
    return rows


def main() -> None:
    """Print the table of shapes."""
    shapes: list[tuple[Callable[[int], str], tuple[int, ...]]] = [
        (mixed, (100, 200, 400, 800)),
        (straight, (100, 300, 1000)),
        (branches, (50, 100, 200)),
        (nested, (2, 4, 6)),
        (arrays, (4, 8, 16)),
        (leaves, (25, 50, 100)),
    ]
    names = list(dict.fromkeys(_STAGES.values()))
    print(f"| function | lines | ms | ms a line | {' | '.join(names)} |")
    print("|---" * (4 + len(names)) + "|")
    for shape, sizes in shapes:
        for size in sizes:
            text = shape(size)
            lines, least = len(text.splitlines()), min(seconds(text, 3)) * 1e3
            parts = stages(text, 3)
            row = [f"{parts[stage] * 1e3:.0f}" for stage in names]
            print(f"| {shape.__name__} {size} | {lines} | {least:.0f} | {least / lines:.2f} | {' | '.join(row)} |")


if __name__ == "__main__":
    main()
