"""The text of tensors against PyTorch's, for arrays of many kinds."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

OURS = importlib.import_module("adcompiler.tensors")

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1e-5, 123.456, 1e9, float("nan"), float("inf"), -float("inf")]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(SPECIAL) | st.floats(-1000, 1000, width=32), min_size=1, max_size=12),
    st.sampled_from(["float32", "float64", "float16"]),
    st.booleans(),
)
def test_floats_print_as_in_pytorch(values: list[float], dtype: str, requires_grad: bool) -> None:
    with np.errstate(over="ignore"):
        array = np.array(values).astype(dtype)
    ours, theirs = OURS.tensor(array, requires_grad=requires_grad), torch.tensor(array, requires_grad=requires_grad)
    assert repr(ours) == repr(theirs)
    assert repr(ours * 1) == repr(theirs * 1)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (1,), (3,), (2, 3), (2, 2, 2), (1001,), (7, 200), (9, 9, 20), (40,)])
@pytest.mark.parametrize("dtype", ["float32", "int64", "int32", "bool", "complex64"])
def test_shapes_print_as_in_pytorch(shape: tuple[int, ...], dtype: str) -> None:
    array = (np.arange(int(np.prod(shape))).reshape(shape) * 1.5).astype(dtype)
    assert repr(OURS.tensor(array)) == repr(torch.tensor(array))
