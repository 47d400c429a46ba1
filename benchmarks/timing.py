"""Paired timing: what is compared runs in turn in one process, so that a ratio outlives the machine's moods."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds for one call, over many rounds."""

    minimum: float
    median: float
    rounds: int


def time_in_turn(
    calls: dict[str, Callable[[], object]], *, rounds: int = 60, seconds: float = 0.01, most: float = math.inf
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
    most : float
        How long the rounds of one call may last together; a slower one takes part in the first rounds alone.
    """
    repeats, samples, lasted = {}, {}, {}
    for name, call in calls.items():
        once = _warmed_up(call, most)
        repeats[name] = max(1, int(seconds / max(once, 1e-7)))
        samples[name] = [once] if once > most else []
        lasted[name] = once if once > most else 0.0
    for _ in range(rounds):
        for name, call in calls.items():
            if lasted[name] >= most:
                continue
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            lasted[name] += time.perf_counter() - start
            samples[name].append((time.perf_counter() - start) / repeats[name])
    return {name: Timing(min(times), statistics.median(times), len(times)) for name, times in samples.items()}


def _warmed_up(call: Callable[[], object], most: float) -> float:
    """How long a call lasts that has been called before: four times, or until that took half of what it may."""
    begun = time.perf_counter()
    for _ in range(4):
        start = time.perf_counter()
        call()
        once = time.perf_counter() - start
        if time.perf_counter() - begun > most / 2:
            break
    return once
