"""What the bodies of the `try` statements around the present place have changed, and whether more may raise after it.

Where a body raises, its handler finds what was there before; what had been changed by then, changed or not. Each
change is noted with the number of equations that may raise before it: if there are more in the end, nobody can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from adcompiler.frontend.heap import Place
from adcompiler.ir.build import Builder


@dataclass(eq=False)
class Trial:
    """The body of one `try` while it is read."""

    frame: Any
    changed: dict[str | Place, int] = field(default_factory=dict)
    """Names of the frame, cells and objects, with how much that may raise came before the first change."""
    ambiguous: list[str | Place] = field(default_factory=list)
    """Once it is read: those that are changed or not where it raises."""


class Trials:
    """The bodies that are being read, outer before inner."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._open: list[Trial] = []

    def note(self, key: str | Place, frame: Any) -> None:
        """A name of a frame, a cell or an object is about to change."""
        for trial in self._open:
            if not isinstance(key, str) or trial.frame is frame:
                trial.changed.setdefault(key, self._builder.risks)

    def note_before(self, risks: int, keys: Iterable[str | Place], frame: Any) -> None:
        """What changes though what has come since then, at so many risks, may have raised: as if it changed then."""
        for trial in self._open:
            for key in keys:
                if not isinstance(key, str) or trial.frame is frame:
                    trial.changed[key] = min(risks, trial.changed.get(key, risks))

    @contextmanager
    def body(self, frame: Any) -> Iterator[Trial]:
        """Read the body of a `try`."""
        trial = Trial(frame)
        self._open.append(trial)
        try:
            yield trial
        finally:
            self._open.remove(trial)
        trial.ambiguous = [key for key, risks in trial.changed.items() if risks < self._builder.risks]

    @contextmanager
    def exclusive_paths(self) -> Iterator[ExclusivePaths]:
        """Read paths of which one is taken, each within the object handed out."""
        apart = ExclusivePaths(self._builder, self._open)
        yield apart
        apart.close()


class ExclusivePaths:
    """Paths of which one is taken: no other raises after what it changes.

    A path is read in a `with` block of its own (not by a function of ours: paths are nested deeply, and so are calls).
    """

    def __init__(self, builder: Builder, trials: Sequence[Trial]) -> None:
        self._builder = builder
        self._trials = trials
        self._start = builder.risks
        self._before = [dict(trial.changed) for trial in trials]
        self._ends: list[tuple[int, list[dict[str | Place, int]]]] = []

    def __enter__(self) -> None:
        self._builder.risks = self._start
        for trial, changed in zip(self._trials, self._before, strict=True):
            trial.changed = dict(changed)

    def __exit__(self, *error: object) -> None:
        self._ends.append((self._builder.risks, [trial.changed for trial in self._trials]))

    def close(self) -> None:
        """What any of the paths has changed is changed."""
        self._builder.risks = last = max(risks for risks, _ in self._ends)
        for number, trial in enumerate(self._trials):
            trial.changed = {}
            for risks, changes in self._ends:
                for key, count in changes[number].items():
                    count = last if count == risks and key not in self._before[number] else count
                    trial.changed[key] = min(count, trial.changed.get(key, count))
