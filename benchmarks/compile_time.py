"""How long it takes from a function's source to its loaded gradient: a function of 100 lines."""

from __future__ import annotations

import linecache
import statistics
import time
from typing import Any

from adcompiler.compiler import Goal, compile_gradient
from adcompiler.frontend.parse import function_source, parse_text
from adcompiler.signature import given_types

LINES = 100


def hundred_lines() -> str:
    """A function of 100 lines: straight-line code, branches and loops in the proportions of numerical code."""
    lines = ["def long(x, y, n):", "    s = x * 1.0", "    t = y + 0.0"]
    step = 0
    while len(lines) < LINES - 1:
        step += 1
        lines += [
            f"    a{step} = np.sin(s) * t + {step}.0",
            f"    b{step} = np.tanh(a{step}) / (1.0 + s * s)",
            f"    if b{step} > 0.5:",
            f"        s = s * b{step}",
            "    else:",
            f"        s = s - a{step}",
            "    for i in range(n):",
            f"        t = t * 0.5 + b{step} * s",
        ]
    return "\n".join([*lines[: LINES - 1], "    return s * t"]) + "\n"


def measure() -> list[tuple[str, str, str, str]]:
    """Transform and compile the function ten times."""
    text = hundred_lines()
    file = "<a function of 100 lines>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {}
    exec(compile("import numpy as np\n", file, "exec"), namespace)
    exec(compile(text, file, "exec"), namespace)
    function = namespace["long"]
    times = []
    for _ in range(11):
        start = time.perf_counter()
        parse_text(file, text)
        source = function_source(function)
        types = given_types(source.parameters, {"x": "float", "y": "float", "n": "int"}, {})
        compile_gradient(source, types, Goal("grad", ("x", "y"), as_tuple=True)).load()
        times.append(time.perf_counter() - start)
    times = times[1:]
    return [
        (
            f"transform and compile {len(text.splitlines())} lines",
            f"{statistics.median(times) * 1e3:.0f} ms",
            f"{min(times) * 1e3:.0f} ms",
            "50 ms",
        )
    ]
