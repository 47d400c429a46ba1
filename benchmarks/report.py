"""The results as Markdown: `benchmarks/RESULTS.md`, which is never edited by hand."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence

from benchmarks.measurement import OURS, PRIMAL, Cell, Row, rewritten
from benchmarks.problems import PROBLEMS
from benchmarks.problems.targets import GEOMETRIC_MEAN, PEERS, Class

Figure = Callable[[Cell], float | None]


class Notes:
    """Why figures are missing, numbered where they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, why: str) -> str:
        """A dash with the number of a reason; without a number where there is none."""
        if not why:
            return "—"
        return f"—[^{self._numbers.setdefault(why, len(self._numbers) + 1)}]"

    def lines(self) -> list[str]:
        """The reasons."""
        return [f"[^{number}]: {why}." for why, number in self._numbers.items()]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table, whose first column is text and whose others are figures."""
    return [
        f"| {' | '.join(head)} |",
        f"|---|{'---:|' * (len(head) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def minimum(cell: Cell) -> float | None:
    """Seconds of the fastest call."""
    return cell.timing.minimum if cell.timing else None


def median(cell: Cell) -> float | None:
    """Seconds of a call between the slow and the fast ones."""
    return cell.timing.median if cell.timing else None


def quotient(row: Row, above: str, below: str, figure: Figure = minimum) -> float | None:
    """One contender's figure in terms of another's."""
    first, second = (figure(row.cells[name]) if name in row.cells else None for name in (above, below))
    return first / second if first is not None and second else None


def geometric_mean(values: Iterable[float | None]) -> float | None:
    """Of those that are there."""
    logarithms = [math.log(value) for value in values if value]
    return math.exp(statistics.fmean(logarithms)) if logarithms else None


def number(value: float | None, mark: str = "—") -> str:
    """Two or three digits, or a mark where there is none."""
    if value is None:
        return mark
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def seconds(value: float | None, mark: str = "—") -> str:
    """A time, with its unit."""
    if value is None:
        return mark
    unit, factor = ("s", 1) if value >= 1 else ("ms", 1e3) if value >= 1e-3 else ("µs", 1e6)
    return f"{value * factor:.3g} {unit}"


def megabytes(value: float | None, mark: str = "—") -> str:
    """Memory; less than a tenth of a megabyte is not told apart from none."""
    return mark if value is None else f"{value / 1e6:.1f}"


def verdict(is_met: bool) -> str:
    """Whether a target is met."""
    return "met" if is_met else "**missed**"


def value_and_gradient(rows: Sequence[Row], figure: Figure, notes: Notes) -> list[str]:
    """The main table: ours against the function itself and its target, each peer against ours."""

    def against(row: Row, peer: str) -> str:
        ratio, least = quotient(row, peer, OURS, figure), PROBLEMS[row.problem].kind.least(peer)
        if ratio is None:
            return notes.mark(row.cells.get(peer, Cell()).why)
        return f"**{number(ratio)}** (≥ {least:g})" if least and ratio < least else number(ratio)

    def line(row: Row) -> list[str]:
        ours, target = quotient(row, OURS, PRIMAL, figure), PROBLEMS[row.problem].target
        told = f"≤ {target:g} {verdict(ours <= target)}" if ours else "—"
        return [
            f"`{row.problem}`",
            seconds(figure(row.cells[PRIMAL])),
            number(ours, notes.mark(row.cells[OURS].why)),
            told,
            *(against(row, peer) for peer in PEERS),
        ]

    overall = geometric_mean(quotient(row, OURS, PRIMAL, figure) for row in rows)
    means = [number(geometric_mean(quotient(row, peer, OURS, figure) for row in rows)) for peer in PEERS]
    told = f"≤ {GEOMETRIC_MEAN:g} {verdict(overall <= GEOMETRIC_MEAN)}" if overall else "—"
    head = ["problem", "NumPy function", "ours ÷ function", "target", *(f"{peer} ÷ ours" for peer in PEERS)]
    return table(head, [*map(line, rows), ["geometric mean", "", number(overall), told, *means]])


def classes(rows: Sequence[Row]) -> list[str]:
    """For each class its worst figures and their targets."""
    kinds = list(dict.fromkeys(PROBLEMS[row.problem].kind for row in rows))

    def line(kind: Class) -> list[str]:
        members = [row for row in rows if PROBLEMS[row.problem].kind is kind]
        ratios = {row.problem: quotient(row, OURS, PRIMAL) for row in members}
        met = [name for name, ratio in ratios.items() if ratio and ratio <= PROBLEMS[name].target]
        worst = max((ratio for ratio in ratios.values() if ratio), default=None)
        told = []
        for peer in PEERS:
            least = kind.least(peer)
            found = [ratio for row in members if (ratio := quotient(row, peer, OURS))]
            if least and found:
                told.append(f"{peer} {number(min(found))} (≥ {least:g}) {verdict(min(found) >= least)}")
        return [kind.title, f"{len(met)} of {len(members)}", number(worst), "; ".join(told)]

    head = ["class", "targets met against the function", "worst ÷ function", "worst of each peer ÷ ours"]
    return table(head, map(line, kinds))


def others(rows: Sequence[Row], notes: Notes) -> list[str]:
    """Programs that peers' users would write in another way."""
    found = [row for row in rows if any(rewritten(peer) in row.cells for peer in PEERS)]
    if not found:
        return []
    peers = [peer for peer in PEERS if any(rewritten(peer) in row.cells for row in found)]

    def line(row: Row) -> list[str]:
        cells = [(rewritten(peer), row.cells.get(rewritten(peer), Cell())) for peer in peers]
        return [f"`{row.problem}`", *(number(quotient(row, n, OURS), notes.mark(c.why)) for n, c in cells)]

    return table(["problem", *(f"{peer} ÷ ours" for peer in peers)], map(line, found))


def by_contender(
    rows: Sequence[Row],
    contenders: Sequence[str],
    figure: Figure,
    write: Callable[[float | None, str], str],
    notes: Notes,
) -> list[str]:
    """One figure of each contender at each problem."""

    def line(row: Row) -> list[str]:
        cells = [row.cells.get(contender, Cell()) for contender in contenders]
        return [f"`{row.problem}`", *(write(figure(cell), notes.mark(cell.why)) for cell in cells)]

    return table(["problem", *contenders], map(line, rows))


def summary(row: Row) -> str:
    """A line for the terminal."""
    figures = [f"{name} {number(quotient(row, name, OURS), cell.why or '—')}" for name, cell in row.cells.items()]
    return f"{row.problem:20} ÷ function {number(quotient(row, OURS, PRIMAL)):>6}   ÷ ours: {', '.join(figures[2:])}"
