"""The picture beside the tables: value and gradient of every contender in times of the function itself."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measurement import OURS, PRIMAL, Row
from benchmarks.problems.targets import PEERS
from benchmarks.report import quotient

FILE = Path(__file__).parent / "results.svg"
COLOURS = dict(zip((OURS, *PEERS), ("black", "tab:green", "tab:red", "tab:orange", "tab:blue"), strict=True))


def write(rows: Sequence[Row]) -> bool:
    """Write it, where matplotlib is installed."""
    if not importlib.util.find_spec("matplotlib"):
        return False
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "results"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.26 * len(rows) + 1.2), layout="constrained")
    places = range(len(rows), 0, -1)
    for contender, colour in COLOURS.items():
        found = [(quotient(row, contender, PRIMAL), place) for row, place in zip(rows, places, strict=True)]
        dots = [(ratio, place) for ratio, place in found if ratio]
        size = 42 if contender == OURS else 20
        axes.scatter([d[0] for d in dots], [d[1] for d in dots], s=size, color=colour, label=contender, zorder=3)
    axes.axvline(1, color="0.4", linewidth=0.8)
    axes.axvline(4, color="0.4", linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_xlabel("value and gradient, in times of the NumPy function (dotted: 4, the cheap-gradient bound)")
    axes.set_yticks(list(places), [row.problem for row in rows], fontsize=8)
    axes.set_ylim(0.3, len(rows) + 0.7)
    axes.grid(axis="both", linewidth=0.3)
    figure.legend(loc="outside upper center", ncols=len(COLOURS), frameon=False)
    figure.savefig(FILE, metadata={"Date": None})
    pyplot.close(figure)
    return True
