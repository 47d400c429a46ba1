"""Peak memory of a call, in the same way for every peer: by how much the resident memory of the process rises.

The system counts it, so it does not matter who allocates. Before each call, what the allocator keeps for later is given
back; the peak is what Linux has seen since it was told to forget. Elsewhere there is no such count.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")
FORGET = Path("/proc/self/clear_refs")


def _kilobytes(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1])


def peak_memory(call: Callable[[], object], *, times: int = 3) -> int | None:
    """Bytes that a call needs beyond what is there before it, results included: the most of a few calls.

    A call that was called before is meant: compilation has happened. None where the system does not tell.
    """
    if not FORGET.exists():
        return None
    peaks = []
    for _ in range(times):
        gc.collect()
        if hasattr(ctypes.CDLL(None), "malloc_trim"):
            ctypes.CDLL(None).malloc_trim(0)
        before = _kilobytes("VmRSS")
        FORGET.write_text("5")
        result = call()
        peaks.append(_kilobytes("VmHWM") - before)
        del result
    return 1024 * max(0, *peaks)
