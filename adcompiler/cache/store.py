"""Files of the cache: written at once or not at all, read only if whole, in a folder that is the user's alone.

A cache that cannot be read or written is no error: code is compiled, as without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adcompiler.cache.version import version

MOST_BYTES = 64 << 20
"""Beyond this, what was not used for the longest time is deleted."""
_CHECKED_EVERY = 64
_DAY = 86400

_writes = 0


def is_enabled() -> bool:
    """Whether there is a cache: not with `ADCOMPILER_CACHE=0`."""
    wanted = os.environ.get("ADCOMPILER_CACHE", "1").lower() not in ("0", "off", "no", "false")
    return wanted and folder() is not None and version() is not None


def folder() -> Path | None:
    """Where the entries are: `ADCOMPILER_CACHE_DIR`, or the place that the system has for such things."""
    named = os.environ.get("ADCOMPILER_CACHE_DIR")
    if named:
        return Path(named).absolute()
    try:
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA")
            return Path(local) / "adcompiler" / "cache" if local else None
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "adcompiler"
        shared = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(shared) if os.path.isabs(shared) else Path.home() / ".cache") / "adcompiler"
    except RuntimeError:
        return None


def read(key: str) -> Any:
    """What was written under a key; None if there is nothing whole."""
    path = _path(key)
    if path is None or not _belongs_to_user(path.parent):
        return None
    try:
        content = path.read_bytes()
        checksum, _, payload = content.partition(b"\n")
        if checksum != _checksum(key, payload):
            return None
        found = json.loads(payload)
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)
    except (OSError, ValueError, RecursionError):
        return None
    return found


def write(key: str, data: Any) -> None:
    """Keep data under a key, in the place of what is there."""
    path = _path(key)
    if path is None or not _is_private(path.parent):
        return
    payload = json.dumps(data, separators=(",", ":")).encode()
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix="new-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_checksum(key, payload) + b"\n" + payload)
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        return
    _prune_now_and_then()


def _path(key: str) -> Path | None:
    place, stamp = folder(), version()
    if not is_enabled() or place is None or stamp is None:
        return None
    return place / stamp / f"{key}.json"


def _checksum(key: str, payload: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + b"\n" + payload, digest_size=20).hexdigest().encode()


def _is_private(place: Path) -> bool:
    """Whether a folder, made if it is not there, and the one around it can be written by the user alone."""
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return False
    return _belongs_to_user(place)


def _belongs_to_user(place: Path) -> bool:
    """Whether nobody else can write into a folder and the one around it."""
    if not hasattr(os, "getuid"):
        return True
    try:
        found = [path.stat() for path in (place, place.parent)]
    except OSError:
        return False
    return all(s.st_uid == os.getuid() and not s.st_mode & (stat.S_IWGRP | stat.S_IWOTH) for s in found)


# Size


def entries() -> list[tuple[Path, int, float]]:
    """The files of the cache, of other versions too: path, bytes, and when it was used last (within a day)."""
    place = folder()
    return [] if place is None else list(_entries(place))


def _entries(place: Path) -> Iterator[tuple[Path, int, float]]:
    for path in place.glob("*/*"):
        if path.suffix == ".json" or path.name.startswith("new-"):
            with contextlib.suppress(OSError):
                status = path.stat()
                yield path, status.st_size, status.st_mtime


def clear() -> int:
    """Delete the files of the cache; how many there were."""
    place, found = folder(), entries()
    for path, _, _ in found:
        with contextlib.suppress(OSError):
            path.unlink()
    if place is not None and place.is_dir():
        for inner in place.iterdir():
            with contextlib.suppress(OSError):
                inner.rmdir()
    return len(found)


def prune(most_bytes: int = MOST_BYTES) -> None:
    """Delete what was not used for the longest time, if the cache is too large."""
    found = sorted(entries(), key=lambda entry: entry[2])
    total = sum(size for _, size, _ in found)
    if total <= most_bytes:
        return
    for path, size, _ in found:
        if total <= most_bytes * 3 // 4:
            return
        with contextlib.suppress(OSError):
            path.unlink()
            total -= size


def _prune_now_and_then() -> None:
    global _writes
    _writes += 1
    if _writes % _CHECKED_EVERY == 1:
        prune()
