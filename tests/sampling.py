"""How many random programs a run of the tests looks at.

`make test` looks at some hundreds, the same ones each time. `PROGRAMS=5` in the environment looks at five times as
many, and `SEED=1` or any other number at others.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, seed, settings

TIMES = int(os.environ.get("PROGRAMS", "1"))
SEED = os.environ.get("SEED")


def sampled(count: int) -> Callable[[Any], Any]:
    """The settings of a test of random programs, `count` of them in a usual run."""
    chosen = settings(
        max_examples=count * TIMES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=SEED is None,
        database=None,
    )
    return chosen if SEED is None else lambda test: seed(int(SEED))(chosen(test))
