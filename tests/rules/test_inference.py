"""Inferred types against what NumPy returns, over dtypes and indices that the points of the rules do not reach."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest

from adcompiler.ir.dims import OPEN, extent
from adcompiler.ir.nodes import Literal, Slot
from adcompiler.ir.types import Type, Unranked
from adcompiler.rules.rule import Rule
from adcompiler.rules.table import RULES
from tests.rules.equations import OPERATORS
from tests.rules.soundness import Knowledge, exact_type, named_type

SAMPLES: dict[str, Any] = {
    "bool": True,
    "int": 1,
    "float": 0.5,
    "bool_": np.True_,
    "int8": np.int8(1),
    "int64": np.int64(1),
    "float32": np.float32(0.5),
    "float64": np.float64(0.5),
    "int16[]": np.ones(2, "int16"),
    "int64[]": np.ones(2, "int64"),
    "float32[]": np.full(2, 0.5, "float32"),
    "float64[]": np.full((3, 1), 0.5),
    "0d": np.array(0.5),
    "complex": 0.5 + 0.5j,
    "complex64": np.complex64(0.5 + 0.5j),
    "complex128[]": np.full(2, 0.5 + 0.5j),
}
ELEMENTWISE = [
    rule
    for rule in RULES.values()
    if len(rule.operands) <= 2
    and (isinstance(rule.function, np.ufunc) or rule.primitive.name in ("builtins.abs", "nan_to_num", "sinc"))
    and rule.kind != "linear"
    and rule.primitive.name not in ("invert", "left_shift", "right_shift")
]


@pytest.mark.parametrize("rule", ELEMENTWISE, ids=lambda rule: rule.primitive.name)
def test_dtype_and_kind_of_an_elementwise_result(rule: Rule) -> None:
    function = OPERATORS.get(rule.primitive.name, rule.function)
    for values in itertools.product(SAMPLES.values(), repeat=len(rule.operands)):
        if {value.__class__ for value in values} == {complex, np.float64}:
            continue  # Python's complex number takes NumPy's float64 for a float: no NumPy scalar comes out
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():  # 1 is a pole of some
                warnings.simplefilter("ignore", RuntimeWarning)  # SciPy's, of an order that is no integer
                result = function(*values)
        except TypeError:
            continue  # NumPy has no such function of these dtypes
        (type,) = rule.primitive.infer(*(exact_type(value, "x") for value in values))
        Knowledge().check(type, result)


REDUCED = ["sum", "mean", "prod", "max", "min", "var", "std", "any", "all", "argmax", "count_nonzero", "cumsum"]


@pytest.mark.parametrize("name", REDUCED)
def test_dtype_of_a_reduction(name: str) -> None:
    rule = RULES[name]
    for value in SAMPLES.values():
        (type,) = rule.primitive.infer(exact_type(value, "x"))
        Knowledge().check(type, rule.function(value))


A = np.arange(24.0).reshape(4, 1, 6)
SLOTS = [1, np.int64(-1), np.array(0), np.array([0, 0]), np.array([[0], [0]]), np.array([True, False, True, False])]
PARTS: list[Any] = [
    *(0, -1, None, Ellipsis, slice(None), slice(1, None), slice(None, -1), slice(1, -1), slice(None, 2)),
    *(slice(-2, None), slice(None, None, -1), slice(None, None, 2), slice(5, 2), *SLOTS),
]


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_shape_of_what_an_index_selects(length: int) -> None:
    rule = RULES["getitem"]
    for parts in itertools.product(PARTS, repeat=length):
        slots = [part for part in parts if any(part is slot for slot in SLOTS)]
        numbers = iter(range(len(slots)))
        index = tuple(Slot(next(numbers)) if any(part is slot for slot in SLOTS) else part for part in parts)
        try:
            result = rule.function(A, *slots, index=index)
        except IndexError:
            continue
        for level in (exact_type, named_type):
            (type,) = rule.primitive.infer(level(A, "A"), *(exact_type(slot, "i") for slot in slots), index=index)
            knowledge = Knowledge()
            knowledge.lengths |= {"n4": 4, "n6": 6}
            if not _is_open(type):
                knowledge.check(type, result)


def _is_open(type: Type) -> bool:
    """Whether more than one length is left open: the builder gives each a name of its own."""
    return isinstance(type.shape, tuple) and sum(dim == OPEN for dim in type.shape) > 1


def test_equal_slices_leave_equal_lengths() -> None:
    infer = RULES["getitem"].primitive.infer
    vector = Type("array", "float64", (extent("n", least=2),))
    left, middle, right, all_but_two = (
        infer(vector, index=(part,))[0].shape for part in (slice(None, -2), slice(1, -1), slice(2, None), slice(3, 1))
    )
    assert left == middle == right == (extent("n", least=2) - 2,)
    assert all_but_two != left


def test_arrays_made_of_the_same_length_have_equal_shapes() -> None:
    n = RULES["axis_length"].primitive.infer(Type("array", "float64", (extent("n"), 3)), axis=0)[0]
    (made,) = RULES["zeros"].primitive.infer(RULES["make_tuple"].primitive.infer(n, Literal(3).type)[0])
    assert made.shape == (extent("n"), 3)
    assert RULES["zeros"].primitive.infer(n)[0].shape == (extent("n"),)


def test_shape_of_unknown_rank_keeps_its_name() -> None:
    x = Type("unknown", None, Unranked(frozenset(["x"])))
    (shape,) = RULES["shape"].primitive.infer(x)
    assert RULES["zeros"].primitive.infer(shape)[0].shape == x.shape
    assert RULES["broadcast_to"].primitive.infer(Literal(1.0).type, shape)[0].shape == x.shape
