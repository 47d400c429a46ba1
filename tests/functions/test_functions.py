"""Every function of the table: its value, its derivatives and their derivatives, against differences and PyTorch."""

from __future__ import annotations

import importlib.util

import pytest

import adcompiler as ad
from tests.functions import ROWS
from tests.functions.checks import (
    check_against_torch,
    check_code_without_types,
    check_second_order,
    check_tensors,
    check_value_and_pullback,
)
from tests.functions.listed import LISTED

WORKING = [row for row in ROWS if row.missing is None]
MISSING = [row for row in ROWS if row.missing is not None]
NAMES = {(section, name) for section, names in LISTED.items() for name in names}
has_scipy = importlib.util.find_spec("scipy") is not None


@pytest.mark.parametrize("row", WORKING, ids=str)
def test_derivative_agrees_with_differences(row):
    """Passing proves nothing of kinks and poles, and of points other than these."""
    for arguments in row.points:
        check_value_and_pullback(row, arguments)
    check_code_without_types(row, row.points[0])


@pytest.mark.parametrize("row", [row for row in WORKING if row.order > 1], ids=str)
def test_second_derivative_agrees_with_differences(row):
    check_second_order(row, row.points[0])


@pytest.mark.parametrize("row", [row for row in WORKING if row.torch is not None], ids=str)
def test_gradient_is_that_of_pytorch(row):
    pytest.importorskip("torch", reason="compares with PyTorch, which is not installed")
    for arguments in (*row.points, *row.kinks):
        check_against_torch(row, arguments)


@pytest.mark.parametrize("row", [row for row in WORKING if row.tensors], ids=str)
def test_gradient_of_tensors_agrees(row):
    for arguments in row.points:
        check_tensors(row, arguments)


@pytest.mark.parametrize("row", MISSING, ids=str)
def test_what_is_missing_is_refused(row):
    """At one of its points at least; where it is not, the derivative is right."""
    refused = 0
    for arguments in row.points:
        try:
            check_value_and_pullback(row, arguments)
        except ad.DifferentiationError:
            refused += 1
    assert refused, f"{row} is differentiated now: take out `missing=`, and its place in LIMITATIONS.md"


@pytest.mark.skipif(not has_scipy, reason="counts functions of SciPy, which is not installed")
def test_every_listed_function_is_in_the_table():
    found = {(row.section, row.name) for row in ROWS}
    assert not sorted(NAMES - found)


@pytest.mark.skipif(not has_scipy, reason="counts functions of SciPy, which is not installed")
def test_number_of_listed_functions_that_are_differentiated():
    missing = {(row.section, row.name) for row in MISSING}
    assert len(NAMES) == 344
    assert len(NAMES - missing) >= AT_LEAST, sorted(NAMES & missing)


AT_LEAST = 342
"""How many of the listed functions must be differentiated."""
