"""What the bodies of the `try` statements around the present place have changed, and whether more may raise after it.

Where a body raises, its handler finds what was there before; what had been changed by then, changed or not. Each
change is noted with the number of equations that may raise before it: if there are more in the end, nobody can know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    def exclusive_paths(self) -> Iterator[Callable[[Callable[[], Any]], Any]]:
        """Hand out a function to read paths with, of which one is taken: no other raises after what it changes."""
        start, before = self._builder.risks, [dict(trial.changed) for trial in self._open]
        ends: list[tuple[int, list[dict[str | Place, int]]]] = []

        def apart(read: Callable[[], Any]) -> Any:
            self._builder.risks = start
            for trial, changed in zip(self._open, before, strict=True):
                trial.changed = dict(changed)
            path = read()
            ends.append((self._builder.risks, [trial.changed for trial in self._open]))
            return path

        yield apart
        self._builder.risks = last = max(risks for risks, _ in ends)
        for number, trial in enumerate(self._open):
            trial.changed = {}
            for risks, changes in ends:
                for key, count in changes[number].items():
                    count = last if count == risks and key not in before[number] else count
                    trial.changed[key] = min(count, trial.changed.get(key, count))
