"""Paired timing: what is compared runs in turn in one process, so that a ratio outlives the machine's moods."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds for one call, over many rounds."""

    minimum: float
    median: float


def time_in_turn(
    calls: dict[str, Callable[[], object]], *, rounds: int = 60, seconds: float = 0.01
) -> dict[str, Timing]:
    """Time calls in interleaved rounds.

    Parameters
    ----------
    calls : dict
        What to time, by name.
    rounds : int
        How often each is timed.
    seconds : float
        About how long one round of one call lasts; it is repeated to fill that.
    """
    repeats = {}
    for name, call in calls.items():
        for _ in range(3):
            call()
        start = time.perf_counter()
        call()
        repeats[name] = max(1, int(seconds / max(time.perf_counter() - start, 1e-7)))
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            samples[name].append((time.perf_counter() - start) / repeats[name])
    return {name: Timing(min(times), statistics.median(times)) for name, times in samples.items()}
