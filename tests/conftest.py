"""Shared set-up of the tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

collect_ignore_glob = ["golden/*"]
"""Inputs and expected outputs of `test_golden`, no tests themselves."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the golden files anew."""
    parser.addoption("--update-golden", action="store_true", help="write the expected code of tests/golden anew")
