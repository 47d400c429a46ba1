"""Arrays as lists of lists, and the index of one."""

from __future__ import annotations

import numpy as np
import pytest

from adcompiler.ir.nodes import Slot
from adcompiler.rules.indexed_types import element_of
from adcompiler.rules.indexing import additem, getitem, setitem
from adcompiler.rules.nested_lists import from_list, nested_type, to_list
from adcompiler.rules.table import rule_of


@pytest.mark.parametrize("shape", [(3,), (0,), (2, 3), (2, 0), (0, 3), (2, 1, 3)])
def test_there_and_back(shape):
    x = np.random.default_rng(0).normal(size=shape)
    back = from_list(to_list(x), shape, dims=shape)
    assert back.dtype == x.dtype
    np.testing.assert_array_equal(back, x)


def test_each_is_the_transpose_of_the_other():
    x, g = np.arange(6.0).reshape(2, 3), np.ones((2, 3)).tolist()
    backwards = rule_of(from_list).pullback(0)
    assert backwards(x, None, g, dims=(2, 3)) == x.tolist()


def test_an_index_has_an_item_for_each_level():
    xs, index = [[1.0, 2.0], [3.0, 4.0]], (Slot(0), -1)
    assert getitem(xs, 1, index=index) == 4.0
    assert setitem(xs, 9.0, 1, index=index) == [[1.0, 2.0], [3.0, 9.0]]
    assert additem(xs, 0.5, 0, index=index) == [[1.0, 2.5], [3.0, 4.0]]
    assert xs == [[1.0, 2.0], [3.0, 4.0]]


def test_types_have_a_list_for_each_axis():
    assert str(nested_type(2, "float64")) == "list(list(float64))"
    assert element_of(nested_type(2, "float64"), 2).kind == "scalar"
