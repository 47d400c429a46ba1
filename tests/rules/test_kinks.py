"""The value of each derivative where there is none, or none that is finite: PyTorch's, as a table."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adcompiler.ir.nodes import Slot
from adcompiler.rules.table import RULES, rule_of
from tests.rules.points import Case

INF, NAN = math.inf, math.nan

KINKS: list[tuple[Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]] = [
    # function, operands, cotangents of the differentiable operands
    (np.absolute, (0.0,), (0.0,)),
    (np.absolute, (-0.0,), (0.0,)),
    (abs, (0.0,), (0.0,)),
    (np.fabs, (0.0,), (0.0,)),
    (np.sqrt, (0.0,), (INF,)),
    (math.sqrt, (0.0,), (INF,)),
    (np.cbrt, (0.0,), (INF,)),
    (math.cbrt, (0.0,), (INF,)),
    (np.log, (0.0,), (INF,)),
    (np.reciprocal, (0.0,), (-INF,)),
    (np.sinc, (0.0,), (0.0,)),
    (np.arcsin, (1.0,), (INF,)),
    (np.arccos, (1.0,), (-INF,)),
    (math.asin, (1.0,), (INF,)),
    (np.divide, (0.0, 0.0), (INF, NAN)),
    (np.divide, (1.0, 0.0), (INF, -INF)),
    (np.remainder, (5.0, 3.0), (1.0, -1.0)),
    (np.remainder, (-5.0, 3.0), (1.0, 2.0)),
    (np.fmod, (-5.0, 3.0), (1.0, 1.0)),
    (np.arctan2, (0.0, 0.0), (0.0, -0.0)),
    (np.hypot, (0.0, 0.0), (NAN, NAN)),
    (math.hypot, (0.0, 0.0), (NAN, NAN)),
    (np.logaddexp, (-INF, -INF), (NAN, NAN)),
    (np.logaddexp, (0.0, 0.0), (0.5, 0.5)),
    (np.copysign, (0.0, -1.0), (0.0,)),
    (np.copysign, (2.0, -1.0), (-1.0,)),
    (np.maximum, ([1.0, 2.0, 3.0], [1.0, 1.0, 5.0]), ([0.5, 1.0, 0.0], [0.5, 0.0, 1.0])),
    (np.minimum, ([1.0, 2.0, 3.0], [1.0, 1.0, 5.0]), ([0.5, 0.0, 1.0], [0.5, 1.0, 0.0])),
    (np.fmax, (1.0, 1.0), (1.0, 0.0)),
    (np.fmin, (1.0, 1.0), (1.0, 0.0)),
    (np.max, ([3.0, 1.0, 3.0],), ([0.5, 0.0, 0.5],)),
    (np.min, ([1.0, 1.0, 3.0],), ([0.5, 0.5, 0.0],)),
    (np.clip, ([-1.0, 0.0, 0.5, 1.0, 2.0], 0.0, 1.0), ([0.0, 1.0, 1.0, 1.0, 0.0], 1.0, 1.0)),
    (np.clip, ([-1.0, 0.0, 1.0], 0.0, None), ([0.0, 1.0, 1.0], 1.0)),
    (np.clip, ([-1.0, 0.0, 1.0], None, 0.0), ([1.0, 1.0, 0.0], 1.0)),
    (np.clip, ([0.0, 1.5, 3.0], 2.0, 1.0), ([0.0, 0.0, 0.0], 0.0, 3.0)),
    (np.power, ([0.0], 0), ([0.0],)),
    (np.power, ([0.0], 0.0), ([0.0],)),
    (np.power, ([0.0], 1), ([1.0],)),
    (np.power, ([0.0], 2), ([0.0],)),
    (np.power, ([0.0], 0.5), ([INF],)),
    (np.power, ([0.0], [0.5]), ([INF], [0.0])),
    (np.power, ([0.0], -1.0), ([-INF],)),
    (np.power, ([0.0], [0.0]), ([0.0], [0.0])),
    (np.power, ([0.0], [2.0]), ([0.0], [0.0])),
    (np.power, ([0.0], [1.0]), ([1.0], [0.0])),
    (np.power, ([0.0], [-1.0]), ([-INF], [-INF])),
    (np.power, ([-2.0], [2.0]), ([-4.0], [NAN])),
    (np.power, ([-2.0], [0.5]), ([NAN], [NAN])),
    (np.prod, ([2.0, 0.0, 3.0],), ([0.0, 6.0, 0.0],)),
    (np.prod, ([0.0, 0.0, 3.0],), ([0.0, 0.0, 0.0],)),
    (np.cumprod, ([2.0, 0.0, 3.0],), ([1.0, 8.0, 0.0],)),
    (np.cumprod, ([0.0, 0.0, 3.0],), ([1.0, 0.0, 0.0],)),
    (np.maximum.accumulate, ([1.0, 3.0, 3.0, 2.0],), ([1.0, 1.0, 2.0, 0.0],)),
    (np.median, ([1.0, 3.0, 2.0, 4.0],), ([0.0, 0.5, 0.5, 0.0],)),
    (np.nanmax, ([3.0, NAN, 3.0],), ([0.5, 0.0, 0.5],)),
    (np.nanmean, ([1.0, NAN],), ([1.0, 0.0],)),
    (np.nanstd, ([1.0, NAN, 1.0],), ([0.0, 0.0, 0.0],)),
    (np.ptp, ([1.0, 1.0],), ([0.0, 0.0],)),
    (np.logaddexp.reduce, ([-INF, -INF],), ([NAN, NAN],)),
    (np.i0, (0.0,), (0.0,)),
    (math.hypot, (0.0, 0.0, 0.0), (NAN, NAN, NAN)),
    (np.linalg.norm, ([0.0, 0.0],), ([0.0, 0.0],)),
    (np.linalg.norm, ([[0.0, 0.0], [0.0, 0.0]],), ([[0.0, 0.0], [0.0, 0.0]],)),
    (np.std, ([1.0, 1.0],), ([0.0, 0.0],)),
    (np.var, ([1.0, 1.0],), ([0.0, 0.0],)),
    (np.sort, ([3.0, 1.0, 3.0],), ([1.0, 1.0, 1.0],)),
    (np.linalg.det, ([[1.0, 2.0], [2.0, 4.0]],), ([[4.0, -2.0], [-2.0, 1.0]],)),  # the adjugate; PyTorch has 0
    (np.where, (True, NAN, 1.0), (1.0, 0.0)),
]


def _case(function: Callable[..., Any], operands: tuple[Any, ...], static: dict[str, Any] | None = None) -> Case:
    rule = rule_of(function)
    assert rule is not None
    arrays = tuple(np.array(operand) if isinstance(operand, list) else operand for operand in operands)
    return Case(rule.primitive.name, rule, arrays, static or {})


def _bars(case: Case) -> list[np.ndarray]:
    with np.errstate(all="ignore"):
        y = case.value(*case.operands)
        g = np.ones_like(y) if isinstance(y, (np.ndarray, np.generic)) else 1.0
        return [case.full_bar(number, g, y, *case.operands) for number in case.differentiable]


@pytest.mark.parametrize(
    ("function", "operands", "expected"), KINKS, ids=[f"{f.__name__}{operands}" for f, operands, _ in KINKS]
)
def test_value_at_a_kink(function: Callable[..., Any], operands: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    bars = _bars(_case(function, operands))
    for bar, value in zip(bars, expected, strict=False):
        np.testing.assert_allclose(bar, value, atol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
def test_norm_of_rows_is_zero_at_a_zero_row(order: float) -> None:
    case = _case(np.linalg.norm, ([[0.0, 0.0], [3.0, 0.0]],), {"ord": order, "axis": 1})
    (bar,) = _bars(case)
    np.testing.assert_allclose(bar, [[0.0, 0.0], [1.0, 0.0]])


def test_norm_of_infinite_order_shares_ties() -> None:
    (bar,) = _bars(_case(np.linalg.norm, ([3.0, 1.0, -3.0],), {"ord": np.inf}))
    np.testing.assert_allclose(bar, [0.5, 0.0, -0.5])


@pytest.mark.parametrize("axis", [0, 1, None, (0, 1)])
def test_product_along_an_axis_with_zeros(axis: Any) -> None:
    a = np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 5.0]])
    (bar,) = _bars(_case(np.prod, (a,), {"axis": axis}))
    for index in np.ndindex(a.shape):
        unit = np.zeros_like(a)
        unit[index] = 1.0
        difference = np.prod(a + unit, axis=axis) - np.prod(a, axis=axis)  # linear in each element
        np.testing.assert_allclose(bar[index], np.sum(difference))


def test_extreme_along_an_axis_shares_ties() -> None:
    (bar,) = _bars(_case(np.max, ([[1.0, 1.0], [2.0, 0.0]],), {"axis": 1}))
    np.testing.assert_allclose(bar, [[0.5, 0.5], [1.0, 0.0]])


def test_repeated_write_gives_the_cotangent_to_the_last() -> None:
    index, x, v = np.array([0, 0, 2]), np.zeros(3), np.array([1.0, 2.0, 3.0])
    case = Case("setitem", RULES["setitem"], (x, v, index), {"index": (Slot(0),)})
    bar = case.bar(1, np.array([10.0, 20.0, 30.0]), case.value(x, v, index), x, v, index)
    np.testing.assert_array_equal(bar, [0.0, 10.0, 30.0])


def test_repeated_write_of_one_number_counts_each_element_once() -> None:
    index, x = np.array([0, 0, 2]), np.zeros(3)
    case = Case("setitem", RULES["setitem"], (x, 5.0, index), {"index": (Slot(0),)})
    assert case.bar(1, np.array([10.0, 20.0, 30.0]), case.value(x, 5.0, index), x, 5.0, index) == 40.0


def test_bessel_function_that_is_scaled_falls_to_zero_at_infinity() -> None:
    special = pytest.importorskip("scipy.special")
    (bar,) = _bars(Case("i1e", RULES["scipy.special.i1e"], (np.array([np.inf, -np.inf, 1e300, 0.0]),), {}))
    np.testing.assert_array_equal(bar, [0.0, 0.0, 0.0, 0.5])
    assert special.i1e(np.inf) == 0.0


def test_students_distribution_at_zero_changes_in_both_parameters() -> None:
    special = pytest.importorskip("scipy.special")
    case = Case("stdtr_slope", RULES["stdtr_slope"], (3.0, 0.0), {})
    difference = (special.stdtr(3.001, 1e-3) - special.stdtr(2.999, 1e-3)) / 2e-6
    np.testing.assert_allclose(case.bar(1, 1.0, 0.0, 3.0, 0.0), difference, rtol=1e-5)


def test_mean_of_nothing_gives_nothing() -> None:
    case = Case("mean", RULES["mean"], (np.zeros((0, 3)),), {"axis": 0})
    assert case.bar(0, 1.0, np.full(3, np.nan), *case.operands).shape == (0, 3)
