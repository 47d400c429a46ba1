"""Shared set-up of the tests."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault(
    "ADCOMPILER_CACHE", "0"
)  # tests are of the compiler; with 1, they may find the code of a run before

sys.path.insert(0, str(Path(__file__).parent))

collect_ignore_glob = ["golden/*"]
"""Inputs and expected outputs of `test_golden`, no tests themselves."""

if importlib.util.find_spec("torch") is None:
    collect_ignore_glob.append("kernels/torch_versions.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the golden files anew."""
    parser.addoption("--update-golden", action="store_true", help="write the expected code of tests/golden anew")
