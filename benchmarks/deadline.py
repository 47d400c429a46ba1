"""A limit to how long something may take, so that one slow peer does not hold up the rest."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OverBudgetError(Exception):
    """It took longer than it may."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `OverBudgetError` in the body when the time is up, or after it where it cannot be interrupted.

    Works in the main thread, and where there are alarms.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise OverBudgetError

    begun = time.monotonic()
    alarms = hasattr(signal, "setitimer")
    if alarms:
        before = signal.signal(signal.SIGALRM, stop)
        # Again and again: an exception in a callback of the garbage collector, say, is swallowed.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    except Exception as error:
        if time.monotonic() - begun < seconds:
            raise
        raise OverBudgetError(f"took more than {seconds:g} s") from error
    finally:
        if alarms:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    if time.monotonic() - begun > seconds:
        raise OverBudgetError(f"took more than {seconds:g} s")
