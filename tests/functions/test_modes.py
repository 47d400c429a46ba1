"""Every function of the table in forward mode and in single precision, where its pullback in float64 is right."""

from __future__ import annotations

import pytest

from tests.functions import ROWS
from tests.functions.checks import check_pushforward, check_single_precision
from tests.functions.duals import NoPushforwardError

WORKING = [row for row in ROWS if row.missing is None]


@pytest.mark.parametrize("row", WORKING, ids=str)
def test_pushforwards_agree_with_the_pullback(row):
    try:
        check_pushforward(row, row.points[0])
    except NoPushforwardError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("row", [row for row in WORKING if row.tolerance <= 1e-7], ids=str)
def test_single_precision_stays(row):
    check_single_precision(row, row.points[0])
