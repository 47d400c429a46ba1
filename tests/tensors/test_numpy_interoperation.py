"""NumPy's functions on tensors, and arrays beside tensors."""

from __future__ import annotations

import gc
import importlib
import weakref

import numpy as np
import pytest

from adcompiler.errors import MissingRuleError

ad = importlib.import_module("adcompiler.tensors")


def leaf() -> ad.Tensor:  # type: ignore[name-defined]
    return ad.tensor(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), requires_grad=True)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (np.sin, "SinBackward0"),
        (np.sum, "SumBackward0"),
        (lambda x: np.mean(x, axis=0), "MeanBackward0"),
        (lambda x: np.multiply(x, np.ones(3)), "MulBackward0"),
        (lambda x: np.ones(3) * x, "MulBackward0"),
        (lambda x: np.ones((1, 2)) @ x, "MmBackward0"),
        (lambda x: np.concatenate([x, np.ones((1, 3))]), "CatBackward0"),
        (lambda x: np.where(x > 2.5, x, 0.0), "WhereBackward0"),
        (lambda x: np.reshape(x, (3, 2)), "ViewBackward0"),
        (lambda x: np.transpose(x), "PermuteBackward0"),
        (lambda x: np.max(x), "AmaxBackward0"),
        (lambda x: np.linalg.norm(x), "LinalgVectorNormBackward0"),
    ],
)
def test_numpy_function_is_recorded(function: object, name: str) -> None:
    x = leaf()
    y = function(x)  # type: ignore[operator]
    assert y.grad_fn.name() == name
    y.sum().backward()
    step = 1e-6
    for place in np.ndindex(2, 3):
        moved = x.array.copy()
        moved[place] += step
        numeric = (np.sum(function(moved)) - np.sum(function(x.array))) / step  # type: ignore[operator]
        np.testing.assert_allclose(x.grad.array[place], numeric, rtol=1e-4, atol=1e-6)


def test_function_without_a_rule_is_refused_where_a_gradient_is_wanted() -> None:
    with pytest.raises(MissingRuleError, match="no derivative rule for `sort_complex`"):
        np.sort_complex(leaf())
    assert isinstance(np.sort_complex(leaf().detach()), ad.Tensor)


def test_array_operand_is_kept_by_value() -> None:
    x, factor = leaf(), np.full((2, 3), 2.0)
    y = x * factor
    factor[:] = 0
    y.sum().backward()
    assert x.grad.tolist() == [[2.0] * 3] * 2


def test_asarray_shares_and_refuses_as_numpy_method() -> None:
    x = ad.ones(2)
    np.asarray(x)[0] = 5
    assert x.tolist() == [5.0, 1.0]
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        np.asarray(leaf())


def test_graph_is_freed_without_the_garbage_collector() -> None:
    gc.disable()
    try:
        x = leaf()
        y = (x.exp() * x).tanh()
        node = weakref.ref(y.grad_fn)
        y.sum().backward()
        del y
        assert node() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (np.shape, (2, 3)),
        (np.ndim, 2),
        (np.size, 6),
        (lambda x: np.shape(a=x), (2, 3)),
        (lambda x: np.size(x, 1), 3),
        (lambda x: np.size(x, axis=0), 2),
        (lambda x: np.allclose(x, x), True),
        (lambda x: np.allclose(np.zeros(3), x), False),
        (lambda x: np.array_equal(x, x), True),
        (lambda x: np.array_equal(x, [1.0]), False),
        (lambda x: np.array_equiv(x, x), True),
        (lambda x: np.may_share_memory(x, x), True),
        (np.iscomplexobj, False),
        (np.isrealobj, True),
        (np.isscalar, False),
        (np.result_type, np.dtype(np.float64)),
    ],
)
def test_query_answers_with_a_plain_value(query: object, answer: object) -> None:
    found = query(leaf())  # type: ignore[operator]
    assert type(found) is type(answer)
    assert found == answer


def test_predicates_of_elements_need_no_rule() -> None:
    for predicate in (np.isreal, np.isposinf, np.isneginf, np.iscomplex, lambda x: np.isin(x, [1.0])):
        found = predicate(leaf())  # type: ignore[no-untyped-call]
        assert isinstance(found, ad.Tensor)
        assert found.tolist() == predicate(leaf().detach().numpy()).tolist()  # type: ignore[no-untyped-call]
