"""The machine that is measured: one thread on one core, and what it is called in the results.

This is imported before NumPy, whose linear algebra reads the number of its threads once.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "ADCOMPILER_CACHE": "0",
    "PYTHONWARNINGS": "ignore:os.fork:RuntimeWarning",
}
"""One thread each; our code is not taken from the disk; JAX does not warn of processes that begin as copies."""


def use_one_core() -> None:
    """Keep this process, and those it starts, to one thread for arithmetic and to the last core it may use."""
    os.environ.update(ENVIRONMENT)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def processor() -> str:
    """The processor's name, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Of Python and of the packages that are measured; those that are missing say so."""
    found = {"Python": platform.python_version()}
    for package in ("numpy", "scipy", "autograd", "torch", "jax"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def describe() -> list[str]:
    """Lines for the head of the results."""
    pinned = "pinned to one core" if hasattr(os, "sched_setaffinity") else "not pinned: this system has no affinities"
    return [
        f"{datetime.date.today().isoformat()}, {platform.system()} {platform.machine()}, {processor()}, "
        f"{os.cpu_count()} cores; one thread, {pinned}.",
        ", ".join(f"{name} {version}" for name, version in versions().items()) + ".",
    ]
