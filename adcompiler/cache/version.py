"""What every entry of the cache stands on: this package as it is, Python, NumPy, the form of the entries."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

FORMAT = 1
"""To be counted up when the meaning of an entry changes."""

_PACKAGE = Path(__file__).parents[1]
_STARTED = time.time_ns()


@functools.cache
def version() -> str | None:
    """A digest of all that; None if what runs here may not be what the files of the package say now.

    The package's own files count by size and time of change, as for Python's own caches: reading them would take
    longer than most compilations.
    """
    files = sorted(_files(_PACKAGE))
    if not files or any(changed > _STARTED for _, _, changed in files):
        return None
    parts = FORMAT, sys.version, sys.implementation.cache_tag, sys.flags.optimize, np.__version__, files
    return hashlib.blake2b(repr((*parts, str(_PACKAGE))).encode(), digest_size=8).hexdigest()


def scipy_version() -> str | None:
    """SciPy's version where it is imported, as it is where a function uses it."""
    return getattr(sys.modules.get("scipy"), "__version__", None)


def _files(folder: Path, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    """Name, size and time of change of each source file of a folder and those in it."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _files(Path(entry.path), f"{prefix}{entry.name}/")
        elif entry.name.endswith(".py"):
            status = entry.stat()
            yield prefix + entry.name, status.st_size, status.st_mtime_ns
