"""Measurements: `python -m benchmarks` runs them all and prints a table."""

import os

os.environ.setdefault("ADCOMPILER_CACHE", "0")  # what is measured is compiled; `cache` measures that
