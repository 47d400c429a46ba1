"""The node of a compiled function: one, named for it, refusing what would make its gradient wrong."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from adcompiler.tensors.tape import record

ad = importlib.import_module("adcompiler.tensors")


def square(x: Any, **options: Any) -> Any:
    """`x * x`, as a decorated function would be called."""
    kept = x.array
    options.setdefault("residuals", (kept,))
    return record("square", kept * kept, [x], lambda bars: (2 * kept * bars[0],), **options)


def test_call_leaves_one_node_named_for_the_function() -> None:
    y = square(ad.tensor(3.0, requires_grad=True))
    assert repr(y) == "tensor(9., grad_fn=<squareBackward>)"
    assert [type(node).__name__ for node, _ in y.grad_fn.next_functions] == ["AccumulateGrad"]


def test_gradient_flows_through_it() -> None:
    x = ad.tensor([1.0, 2.0], requires_grad=True)
    square(x * 3).sum().backward()
    assert x.grad.tolist() == [18.0, 36.0]


def test_second_sweep_is_refused_unless_the_graph_was_retained() -> None:
    x = ad.tensor(3.0, requires_grad=True)
    y = square(x)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 12.0
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


def test_write_into_a_residual_is_refused() -> None:
    x = ad.tensor([1.0, 2.0], requires_grad=True)
    inner = x * 1
    y = square(inner)
    inner.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_write_into_what_is_not_kept_is_fine() -> None:
    x = ad.tensor([1.0, 2.0], requires_grad=True)
    inner = x * 1
    y = record("double", 2 * inner.array, [inner], lambda bars: (2 * bars[0],), residuals=())
    inner.add_(1)
    y.add_(1)
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_result_that_is_an_argument_is_copied() -> None:
    x = ad.tensor([1.0], requires_grad=True)
    y = record("identity", x.array, [x], lambda bars: bars, residuals=())
    y.add_(1)
    assert x.tolist() == [1.0]


def test_several_results_share_the_node() -> None:
    x = ad.tensor(2.0, requires_grad=True)
    a, b = record("pair", (x.array * 2, x.array * 3), [x], lambda bars: (2 * bars[0] + 3 * bars[1],), residuals=())
    assert a.grad_fn is b.grad_fn
    b.backward()
    assert x.grad.item() == 3.0


def test_recorded_sweep_is_refused() -> None:
    x = ad.tensor(2.0, requires_grad=True)
    with pytest.raises(NotImplementedError, match="create_graph=True through the compiled function `square`"):
        ad.autograd.grad(square(x), x, create_graph=True)


def test_nothing_is_recorded_without_need() -> None:
    assert square(ad.tensor(2.0)).grad_fn is None
    with ad.no_grad():
        assert square(ad.tensor(2.0, requires_grad=True)).grad_fn is None


def test_cotangent_gets_shape_and_dtype_of_the_input() -> None:
    x = ad.tensor(np.float32(2.0), requires_grad=True)
    record("wide", np.ones(3, np.float32), [x], lambda bars: (np.ones(3),), residuals=()).sum().backward()
    assert repr(x.grad) == "tensor(3.)"
